//! Another e-mail address (U3), which Keycloak has, too.

use model::{Email, UserId};

use super::{Keycloak, own};
use crate::{error::UsersError, identity::Proof, profile, service::Service, store::User};

/// The caller, who has shown that they are the owner of the account.
pub(crate) async fn shown(
    service: &Service,
    keycloak: &Keycloak,
    caller: UserId,
    proof: &Proof,
) -> Result<User, UsersError> {
    let user = profile::find_own(service, caller).await?;
    let identity = own::changeable(service, keycloak, caller).await?;
    own::prove(service, keycloak, &user, &identity, proof).await?;
    Ok(user)
}

/// Gives the address that was confirmed to the identity. What Keycloak has comes back with the next access token, so that it is
/// told first.
pub(crate) async fn set_email(
    service: &Service,
    keycloak: &Keycloak,
    user_id: UserId,
    email: &Email,
) -> Result<(), UsersError> {
    let identity = own::changeable(service, keycloak, user_id).await?;
    if keycloak.set_email(&identity, email).await? {
        Ok(())
    } else {
        Err(UsersError::EmailTaken)
    }
}
