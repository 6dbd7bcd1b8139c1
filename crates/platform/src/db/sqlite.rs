//! SQLite: one writer connection, a pool of readers, the write-ahead log checkpointed on a thread of its own.

use std::{
    path::Path,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use refinery_core::Runner;
use rusqlite::{Connection, config::DbConfig};
use tokio::{
    sync::{OwnedMutexGuard, Semaphore},
    task::block_in_place,
};

use super::{
    DbError, DbResult, Migration, PATIENCE, Record, Row, Value, WAITING_FOR_EACH,
    error::{NO_ROOM, TOO_LONG},
};

/// Prepared statements that each connection keeps.
const STATEMENT_CACHE: usize = 500;
/// How long a connection waits for a lock that another process holds.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How many requests may wait for the one writer. What they write takes a few milliseconds each.
const WAITING_WRITERS: usize = 256;
/// How often the write-ahead log is moved into the database file. A checkpoint costs the writer 20 to 30 ms when it
/// runs on the writer's own thread, so it never does.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(1);

/// An open database file. Cheap to clone.
#[derive(Clone)]
pub(super) struct SqliteFile {
    shared: Arc<Shared>,
}

struct Shared {
    writer: Arc<tokio::sync::Mutex<Connection>>,
    /// Room for those who wait for the writer.
    writer_room: Semaphore,
    readers: Mutex<Vec<Connection>>,
    reader_slots: Semaphore,
    /// Room for those who wait for a reader.
    reader_room: Semaphore,
    /// A reader for what must not wait behind requests.
    aside: Mutex<Connection>,
    /// A write has failed (a full disk, a broken one), and none has succeeded since.
    refuses_writes: AtomicBool,
}

impl SqliteFile {
    pub(super) fn open(path: &str, readers: usize) -> DbResult<Self> {
        if let Some(directory) = Path::new(path)
            .parent()
            .filter(|directory| !directory.as_os_str().is_empty())
        {
            std::fs::create_dir_all(directory)
                .map_err(|error| DbError::Unavailable(format!("{}: {error}", directory.display())))?;
        }
        let writer = connect(path)?;
        // The writer never checkpoints in the middle of a commit: the thread below does it.
        writer.pragma_update(None, "wal_autocheckpoint", 0)?;
        let readers = readers.max(1);
        let pool = (0..readers).map(|_| connect(path)).collect::<DbResult<_>>()?;
        let shared = Arc::new(Shared {
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
            writer_room: Semaphore::new(WAITING_WRITERS),
            readers: Mutex::new(pool),
            reader_slots: Semaphore::new(readers),
            reader_room: Semaphore::new(readers * WAITING_FOR_EACH),
            aside: Mutex::new(connect(path)?),
            refuses_writes: AtomicBool::new(false),
        });
        checkpoint_in_background(connect(path)?, Arc::downgrade(&shared));
        Ok(Self { shared })
    }

    /// The writer for a request, which is told to come back when too many wait already.
    pub(super) async fn lock_writer(&self) -> DbResult<OwnedMutexGuard<Connection>> {
        let _room = self.shared.writer_room.try_acquire().map_err(|refused| match refused {
            tokio::sync::TryAcquireError::NoPermits => DbError::Busy(NO_ROOM),
            tokio::sync::TryAcquireError::Closed => DbError::Unavailable("the file is closed".to_owned()),
        })?;
        self.lock_writer_patiently().await
    }

    /// The writer for work that is not asked for by the thousand: it waits its turn.
    pub(super) async fn lock_writer_patiently(&self) -> DbResult<OwnedMutexGuard<Connection>> {
        let turn = Arc::clone(&self.shared.writer).lock_owned();
        let waited = tokio::time::timeout(PATIENCE, turn).await;
        waited.map_err(|_elapsed| DbError::Busy(TOO_LONG))
    }

    /// Whether the file can be read.
    pub(super) fn ping(&self) -> DbResult<()> {
        let aside = self.shared.aside.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(block_in_place(|| aside.query_row("SELECT 1", [], |_| Ok(())))?)
    }

    /// Remembers whether writing works, by a write that has reached the disk or has not.
    pub(super) fn note(&self, written: &DbResult<()>) {
        if written.is_ok() {
            self.shared.refuses_writes.store(false, Ordering::Relaxed);
        }
        self.note_failure(written);
    }

    /// The same by a statement before its commit: that it went well says nothing yet.
    pub(super) fn note_failure<T>(&self, done: &DbResult<T>) {
        if let Err(DbError::Unavailable(_)) = done {
            self.shared.refuses_writes.store(true, Ordering::Relaxed);
        }
    }

    pub(super) async fn check_writes(&self) -> DbResult<()> {
        if !self.shared.refuses_writes.load(Ordering::Relaxed) {
            return Ok(());
        }
        let writer = self.lock_writer_patiently().await?;
        // A number that SQLite keeps in the file for whoever likes one: the smallest write there is.
        let written = block_in_place(|| writer.execute_batch("PRAGMA user_version = 1")).map_err(DbError::from);
        self.note(&written);
        written
    }

    pub(super) async fn read<R: Record>(&self, sql: &str, args: &[Value]) -> DbResult<Vec<R>> {
        let closed = |_| DbError::Unavailable("the pool is closed".to_owned());
        let _slot = {
            let _room = self
                .shared
                .reader_room
                .try_acquire()
                .map_err(|_| DbError::Busy(NO_ROOM))?;
            let turn = tokio::time::timeout(PATIENCE, self.shared.reader_slots.acquire()).await;
            turn.map_err(|_elapsed| DbError::Busy(TOO_LONG))?.map_err(closed)?
        };
        let readers = || self.shared.readers.lock().unwrap_or_else(PoisonError::into_inner);
        // A slot stands for a connection; the only way to find none is a panic that lost one.
        let connection = readers()
            .pop()
            .ok_or_else(|| DbError::Unavailable("a reader is lost".to_owned()))?;
        // A short page inline costs less than a hop to another thread.
        let rows = block_in_place(|| query(&connection, sql, args));
        readers().push(connection);
        rows
    }

    pub(super) async fn migrate(&self, service: &str, migrations: &[Migration]) -> DbResult<()> {
        let mut writer = self.lock_writer_patiently().await?;
        let runner: Runner = Migration::runner(service, migrations)?;
        block_in_place(|| runner.run(&mut *writer))
            .map_err(|error| DbError::Statement(error.to_string()))
            .map(|_| ())
    }
}

#[cfg(feature = "testing")]
impl SqliteFile {
    pub(super) fn go_away(&self) {
        self.shared.reader_slots.close();
        self.shared.writer_room.close();
    }
}

fn connect(path: &str) -> DbResult<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000",
    )?;
    // Otherwise some statements are prepared again whenever an argument of theirs changes, in case another plan were better then.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
    Ok(connection)
}

/// Ends when the database is closed: the thread only holds a weak reference.
fn checkpoint_in_background(connection: Connection, shared: Weak<Shared>) {
    std::thread::spawn(move || {
        while shared.strong_count() > 0 {
            std::thread::sleep(CHECKPOINT_EVERY);
            // A checkpoint that fails is tried again a moment later; the log is complete without it.
            let _ = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        }
    });
}

/// SQLite numbers `$3` by first appearance, PostgreSQL by its digits: bind by the digits.
fn bind(statement: &mut rusqlite::Statement<'_>, sql: &str, args: &[Value]) -> DbResult<()> {
    let mismatch = || DbError::Statement(format!("{} arguments do not fit: {sql}", args.len()));
    if statement.parameter_count() != args.len() {
        return Err(mismatch());
    }
    for index in 1..=args.len() {
        let digits = statement
            .parameter_name(index)
            .and_then(|name| name.get(1..)?.parse::<usize>().ok());
        let value = digits
            .and_then(|number| args.get(number.checked_sub(1)?))
            .ok_or_else(mismatch)?;
        statement.raw_bind_parameter(index, value)?;
    }
    Ok(())
}

pub(super) fn query<R: Record>(connection: &Connection, sql: &str, args: &[Value]) -> DbResult<Vec<R>> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, sql, args)?;
    let mut rows = statement.raw_query();
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(R::read(&Row::Sqlite(row))?);
    }
    Ok(records)
}

pub(super) fn execute(connection: &Connection, sql: &str, args: &[Value]) -> DbResult<u64> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, sql, args)?;
    Ok(statement.raw_execute()? as u64)
}
