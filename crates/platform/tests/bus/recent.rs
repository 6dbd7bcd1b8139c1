//! What NATS keeps for a while.

use std::time::Duration;

use bytes::Bytes;
use model::Timestamp;
use platform::bus::{EventBus, NatsBus, Recent, RecentEvents};

use super::{Nats, PATIENCE, connect, message, until};

const KEPT_FOR: Duration = Duration::from_mins(1);

fn recent(bus: &NatsBus) -> std::sync::Arc<dyn Recent> {
    bus.recent(KEPT_FOR).unwrap()
}

/// Prepares, as soon as the server answers.
async fn prepare(recent: &dyn Recent) {
    let begun = std::time::Instant::now();
    while let Err(error) = recent.prepare().await {
        assert!(begun.elapsed() < PATIENCE, "{error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The ids of the events up to the mark.
async fn up_to(events: &mut RecentEvents, mark: u64) -> Vec<i64> {
    let mut ids = Vec::new();
    loop {
        let next = tokio::time::timeout(PATIENCE, events.next()).await.unwrap().unwrap();
        ids.extend(next.event.map(|event| event.id.0));
        if next.number >= mark {
            return ids;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_read_whole_by_another_after_its_writer_has_gone() {
    let nats = Nats::start();
    let bus = connect(&nats).await;
    let writer = recent(&bus);
    prepare(&*writer).await;
    for number in 0..300_u32 {
        let entry = Bytes::from(vec![u8::try_from(number % 251).unwrap(); 5_000]);
        writer.write("one", entry).await.unwrap();
    }
    writer.write("other", Bytes::from_static(b"x")).await.unwrap();
    drop((writer, bus));
    let reader = recent(&connect(&nats).await);
    let entries = reader.read("one").await.unwrap();
    assert_eq!(entries.len(), 300);
    assert!(entries.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(
        entries
            .iter()
            .enumerate()
            .all(|(number, entry)| usize::from(entry.bytes[0]) == number % 251 && entry.bytes.len() == 5_000)
    );
    assert_eq!(reader.read("nobody").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_read_from_a_time_on_up_to_a_mark_and_then_as_they_come() {
    let nats = Nats::start();
    let bus = connect(&nats).await;
    let recent = recent(&bus);
    prepare(&*recent).await;
    for id in 1..=50 {
        bus.publish(message(id, 1 + id % 4)).await.unwrap();
    }
    bus.barrier().await.unwrap();
    let mark = recent.mark().await.unwrap();
    let mut events = recent.events(Timestamp::from_millis(0)).await.unwrap();
    assert_eq!(up_to(&mut events, mark).await, (1..=50).collect::<Vec<_>>());
    bus.publish(message(51, 1)).await.unwrap();
    bus.barrier().await.unwrap();
    let mark = recent.mark().await.unwrap();
    assert_eq!(up_to(&mut events, mark).await, [51]);
    let late = Timestamp::from_millis(4_000_000_000_000);
    let mut later = recent.events(late).await.unwrap();
    let nothing = tokio::time::timeout(Duration::from_millis(200), later.next()).await;
    assert!(nothing.is_err(), "nothing is from the future");
}

#[tokio::test(flavor = "multi_thread")]
async fn things_are_kept_again_after_the_server_was_restarted() {
    let nats = Nats::start();
    let bus = connect(&nats).await;
    let recent = recent(&bus);
    prepare(&*recent).await;
    recent.write("one", Bytes::from_static(b"before")).await.unwrap();
    let port = nats.end();
    let _nats = Nats::start_on(port);
    until(|| bus.is_connected()).await;
    let begun = std::time::Instant::now();
    loop {
        let _ = recent.prepare().await;
        let _ = recent.write("one", Bytes::from_static(b"after")).await;
        let entries = recent.read("one").await.unwrap_or_default();
        if entries.iter().any(|entry| entry.bytes == "after") {
            assert!(
                entries.iter().all(|entry| entry.bytes == "after"),
                "it was in memory only"
            );
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "never kept again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_nothing_says_so() {
    let nats = Nats::start_without_memory();
    let bus = connect(&nats).await;
    let recent = recent(&bus);
    assert!(recent.prepare().await.is_err());
    assert!(recent.read("one").await.is_err());
    assert!(recent.mark().await.is_err());
}
