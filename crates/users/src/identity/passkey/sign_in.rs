//! Signing in with a passkey, without saying who one is.

use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential, RequestChallengeResponse};

use super::{
    Challenge, PasskeyRefusal,
    add::{owner, read, write},
    broken, site_of, use_up,
};
use crate::{
    error::UsersError,
    identity::{
        SignedIn,
        audit::{self, Act},
        session::begin_session,
    },
    service::Service,
    store::{passkey, user},
};

/// In what a sign-in that was begun opens.
const CONTEXT: &[u8] = b"sign in";

/// Somebody who signs in with a passkey.
pub(crate) struct PasskeyAttempt<'a> {
    /// What came with the challenge.
    pub(crate) state: &'a str,
    pub(crate) answer: &'a PublicKeyCredential,
    pub(crate) user_agent: Option<&'a str>,
}

/// Begins a sign-in.
pub(crate) fn begin_passkey_sign_in(service: &Service) -> Result<Challenge<RequestChallengeResponse>, UsersError> {
    let (options, ceremony) = site_of(service)?
        .start_discoverable_authentication()
        .map_err(|error| broken(&error))?;
    let state = service.passkeys.close(&ceremony, CONTEXT, service.clock.now())?;
    Ok(Challenge { options, state })
}

/// Signs in. Password and code are not asked for: the device has asked its owner. That nobody has a passkey is told apart from an
/// answer that is wrong, so that the browser can be told to forget that passkey, and no other. Whoever has not got the passkey
/// learns nothing by it: its name is as hard to guess as a signature. So nothing has to be slowed down.
pub(crate) async fn sign_in_with_passkey(
    service: &Service,
    attempt: PasskeyAttempt<'_>,
) -> Result<SignedIn, UsersError> {
    let site = site_of(service)?;
    let now = service.clock.now();
    let opened = service
        .passkeys
        .open::<DiscoverableAuthentication>(attempt.state, CONTEXT, now)?;
    let (handle, credential_id) = site
        .identify_discoverable_authentication(attempt.answer)
        .map_err(|_| PasskeyRefusal::Refused)?;
    let mut tx = service.db.begin().await?;
    use_up(&mut tx, &opened, now).await?;
    let user_id = owner(handle).ok_or(PasskeyRefusal::Unknown)?;
    let row = passkey::find(&mut tx, user_id, credential_id)
        .await?
        .ok_or(PasskeyRefusal::Unknown)?;
    let mut key = read(&row).ok_or(PasskeyRefusal::Refused)?;
    let result = site
        .finish_discoverable_authentication_v2(attempt.answer, opened.ceremony, &key)
        .map_err(|error| {
            tracing::debug!(%error, "a passkey was refused");
            audit::note(Act::SignInRefused, user_id);
            PasskeyRefusal::Refused
        })?;
    key.update_credential(&result);
    if !passkey::set_used(&mut tx, &row, &write(&key)?, now).await? {
        return Err(PasskeyRefusal::Refused.into());
    }
    let user = user::lookup(&service.db, user_id)
        .await?
        .ok_or(PasskeyRefusal::Refused)?;
    let signed_in = begin_session(service, tx, user, attempt.user_agent).await?;
    audit::note(Act::SignedIn, user_id);
    Ok(signed_in)
}
