//! The second factor (A3): codes of an authenticator, and recovery codes for when it is lost.

use std::{net::IpAddr, time::Duration};

use model::UserId;
use platform::{auth::Secret, db::Tx};

use super::{
    audit::{self, Act},
    codes,
    mail::{self, Occasion},
    proof::{self, Proof},
    recovery_code,
    totp::{self, Enrolment},
};
use crate::{error::UsersError, profile, service::Service, store::second_factor};

/// How long one has to confirm what was begun.
const TIME_TO_CONFIRM: Duration = Duration::from_mins(15);

/// Begins a second factor: nothing is asked for before it is confirmed.
pub(crate) async fn begin_totp(
    service: &Service,
    caller: UserId,
    password: Secret<String>,
    address: IpAddr,
) -> Result<Enrolment, UsersError> {
    let shown = proof::password(service, caller, password, address).await?;
    let secret = totp::new_secret();
    let sealed = codes::seal(service, caller, &secret)?;
    // A colon, as in an IPv6 address, would end the name of the account.
    let account = format!("{}@{}", shown.user.username, service.host()).replace(':', ".");
    let enrolment = totp::enrolment(&secret, &account)?;
    let mut tx = shown.begin(service).await?;
    if !second_factor::begin(&mut tx, caller, &sealed, service.clock.now()).await? {
        return Err(UsersError::TotpOn);
    }
    tx.commit().await?;
    audit::note(Act::SecondFactorBegun, caller);
    Ok(enrolment)
}

/// Confirms the second factor that was begun, and answers the recovery codes: they are shown this once.
pub(crate) async fn confirm_totp(
    service: &Service,
    caller: UserId,
    code: &str,
    address: IpAddr,
) -> Result<Vec<String>, UsersError> {
    let user = profile::find_own(service, caller).await?;
    let mut tx = service.db.begin().await?;
    let now = service.clock.now();
    let begun = second_factor::find(&mut tx, caller)
        .await?
        .filter(|factor| factor.confirmed_at.is_none() && now.since(factor.begun_at) < TIME_TO_CONFIRM)
        .ok_or(UsersError::TotpNotBegun)?;
    let confirmed = codes::slowed(service, caller, address, async || {
        let Some(digits) = codes::digits(code) else {
            return Ok(false);
        };
        let secret = codes::open(service, caller, &begun)?;
        match totp::step(&secret, &digits, now)? {
            Some(step) => Ok(second_factor::confirm(&mut tx, caller, &begun.sealed, step, now).await?),
            None => Ok(false),
        }
    })
    .await?;
    if !confirmed {
        return Err(UsersError::WrongCode);
    }
    let recovery_codes = new_recovery_codes(service, &mut tx, caller).await?;
    mail::tell(service, &mut tx, Occasion::TotpOn, &user).await?;
    service.emit_security_changed(&mut tx, caller)?;
    tx.commit().await?;
    audit::note(Act::SecondFactorOn, caller);
    Ok(recovery_codes)
}

/// Ends the second factor.
pub(crate) async fn end_totp(service: &Service, caller: UserId, proof: Proof) -> Result<(), UsersError> {
    let (user, mut tx) = proof::password_and_code(service, caller, proof).await?;
    if !second_factor::remove(&mut tx, caller).await? {
        return Err(UsersError::TotpOff);
    }
    mail::tell(service, &mut tx, Occasion::TotpOff, &user).await?;
    service.emit_security_changed(&mut tx, caller)?;
    tx.commit().await?;
    audit::note(Act::SecondFactorOff, caller);
    Ok(())
}

/// New recovery codes in place of the old ones.
pub(crate) async fn renew_recovery_codes(
    service: &Service,
    caller: UserId,
    proof: Proof,
) -> Result<Vec<String>, UsersError> {
    let (user, mut tx) = proof::password_and_code(service, caller, proof).await?;
    let factor = second_factor::find(&mut tx, caller).await?;
    if factor.is_none_or(|factor| factor.confirmed_at.is_none()) {
        return Err(UsersError::TotpOff);
    }
    let recovery_codes = new_recovery_codes(service, &mut tx, caller).await?;
    mail::tell(service, &mut tx, Occasion::RecoveryCodesRenewed, &user).await?;
    service.emit_security_changed(&mut tx, caller)?;
    tx.commit().await?;
    audit::note(Act::RecoveryCodesRenewed, caller);
    Ok(recovery_codes)
}

async fn new_recovery_codes(service: &Service, tx: &mut Tx, user_id: UserId) -> Result<Vec<String>, UsersError> {
    let recovery_codes: Vec<String> = (0..recovery_code::COUNT).map(|_| recovery_code::new()).collect();
    let marks: Vec<[u8; 32]> = recovery_codes
        .iter()
        .filter_map(|code| recovery_code::parse(code))
        .map(|letters| recovery_code::mark(&service.recovery_marks, user_id, &letters))
        .collect();
    second_factor::replace_recovery_codes(tx, user_id, &marks).await?;
    Ok(recovery_codes)
}
