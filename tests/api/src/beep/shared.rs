//! One Beep for all tests of a program that do not need their own.

use std::{ops::Deref, sync::Arc};

use tokio::sync::OnceCell;

use super::{Beep, Database, Setup, Shape};

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

/// The shared Beep on this database; it is started by the first who asks. Services apart are on PostgreSQL, whatever is asked.
pub async fn shared(database: Database) -> Shared {
    static SQLITE: OnceCell<Arc<Beep>> = OnceCell::const_new();
    static POSTGRES: OnceCell<Arc<Beep>> = OnceCell::const_new();
    let cell = match (database, Shape::told()) {
        (Database::Sqlite, Shape::Together) => &SQLITE,
        _ => &POSTGRES,
    };
    let start = || async { Arc::new(Setup::default().start(database).await) };
    Shared(Arc::clone(cell.get_or_init(start).await))
}
