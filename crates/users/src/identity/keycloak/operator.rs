//! What an administrator does on the machine to somebody whom Keycloak knows.

use model::UserId;
use platform::db::Db;

use super::Keycloak;
use crate::{error::UsersError, store::identity};

/// What was found there.
pub(crate) enum Found {
    /// The user is no identity there: Beep keeps what they sign in with.
    Nobody,
    /// There was nothing beside the password.
    Nothing,
    /// It was removed.
    Removed,
}

/// Removes all that somebody is asked for beside the password: codes, keys, recovery codes.
pub(crate) async fn remove_second_factors(db: &Db, keycloak: &Keycloak, user_id: UserId) -> Result<Found, UsersError> {
    let Some(subject) = identity::subject_of_user(db, &keycloak.issuer, user_id).await? else {
        return Ok(Found::Nobody);
    };
    let credentials = keycloak.credentials(&subject).await?;
    if credentials.others.is_empty() {
        return Ok(Found::Nothing);
    }
    for one in credentials.others {
        keycloak.remove_credential(&subject, &one.id).await?;
    }
    Ok(Found::Removed)
}

/// Whether a directory keeps the user's password.
pub(crate) async fn is_of_directory(db: &Db, keycloak: &Keycloak, user_id: UserId) -> Result<bool, UsersError> {
    let Some(subject) = identity::subject_of_user(db, &keycloak.issuer, user_id).await? else {
        return Ok(false);
    };
    let identity = keycloak.identity(&subject).await?;
    Ok(identity.is_some_and(|identity| identity.federation_link.is_some()))
}

/// Keeps the user out there, too, or lets them in again. What sessions they have there end. Whether a directory's user may sign in
/// there, the directory says; Beep lets them in or not.
pub(crate) async fn set_enabled(
    db: &Db,
    keycloak: &Keycloak,
    user_id: UserId,
    enabled: bool,
) -> Result<(), UsersError> {
    let Some(subject) = identity::subject_of_user(db, &keycloak.issuer, user_id).await? else {
        return Ok(());
    };
    let Some(identity) = keycloak.identity(&subject).await? else {
        return Ok(());
    };
    if identity.federation_link.is_none() && identity.enabled != enabled {
        keycloak.set_enabled(&identity, enabled).await?;
    }
    // It ends no session by itself.
    if !enabled {
        keycloak.end_sessions(&subject, None).await?;
    }
    Ok(())
}
