//! Passwords: their rules, and their hashing off the threads that serve requests.

use std::sync::Arc;

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use model::{Invalid, limits};
use platform::{auth::Secret, http::Fields};
use tokio::sync::Semaphore;

use super::common_passwords::COMMON;
use crate::error::UsersError;

/// Memory, passes and lanes of Argon2id (OWASP Password Storage Cheat Sheet, 2025).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Passwords that wait for each one that is being hashed; more are told to come back.
const WAITING_FOR_EACH: usize = 32;

/// Why a password is not acceptable, beside its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weak {
    /// Missing, too short or too long.
    Length(Invalid),
    /// Among those that everyone tries first, or the user's own name or address.
    TooCommon,
}

impl Weak {
    /// Says so of the field with the password.
    pub(crate) fn tell(self, fields: &mut Fields, name: &'static str) {
        match self {
            Self::Length(invalid) => fields.add_invalid(name, invalid),
            Self::TooCommon => fields.add(name, "too_common", "is one of the first that anybody would try"),
        }
    }
}

/// Checks a new password against the rules: 8 to 256 characters, not common, not the user's name or address.
pub(crate) fn check(password: &str, username: &str, email: &str) -> Result<(), Weak> {
    let length = password.chars().count();
    if length == 0 {
        return Err(Weak::Length(Invalid::Required));
    }
    if length < limits::PASSWORD_MIN {
        return Err(Weak::Length(Invalid::TooShort {
            min: limits::PASSWORD_MIN,
        }));
    }
    if length > limits::PASSWORD_MAX {
        return Err(Weak::Length(Invalid::TooLong {
            max: limits::PASSWORD_MAX,
        }));
    }
    let lower = password.to_lowercase();
    let name = email.split('@').next().unwrap_or_default().to_lowercase();
    let one_letter = lower.chars().all(|letter| lower.starts_with(letter));
    let own = [username.to_lowercase(), email.to_lowercase(), name].contains(&lower);
    if COMMON.contains(&&*lower) || own || one_letter {
        Err(Weak::TooCommon)
    } else {
        Ok(())
    }
}

/// Hashes passwords, a few at a time.
pub struct Passwords {
    places: Arc<Semaphore>,
    room: Arc<Semaphore>,
    /// Verified in place of an unknown user's hash, so that unknown and known take the same time.
    nobody: Arc<str>,
}

impl Passwords {
    /// Hashes at most `concurrency` passwords at the same time.
    ///
    /// # Panics
    /// Never: the constant parameters are valid, and so is the constant salt.
    #[must_use]
    #[expect(clippy::expect_used, reason = "at start-up, on constants")]
    pub fn new(concurrency: usize) -> Self {
        let nobody: PasswordHash = hasher()
            .hash_password_with_salt(b"nobody", &[7; 16])
            .expect("constants are valid");
        Self {
            places: Arc::new(Semaphore::new(concurrency)),
            room: Arc::new(Semaphore::new(concurrency * (1 + WAITING_FOR_EACH))),
            nobody: nobody.to_string().into(),
        }
    }

    /// The hash of a new password, as a PHC string.
    pub(crate) async fn hash(&self, password: Secret<String>) -> Result<String, UsersError> {
        self.work(move || {
            let hash: PasswordHash = hasher()
                .hash_password_with_salt(password.expose().as_bytes(), &rand::random::<[u8; 16]>())
                .map_err(|error| UsersError::Cryptography(error.to_string()))?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password is the one of the hash. Without a hash the answer is no, after the same work.
    pub(crate) async fn verify(&self, password: Secret<String>, hash: Option<String>) -> Result<bool, UsersError> {
        // Who is known to an identity manager has no hash here.
        let hash = hash.filter(|hash| hash.starts_with('$'));
        let known = hash.is_some();
        let hash: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Arc::from);
        self.work(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| UsersError::Cryptography(error.to_string()))?;
            let right = hasher().verify_password(password.expose().as_bytes(), &parsed).is_ok();
            Ok(right && known)
        })
        .await
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, UsersError> + Send + 'static,
    ) -> Result<T, UsersError> {
        let _room = self.room.try_acquire().map_err(|_| UsersError::Overloaded)?;
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .map_err(|_| UsersError::Overloaded)?;
        let done = tokio::task::spawn_blocking(move || {
            // The place is free when the work is done, even if nobody waits for it any more.
            let _place = place;
            work()
        });
        done.await
            .map_err(|error| UsersError::Cryptography(error.to_string()))?
    }
}

#[expect(clippy::expect_used, reason = "constant parameters")]
fn hasher() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("constants are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn weak_passwords_are_refused() {
        for (password, why) in [
            ("", Weak::Length(Invalid::Required)),
            ("short", Weak::Length(Invalid::TooShort { min: 8 })),
            ("PassWord1", Weak::TooCommon),
            ("motdepasse", Weak::TooCommon),
            ("ada.byron", Weak::TooCommon),
            ("ada.byron@example.org", Weak::TooCommon),
            ("aaaaaaaaaaaa", Weak::TooCommon),
        ] {
            assert_eq!(
                check(password, "ada.byron", "ada.byron@example.org"),
                Err(why),
                "{password}"
            );
        }
        assert_eq!(check(&"é".repeat(256), "ada", "a@b.co").err(), Some(Weak::TooCommon));
        assert!(matches!(
            check(&"xy".repeat(129), "ada", "a@b.co"),
            Err(Weak::Length(Invalid::TooLong { max: 256 }))
        ));
        assert_eq!(check("correct horse", "ada", "a@b.co"), Ok(()));
    }

    #[tokio::test]
    async fn only_the_right_password_fits_its_hash() {
        let passwords = Passwords::new(2);
        let secret = |text: &str| Secret::new(text.to_owned());
        let hash = passwords.hash(secret("correct horse")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(
            hash,
            passwords.hash(secret("correct horse")).await.unwrap(),
            "each hash has its own salt"
        );
        assert!(
            passwords
                .verify(secret("correct horse"), Some(hash.clone()))
                .await
                .unwrap()
        );
        assert!(!passwords.verify(secret("correct horsE"), Some(hash)).await.unwrap());
        assert!(!passwords.verify(secret("nobody"), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_crowd_is_told_to_come_back() {
        let passwords = Passwords::new(1);
        let all = futures::future::join_all((0..40).map(|_| passwords.verify(Secret::new("x".to_owned()), None))).await;
        assert_eq!(
            all.iter()
                .filter(|answer| matches!(answer, Err(UsersError::Overloaded)))
                .count(),
            40 - 33
        );
    }
}
