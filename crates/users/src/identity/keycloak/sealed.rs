//! What a browser carries for us, sealed, and what the database keeps of sessions, sealed.

use model::{SessionId, Timestamp};
use platform::auth::{AuthError, Sealing, Secret};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Keycloak, actions::Acting, door::Errand, own::Fresh};
use crate::error::UsersError;

/// What a browser carries while it is at Keycloak's pages.
#[derive(Serialize, Deserialize)]
pub(super) struct Travelling {
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) return_to: String,
    pub(super) until: i64,
    /// Where it is no sign-in, but a change of how somebody signs in.
    pub(super) acting: Option<Acting>,
    /// What to ask Keycloak for once more, where the code that comes back is not good.
    pub(super) again: Option<Vec<(String, String)>>,
}

/// Somebody whom Keycloak knows and Beep does not yet, while they are asked who they want to be.
#[derive(Serialize, Deserialize)]
pub(super) struct Newcomer {
    pub(super) subject: String,
    pub(super) client: String,
    pub(super) session: Option<String>,
    pub(super) refresh_token: Option<String>,
    /// What the identity is called there; what was sealed by an older Beep does not say it.
    pub(super) username: Option<String>,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) return_to: String,
    /// When Keycloak has granted it, in seconds by its own clock; what was sealed by an older Beep does not say it.
    pub(super) granted_at: Option<i64>,
    pub(super) until: i64,
}

/// Each of them has a key of its own; it says by itself whose it is, and until when.
const CONTEXT: &[u8] = b"";

fn close(sealing: &Sealing, what: &impl Serialize) -> Result<String, UsersError> {
    crate::identity::sealed::close(sealing, what, CONTEXT)
}

fn open<T: DeserializeOwned>(sealing: &Sealing, text: &str) -> Option<T> {
    crate::identity::sealed::open(sealing, text, CONTEXT)
}

impl Keycloak {
    pub(super) fn close_travelling(&self, what: &Travelling) -> Result<String, UsersError> {
        close(&self.travelling, what)
    }

    pub(super) fn open_travelling(&self, text: &str, now: Timestamp) -> Option<Travelling> {
        open(&self.travelling, text).filter(|carried: &Travelling| carried.until > now.as_millis())
    }

    pub(super) fn close_newcomer(&self, who: &Newcomer) -> Result<String, UsersError> {
        close(&self.newcomers, who)
    }

    pub(super) fn open_newcomer(&self, text: &str, now: Timestamp) -> Option<Newcomer> {
        open(&self.newcomers, text).filter(|who: &Newcomer| who.until > now.as_millis())
    }

    pub(super) fn close_errand(&self, errand: &Errand) -> Result<String, UsersError> {
        close(&self.errands, errand)
    }

    pub(super) fn open_errand(&self, text: &str, now: Timestamp) -> Option<Errand> {
        open(&self.errands, text).filter(|errand: &Errand| errand.until > now.as_millis())
    }

    pub(super) fn close_fresh(&self, fresh: &Fresh) -> Result<String, UsersError> {
        close(&self.freshness, fresh)
    }

    pub(super) fn open_fresh(&self, text: &str, now: Timestamp) -> Option<Fresh> {
        open(&self.freshness, text).filter(|fresh: &Fresh| fresh.until > now.as_millis())
    }

    /// A refresh token as the row of this sign-in keeps it.
    pub(super) fn close_refresh_token(&self, id: SessionId, token: &str) -> Result<Vec<u8>, AuthError> {
        self.refresh_tokens.seal(token.as_bytes(), id.to_string().as_bytes())
    }

    pub(super) fn open_refresh_token(&self, id: SessionId, sealed: &[u8]) -> Result<Secret<String>, AuthError> {
        let plain = self.refresh_tokens.open(sealed, id.to_string().as_bytes())?;
        let text = String::from_utf8(plain.into_exposed()).map_err(|_| AuthError::Sealed)?;
        Ok(Secret::new(text))
    }
}
