//! Time and ids, passed to whoever needs them, so that tests decide both.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{SystemTime, UNIX_EPOCH},
};

use model::{Timestamp, snowflake::Generator};

/// Where the present comes from.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(|| {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
            let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        }))
    }

    /// A clock that tells what `now` answers; for tests.
    #[must_use]
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// Makes the ids of this process.
#[derive(Clone)]
pub struct Ids {
    clock: Clock,
    generator: Arc<Mutex<Generator>>,
}

impl Ids {
    /// Ids of the leased `node`, see [`model::snowflake`].
    #[must_use]
    pub fn new(clock: Clock, node: u16) -> Self {
        Self {
            clock,
            generator: Arc::new(Mutex::new(Generator::new(node))),
        }
    }

    /// Goes on under another leased `node`.
    pub fn set_node(&self, node: u16) {
        self.generator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .set_node(node);
    }

    /// A new id as a bare number, for any of the id types: `UserId(ids.next())`.
    #[must_use]
    pub fn next(&self) -> i64 {
        self.generator
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .next(self.clock.now())
    }
}
