//! The database on both drivers: one SQL text, one behaviour.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{sync::Arc, time::Duration};

use contracts::events::{Audience, Event, EventKind};
use model::{EventId, ServerId, Timestamp, UserId};
use platform::{
    args,
    bus::{Delivery, EventBus, LocalBus, Topics},
    clock::{Clock, Ids},
    db::{DbError, Migration, NodeLease, Outbox, OutboxSettings, Tenants, Value, tuples},
    telemetry::RequestContext,
    testing::{TestDatabase, databases},
};
use tokio_util::sync::CancellationToken;

const NOTES: &[Migration] = &[Migration {
    name: "V1__notes",
    sql: "CREATE TABLE notes (
            server_id BIGINT NOT NULL, id BIGINT NOT NULL, text TEXT, done BOOLEAN NOT NULL, raw BYTEA,
            PRIMARY KEY (server_id, id));
          CREATE TABLE marks (
            server_id BIGINT NOT NULL, note_id BIGINT NOT NULL, name TEXT NOT NULL,
            PRIMARY KEY (server_id, note_id), FOREIGN KEY (server_id, note_id) REFERENCES notes (server_id, id));
          CREATE UNIQUE INDEX marks_by_name ON marks (server_id, name)",
}];
const ADD: &str = "INSERT INTO notes (server_id, id, text, done, raw) VALUES ($1, $2, $3, $4, $5)";
const SERVER: ServerId = ServerId(7_402_345_678_901_234_567);
/// A test that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

platform::record! {
    #[derive(Debug, PartialEq)]
    struct Note { id: i64, text: Option<String>, done: bool, raw: Option<Vec<u8>> }
}

async fn each() -> Vec<TestDatabase> {
    let all = databases().await;
    for database in &all {
        database.db.migrate("notes", NOTES).await.unwrap();
        database
            .db
            .migrate("notes", NOTES)
            .await
            .expect("migrating twice changes nothing");
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_come_back_as_they_went_in() {
    for TestDatabase { kind, db, .. } in &each().await {
        let tenants = Tenants::single(db.clone());
        let mut tx = tenants.begin(SERVER).await.unwrap();
        // The digits bind, not the order of appearance.
        let sql = "INSERT INTO notes (server_id, done, id, text, raw) VALUES ($1, $4, $2, $3, $5) RETURNING id, text, done, raw";
        let note: Note = tx.one(sql, args![1_i64, "é", true, vec![0_u8, 255]]).await.unwrap();
        let expected = Note {
            id: 1,
            text: Some("é".to_owned()),
            done: true,
            raw: Some(vec![0, 255]),
        };
        assert_eq!(note, expected, "{kind}");
        assert_eq!(
            tx.run(ADD, args![2_i64, None::<&str>, false, None::<Vec<u8>>])
                .await
                .unwrap(),
            1
        );
        tx.commit().await.unwrap();
        let all: Vec<Note> = tenants
            .reader(SERVER)
            .all(
                "SELECT id, text, done, raw FROM notes WHERE server_id = $1 ORDER BY id",
                [],
            )
            .await
            .unwrap();
        assert_eq!(
            all,
            [
                expected,
                Note {
                    id: 2,
                    text: None,
                    done: false,
                    raw: None
                }
            ],
            "{kind}"
        );
        let other: Vec<(i64,)> = tenants
            .reader(ServerId(8))
            .all("SELECT id FROM notes WHERE server_id = $1", [])
            .await
            .unwrap();
        assert!(other.is_empty(), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_have_the_same_names() {
    for TestDatabase { kind, db, .. } in &each().await {
        let add = async |id: i64| {
            let mut tx = db.begin().await?;
            tx.run(ADD, args![SERVER, id, "x", false, None::<Vec<u8>>]).await?;
            tx.commit().await
        };
        add(1).await.unwrap();
        assert!(add(1).await.unwrap_err().is_unique(), "{kind}");
        let mut tx = db.begin().await.unwrap();
        let error = tx
            .run(
                "INSERT INTO marks (server_id, note_id, name) VALUES ($1, $2, $3)",
                args![SERVER, 99_i64, "x"],
            )
            .await
            .unwrap_err();
        assert!(matches!(error, DbError::ForeignKey(_)), "{kind}: {error}");
        drop(tx);
        let unscoped = Tenants::single(db.clone());
        assert!(
            unscoped
                .reader(SERVER)
                .all::<(i64,)>("SELECT id FROM notes", [])
                .await
                .is_err(),
            "{kind}: an unscoped query ran"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn arguments_that_do_not_fit_are_refused() {
    for TestDatabase { kind, db, .. } in &each().await {
        let one: &[Value] = &args![1_i64];
        let two: &[Value] = &args![1_i64, 2_i64];
        for (sql, arguments) in [
            ("SELECT id FROM notes WHERE id = $1", &[][..]),
            ("SELECT id FROM notes WHERE id = $1", two),
            ("SELECT id FROM notes WHERE id = $1 AND server_id = $2", one),
            ("SELECT id FROM notes", one),
            // A number that is left out is one that nobody is bound to.
            ("SELECT id FROM notes WHERE id = $1 AND server_id = $3", two),
        ] {
            let read = db.all::<(i64,)>(sql, arguments).await.unwrap_err();
            assert!(matches!(read, DbError::Statement(_)), "{kind}: {sql}: {read}");
            let mut tx = db.begin().await.unwrap();
            let run = tx.run(sql, arguments).await.unwrap_err();
            assert!(matches!(run, DbError::Statement(_)), "{kind}: {sql}: {run}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_dropped_is_rolled_back_and_blocks_nobody() {
    for TestDatabase { kind, db, .. } in &each().await {
        for round in 0..20_i64 {
            let mut tx = db.begin().await.unwrap();
            tx.run(ADD, args![SERVER, round, "x", false, None::<Vec<u8>>])
                .await
                .unwrap();
            if round % 2 == 0 {
                // Cancelled in the middle of a statement.
                let statement = tx.run(ADD, args![SERVER, 1_000 + round, "x", false, None::<Vec<u8>>]);
                let _ = tokio::time::timeout(Duration::ZERO, statement).await;
            }
        }
        let (count,): (i64,) = db.one("SELECT COUNT(*) FROM notes", []).await.unwrap();
        assert_eq!(count, 0, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_in_one_statement() {
    for TestDatabase { kind, db, .. } in &each().await {
        let mut values = Vec::new();
        for id in 0..64_i64 {
            values.extend(args![SERVER, id, format!("n{id}"), id % 2 == 0, None::<Vec<u8>>]);
        }
        let mut tx = db.begin().await.unwrap();
        let sql = format!(
            "INSERT INTO notes (server_id, id, text, done, raw) VALUES {}",
            tuples(1, 64, 5)
        );
        assert_eq!(tx.run(&sql, values).await.unwrap(), 64, "{kind}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn writers_wait_for_each_other() {
    for TestDatabase { kind, db, .. } in &each().await {
        let writers = (0..32_i64).map(|id| {
            let db = db.clone();
            tokio::spawn(async move {
                let mut tx = db.begin().await?;
                tx.run(ADD, args![SERVER, id, "x", false, None::<Vec<u8>>]).await?;
                tx.commit().await
            })
        });
        for writer in futures::future::join_all(writers).await {
            writer.unwrap().unwrap_or_else(|error| panic!("{kind}: {error}"));
        }
    }
}

fn event(id: i64) -> Event {
    Event::new(
        EventId(id),
        EventKind::UserUpdated,
        Audience::User { user_id: UserId(1) },
        &serde_json::json!({"n": id}),
    )
    .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_told_if_and_only_if_its_change_is_committed() {
    for TestDatabase { kind, db, .. } in &each().await {
        let bus = Arc::new(LocalBus::default());
        let mut heard = bus.subscribe(Topics::Changes).await.unwrap();
        let ids = Ids::new(Clock::system(), 1);
        let shutdown = CancellationToken::new();
        let settings = OutboxSettings::default();
        let (outbox, sweeper) = Outbox::open("notes", db, bus, ids, Clock::system(), settings, shutdown.clone())
            .await
            .unwrap();
        let sweeper = tokio::spawn(sweeper);
        let db = db.with_outbox(outbox);
        let mut dropped = db.begin().await.unwrap();
        dropped.emit(event(1));
        drop(dropped);
        let mut committed = db.begin().await.unwrap();
        committed.emit(event(2));
        committed.emit(event(3));
        committed.commit().await.unwrap();
        for expected in [2, 3] {
            let Some(Delivery::Event(event)) = heard.next().await else {
                panic!("{kind}: nothing was told")
            };
            assert_eq!(event.id, EventId(expected), "{kind}");
        }
        shutdown.cancel();
        sweeper.await.unwrap();
        let (left,): (i64,) = db.one("SELECT COUNT(*) FROM outbox", []).await.unwrap();
        assert_eq!(left, 0, "{kind}: what was told is removed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_crash_left_is_told_by_the_sweeper() {
    for TestDatabase { kind, db, .. } in &each().await {
        let past = Clock::from_fn(|| Timestamp::from_millis(Clock::system().now().as_millis() - 60_000));
        let silent = Arc::new(LocalBus::default());
        let shutdown = CancellationToken::new();
        let settings = OutboxSettings {
            sweep_every: Duration::from_millis(20),
            ..OutboxSettings::default()
        };
        // A process that committed and died before it told: its sweeper never runs.
        let (outbox, never_run) = Outbox::open(
            "notes",
            db,
            silent,
            Ids::new(past.clone(), 1),
            past,
            settings,
            shutdown.clone(),
        )
        .await
        .unwrap();
        drop(never_run);
        let mut tx = db.with_outbox(outbox).begin().await.unwrap();
        let request = RequestContext::begin();
        let trace = request.trace_id;
        request.scope(async { tx.emit(event(5)) }).await;
        tx.commit().await.unwrap();

        let bus = Arc::new(LocalBus::default());
        let mut heard = bus.subscribe(Topics::Changes).await.unwrap();
        let (_, sweeper) = Outbox::open(
            "notes",
            db,
            bus,
            Ids::new(Clock::system(), 1),
            Clock::system(),
            settings,
            shutdown.clone(),
        )
        .await
        .unwrap();
        let sweeper = tokio::spawn(sweeper);
        let Some(Delivery::Event(event)) = heard.next().await else {
            panic!("{kind}: nothing was told")
        };
        assert_eq!(event.id, EventId(5), "{kind}");
        let told_of = RequestContext::under(event.trace, RequestContext::current_trace);
        assert_eq!(told_of, Some(trace), "{kind}: the request that caused it is known");
        shutdown.cancel();
        sweeper.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_command_leaves_is_told_by_the_next_sweep_if_it_is_committed() {
    for TestDatabase { kind, db, .. } in &each().await {
        // A command has no bus and no outbox of its own; it may be the first that comes to this database.
        Outbox::prepare(db).await.unwrap();
        let ids = Ids::new(Clock::system(), 7);
        let mut dropped = db.begin().await.unwrap();
        Outbox::leave("notes", &mut dropped, &ids, &[event(1)]).await.unwrap();
        drop(dropped);
        let mut tx = db.begin().await.unwrap();
        Outbox::leave("notes", &mut tx, &ids, &[]).await.unwrap();
        Outbox::leave("others", &mut tx, &ids, &[event(2)]).await.unwrap();
        Outbox::leave("notes", &mut tx, &ids, &[event(3), event(4)])
            .await
            .unwrap();
        Outbox::leave("notes", &mut tx, &ids, &[event(5)]).await.unwrap();
        tx.commit().await.unwrap();

        let bus = Arc::new(LocalBus::default());
        let mut heard = bus.subscribe(Topics::Changes).await.unwrap();
        let shutdown = CancellationToken::new();
        // No batch of a process would be so old that anybody takes it for forgotten.
        let settings = OutboxSettings {
            forgotten_after: Duration::from_hours(1),
            sweep_every: Duration::from_millis(20),
            ..OutboxSettings::default()
        };
        let ids = Ids::new(Clock::system(), 1);
        let (_, sweeper) = Outbox::open("notes", db, bus, ids, Clock::system(), settings, shutdown.clone())
            .await
            .unwrap();
        let sweeper = tokio::spawn(sweeper);
        for expected in [3, 4, 5] {
            // The time limit only ends a test that fails.
            let next = tokio::time::timeout(Duration::from_secs(20), heard.next()).await;
            let Ok(Some(Delivery::Event(event))) = next else {
                panic!("{kind}: nothing was told")
            };
            assert_eq!(
                event.id,
                EventId(expected),
                "{kind}: in order, and nothing that was not committed"
            );
        }
        shutdown.cancel();
        sweeper.await.unwrap();
        let left: Vec<(String,)> = db.all("SELECT service FROM outbox", []).await.unwrap();
        assert_eq!(left, [("others".to_owned(),)], "{kind}: what was told is removed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn node_numbers_are_leased_to_one_process_at_a_time() {
    for database in databases().await {
        let start = Timestamp::from_millis(1_800_000_000_000);
        let clock = Clock::from_fn(move || start);
        let (first, second) = (
            NodeLease::take(&database.db, &clock).await.unwrap(),
            NodeLease::take(&database.db, &clock).await.unwrap(),
        );
        assert_eq!((first.node(), second.node()), (1, 2), "{}", database.kind);
        // One that ends gives its number back.
        let stopped = CancellationToken::new();
        stopped.cancel();
        first.keep(Ids::new(clock.clone(), 1), stopped).await;
        let third = NodeLease::take(&database.db, &clock).await.unwrap();
        assert_eq!(third.node(), 1, "{}", database.kind);
        // One that was killed loses it after a while.
        let later = Clock::from_fn(move || start.plus(Duration::from_mins(2)));
        let fourth = NodeLease::take(&database.db, &later).await.unwrap();
        assert_eq!(fourth.node(), 1, "{}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_may_wait_are_told_so_at_once() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        // Whoever has a turn keeps it.
        let (turns, room) = if kind == "sqlite" { (1, 256) } else { (4, 4 * 32) };
        let mut held = Vec::new();
        for _ in 0..turns {
            held.push(db.begin().await.unwrap());
        }
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..room + 20 {
            let db = db.clone();
            asking.spawn(async move { db.begin().await.map(drop) });
        }
        for _ in 0..20 {
            let refused = tokio::time::timeout(PATIENCE, asking.join_next())
                .await
                .expect("a refusal");
            let refused = refused.unwrap().unwrap().unwrap_err();
            assert!(matches!(refused, DbError::Busy(_)), "{kind}: {refused}");
        }
        // What many share waits its turn, and whether the database answers is no question of room.
        let patient = tokio::spawn({
            let db = db.clone();
            async move { db.begin_patiently().await.map(drop) }
        });
        db.ping().await.unwrap();
        drop(held);
        while let Some(waited) = asking.join_next().await {
            waited.unwrap().unwrap_or_else(|error| panic!("{kind}: {error}"));
        }
        patient.await.unwrap().unwrap();
        db.begin().await.map(drop).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_ever() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        let mut held = Vec::new();
        for _ in 0..if kind == "sqlite" { 1 } else { 4 } {
            held.push(db.begin().await.unwrap());
        }
        let waited = tokio::time::timeout(PATIENCE, db.begin()).await.expect("an answer");
        let error = waited.map(drop).expect_err("no turn");
        assert!(matches!(error, DbError::Busy(_)), "{kind}: {error}");
    }
}
