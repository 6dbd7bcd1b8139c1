//! What NATS keeps for a while.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use model::Timestamp;
use platform::bus::{Entry, EventBus, NatsBus, Recent, RecentEvents};

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

/// The entries that are kept: all before the one that is written now.
async fn entries(recent: &dyn Recent, journal: &str) -> Vec<Entry> {
    const LAST: &[u8] = b"last";
    recent.write(journal, Bytes::from_static(LAST)).await.unwrap();
    let mut all = recent.read(journal).await.unwrap();
    let mut entries = Vec::new();
    loop {
        let entry = tokio::time::timeout(PATIENCE, all.next()).await.unwrap().unwrap();
        if entry.bytes == LAST {
            return entries;
        }
        entries.push(entry);
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
    let entries = entries(&*reader, "one").await;
    assert_eq!(entries.len(), 300);
    assert!(entries.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(
        entries
            .iter()
            .enumerate()
            .all(|(number, entry)| usize::from(entry.bytes[0]) == number % 251 && entry.bytes.len() == 5_000)
    );
    assert_eq!(self::entries(&*reader, "nobody").await, []);
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
    // The other connection may still be the one to the old server for a moment.
    let begun = std::time::Instant::now();
    while recent.mark().await.is_err() || recent.write("one", Bytes::from_static(b"after")).await.is_err() {
        assert!(begun.elapsed() < PATIENCE, "never kept again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let entries = entries(&*recent, "one").await;
    assert!(!entries.is_empty());
    assert!(
        entries.iter().all(|entry| entry.bytes == "after"),
        "it was in memory only"
    );
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
