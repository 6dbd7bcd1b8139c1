//! Servers in memory, by version. Before each use the version is read from the database, so a snapshot is never older
//! than the request; only its parts are spared.

use std::{collections::HashMap, sync::Arc};

use model::ServerId;
use moka::sync::Cache;
use platform::db::{Db, DbError, DbResult, TenantReader, TenantTx};

use crate::{
    store::{Reads, channels, directory, overwrites, roles, servers, servers::ServerRow},
    tenant::Tenant,
};

/// How many rows (servers, roles, channels, overwrites) all snapshots together may hold: some 50 MB.
const CAPACITY_ROWS: u64 = 200_000;
/// How often a server that changes while it is read is read anew.
const ATTEMPTS: usize = 8;

/// The snapshots of this process.
#[derive(Clone)]
pub(crate) struct Snapshots(Cache<ServerId, Arc<Tenant>>);

impl Default for Snapshots {
    fn default() -> Self {
        let weight = |_: &ServerId, tenant: &Arc<Tenant>| tenant.weight();
        Self(Cache::builder().max_capacity(CAPACITY_ROWS).weigher(weight).build())
    }
}

impl Snapshots {
    /// The server at `version` or later; `None` when it does not exist any more.
    pub(crate) async fn at_least(&self, mut reader: TenantReader<'_>, version: i64) -> DbResult<Option<Arc<Tenant>>> {
        if let Some(tenant) = self.held(reader.server_id(), version) {
            return Ok(Some(tenant));
        }
        // The parts are read one after the other. Every change raises the version, so when it is the same before and
        // after, all parts are of that version.
        for _ in 0..ATTEMPTS {
            let Some(tenant) = read(&mut reader).await? else {
                return Ok(None);
            };
            if servers::find_version(&mut reader).await? == Some(tenant.server.version) {
                return Ok(Some(self.keep(tenant)));
            }
        }
        Err(DbError::Conflict(
            "the server changes faster than it can be read".to_owned(),
        ))
    }

    /// The server as it is now; `None` when there is none.
    pub(crate) async fn current(&self, mut reader: TenantReader<'_>) -> DbResult<Option<Arc<Tenant>>> {
        match servers::find_version(&mut reader).await? {
            Some(version) => self.at_least(reader, version).await,
            None => Ok(None),
        }
    }

    /// Several servers at the versions of `rows` or later, in few statements. What changed meanwhile is left out: it has
    /// to be read by itself.
    pub(crate) async fn many(&self, db: &Db, rows: &[ServerRow]) -> DbResult<HashMap<ServerId, Arc<Tenant>>> {
        let held = rows.iter().filter_map(|row| self.held(row.id, row.version));
        let mut tenants: HashMap<ServerId, Arc<Tenant>> = held.map(|tenant| (tenant.id(), tenant)).collect();
        let missing: Vec<&ServerRow> = rows.iter().filter(|row| !tenants.contains_key(&row.id)).collect();
        if missing.is_empty() {
            return Ok(tenants);
        }
        let ids: Vec<ServerId> = missing.iter().map(|row| row.id).collect();
        let parts = directory::list_parts(db, &ids).await?;
        let mut roles = by_server(parts.roles, |row| row.server_id);
        let mut channels = by_server(parts.channels, |row| row.server_id);
        let overwrites = by_server(parts.overwrites, |row| row.server_id);
        let versions: HashMap<ServerId, i64> = directory::list_versions(db, &ids).await?.into_iter().collect();
        for row in missing
            .into_iter()
            .filter(|row| versions.get(&row.id) == Some(&row.version))
        {
            let tenant = Tenant::new(
                row.clone(),
                roles.remove(&row.id).unwrap_or_default(),
                channels.remove(&row.id).unwrap_or_default(),
                overwrites.get(&row.id).map_or(&[], Vec::as_slice),
            );
            tenants.insert(row.id, self.keep(tenant));
        }
        Ok(tenants)
    }

    fn held(&self, id: ServerId, version: i64) -> Option<Arc<Tenant>> {
        self.0.get(&id).filter(|tenant| tenant.server.version >= version)
    }

    fn keep(&self, tenant: Tenant) -> Arc<Tenant> {
        let tenant = Arc::new(tenant);
        self.0.insert(tenant.id(), Arc::clone(&tenant));
        tenant
    }
}

/// The rows of each server, in their order.
fn by_server<T>(rows: Vec<T>, server_id: impl Fn(&T) -> ServerId) -> HashMap<ServerId, Vec<T>> {
    let mut all: HashMap<ServerId, Vec<T>> = HashMap::new();
    for row in rows {
        all.entry(server_id(&row)).or_default().push(row);
    }
    all
}

/// The server as a transaction that has touched it sees it, changes of its own included. Never kept: it may be rolled back.
pub(crate) async fn inside(tx: &mut TenantTx) -> DbResult<Option<Tenant>> {
    read(tx).await
}

async fn read(reads: &mut impl Reads) -> DbResult<Option<Tenant>> {
    let Some(server) = servers::lookup(reads).await? else {
        return Ok(None);
    };
    let roles = roles::list(reads).await?;
    let channels = channels::list(reads).await?;
    let overwrites = overwrites::list(reads).await?;
    Ok(Some(Tenant::new(server, roles, channels, &overwrites)))
}
