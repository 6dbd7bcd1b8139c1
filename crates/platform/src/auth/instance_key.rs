//! A secret of the instance that stands outside of its database: what is sealed with it, whoever has the database alone
//! cannot read, and what is marked with it, they cannot guess.
//!
//! Keys for single purposes are derived from it (HKDF with SHA-256, RFC 5869), so that no two parts of Beep share one.

use std::{io, path::Path, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};

use super::{AuthError, Secret, key_file};

/// How long the secret is.
const KEY_BYTES: usize = 32;
/// What the key of one purpose is never confused with: another program's.
const SALT: &[u8] = b"beep instance key";
/// The first byte of what is sealed: how it was sealed.
const VERSION: u8 = 1;

/// The secret of the instance. Clones share it.
#[derive(Clone)]
pub struct InstanceKey(Arc<hkdf::Prk>);

impl InstanceKey {
    /// Opens the secret of `file` (32 bytes in Base64), or creates it, readable for its owner only.
    pub fn open(file: &Path) -> io::Result<Self> {
        let new = || Secret::new(BASE64_STANDARD.encode(rand::random::<[u8; KEY_BYTES]>()).into_bytes());
        let text = key_file::open(file, new)?;
        let decoded = BASE64_STANDARD.decode(text.expose().trim_ascii()).ok();
        match decoded.filter(|key| key.len() == KEY_BYTES) {
            Some(key) => Ok(Self::of(&key)),
            None => Err(io::Error::other(format!(
                "{} does not hold {KEY_BYTES} bytes in Base64",
                file.display()
            ))),
        }
    }

    /// A new secret that is written nowhere; for tests.
    #[must_use]
    pub fn ephemeral() -> Self {
        Self::of(&rand::random::<[u8; KEY_BYTES]>())
    }

    fn of(key: &[u8]) -> Self {
        Self(Arc::new(hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(key)))
    }

    /// Seals for this purpose.
    ///
    /// # Panics
    /// Never: the length is one that can be derived.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a constant length")]
    pub fn sealing(&self, purpose: &str) -> Sealing {
        let info = [purpose.as_bytes()];
        let key = self
            .0
            .expand(&info, &AES_256_GCM)
            .expect("a length that can be derived");
        Sealing(LessSafeKey::new(UnboundKey::from(key)))
    }

    /// Marks for this purpose.
    ///
    /// # Panics
    /// Never: the length is one that can be derived.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a constant length")]
    pub fn marking(&self, purpose: &str) -> Marking {
        let info = [purpose.as_bytes()];
        let key = self
            .0
            .expand(&info, hmac::HMAC_SHA256)
            .expect("a length that can be derived");
        Marking(hmac::Key::from(key))
    }
}

/// Seals texts with AES-256-GCM.
pub struct Sealing(LessSafeKey);

impl Sealing {
    /// The sealed text: a version, a random nonce, the cipher and its tag. It opens in the same `context` alone, so that
    /// nobody can put it elsewhere.
    pub fn seal(&self, plain: &[u8], context: &[u8]) -> Result<Vec<u8>, AuthError> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut cipher = plain.to_vec();
        self.0
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), &mut cipher)
            .map_err(|_| AuthError::Sealed)?;
        Ok([&[VERSION], &nonce[..], &cipher].concat())
    }

    /// What was sealed in this context.
    pub fn open(&self, sealed: &[u8], context: &[u8]) -> Result<Secret<Vec<u8>>, AuthError> {
        let (version, rest) = sealed.split_first().ok_or(AuthError::Sealed)?;
        let (nonce, cipher) = rest.split_at_checked(NONCE_LEN).ok_or(AuthError::Sealed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| AuthError::Sealed)?;
        if *version != VERSION {
            return Err(AuthError::Sealed);
        }
        let mut plain = cipher.to_vec();
        let length = self
            .0
            .open_in_place(nonce, Aad::from(context), &mut plain)
            .map_err(|_| AuthError::Sealed)?
            .len();
        plain.truncate(length);
        Ok(Secret::new(plain))
    }
}

/// Marks texts with HMAC-SHA-256.
pub struct Marking(hmac::Key);

impl Marking {
    /// The mark of the text: always the same, and of no use to whoever lacks the key.
    #[must_use]
    pub fn mark(&self, text: &[u8]) -> [u8; 32] {
        let mut mark = [0; 32];
        mark.copy_from_slice(hmac::sign(&self.0, text).as_ref());
        mark
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn the_secret_is_made_once_and_kept() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("instance-key");
        let sealed = InstanceKey::open(&file)
            .unwrap()
            .sealing("x")
            .seal(b"text", b"")
            .unwrap();
        let again = InstanceKey::open(&file).unwrap();
        assert_eq!(again.sealing("x").open(&sealed, b"").unwrap().expose(), b"text");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        fs::write(&file, "short").unwrap();
        assert!(InstanceKey::open(&file).is_err());
        assert_eq!(fs::read(&file).unwrap(), b"short", "a broken file is kept");
    }

    #[test]
    fn what_is_sealed_opens_whole_in_its_place_and_for_its_purpose_alone() {
        let key = InstanceKey::ephemeral();
        let sealing = key.sealing("totp");
        let sealed = sealing.seal(b"secret", b"1").unwrap();
        assert_ne!(sealed, sealing.seal(b"secret", b"1").unwrap(), "each has its own nonce");
        assert_eq!(sealing.open(&sealed, b"1").unwrap().expose(), b"secret");
        assert!(sealing.open(&sealed, b"2").is_err(), "of another user");
        assert!(key.sealing("mail").open(&sealed, b"1").is_err());
        assert!(InstanceKey::ephemeral().sealing("totp").open(&sealed, b"1").is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(sealing.open(&changed, b"1").is_err(), "byte {at}");
            assert!(sealing.open(&sealed[..at], b"1").is_err(), "{at} bytes");
        }
    }

    #[test]
    fn marks_are_those_of_the_key_and_the_purpose() {
        let key = InstanceKey::ephemeral();
        assert_eq!(key.marking("a").mark(b"x"), key.marking("a").mark(b"x"));
        assert_ne!(key.marking("a").mark(b"x"), key.marking("b").mark(b"x"));
        assert_ne!(
            key.marking("a").mark(b"x"),
            InstanceKey::ephemeral().marking("a").mark(b"x")
        );
    }
}
