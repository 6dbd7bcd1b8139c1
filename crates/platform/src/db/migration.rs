//! Migrations: each service brings its own tables up to date, and no one else's.

use refinery_core::Runner;

use super::{DbError, DbResult};

/// One step of a service's tables. Once released it is never changed: a checksum is remembered.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// File name without its ending, e.g. `V1__users`.
    pub name: &'static str,
    /// Statements that SQLite and PostgreSQL both understand.
    pub sql: &'static str,
}

impl Migration {
    pub(super) fn runner(service: &str, migrations: &[Self]) -> DbResult<Runner> {
        let list = migrations
            .iter()
            .map(|migration| refinery_core::Migration::unapplied(migration.name, migration.sql))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| DbError::Statement(error.to_string()))?;
        let mut runner = Runner::new(&list);
        runner.set_migration_table_name(format!("migrations_of_{service}"));
        Ok(runner)
    }
}

/// The migrations of a service, from its folder `migrations/`: `migrations!["V1__users"]`.
#[macro_export]
macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$($crate::db::Migration {
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $name, ".sql")),
        }),*]
    };
}
