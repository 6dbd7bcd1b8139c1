//! Who waits for a store that says nothing. Requests that wait hold the place of others, which need no files: so when several in
//! a row were not answered, few are let through to see whether it answers again, and the rest fail at once.
//!
//! The circuit breaker of calls between services does not do: when it has been open for its time, it lets everything through
//! until the first call has failed, which takes as long as a store is waited for.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// So many requests in a row that were not answered …
const UNANSWERED: u32 = 8;
/// … let through one in this time, until one is answered.
const ONE_IN: Duration = Duration::from_millis(250);

/// What is known of the store.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Requests in a row that were not answered.
    unanswered: u32,
    /// Why the last was not.
    why: String,
    /// When one was let through last.
    let_through: Option<Instant>,
}

impl Gate {
    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether a request may be made now; an error says why the last was not answered.
    pub(super) fn pass(&self, now: Instant) -> Result<(), String> {
        self.with(|state| {
            if state.unanswered < UNANSWERED {
                return Ok(());
            }
            let last = state.let_through;
            if last.is_some_and(|last| now.saturating_duration_since(last) < ONE_IN) {
                return Err(state.why.clone());
            }
            state.let_through = Some(now);
            Ok(())
        })
    }

    /// The store answered, whatever.
    pub(super) fn answered(&self) {
        self.with(|state| *state = State::default());
    }

    /// The store did not answer.
    pub(super) fn unanswered(&self, why: String) {
        self.with(|state| {
            state.unanswered = state.unanswered.saturating_add(1);
            state.why = why;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Gate {
        fn is_open(&self, now: Instant) -> bool {
            self.pass(now).is_ok()
        }
    }

    #[test]
    fn a_silent_store_is_asked_once_in_a_while_and_opens_with_an_answer() {
        let (gate, now) = (Gate::default(), Instant::now());
        for number in 0..UNANSWERED {
            assert!(gate.is_open(now));
            gate.unanswered(format!("failure {number}"));
        }
        assert!(gate.is_open(now), "one is let through");
        assert_eq!(gate.pass(now), Err("failure 7".to_owned()));
        assert!(!gate.is_open(now + ONE_IN / 2));
        assert!(gate.is_open(now + ONE_IN));
        gate.unanswered(String::new());
        assert!(!gate.is_open(now + ONE_IN));
        gate.answered();
        assert!(gate.is_open(now + ONE_IN) && gate.is_open(now + ONE_IN));
    }

    #[test]
    fn only_requests_in_a_row_count() {
        let (gate, now) = (Gate::default(), Instant::now());
        for _ in 0..UNANSWERED {
            for _ in 1..UNANSWERED {
                gate.unanswered(String::new());
            }
            gate.answered();
        }
        assert!(gate.is_open(now) && gate.is_open(now));
    }
}
