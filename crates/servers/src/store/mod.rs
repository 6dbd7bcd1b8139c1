//! SQL, a file for each table. What belongs to one server goes through [`TenantTx`] or [`TenantReader`], whose `$1` is
//! the server; what crosses servers stands in [`directory`].

pub(crate) mod audit;
pub(crate) mod bans;
pub(crate) mod channels;
pub(crate) mod directory;
pub(crate) mod discovery;
pub(crate) mod invitations;
pub(crate) mod member_roles;
pub(crate) mod members;
pub(crate) mod online;
pub(crate) mod overwrites;
pub(crate) mod roles;
pub(crate) mod servers;
pub(crate) mod time_outs;
pub(crate) mod totals;
pub(crate) mod words;

use platform::db::{DbResult, Migration, Record, TenantReader, TenantTx, Value};

/// The tables of this service, step by step.
pub(crate) const MIGRATIONS: &[Migration] = platform::migrations![
    "V1__servers",
    "V2__governance",
    "V3__discovery",
    "V4__mentionable_roles",
    "V5__departures"
];

/// Reads of one tenant, inside of a transaction or outside of any.
pub(crate) trait Reads: Send {
    /// All rows of a query whose own arguments begin with `$2`.
    fn all<R: Record>(&mut self, sql: &str, args: &[Value]) -> impl Future<Output = DbResult<Vec<R>>> + Send;
}

impl Reads for TenantTx {
    async fn all<R: Record>(&mut self, sql: &str, args: &[Value]) -> DbResult<Vec<R>> {
        Self::all(self, sql, args).await
    }
}

impl Reads for TenantReader<'_> {
    async fn all<R: Record>(&mut self, sql: &str, args: &[Value]) -> DbResult<Vec<R>> {
        Self::all(self, sql, args).await
    }
}

#[cfg(test)]
mod tests;
