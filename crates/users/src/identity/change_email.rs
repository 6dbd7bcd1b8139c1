//! Another e-mail address (U3): it counts once it is confirmed there.

use model::{Email, Timestamp, UserId};

use super::{
    audit::{self, Act},
    keycloak::{self, Keycloak, Refusal},
    link,
    mail::{self, Occasion},
    proof::{self, Proof},
};
use crate::{
    error::UsersError,
    profile,
    service::Service,
    store::{self, Purpose, User, user},
};

/// Begins the change. Whether somebody has the address is told to nobody but them.
pub(crate) async fn begin_email_change(
    service: &Service,
    caller: UserId,
    email: &Email,
    proof: Proof,
) -> Result<(), UsersError> {
    mail::is_needed(service)?;
    let (user, mut tx) = match service.keycloak() {
        Some(keycloak) => {
            let user = keycloak::shown(service, keycloak, caller, &proof).await?;
            (user, service.db.begin().await?)
        }
        None => proof::password_and_code(service, caller, proof).await?,
    };
    if user.email == *email {
        return Err(UsersError::EmailUnchanged);
    }
    let now = service.clock.now();
    service
        .email_changes
        .take(caller, now)
        .map_err(UsersError::TooManyAttempts)?;
    store::link::begin_change(&mut tx, caller, email, now.plus(link::EMAIL_LIFETIME)).await?;
    mail::post(service, &mut tx, Occasion::EmailToConfirm, email.expose(), Some(caller)).await?;
    mail::tell(service, &mut tx, Occasion::EmailChangeBegun, &user).await?;
    service.emit_security_changed(&mut tx, caller)?;
    tx.commit().await?;
    audit::note(Act::EmailChangeBegun, caller);
    Ok(())
}

/// Forgets the address that was not confirmed yet.
pub(crate) async fn cancel_email_change(service: &Service, caller: UserId) -> Result<(), UsersError> {
    let user = profile::find_own(service, caller).await?;
    let mut tx = service.db.begin().await?;
    if !store::link::cancel_change(&mut tx, user.id).await? {
        return Ok(());
    }
    service.emit_security_changed(&mut tx, caller)?;
    tx.commit().await?;
    audit::note(Act::EmailChangeCancelled, caller);
    Ok(())
}

/// Confirms the address by the link that was sent there. Of several who want the same address, the first to confirm gets it.
pub(crate) async fn verify_email(service: &Service, token: &str) -> Result<(), UsersError> {
    let (hash, now) = (link::hash(token), service.clock.now());
    let user_id = store::link::find(&service.db, Purpose::Email, &hash, now)
        .await?
        .ok_or(UsersError::LinkExpired)?;
    let before = user::lookup(&service.db, user_id)
        .await?
        .ok_or(UsersError::LinkExpired)?;
    let was_told = tell_manager(service, &before, now).await?;
    let mut tx = service.db.begin().await?;
    let (_, email) = store::link::take(&mut tx, Purpose::Email, &hash, now)
        .await?
        .ok_or(UsersError::LinkExpired)?;
    let set = user::set_email(&mut tx, user_id, &email)
        .await
        .map_err(UsersError::taken);
    if let (Err(UsersError::EmailTaken), Some(keycloak)) = (&set, was_told) {
        drop(tx);
        keycloak::set_email(service, keycloak, user_id, &before.email).await?;
        return Err(UsersError::EmailTaken);
    }
    let changed = set?.ok_or(UsersError::LinkExpired)?;
    store::link::remove_all(&mut tx, user_id).await?;
    store::link::cancel_change(&mut tx, user_id).await?;
    mail::tell(service, &mut tx, Occasion::EmailChanged, &before).await?;
    service.emit_changed(&mut tx, &changed)?;
    service.emit_security_changed(&mut tx, user_id)?;
    tx.commit().await?;
    audit::note(Act::EmailChanged, user_id);
    Ok(())
}

/// Gives the address to the identity, where the user is one of an identity manager.
async fn tell_manager<'s>(
    service: &'s Service,
    user: &User,
    now: Timestamp,
) -> Result<Option<&'s Keycloak>, UsersError> {
    let Some(keycloak) = service.keycloak() else {
        return Ok(None);
    };
    if !keycloak::has_identity(service, keycloak, user.id).await? {
        return Ok(None);
    }
    let (wanted, _) = store::link::find_change(&service.db, user.id, now)
        .await?
        .ok_or(UsersError::LinkExpired)?;
    if user::find_by_email(&service.db, &wanted).await?.is_some() {
        return Err(UsersError::EmailTaken);
    }
    match keycloak::set_email(service, keycloak, user.id, &wanted).await {
        // Meanwhile a directory keeps it.
        Err(UsersError::Manager(Refusal::KeptElsewhere | Refusal::KeptByDirectory)) => {
            return Err(UsersError::LinkExpired);
        }
        set => set?,
    }
    Ok(Some(keycloak))
}
