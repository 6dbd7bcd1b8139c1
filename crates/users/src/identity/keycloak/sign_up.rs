//! Signing up by Beep's form (A5): the names are reserved, the identity is created, the user is added and signed in.
//!
//! While a sign-up is under way its row of `pending_sign_ups` stands; it goes in the transaction that adds the user. So where a
//! row outlives its lease, there is no such user, and [`super::sweep`] removes what there is at Keycloak.

use std::time::Duration;

use model::{Timestamp, UserId};

use super::{
    Keycloak, KeycloakError, LOGIN, Refusal, Standing,
    admin::{Created, NewIdentity},
    claims::IdClaims,
    tokens::Granted,
};
use crate::{
    error::UsersError,
    identity::{
        Registration, SignedIn,
        audit::{self, Act},
        password::Weak,
        session::begin_session_on,
    },
    service::Service,
    store::{NewUser, identity, user},
    usernames,
};

/// How long the names are kept for who signs up. Whoever takes longer has not signed up.
pub(super) const LEASE: Duration = Duration::from_secs(30);

/// Signs up. Of several who want the same name or address at once, one gets it; who fails leaves nothing.
pub(crate) async fn register(
    service: &Service,
    keycloak: &Keycloak,
    registration: Registration<'_>,
) -> Result<SignedIn, UsersError> {
    let user_id = UserId(service.ids.next());
    let lease = reserve(service, user_id, &registration).await?;
    let new = NewIdentity {
        user_id,
        username: registration.username.as_str(),
        email: &registration.email,
        first_name: &registration.first_name,
        last_name: &registration.last_name,
        password: &registration.password,
    };
    let created = match keycloak.create(&new).await {
        Ok(created) => created,
        // Perhaps it was created, perhaps it still is while we ask: the sweeper looks when that is over.
        Err(error) => return Err(error.into()),
    };
    let refused = match created {
        Created::As(subject) => return add(service, keycloak, (user_id, lease), registration, &subject).await,
        Created::UsernameTaken => UsersError::UsernameTaken,
        Created::EmailTaken => UsersError::EmailTaken,
        Created::Weak => UsersError::Manager(Refusal::WeakFirstPassword(Weak::TooCommon)),
    };
    let mut tx = service.db.begin().await?;
    identity::release(&mut tx, user_id, lease).await?;
    tx.commit().await?;
    Err(refused)
}

async fn reserve(service: &Service, user_id: UserId, registration: &Registration<'_>) -> Result<Timestamp, UsersError> {
    let lease = service.clock.now().plus(LEASE);
    let (username, email) = (registration.username.as_str(), &registration.email);
    let mut tx = service.db.begin().await?;
    match identity::taken(&mut tx, username, email).await? {
        (true, _) => return Err(UsersError::UsernameTaken),
        (_, true) => return Err(UsersError::EmailTaken),
        (false, false) => {}
    }
    usernames::admit(&mut tx, user_id, username, service.clock.now()).await?;
    identity::reserve(&mut tx, user_id, (username, email), lease)
        .await
        .map_err(UsersError::taken)?;
    tx.commit().await?;
    Ok(lease)
}

/// The identity is there: adds the user, or removes the identity.
async fn add(
    service: &Service,
    keycloak: &Keycloak,
    (user_id, lease): (UserId, Timestamp),
    registration: Registration<'_>,
    subject: &str,
) -> Result<SignedIn, UsersError> {
    let granted = session(service, keycloak, &registration).await;
    match add_user(service, keycloak, (user_id, lease), &registration, subject, granted).await {
        Ok(signed_in) => {
            audit::note(Act::SignedUp, user_id);
            Ok(signed_in)
        }
        Err(error) => {
            // What fails here is left to the sweeper: the row stands as long as there is no user.
            if user::lookup(&service.db, user_id).await?.is_none() && keycloak.delete(subject).await.is_ok() {
                let mut tx = service.db.begin().await?;
                identity::release(&mut tx, user_id, lease).await?;
                tx.commit().await?;
            }
            Err(error)
        }
    }
}

/// A session at Keycloak for the new account, where Beep's own form may begin one.
async fn session(
    service: &Service,
    keycloak: &Keycloak,
    registration: &Registration<'_>,
) -> Option<(IdClaims, Granted)> {
    if !keycloak.has_own_form() {
        return None;
    }
    let signing_in = async {
        let granted = keycloak
            .by_password(registration.email.expose(), &registration.password, None)
            .await?;
        let claims = keycloak
            .id_token(&granted.id_token, LOGIN, None, service.clock.now())
            .await?;
        Ok::<_, KeycloakError>((claims, granted))
    };
    signing_in
        .await
        .inspect_err(|error| tracing::warn!(error.detail = %error, "a new account has no session at Keycloak"))
        .ok()
}

async fn add_user(
    service: &Service,
    keycloak: &Keycloak,
    (user_id, lease): (UserId, Timestamp),
    registration: &Registration<'_>,
    subject: &str,
    granted: Option<(IdClaims, Granted)>,
) -> Result<SignedIn, UsersError> {
    let now = service.clock.now();
    let new = NewUser {
        id: user_id,
        username: registration.username.as_str(),
        email: &registration.email,
        first_name: &registration.first_name,
        last_name: &registration.last_name,
        password_hash: NO_PASSWORD,
        language: registration.language.as_str(),
        created_at: now,
    };
    let mut tx = service.db.begin().await?;
    if !identity::release(&mut tx, user_id, lease).await? {
        // The sweeper has taken it over: it took too long.
        return Err(UsersError::Manager(Refusal::IdentityUnavailable));
    }
    let added = user::add(&mut tx, &new).await.map_err(UsersError::taken)?;
    usernames::admit(&mut tx, user_id, &added.username, now).await?;
    identity::add(&mut tx, &keycloak.issuer, subject, user_id, now).await?;
    let (claims, granted) = granted.unzip();
    let standing = Standing {
        keycloak,
        subject,
        client: LOGIN,
        granted_at: claims.as_ref().map(|claims| claims.iat),
        session: claims.and_then(|claims| claims.sid),
        refresh_token: granted.and_then(|granted| granted.refresh_token),
    };
    begin_session_on(service, tx, added, registration.user_agent, Some(standing)).await
}

/// Stands where the embedded identity has the hash of a password: the hash of none.
pub(crate) const NO_PASSWORD: &str = "!";
