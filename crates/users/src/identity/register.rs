//! Signing up (A1).

use model::{Email, PersonName, UserId, Username};
use platform::auth::Secret;

use super::{
    SignedIn,
    audit::{self, Act},
    keycloak,
    session::begin_session,
};
use crate::{
    error::UsersError,
    service::Service,
    settings::Language,
    store::{NewUser, user},
    usernames,
};

/// Someone who signs up, with checked texts.
pub(crate) struct Registration<'a> {
    pub(crate) username: Username,
    pub(crate) email: Email,
    pub(crate) first_name: PersonName,
    pub(crate) last_name: PersonName,
    pub(crate) password: Secret<String>,
    pub(crate) language: Language,
    pub(crate) user_agent: Option<&'a str>,
}

/// Adds the account and signs it in. Of several who want the same name or address at once, one gets it.
pub(crate) async fn register(service: &Service, registration: Registration<'_>) -> Result<SignedIn, UsersError> {
    if !service.settings.registration_open {
        return Err(UsersError::RegistrationClosed);
    }
    if let Some(keycloak) = service.keycloak() {
        return keycloak::register(service, keycloak, registration).await;
    }
    let hash = service.passwords.hash(registration.password).await?;
    let new = NewUser {
        id: UserId(service.ids.next()),
        username: registration.username.as_str(),
        email: &registration.email,
        first_name: &registration.first_name,
        last_name: &registration.last_name,
        password_hash: &hash,
        language: registration.language.as_str(),
        created_at: service.clock.now(),
    };
    let mut tx = service.db.begin().await?;
    let added = user::add(&mut tx, &new).await.map_err(UsersError::taken)?;
    usernames::admit(&mut tx, added.id, &added.username, new.created_at).await?;
    let signed_in = begin_session(service, tx, added, registration.user_agent).await?;
    audit::note(Act::SignedUp, signed_in.user.id);
    Ok(signed_in)
}
