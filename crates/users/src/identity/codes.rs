//! Whether a code is the user's: of the moment, or a recovery code. Each is good for once.

use std::net::IpAddr;

use model::UserId;
use platform::{auth::Secret, db::Tx};
use sha2::{Digest, Sha256};

use super::{
    audit::{self, Act},
    recovery_code, totp,
};
use crate::{
    error::{Door, UsersError},
    service::Service,
    store::{SecondFactor, second_factor},
};

/// A code that somebody gives, or not.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// As it was typed.
    pub(crate) code: Option<&'a str>,
    pub(crate) address: IpAddr,
    pub(crate) door: Door,
}

/// Asks for the user's code if there is a second factor, and uses it up in this transaction: of two that give the same one
/// at the same time, one passes.
pub(super) async fn accept(
    service: &Service,
    tx: &mut Tx,
    user_id: UserId,
    given: Given<'_>,
) -> Result<(), UsersError> {
    let Some(factor) = second_factor::find(tx, user_id)
        .await?
        .filter(|factor| factor.confirmed_at.is_some())
    else {
        return Ok(());
    };
    let Some(code) = given.code.filter(|code| !code.trim().is_empty()) else {
        return Err(UsersError::SecondFactorRequired(given.door));
    };
    let right = slowed(service, user_id, given.address, async || {
        is_right(service, tx, user_id, &factor, code).await
    })
    .await?;
    if right {
        Ok(())
    } else {
        audit::note(Act::SecondFactorRefused, user_id);
        Err(UsersError::SecondFactorWrong(given.door))
    }
}

/// Asks whether a code is right, unless too many were wrong.
pub(super) async fn slowed(
    service: &Service,
    user_id: UserId,
    address: IpAddr,
    ask: impl AsyncFnOnce() -> Result<bool, UsersError>,
) -> Result<bool, UsersError> {
    let account: [u8; 32] = Sha256::digest(user_id.0.to_be_bytes()).into();
    let codes = &service.codes;
    codes
        .admit(account, address, service.clock.now())
        .map_err(UsersError::TooManyAttempts)?;
    let asked = ask().await;
    match asked {
        Ok(true) => codes.right(account, address),
        Ok(false) => {}
        Err(_) => codes.not_looked_at(account, address),
    }
    asked
}

async fn is_right(
    service: &Service,
    tx: &mut Tx,
    user_id: UserId,
    factor: &SecondFactor,
    code: &str,
) -> Result<bool, UsersError> {
    if let Some(digits) = digits(code) {
        let secret = open(service, user_id, factor)?;
        let Some(step) = totp::step(&secret, &digits, service.clock.now())? else {
            return Ok(false);
        };
        return Ok(second_factor::accept_step(tx, user_id, &factor.sealed, step).await?);
    }
    let Some(letters) = recovery_code::parse(code) else {
        return Ok(false);
    };
    let mark = recovery_code::mark(&service.recovery_marks, user_id, &letters);
    let stored = second_factor::recovery_codes(tx, user_id).await?;
    let Some(found) = recovery_code::find(&stored, &mark) else {
        return Ok(false);
    };
    let taken = second_factor::take_recovery_code(tx, user_id, found).await?;
    if taken {
        audit::note(Act::RecoveryCodeUsed, user_id);
    }
    Ok(taken)
}

/// The six digits that were typed, with blanks between them or not.
pub(super) fn digits(typed: &str) -> Option<String> {
    let digits: String = typed.chars().filter(|letter| !letter.is_whitespace()).take(7).collect();
    (digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

/// The secret of the second factor.
pub(super) fn open(service: &Service, user_id: UserId, factor: &SecondFactor) -> Result<Secret<Vec<u8>>, UsersError> {
    Ok(service.totp_secrets.open(&factor.sealed, &context(user_id))?)
}

/// The secret as it is stored.
pub(super) fn seal(service: &Service, user_id: UserId, secret: &Secret<Vec<u8>>) -> Result<Vec<u8>, UsersError> {
    Ok(service.totp_secrets.seal(secret.expose(), &context(user_id))?)
}

/// A secret belongs to its user: put beside another one, it does not open.
fn context(user_id: UserId) -> [u8; 8] {
    user_id.0.to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_with_blanks() {
        for (typed, read) in [
            ("123456", Some("123456")),
            (" 123 456\t", Some("123456")),
            ("12345", None),
            ("1234567", None),
            ("12345a", None),
            ("１２３４５６", None),
            ("", None),
        ] {
            assert_eq!(digits(typed).as_deref(), read, "{typed}");
        }
    }
}
