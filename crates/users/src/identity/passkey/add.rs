//! Adding and removing passkeys.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use model::{PasskeyId, PasskeyName, UserId, limits};
use webauthn_rs::prelude::{
    CreationChallengeResponse, CredentialID, Passkey, PasskeyRegistration, RegisterPublicKeyCredential, Uuid,
};
use webauthn_rs_proto::ResidentKeyRequirement;

use super::{Challenge, PasskeyRefusal, broken, site_of, use_up};
use crate::{
    error::UsersError,
    identity::{
        audit::{self, Act},
        keycloak::Refusal,
        mail::{self, Occasion},
        proof::{self, Proof},
    },
    profile,
    service::Service,
    store::{PasskeyRow, passkey},
};

/// A passkey that a device has made.
pub(crate) struct NewPasskey<'a> {
    /// What came with the challenge.
    pub(crate) state: &'a str,
    pub(crate) name: PasskeyName,
    pub(crate) made: &'a RegisterPublicKeyCredential,
}

/// What a device knows a user by.
pub(super) const fn handle(user_id: UserId) -> Uuid {
    Uuid::from_u64_pair(0, user_id.0.cast_unsigned())
}

/// The same, the other way round.
pub(super) fn owner(handle: Uuid) -> Option<UserId> {
    let (zero, id) = handle.as_u64_pair();
    (zero == 0).then_some(UserId(id.cast_signed()))
}

/// Begins a passkey, for whoever shows that the account is theirs.
pub(crate) async fn begin_passkey(
    service: &Service,
    caller: UserId,
    proof: Proof,
) -> Result<Challenge<CreationChallengeResponse>, UsersError> {
    let site = site_of(service)?;
    let (user, tx) = proof::password_and_code(service, caller, proof).await?;
    let own = passkey::list(&service.db, caller).await?;
    if own.len() >= limits::PASSKEYS_PER_USER {
        return Err(PasskeyRefusal::TooMany.into());
    }
    let known: Vec<CredentialID> = own.iter().filter_map(read).map(|key| key.cred_id().clone()).collect();
    let (mut options, ceremony) = site
        .start_passkey_registration(handle(caller), &user.username, &user.display_name(), Some(known))
        .map_err(|error| broken(&error))?;
    // The device keeps whose it is, so that one signs in without saying who one is.
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Required);
        selection.require_resident_key = true;
    }
    let state = service
        .passkeys
        .close(&ceremony, &caller.0.to_be_bytes(), service.clock.now())?;
    // A code is used up.
    tx.commit().await?;
    Ok(Challenge { options, state })
}

/// Adds the passkey that was begun.
pub(crate) async fn add_passkey(
    service: &Service,
    caller: UserId,
    new: NewPasskey<'_>,
) -> Result<PasskeyRow, UsersError> {
    let site = site_of(service)?;
    let now = service.clock.now();
    let user = profile::find_own(service, caller).await?;
    let opened = service
        .passkeys
        .open::<PasskeyRegistration>(new.state, &caller.0.to_be_bytes(), now)?;
    let made = site
        .finish_passkey_registration(new.made, &opened.ceremony)
        .map_err(|error| {
            tracing::debug!(%error, "a passkey was not made as it should be");
            PasskeyRefusal::Wrong
        })?;
    let row = PasskeyRow {
        id: PasskeyId(service.ids.next()),
        user_id: caller,
        credential: write(&made)?,
        name: new.name.into_string(),
        created_at: now,
        last_used_at: None,
    };
    let mut tx = service.db.begin().await?;
    use_up(&mut tx, &opened, now).await?;
    passkey::add(&mut tx, &row, made.cred_id())
        .await
        .map_err(PasskeyRefusal::known)?;
    mail::tell(service, &mut tx, Occasion::KeyAdded, &user).await?;
    service.emit_security_changed(&mut tx, caller)?;
    tx.commit().await?;
    audit::note(Act::KeyAdded, caller);
    Ok(row)
}

/// Removes one of the caller's passkeys.
pub(crate) async fn remove_passkey(
    service: &Service,
    caller: UserId,
    id: PasskeyId,
    proof: Proof,
) -> Result<(), UsersError> {
    let (user, mut tx) = proof::password_and_code(service, caller, proof).await?;
    if !passkey::remove(&mut tx, caller, id).await? {
        return Err(Refusal::CredentialNotFound.into());
    }
    mail::tell(service, &mut tx, Occasion::SecondFactorRemoved, &user).await?;
    service.emit_security_changed(&mut tx, caller)?;
    tx.commit().await?;
    audit::note(Act::KeyRemoved, caller);
    Ok(())
}

/// What is known of a passkey; `None` when nobody can read it any more.
pub(super) fn read(row: &PasskeyRow) -> Option<Passkey> {
    serde_json::from_str(&row.credential)
        .inspect_err(|error| tracing::error!(passkey.id = %row.id, %error, "a passkey cannot be read"))
        .ok()
}

/// The same, as it is stored.
pub(super) fn write(key: &Passkey) -> Result<String, UsersError> {
    serde_json::to_string(key).map_err(|error| UsersError::Cryptography(error.to_string()))
}

/// What devices and browsers know a passkey by, in base64url; `None` when nobody can read it any more.
pub(crate) fn id_on_devices(row: &PasskeyRow) -> Option<String> {
    read(row).map(|key| BASE64_URL_SAFE_NO_PAD.encode(key.cred_id()))
}
