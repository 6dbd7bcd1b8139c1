//! A forgotten password: a link by mail, and a new password by the link.

use std::net::IpAddr;

use model::Email;
use platform::auth::Secret;

use super::{
    audit::{self, Act},
    codes::{self, Given},
    keycloak, link,
    mail::{self, Occasion},
    password,
    session::end_all_but,
    sign_in::account_of,
};
use crate::{
    error::{Door, UsersError},
    service::Service,
    store::{self, Purpose, user},
};

/// Has a link sent to whoever has this address, if anybody has. The same is done for every address; whether there is an
/// account is looked up when the mail is sent.
pub(crate) async fn forgot_password(service: &Service, typed: &str, address: IpAddr) -> Result<(), UsersError> {
    mail::is_needed(service)?;
    let now = service.clock.now();
    service
        .forgotten_from
        .take(address, now)
        .map_err(UsersError::TooManyAttempts)?;
    let Ok(email) = typed.parse::<Email>() else {
        return Ok(());
    };
    if service.forgotten_of.take(account_of(email.expose()), now).is_err() {
        return Ok(());
    }
    let mut tx = service.db.begin().await?;
    mail::post(service, &mut tx, Occasion::PasswordForgotten, email.expose(), None).await?;
    tx.commit().await?;
    audit::note_address(service, Act::PasswordForgotten, Some(&email));
    Ok(())
}

/// A new password by a link.
pub(crate) struct Reset<'a> {
    pub(crate) token: &'a str,
    pub(crate) password: Secret<String>,
    /// As it was typed, where one is asked for.
    pub(crate) code: Option<&'a str>,
    pub(crate) address: IpAddr,
}

/// Sets the password and ends all sign-ins. The link is used up when all went well, and not before: of two who use it at once,
/// one sets their password.
pub(crate) async fn reset_password(service: &Service, reset: Reset<'_>) -> Result<(), UsersError> {
    let hash = link::hash(reset.token);
    let now = service.clock.now();
    let user_id = store::link::find(&service.db, Purpose::Password, &hash, now)
        .await?
        .ok_or(UsersError::LinkExpired)?;
    let user = user::lookup(&service.db, user_id)
        .await?
        .ok_or(UsersError::LinkExpired)?;
    if let Some(keycloak) = service.keycloak()
        && keycloak::has_identity(service, keycloak, user.id).await?
    {
        return keycloak::reset_password(service, keycloak, &user, reset).await;
    }
    password::check(reset.password.expose(), &user.username, user.email.expose()).map_err(UsersError::WeakPassword)?;
    let password_hash = service.passwords.hash(reset.password).await?;
    let mut tx = service.db.begin().await?;
    let taken = store::link::take(&mut tx, Purpose::Password, &hash, now).await?;
    taken
        .filter(|(owner, email)| *owner == user.id && *email == user.email)
        .ok_or(UsersError::LinkExpired)?;
    let given = Given {
        code: reset.code,
        address: reset.address,
        door: Door::SignIn,
    };
    codes::accept(service, &mut tx, user.id, given).await?;
    user::set_password(&mut tx, user.id, &password_hash).await?;
    store::link::remove_all(&mut tx, user.id).await?;
    store::link::cancel_change(&mut tx, user.id).await?;
    end_all_but(service, &mut tx, user.id, None).await?;
    service.emit_security_changed(&mut tx, user.id)?;
    mail::tell(service, &mut tx, Occasion::PasswordChanged, &user).await?;
    tx.commit().await?;
    audit::note(Act::PasswordReset, user.id);
    Ok(())
}
