#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use model::Timestamp;
use proptest::prelude::*;

use super::*;

fn event() -> Arc<EncodedEvent> {
    Arc::new(EncodedEvent::new("x", "1", Timestamp::from_millis(0)))
}

fn numbers(batch: &Batch) -> Vec<u64> {
    batch.events.iter().map(|(seq, _)| *seq).collect()
}

#[test]
fn ready_is_first_and_nothing_goes_before_it() {
    let mut queue = Queue::default();
    queue.attach();
    queue.push(event());
    assert!(numbers(&queue.take(9)).is_empty());
    queue.push_ready(event());
    assert_eq!(numbers(&queue.take(9)), [1, 2]);
}

#[test]
fn resume_gives_exactly_what_was_missed() {
    let mut queue = Queue::default();
    queue.attach();
    queue.push_ready(event());
    (0..5).for_each(|_| queue.push(event()));
    assert_eq!(numbers(&queue.take(9)), [1, 2, 3, 4, 5, 6]);
    queue.acknowledge(2);
    queue.detach();
    queue.push(event());
    assert!(!queue.rewind(1), "what was acknowledged is gone");
    assert!(!queue.rewind(9), "what was never sent cannot have arrived");
    assert!(!queue.rewind(u64::MAX));
    assert!(queue.rewind(4));
    queue.attach();
    assert_eq!(numbers(&queue.take(9)), [5, 6, 7]);
}

#[test]
fn nothing_is_handed_out_before_it_is_written_down() {
    let mut queue = Queue::written_down();
    queue.attach();
    queue.push_ready(event());
    (0..3).for_each(|_| queue.push(event()));
    assert!(queue.take(9).events.is_empty());
    assert_eq!((queue.owed(2).len(), queue.standing()), (2, Some((0, false))));
    queue.gave(2);
    assert_eq!(numbers(&queue.take(9)), [1, 2]);
    assert_eq!(queue.owed(9).len(), 2);
    queue.gave(2);
    assert_eq!(numbers(&queue.take(9)), [3, 4]);
    assert_eq!((queue.is_owed(), queue.standing()), (false, Some((4, true))));
    queue.acknowledge(4);
    queue.detach();
    queue.push(event());
    assert_eq!(
        (queue.is_owed(), queue.standing()),
        (false, Some((4, false))),
        "nobody is there"
    );
    assert!(queue.rewind(4));
    queue.attach();
    assert_eq!(queue.owed(9).len(), 1);
    queue.gave(1);
    assert_eq!(numbers(&queue.take(9)), [5]);
}

#[test]
fn another_gateway_goes_on_with_what_is_missing_and_what_is_new() {
    let known_as = |key| Arc::new(EncodedEvent::new("x", "1", Timestamp::from_millis(0)).known_as(key));
    let mut queue = Queue::written_down();
    queue.push(known_as(8));
    queue.push(known_as(9));
    assert_eq!(queue.standing(), None, "it is not known yet what the other gave");
    queue.adopt(41, vec![known_as(7), known_as(8)], |key| key <= 8);
    assert!(queue.rewind(41));
    assert!(!queue.rewind(40) && !queue.rewind(42));
    queue.attach();
    let keys: Vec<u64> = queue.owed(9).iter().filter_map(|event| event.key()).collect();
    assert_eq!(keys, [7, 8, 9]);
    queue.gave(3);
    assert_eq!(numbers(&queue.take(9)), [42, 43, 44]);
}

#[test]
fn a_client_that_never_reads_is_cut_and_can_resume() {
    let mut queue = Queue::default();
    queue.attach();
    queue.push_ready(event());
    queue.take(9);
    let large = Arc::new(EncodedEvent::new(
        "x",
        &format!("\"{}\"", "y".repeat(4_000)),
        Timestamp::from_millis(0),
    ));
    let mut pushed = 0;
    while queue.closing().is_none() {
        queue.push(Arc::clone(&large));
        pushed += 1;
        assert!(pushed < 40, "more than the allowance is held");
    }
    assert_eq!(queue.closing(), Some(CloseCode::TooSlow));
    queue.detach();
    assert!(queue.rewind(1));
    queue.attach();
    assert_eq!(queue.take(100).events.len(), pushed);
}

#[test]
fn what_was_lost_before_there_was_a_connection_ends_that_at_once() {
    let mut queue = Queue::default();
    queue.lose(CloseCode::UnknownError);
    queue.push_ready(event());
    queue.attach();
    assert_eq!(queue.take(1).closing, Some(CloseCode::UnknownError));
}

#[test]
fn a_client_that_stays_away_too_long_must_start_anew() {
    let mut queue = Queue::default();
    queue.push_ready(event());
    queue.take(1);
    (0..=limits::GATEWAY_SESSION_EVENTS).for_each(|_| queue.push(event()));
    assert!(queue.is_lost());
    assert!(!queue.rewind(1));
}

#[test]
fn whose_session_ends_for_good_hears_what_waited_and_nothing_after() {
    for mut queue in [Queue::default(), Queue::written_down()] {
        queue.attach();
        queue.push_ready(event());
        queue.gave(1);
        queue.take(9);
        (0..200).for_each(|_| queue.push(event()));
        queue.close(CloseCode::SessionRevoked);
        queue.push(event());
        queue.push_control("late".to_owned());
        assert!(queue.is_lost() && !queue.rewind(1), "nobody goes on with it");
        assert!(!queue.is_owed() && queue.owed(9).is_empty());
        // Whatever is written at once otherwise: these are the last.
        let last = queue.take(9);
        assert_eq!(numbers(&last), (2..=201).collect::<Vec<u64>>());
        assert_eq!((last.closing, last.control.len()), (Some(CloseCode::SessionRevoked), 0));
        assert!(queue.take(9).events.is_empty());
    }
}

#[test]
fn nobody_waits_for_last_words_that_are_too_many_or_that_nobody_hears() {
    let large = Arc::new(EncodedEvent::new(
        "x",
        &format!("\"{}\"", "y".repeat(4_000)),
        Timestamp::from_millis(0),
    ));
    // So much waits only for whoever comes back to it.
    let mut queue = Queue::default();
    queue.push_ready(event());
    (0..40).for_each(|_| queue.push(Arc::clone(&large)));
    queue.attach();
    queue.close(CloseCode::SessionRevoked);
    assert!(queue.take(9).events.is_empty());

    let mut left = Queue::default();
    left.push_ready(event());
    left.close(CloseCode::SessionRevoked);
    left.attach();
    assert_eq!(
        (left.take(9).events.len(), left.closing()),
        (0, Some(CloseCode::SessionRevoked))
    );

    let mut unready = Queue::default();
    unready.attach();
    unready.push(event());
    unready.close(CloseCode::SessionRevoked);
    assert!(unready.take(9).events.is_empty(), "nothing goes before `ready`");
}

proptest! {
    #[test]
    fn whatever_happens_events_arrive_once_in_order(steps in prop::collection::vec((0_u8..6, 0_u64..9), 1..400)) {
        let mut queue = Queue::default();
        queue.attach();
        queue.push_ready(event());
        let (mut pushed, mut received) = (1_u64, 0_u64);
        for (step, amount) in steps {
            match step {
                0 | 1 => { queue.push(event()); pushed += 1; }
                2 => for seq in numbers(&queue.take(usize::try_from(amount).unwrap())) {
                    prop_assert_eq!(seq, received + 1);
                    received = seq;
                },
                3 => queue.acknowledge(received),
                4 => queue.acknowledge(received.saturating_sub(amount)),
                // The connection breaks; the client says what it has and gets the rest.
                _ => { queue.detach(); prop_assert!(received == 0 || queue.rewind(received)); queue.attach(); }
            }
        }
        for seq in numbers(&queue.take(usize::MAX)) {
            prop_assert_eq!(seq, received + 1);
            received = seq;
        }
        prop_assert_eq!(received, pushed);
    }
}
