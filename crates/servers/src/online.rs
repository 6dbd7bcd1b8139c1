//! How many members of a server are online: connected anywhere and not invisible.
//!
//! Gateways tell each other who is connected, so each that serves anybody of a server knows of all who are online in it;
//! each reports its count, and the largest of those who still report holds. While gateways cannot hear each other it is
//! too small; after one has died it may be too large for as long as [`SILENCE`].

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use model::{ServerId, Timestamp};

use crate::{
    error::Error,
    service::{Service, retried},
    store::{online, servers::ServerRow},
};

/// What a gateway said that says nothing for so long holds no more. It reports every ten seconds at least.
const SILENCE: Duration = Duration::from_secs(30);

/// How many are online in some servers.
pub(crate) struct Online(HashMap<ServerId, i64>);

impl Online {
    /// How many are online in this one. A member who has just left may still be counted: never more than there are.
    pub(crate) fn in_server(&self, server: &ServerRow) -> i64 {
        let counted = self.0.get(&server.id).copied().unwrap_or(0);
        counted.min(server.member_count)
    }
}

/// How many are online in these servers.
pub(crate) async fn of(service: &Service, servers: &[ServerId]) -> Result<Online, Error> {
    let counts = online::list(&service.db, servers, silent_since(service)).await?;
    Ok(Online(counts))
}

/// What a gateway reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Report {
    /// The number that it drew when it started.
    pub(crate) gateway_id: i64,
    /// Whether nothing that it said before holds.
    pub(crate) begins: bool,
    /// How many it counts where that has changed.
    pub(crate) online: BTreeMap<ServerId, i64>,
}

/// Keeps what a gateway reports. `false` when what it said before is not known any more: nothing is kept then, and it
/// must begin anew.
pub(crate) async fn report(service: &Service, report: &Report) -> Result<bool, Error> {
    retried(|| attempt(service, report)).await
}

async fn attempt(service: &Service, report: &Report) -> Result<bool, Error> {
    let now = service.clock.now();
    let mut tx = service.db.begin().await?;
    online::forget_silent(&mut tx, silent_since(service)).await?;
    if report.begins {
        online::begin(&mut tx, report.gateway_id, now).await?;
    } else if !online::touch(&mut tx, report.gateway_id, now).await? {
        tx.commit().await?;
        return Ok(false);
    }
    online::put(&mut tx, report.gateway_id, &report.online).await?;
    tx.commit().await?;
    Ok(true)
}

fn silent_since(service: &Service) -> Timestamp {
    let millis = i64::try_from(SILENCE.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(service.clock.now().as_millis().saturating_sub(millis))
}
