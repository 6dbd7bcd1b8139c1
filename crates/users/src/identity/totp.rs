//! Codes of the moment (TOTP, RFC 6238): six digits of SHA-1 every thirty seconds, as all authenticators know them.

use model::Timestamp;
use platform::auth::Secret;
use qrcode::{EcLevel, QrCode, render::svg};
use totp_rs::{Algorithm, Builder, Totp};

use crate::error::UsersError;

/// How long a secret is: as long as the hash (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
/// Seconds of a step.
const STEP: u64 = 30;
/// Steps by which a clock may be wrong, either way.
const SKEW: u16 = 1;
/// What the authenticator shows beside the code.
const ISSUER: &str = "Beep";
/// The shortest side of the picture, in its own units.
const PICTURE: u32 = 200;

/// A new secret.
pub(super) fn new_secret() -> Secret<Vec<u8>> {
    Secret::new(rand::random::<[u8; SECRET_BYTES]>().to_vec())
}

/// What a user puts into their authenticator.
pub(crate) struct Enrolment {
    /// To type.
    pub(crate) secret: String,
    /// To open on the same device.
    pub(crate) url: String,
    /// To look at with another device.
    pub(crate) picture: String,
}

/// The secret in its three forms, for the account of that name.
pub(super) fn enrolment(secret: &Secret<Vec<u8>>, account: &str) -> Result<Enrolment, UsersError> {
    let totp = totp(secret, Some(account))?;
    let url = totp
        .to_url()
        .map_err(|error| UsersError::Cryptography(error.to_string()))?;
    let code = QrCode::with_error_correction_level(&url, EcLevel::M)
        .map_err(|error| UsersError::Cryptography(error.to_string()))?;
    Ok(Enrolment {
        secret: totp.secret().to_base32(),
        picture: code.render::<svg::Color<'_>>().min_dimensions(PICTURE, PICTURE).build(),
        url,
    })
}

/// The step whose code this is, if it is one of the present, the one before and the one after.
pub(super) fn step(secret: &Secret<Vec<u8>>, code: &str, now: Timestamp) -> Result<Option<i64>, UsersError> {
    let seconds = u64::try_from(now.as_millis().div_euclid(1_000)).unwrap_or(0);
    let step = totp(secret, None)?.check(code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

fn totp(secret: &Secret<Vec<u8>>, account: Option<&str>) -> Result<Totp, UsersError> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP)
        .with_secret(secret.expose().as_slice())
        .with_issuer(Some(ISSUER))
        .with_account_name(account.unwrap_or_default())
        .build()
        .map_err(|error| UsersError::Cryptography(error.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    /// The last six digits of RFC 6238, appendix B.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = Secret::new(b"12345678901234567890".to_vec());
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(step(&secret, code, at(seconds)).unwrap(), Some(seconds / 30), "{code}");
        }
    }

    #[test]
    fn a_clock_may_be_wrong_by_one_step() {
        let secret = Secret::new(b"12345678901234567890".to_vec());
        let found = |seconds| step(&secret, "005924", at(seconds)).unwrap();
        let this = 1_234_567_890 / 30;
        let all: Vec<i64> = (-3..=3).filter(|steps| found((this + steps) * 30).is_some()).collect();
        assert_eq!(all, [-1, 0, 1]);
        assert_eq!(
            found((this + 1) * 30),
            Some(this),
            "the step of the code, not of the clock"
        );
        for wrong in ["", "005925", "5924", "0059240", "00592é", "-05924", "+05924"] {
            assert_eq!(step(&secret, wrong, at(1_234_567_890)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn an_authenticator_is_told_all_it_needs() {
        let secret = new_secret();
        let told = enrolment(&secret, "ada@beep.example").unwrap();
        assert_eq!(told.secret.len(), 32);
        assert!(told.url.starts_with("otpauth://totp/Beep:ada"), "{}", told.url);
        assert!(told.url.contains(&format!("secret={}", told.secret)) && told.url.contains("issuer=Beep"));
        assert!(told.picture.contains("<svg") && !told.picture.contains("script"));
        assert_ne!(told.secret, enrolment(&new_secret(), "ada").unwrap().secret);
    }
}
