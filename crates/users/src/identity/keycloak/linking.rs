//! Linking an identity to an account from before there was an identity manager (A7): both are shown, the identity by having come
//! back from Keycloak, the account by its password, and a code where it has a second factor. Never by an e-mail address alone.

use platform::auth::Secret;

use super::{Keycloak, Standing, newcomer, sign_up::NO_PASSWORD};
use crate::{
    error::{Door, UsersError},
    identity::{
        Attempt, SignedIn,
        audit::{self, Act},
        codes::{self, Given},
        mail::{self, Occasion},
        session::{begin_session_on, end_all_but},
        sign_in::known,
    },
    service::Service,
    store::{identity, passkey, second_factor, user},
};

/// Links the newcomer whom the browser carries to the account whose password is shown, and signs them in.
pub(crate) async fn link(
    service: &Service,
    keycloak: &Keycloak,
    carried: Option<&str>,
    attempt: Attempt<'_>,
) -> Result<SignedIn, UsersError> {
    let now = service.clock.now();
    let newcomer = newcomer::opened(service, keycloak, carried)?;
    let (address, user_agent) = (attempt.address, attempt.user_agent);
    let code = attempt.code;
    let (user_id, hash) = known(service, attempt.email, attempt.password, address).await?;
    let user = user::lookup(&service.db, user_id)
        .await?
        .ok_or(UsersError::InvalidCredentials)?;
    let mut tx = service.db.begin().await?;
    if !user::hold_password(&mut tx, user_id, &hash).await? {
        return Err(UsersError::InvalidCredentials);
    }
    let given = Given {
        code,
        address,
        door: Door::SignIn,
    };
    codes::accept(service, &mut tx, user_id, given).await?;
    identity::add(&mut tx, &keycloak.issuer, &newcomer.subject, user_id, now)
        .await
        .map_err(UsersError::completed)?;
    // From now on the identity manager keeps what one signs in with.
    user::set_password(&mut tx, user_id, NO_PASSWORD).await?;
    second_factor::remove(&mut tx, user_id).await?;
    passkey::remove_all(&mut tx, user_id).await?;
    end_all_but(service, &mut tx, user_id, None).await?;
    mail::tell(service, &mut tx, Occasion::IdentityLinked, &user).await?;
    service.emit_security_changed(&mut tx, user_id)?;
    let standing = Standing {
        keycloak,
        subject: &newcomer.subject,
        client: &newcomer.client,
        session: newcomer.session,
        refresh_token: newcomer.refresh_token.map(Secret::new),
        granted_at: newcomer.granted_at,
    };
    let signed_in = begin_session_on(service, tx, user, user_agent, Some(standing)).await?;
    audit::note(Act::IdentityLinked, user_id);
    if let Err(error) = keycloak.introduce(&newcomer.subject, user_id, &[]).await {
        // The next sign-in tries again.
        tracing::warn!(error.detail = %error, user.id = %user_id, "an identity does not know its user yet");
    }
    Ok(signed_in)
}
