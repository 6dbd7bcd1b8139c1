//! A forgotten password that Keycloak keeps. A second factor stays, and Keycloak asks for it when its owner signs in: nobody is
//! signed in by a link, and nothing else is shown by it.

use model::UserId;

use super::{Keycloak, PasswordSet, own};
use crate::{
    error::UsersError,
    identity::{
        Reset, Weak,
        audit::{self, Act},
        link,
        mail::{self, Occasion},
        password,
        session::end_all_but,
    },
    service::Service,
    store::{self, NewLink, Purpose, User, identity},
};

/// Who sets the password of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordOf {
    /// Beep: the user is from before there was an identity manager, and was not linked yet.
    Beep,
    Manager,
    Directory,
}

/// Who keeps the password of this user.
pub(crate) async fn password_of(
    service: &Service,
    keycloak: &Keycloak,
    user_id: UserId,
) -> Result<PasswordOf, UsersError> {
    if !has_identity(service, keycloak, user_id).await? {
        return Ok(PasswordOf::Beep);
    }
    let identity = own::find(service, keycloak, user_id).await?;
    let by_directory = identity.is_none_or(|identity| identity.federation_link.is_some());
    Ok(if by_directory {
        PasswordOf::Directory
    } else {
        PasswordOf::Manager
    })
}

/// Whether the user is an identity of Keycloak.
pub(crate) async fn has_identity(service: &Service, keycloak: &Keycloak, user_id: UserId) -> Result<bool, UsersError> {
    let subject = identity::subject_of_user(&service.db, &keycloak.issuer, user_id).await?;
    Ok(subject.is_some())
}

/// Sets the password there and ends all sessions at both. The link is used up first: of two who use it at once, one sets their
/// password. It is good again where Keycloak does not take it.
pub(crate) async fn reset_password(
    service: &Service,
    keycloak: &Keycloak,
    user: &User,
    reset: Reset<'_>,
) -> Result<(), UsersError> {
    password::check(reset.password.expose(), &user.username, user.email.expose()).map_err(UsersError::WeakPassword)?;
    let identity = own::changeable(service, keycloak, user.id).await?;
    let (hash, now) = (link::hash(reset.token), service.clock.now());
    let mut tx = service.db.begin().await?;
    let taken = store::link::take(&mut tx, Purpose::Password, &hash, now).await?;
    taken
        .filter(|(owner, email)| *owner == user.id && *email == user.email)
        .ok_or(UsersError::LinkExpired)?;
    tx.commit().await?;
    let refused = match keycloak.set_password(&identity, &reset.password).await {
        Ok(PasswordSet::Done) => None,
        Ok(PasswordSet::Weak) => Some(UsersError::WeakPassword(Weak::TooCommon)),
        Err(error) => Some(error.into()),
    };
    let mut tx = service.db.begin().await?;
    if let Some(refused) = refused {
        let again = NewLink {
            hash: &hash,
            purpose: Purpose::Password,
            user_id: user.id,
            email: user.email.expose(),
            now,
            expires_at: now.plus(link::AGAIN_LIFETIME),
        };
        store::link::add(&mut tx, &again).await?;
        tx.commit().await?;
        return Err(refused);
    }
    store::link::remove_all(&mut tx, user.id).await?;
    store::link::cancel_change(&mut tx, user.id).await?;
    end_all_but(service, &mut tx, user.id, None).await?;
    service.emit_security_changed(&mut tx, user.id)?;
    mail::tell(service, &mut tx, Occasion::PasswordChanged, user).await?;
    tx.commit().await?;
    audit::note(Act::PasswordReset, user.id);
    if let Err(error) = keycloak.end_sessions(&identity.id, None).await {
        tracing::warn!(error.detail = %error, user.id = %user.id, "sessions at Keycloak cannot be ended");
    }
    Ok(())
}
