//! The end of an account (U6), and of the identity that was its own.

use model::UserId;

use super::{Keycloak, own};
use crate::{
    error::UsersError,
    identity::{Proof, keycloak::Refusal},
    profile,
    service::Service,
    store::{User, identity},
};

/// The caller, who has shown that they are the owner of the account, and the subject that they are known as. A directory's user
/// owns theirs, too.
pub(crate) async fn shown_owner(
    service: &Service,
    keycloak: &Keycloak,
    caller: UserId,
    proof: &Proof,
) -> Result<(User, String), UsersError> {
    let user = profile::find_own(service, caller).await?;
    let identity = own::find(service, keycloak, caller)
        .await?
        .ok_or(Refusal::KeptElsewhere)?;
    own::prove(service, keycloak, &user, &identity, proof).await?;
    Ok((user, identity.id))
}

/// Ends what sessions the user has there. They are not in Beep any more already.
pub(crate) async fn end_all(keycloak: &Keycloak, user_id: UserId, subject: &str) {
    if let Err(error) = keycloak.end_sessions(subject, None).await {
        tracing::warn!(error.detail = %error, user.id = %user_id, "sessions at Keycloak cannot be ended");
    }
}

/// Deletes the user's identity, if there is one; that of a directory's user is the directory's, and stays.
pub(crate) async fn erase_identity(service: &Service, keycloak: &Keycloak, user_id: UserId) -> Result<(), UsersError> {
    let Some(subject) = identity::subject_of_user(&service.db, &keycloak.issuer, user_id).await? else {
        return Ok(());
    };
    let Some(found) = keycloak.identity(&subject).await? else {
        return Ok(());
    };
    if found.federation_link.is_some() {
        end_all(keycloak, user_id, &subject).await;
        return Ok(());
    }
    Ok(keycloak.delete(&subject).await?)
}
