//! The node number that a process makes its ids under (`model::snowflake`): leased, so that no two processes on one
//! database ever make the same id.

use std::time::Duration;

use model::{Timestamp, snowflake::NODES};
use tokio_util::sync::CancellationToken;

use super::{Db, DbError, DbResult, Migration};
use crate::{
    args,
    clock::{Clock, Ids},
};

const MIGRATIONS: &[Migration] = crate::migrations!["V1__nodes"];

/// How long a lease lasts. A process that was killed keeps its number for so long; there are a thousand others.
const LEASE: Duration = Duration::from_mins(1);
/// How often it is renewed.
const RENEW_EVERY: Duration = Duration::from_secs(15);
/// How soon a renewal that failed is tried again.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A leased node number.
pub struct NodeLease {
    db: Db,
    clock: Clock,
    holder: String,
    node: u16,
}

impl NodeLease {
    /// Leases the lowest number that is free.
    pub async fn take(db: &Db, clock: &Clock) -> DbResult<Self> {
        db.migrate("nodes", MIGRATIONS).await?;
        let holder = format!("{:032x}", rand::random::<u128>());
        let node = take(db, clock.now(), &holder).await?;
        Ok(Self {
            db: db.clone(),
            clock: clock.clone(),
            holder,
            node,
        })
    }

    /// The number.
    #[must_use]
    pub const fn node(&self) -> u16 {
        self.node
    }

    /// Renews the lease until `shutdown`, and gives it back then. A lease that was lost, because the database was away for
    /// longer than it lasts, is replaced by another, which `ids` learns.
    pub async fn keep(mut self, ids: Ids, shutdown: CancellationToken) {
        const GIVE_BACK: &str = "DELETE FROM nodes WHERE node = $1 AND holder = $2";
        let mut wait = RENEW_EVERY;
        while shutdown.run_until_cancelled(tokio::time::sleep(wait)).await.is_some() {
            wait = match self.renew().await {
                Ok(node) => {
                    if node != self.node {
                        tracing::warn!(
                            node,
                            "the lease of the node number was lost; ids are made under another"
                        );
                        self.node = node;
                        ids.set_node(node);
                    }
                    RENEW_EVERY
                }
                Err(error) => {
                    tracing::warn!(error.detail = %error, "the lease of the node number was not renewed");
                    RETRY_AFTER
                }
            };
        }
        if let Err(error) = write(&self.db, GIVE_BACK, i64::from(self.node), &self.holder, None).await {
            tracing::warn!(error.detail = %error, "the node number was not given back; its lease expires");
        }
    }

    async fn renew(&self) -> DbResult<u16> {
        const SQL: &str = "UPDATE nodes SET leased_until = $3 WHERE node = $1 AND holder = $2";
        let now = self.clock.now();
        let renewed = write(&self.db, SQL, i64::from(self.node), &self.holder, Some(now.plus(LEASE))).await?;
        if renewed == 1 {
            return Ok(self.node);
        }
        take(&self.db, now, &self.holder).await
    }
}

async fn take(db: &Db, now: Timestamp, holder: &str) -> DbResult<u16> {
    const SQL: &str = "INSERT INTO nodes (node, holder, leased_until) VALUES ($1, $2, $3)
        ON CONFLICT (node) DO UPDATE SET holder = $2, leased_until = $3 WHERE nodes.leased_until < $4";
    for node in 1..NODES {
        let mut tx = db.begin_aside().await?;
        let arguments = args![i64::from(node), holder, now.plus(LEASE), now];
        let taken = tx.run(SQL, arguments).await?;
        tx.commit().await?;
        if taken == 1 {
            return Ok(node);
        }
    }
    Err(DbError::Conflict("all node numbers are in use".to_owned()))
}

async fn write(db: &Db, sql: &str, node: i64, holder: &str, until: Option<Timestamp>) -> DbResult<u64> {
    let mut tx = db.begin_aside().await?;
    let written = match until {
        Some(until) => tx.run(sql, args![node, holder, until]).await?,
        None => tx.run(sql, args![node, holder]).await?,
    };
    tx.commit().await?;
    Ok(written)
}
