//! A new password (U4), which Keycloak keeps.

use platform::auth::Caller;

use super::{Keycloak, PasswordSet, own};
use crate::{
    error::UsersError,
    identity::{
        PasswordChange, Weak,
        audit::{self, Act},
        mail::{self, Occasion},
        password,
        session::end_all_but,
    },
    profile,
    service::Service,
    store::{self, grant},
};

/// Changes the caller's password there, and ends their other sessions at both where that is wished for.
pub(crate) async fn change_password(
    service: &Service,
    keycloak: &Keycloak,
    caller: Caller,
    change: PasswordChange,
) -> Result<(), UsersError> {
    let user = profile::find_own(service, caller.user_id).await?;
    let identity = own::changeable(service, keycloak, user.id).await?;
    password::check(change.new.expose(), &user.username, user.email.expose()).map_err(UsersError::WeakPassword)?;
    own::prove(service, keycloak, &user, &identity, &change.proof).await?;
    if keycloak.set_password(&identity, &change.new).await? == PasswordSet::Weak {
        return Err(UsersError::WeakPassword(Weak::TooCommon));
    }
    let kept = grant::session_of(&service.db, user.id, caller.session_id).await?;
    let mut tx = service.db.begin().await?;
    store::link::remove_all(&mut tx, user.id).await?;
    store::link::cancel_change(&mut tx, user.id).await?;
    if change.end_others {
        end_all_but(service, &mut tx, user.id, Some(caller.session_id)).await?;
    }
    mail::tell(service, &mut tx, Occasion::PasswordChanged, &user).await?;
    service.emit_security_changed(&mut tx, user.id)?;
    tx.commit().await?;
    audit::note(Act::PasswordChanged, user.id);
    if change.end_others {
        // The password is another one already; whoever has a session there still is at least not in Beep any more.
        if let Err(error) = keycloak.end_sessions(&identity.id, kept.as_deref()).await {
            tracing::warn!(error.detail = %error, user.id = %user.id, "sessions at Keycloak cannot be ended");
        }
    }
    Ok(())
}
