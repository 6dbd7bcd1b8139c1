//! Tenancy: what belongs to a server is reached through that server only (T3).
//!
//! Every statement on tenant data has the server's id as `$1`, put there by these handles. A statement that does not
//! use `$1` fails for its number of arguments, so an unscoped query cannot be written.

use contracts::events::Event;
use model::ServerId;

use super::{Db, DbResult, Record, Tx, Value};

/// Where each tenant's data lies. With one database, all of it lies there.
#[derive(Clone)]
pub struct Tenants {
    db: Db,
}

impl Tenants {
    /// All tenants in one database.
    #[must_use]
    pub const fn single(db: Db) -> Self {
        Self { db }
    }

    /// A transaction on one tenant's data.
    pub async fn begin(&self, server_id: ServerId) -> DbResult<TenantTx> {
        Ok(TenantTx {
            tx: self.db.begin().await?,
            server_id,
        })
    }

    /// A transaction that writes for several tenants of one shard at once: for grouped commits and the sweeping of what
    /// is nobody's, never for a request. Its statements name the server in every row.
    pub async fn begin_group(&self) -> DbResult<Tx> {
        self.db.begin_patiently().await
    }

    /// The database in which a user's own things of several tenants are read at once: for what is asked of all their servers
    /// when they connect, and for what they keep in all of them. Its statements name the servers or the user.
    #[must_use]
    pub const fn shared(&self) -> &Db {
        &self.db
    }

    /// Reads of one tenant's data outside of a transaction.
    #[must_use]
    pub const fn reader(&self, server_id: ServerId) -> TenantReader<'_> {
        TenantReader {
            db: &self.db,
            server_id,
        }
    }
}

fn scoped(server_id: ServerId, args: &[Value]) -> Vec<Value> {
    let mut all = Vec::with_capacity(args.len() + 1);
    all.push(Value::from(server_id));
    all.extend_from_slice(args);
    all
}

/// Reads of one tenant's data; arguments begin with `$2`.
#[derive(Clone, Copy)]
pub struct TenantReader<'a> {
    db: &'a Db,
    server_id: ServerId,
}

impl TenantReader<'_> {
    /// The tenant.
    #[must_use]
    pub const fn server_id(&self) -> ServerId {
        self.server_id
    }

    /// All rows of a query.
    pub async fn all<R: Record>(&self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Vec<R>> {
        self.db.all(sql, scoped(self.server_id, args.as_ref())).await
    }

    /// The first row of a query, if there is one.
    pub async fn optional<R: Record>(&self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Option<R>> {
        self.db.optional(sql, scoped(self.server_id, args.as_ref())).await
    }

    /// The first row of a query that always has one.
    pub async fn one<R: Record>(&self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<R> {
        self.db.one(sql, scoped(self.server_id, args.as_ref())).await
    }
}

/// A transaction on one tenant's data; arguments begin with `$2`.
pub struct TenantTx {
    tx: Tx,
    server_id: ServerId,
}

impl TenantTx {
    /// The tenant.
    #[must_use]
    pub const fn server_id(&self) -> ServerId {
        self.server_id
    }

    /// All rows of a statement.
    pub async fn all<R: Record>(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Vec<R>> {
        self.tx.all(sql, scoped(self.server_id, args.as_ref())).await
    }

    /// The first row of a statement, if there is one.
    pub async fn optional<R: Record>(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<Option<R>> {
        self.tx.optional(sql, scoped(self.server_id, args.as_ref())).await
    }

    /// The first row of a statement that always has one.
    pub async fn one<R: Record>(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<R> {
        self.tx.one(sql, scoped(self.server_id, args.as_ref())).await
    }

    /// Runs a statement and answers how many rows it changed.
    pub async fn run(&mut self, sql: &str, args: impl AsRef<[Value]> + Send) -> DbResult<u64> {
        self.tx.run(sql, scoped(self.server_id, args.as_ref())).await
    }

    /// Has the event told to others if, and only if, this transaction commits.
    pub fn emit(&mut self, event: Event) {
        self.tx.emit(event);
    }

    /// The transaction without its tenant, for tables of the platform, which know none.
    pub(super) const fn whole(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Commits; see [`Tx::commit`].
    pub async fn commit(self) -> DbResult<()> {
        self.tx.commit().await
    }
}
