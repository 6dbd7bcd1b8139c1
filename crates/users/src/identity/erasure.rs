//! Accounts whose time of grace is over are erased (U6): the identity at the identity manager first, then all that Beep keeps, in
//! one transaction. Whoever dies in between leaves a lease that ends, and the next one does the same again.

use std::{sync::Arc, time::Duration};

use contracts::events::{Audience, EventKind};
use model::{Timestamp, UserId, limits};
use tokio_util::sync::CancellationToken;

use super::{
    audit::{self, Act},
    keycloak,
    session::end_all_but,
};
use crate::{
    NAME,
    api::resource::Profile,
    error::UsersError,
    service::Service,
    store::{Picture, deletion, former_username},
};

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);
/// For how long one instance has an account for itself.
const LEASE: Duration = Duration::from_mins(2);
/// How long one waits whose identity manager does not answer.
const PUT_OFF: Duration = Duration::from_secs(5);
/// As many at once.
const BATCH: i64 = 50;
/// How often names are forgotten that were left long ago.
const FORGET_EVERY: Duration = Duration::from_hours(1);

/// Erases what is due, now and then, until the process shuts down.
pub(crate) async fn sweep(service: Arc<Service>, shutdown: CancellationToken) {
    let sweeping = async {
        let mut forgotten = None;
        loop {
            if let Err(error) = sweep_once(&service, &mut forgotten).await {
                tracing::warn!(error.detail = %error, "accounts cannot be erased yet");
            }
            tokio::time::sleep(EVERY).await;
        }
    };
    let _ = shutdown.run_until_cancelled(sweeping).await;
}

async fn sweep_once(service: &Service, forgotten: &mut Option<Timestamp>) -> Result<(), UsersError> {
    let now = service.clock.now();
    if forgotten.is_none_or(|at| now.since(at) >= FORGET_EVERY) {
        let mut tx = service.db.begin_patiently().await?;
        former_username::forget(&mut tx, now.minus(limits::USERNAME_KEPT)).await?;
        tx.commit().await?;
        *forgotten = Some(now);
    }
    for user_id in deletion::due(&service.db, now, BATCH).await? {
        // One that cannot be erased now holds up no other.
        if let Err(error) = erase(service, user_id).await {
            tracing::warn!(error.detail = %error, user.id = %user_id, "an account cannot be erased yet");
        }
    }
    Ok(())
}

async fn erase(service: &Service, user_id: UserId) -> Result<(), UsersError> {
    let now = service.clock.now();
    let lease = now.plus(LEASE);
    let mut tx = service.db.begin_patiently().await?;
    let taken = deletion::take_lease(&mut tx, user_id, now, lease).await?;
    tx.commit().await?;
    if !taken {
        return Ok(());
    }
    if let Some(keycloak) = service.keycloak()
        && let Err(error) = keycloak::erase_identity(service, keycloak, user_id).await
    {
        let mut tx = service.db.begin_patiently().await?;
        deletion::put_off(&mut tx, user_id, lease, service.clock.now().plus(PUT_OFF)).await?;
        tx.commit().await?;
        return Err(error);
    }
    let mut tx = service.db.begin_patiently().await?;
    let Some(username) = former_username::hold(&mut tx, user_id).await? else {
        return Ok(());
    };
    end_all_but(service, &mut tx, user_id, None).await?;
    let Some(erased) = deletion::erase(&mut tx, user_id, lease, now).await? else {
        return Ok(());
    };
    for picture in Picture::ALL {
        tx.show_picture(NAME, &picture.owner(user_id), None, now).await?;
    }
    // Nobody poses as somebody who was here until lately.
    former_username::leave(&mut tx, user_id, &username, now, now.minus(limits::USERNAME_KEPT)).await?;
    service.emit_around(&mut tx, &erased)?;
    tx.emit(service.event(
        EventKind::UserDeleted,
        Audience::Services,
        user_id,
        &Profile::from(&erased),
    )?);
    tx.commit().await?;
    service.summaries.put(&erased);
    audit::note(Act::AccountErased, user_id);
    Ok(())
}
