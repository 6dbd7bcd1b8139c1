//! A new password (U4).

use platform::auth::{Caller, Secret};

use super::{
    audit::{self, Act},
    keycloak,
    mail::{self, Occasion},
    password,
    proof::{self, Proof},
    session::end_all_but,
};
use crate::{
    error::UsersError,
    profile,
    service::Service,
    store::{self, user},
};

/// A new password, and what shows that the caller may set it.
pub(crate) struct PasswordChange {
    pub(crate) proof: Proof,
    pub(crate) new: Secret<String>,
    /// Whether all other sign-ins end.
    pub(crate) end_others: bool,
}

/// Changes the caller's password.
pub(crate) async fn change_password(
    service: &Service,
    caller: Caller,
    change: PasswordChange,
) -> Result<(), UsersError> {
    if let Some(keycloak) = service.keycloak() {
        return keycloak::change_password(service, keycloak, caller, change).await;
    }
    let user = profile::find_own(service, caller.user_id).await?;
    password::check(change.new.expose(), &user.username, user.email.expose()).map_err(UsersError::WeakPassword)?;
    let shown = proof::password(service, user.id, change.proof.password, change.proof.address).await?;
    let hash = service.passwords.hash(change.new).await?;
    let mut tx = shown.begin(service).await?;
    user::set_password(&mut tx, user.id, &hash).await?;
    store::link::remove_all(&mut tx, user.id).await?;
    store::link::cancel_change(&mut tx, user.id).await?;
    if change.end_others {
        end_all_but(service, &mut tx, user.id, Some(caller.session_id)).await?;
    }
    mail::tell(service, &mut tx, Occasion::PasswordChanged, &user).await?;
    service.emit_security_changed(&mut tx, user.id)?;
    tx.commit().await?;
    audit::note(Act::PasswordChanged, user.id);
    Ok(())
}
