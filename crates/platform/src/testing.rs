//! Databases for the tests of stores, each of which runs on SQLite and on PostgreSQL; certificates; a place for pictures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    clippy::panic,
    reason = "tests fail by panicking"
)]

pub mod certificates;
mod pictures;

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU32, Ordering},
};

use contracts::events::{Audience, Event, EventKind};
use model::EventId;

pub use pictures::PictureStore;

use crate::{
    bus::{Delivery, EventBus, LocalBus, Subscription, Topics},
    db::Db,
};

/// Names the PostgreSQL server that tests may make databases in.
const POSTGRES_VARIABLE: &str = "BEEP_TEST_POSTGRES_URL";

/// A database that is removed with this value.
pub struct TestDatabase {
    /// `"sqlite"` or `"postgresql"`.
    pub kind: &'static str,
    /// Where it is, for `Db::open` or `beep serve --database-url`.
    pub url: String,
    /// An open handle.
    pub db: Db,
    _directory: Option<tempfile::TempDir>,
}

/// An empty database of each kind. Without `BEEP_TEST_POSTGRES_URL` there is SQLite alone: `make test` always sets it.
pub async fn databases() -> Vec<TestDatabase> {
    let mut all = vec![sqlite()];
    if let Some(database) = postgres().await {
        all.push(database);
    }
    all
}

/// An empty SQLite database in a folder of its own.
#[must_use]
pub fn sqlite() -> TestDatabase {
    let directory = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}", directory.path().join("beep.db").display());
    TestDatabase {
        kind: "sqlite",
        db: Db::open(&url, 4).expect("SQLite opens"),
        url,
        _directory: Some(directory),
    }
}

/// An empty database in the PostgreSQL server of the test run. It goes when the server does, at the end of the run.
pub async fn postgres() -> Option<TestDatabase> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    #[expect(
        clippy::disallowed_methods,
        reason = "tests are told by the environment where PostgreSQL is"
    )]
    let server = std::env::var(POSTGRES_VARIABLE).ok()?;
    let name = format!(
        "beep_test_{}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    Db::create_postgres_database(&server, &name)
        .await
        .expect("a new database in the test's PostgreSQL");
    let (base, query) = server
        .split_once('?')
        .map_or((server.as_str(), String::new()), |(base, query)| {
            (base, format!("?{query}"))
        });
    let slash = base.rfind('/').filter(|at| base[..*at].matches('/').count() >= 2);
    let url = format!("{}/{name}{query}", slash.map_or(base, |at| &base[..at]));
    Some(TestDatabase {
        kind: "postgresql",
        db: Db::open(&url, 4).expect("a PostgreSQL URL"),
        url,
        _directory: None,
    })
}

/// Hears what is told on a bus.
pub struct Listener {
    bus: Arc<LocalBus>,
    events: tokio::sync::Mutex<Subscription>,
    /// Ids that no event has.
    markers: AtomicI64,
}

impl Listener {
    /// Hears what is told from now on.
    pub async fn on(bus: &Arc<LocalBus>) -> Self {
        Self {
            bus: Arc::clone(bus),
            events: tokio::sync::Mutex::new(bus.subscribe(Topics::Changes).await.expect("the bus listens")),
            markers: AtomicI64::new(-1),
        }
    }

    /// What was told since this was asked last.
    pub async fn told(&self) -> Vec<Arc<Event>> {
        let marker = EventId(self.markers.fetch_sub(1, Ordering::SeqCst));
        let end = Event::new(marker, EventKind::SessionRevoked, Audience::Services, &()).expect("an event");
        self.bus.publish(Arc::new(end)).await.expect("the bus takes it");
        let mut told = Vec::new();
        let mut events = self.events.lock().await;
        while let Some(Delivery::Event(event)) = events.next().await {
            if event.id == marker {
                return told;
            }
            told.push(event);
        }
        panic!("the bus lost events");
    }
}

/// Fails when a function of a store is not called in the store's tests, so that each statement runs on both databases.
/// `modules` are the names and sources of the store's modules, `tests` the source of its tests.
pub fn assert_all_are_called(modules: &[(&str, &str)], tests: &str) {
    let functions = |source: &str| -> Vec<String> {
        let starts = source.split("pub(crate) async fn ").skip(1);
        starts
            .filter_map(|rest| rest.split(['(', '<']).next().map(str::to_owned))
            .collect()
    };
    let called = |module: &str, function: &str| tests.contains(&format!("{module}::{function}("));
    let all = modules
        .iter()
        .flat_map(|(module, source)| functions(source).into_iter().map(move |function| (*module, function)));
    let missing: Vec<String> = all
        .filter(|(module, function)| !called(module, function))
        .map(|(module, function)| format!("{module}::{function}"))
        .collect();
    assert!(missing.is_empty(), "no test of the store calls {}", missing.join(", "));
}

#[cfg(test)]
mod tests {
    #[test]
    #[should_panic(expected = "no test of the store calls things::remove")]
    fn what_is_not_called_is_named() {
        let source = "pub(crate) async fn add(tx: &mut Tx) {}\npub(crate) async fn remove(tx: &mut Tx) {}";
        super::assert_all_are_called(&[("things", source)], "things::add(&mut tx)");
    }
}
