//! One Beep for all tests of a program that do not need their own.

use std::{ops::Deref, sync::Arc};

use tokio::sync::OnceCell;

use super::{Beep, Database, Setup};

/// A Beep that others use, too: whoever tests with it makes people, servers and channels of its own.
pub struct Shared(Arc<Beep>);

impl Deref for Shared {
    type Target = Beep;

    fn deref(&self) -> &Beep {
        &self.0
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.show_logs();
        }
    }
}

/// The shared Beep on this database; it is started by the first who asks.
pub async fn shared(database: Database) -> Shared {
    static SQLITE: OnceCell<Arc<Beep>> = OnceCell::const_new();
    static POSTGRES: OnceCell<Arc<Beep>> = OnceCell::const_new();
    let cell = match database {
        Database::Sqlite => &SQLITE,
        Database::Postgres => &POSTGRES,
    };
    let apart = database == Database::Postgres && shape_is_apart();
    let start = || async {
        let setup = Setup::default();
        let started = if apart {
            setup.start_apart().await
        } else {
            setup.start(database).await
        };
        Arc::new(started)
    };
    Shared(Arc::clone(cell.get_or_init(start).await))
}

/// Whether the tests that run on PostgreSQL are to meet separate processes.
fn shape_is_apart() -> bool {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment what to test"
    )]
    let shape = std::env::var("BEEP_TEST_SHAPE");
    shape.is_ok_and(|shape| shape == "apart")
}
