//! What sign-ups leave that broke off: the identity goes, then the names are free.

use std::{sync::Arc, time::Duration};

use model::UserId;
use tokio_util::sync::CancellationToken;

use super::{Keycloak, sign_up::LEASE};
use crate::{
    error::UsersError,
    service::Service,
    store::{identity, user},
};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(5);
/// As many at once.
const BATCH: i64 = 50;

/// Removes what is left, now and then, until the process shuts down.
pub(crate) async fn sweep(service: Arc<Service>, shutdown: CancellationToken) {
    let Some(keycloak) = service.keycloak() else { return };
    let sweeping = async {
        loop {
            if let Err(error) = sweep_once(&service, keycloak).await {
                tracing::warn!(error.detail = %error, "what sign-ups left cannot be removed yet");
            }
            tokio::time::sleep(EVERY).await;
        }
    };
    let _ = shutdown.run_until_cancelled(sweeping).await;
}

async fn sweep_once(service: &Service, keycloak: &Keycloak) -> Result<(), UsersError> {
    for user_id in identity::left(&service.db, service.clock.now(), BATCH).await? {
        remove(service, keycloak, user_id).await?;
    }
    Ok(())
}

async fn remove(service: &Service, keycloak: &Keycloak, user_id: UserId) -> Result<(), UsersError> {
    let now = service.clock.now();
    let lease = now.plus(LEASE);
    let mut tx = service.db.begin().await?;
    let taken = identity::take_lease(&mut tx, user_id, now, lease).await?;
    tx.commit().await?;
    if !taken {
        return Ok(());
    }
    if user::lookup(&service.db, user_id).await?.is_none() {
        for left in keycloak.created_for(user_id).await? {
            keycloak.delete(&left.id).await?;
            tracing::info!(user.id = %user_id, "the identity of a sign-up that broke off was removed");
        }
    }
    let mut tx = service.db.begin().await?;
    identity::release(&mut tx, user_id, lease).await?;
    tx.commit().await?;
    Ok(())
}
