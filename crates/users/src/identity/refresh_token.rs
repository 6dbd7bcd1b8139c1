//! Refresh tokens: the id of the sign-in and 256 random bits. Only their hash is stored.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use model::SessionId;
use platform::auth::Secret;
use sha2::{Digest, Sha256};

/// Longer texts are no refresh token.
const TEXT_MAX: usize = 80;

/// A refresh token.
pub(crate) struct RefreshToken {
    pub(crate) sign_in: SessionId,
    secret: Secret<[u8; 32]>,
}

impl RefreshToken {
    /// A new token of the sign-in.
    pub(crate) fn new(sign_in: SessionId) -> Self {
        Self {
            sign_in,
            secret: Secret::new(rand::random()),
        }
    }

    /// The token that the text is, if it is one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (id, secret) = text.get(..TEXT_MAX.min(text.len()))?.split_once('.')?;
        let secret = BASE64_URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
        (text.len() <= TEXT_MAX).then_some(())?;
        Some(Self {
            sign_in: id.parse().ok()?,
            secret: Secret::new(secret),
        })
    }

    /// The text for the client.
    pub(crate) fn text(&self) -> String {
        format!(
            "{}.{}",
            self.sign_in,
            BASE64_URL_SAFE_NO_PAD.encode(self.secret.expose())
        )
    }

    /// What is stored.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.secret.expose()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        let token = RefreshToken::new(SessionId(42));
        let read = RefreshToken::parse(&token.text());
        assert!(read.is_some_and(|read| read.sign_in == SessionId(42) && read.hash() == token.hash()));
        for bad in [
            "",
            ".",
            "42",
            "42.",
            "42.AAAA",
            "x.y",
            &format!("{}x", token.text()),
            &"é".repeat(60),
            &"1".repeat(500),
        ] {
            assert!(RefreshToken::parse(bad).is_none(), "{bad}");
        }
    }
}
