//! Passkeys of the embedded identity (A3): keys of a device, in place of password and code (`WebAuthn` level 3).
//!
//! A device asks its owner for a finger, a face or a PIN before it signs, so that a passkey is two factors in one. What was
//! begun is carried by whoever began it, sealed; each challenge is good for one answer.

mod add;
mod refusal;
mod sign_in;

use std::time::Duration;

use model::Timestamp;
use platform::{
    auth::{InstanceKey, Sealing},
    db::Tx,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use webauthn_rs::{Webauthn, WebauthnBuilder, prelude::WebauthnError};

pub(crate) use add::{NewPasskey, add_passkey, begin_passkey, id_on_devices, remove_passkey};
pub(crate) use refusal::PasskeyRefusal;
pub(crate) use sign_in::{PasskeyAttempt, begin_passkey_sign_in, sign_in_with_passkey};

use super::sealed;
use crate::{error::UsersError, service::Service, store::passkey};

/// How long one has to answer a challenge.
const TIME_TO_ANSWER: Duration = Duration::from_mins(5);
/// What a device shows as the place that a passkey is for.
const NAME: &str = "Beep";

/// What passkeys need.
pub(crate) struct Passkeys {
    /// Beep as devices know it; `None` where no browser lets a page ask for passkeys.
    site: Option<Webauthn>,
    begun: Sealing,
}

/// What a browser is to hand to the device, and what it is to bring back with the answer.
pub(crate) struct Challenge<Options> {
    pub(crate) options: Options,
    pub(crate) state: String,
}

/// Something that was begun, sealed on its way.
#[derive(Serialize, Deserialize)]
struct Begun<Ceremony> {
    ceremony: Ceremony,
    until: i64,
}

/// A challenge that is about to be answered.
struct Opened<Ceremony> {
    ceremony: Ceremony,
    hash: [u8; 32],
    until: Timestamp,
}

impl Passkeys {
    /// For the address at which browsers find Beep.
    pub(crate) fn new(public_url: &str, key: &InstanceKey) -> Self {
        Self {
            site: site(public_url),
            begun: key.sealing("users: passkeys that were begun"),
        }
    }

    /// Whether a page of this Beep can ask for passkeys.
    pub(crate) const fn are_available(&self) -> bool {
        self.site.is_some()
    }

    /// Seals what was begun; it opens in the same `context` alone.
    fn close(&self, ceremony: impl Serialize, context: &[u8], now: Timestamp) -> Result<String, UsersError> {
        let until = now.plus(TIME_TO_ANSWER).as_millis();
        sealed::close(&self.begun, &Begun { ceremony, until }, context)
    }

    fn open<Ceremony: DeserializeOwned>(
        &self,
        state: &str,
        context: &[u8],
        now: Timestamp,
    ) -> Result<Opened<Ceremony>, UsersError> {
        let plain: Box<RawValue> = sealed::open(&self.begun, state, context).ok_or(PasskeyRefusal::NotBegun)?;
        let begun: Begun<Ceremony> = serde_json::from_str(plain.get()).map_err(|_| PasskeyRefusal::NotBegun)?;
        let until = Timestamp::from_millis(begun.until);
        if until <= now {
            return Err(PasskeyRefusal::NotBegun.into());
        }
        Ok(Opened {
            ceremony: begun.ceremony,
            hash: Sha256::digest(plain.get()).into(),
            until,
        })
    }
}

/// Beep as devices know it, where it keeps passkeys itself.
fn site_of(service: &Service) -> Result<&Webauthn, UsersError> {
    service.embedded_alone()?;
    Ok(service.passkeys.site.as_ref().ok_or(PasskeyRefusal::Unavailable)?)
}

/// Uses the challenge up in this transaction: of two answers at the same time, one counts.
async fn use_up<Ceremony>(tx: &mut Tx, opened: &Opened<Ceremony>, now: Timestamp) -> Result<(), UsersError> {
    if passkey::answer(tx, &opened.hash, opened.until, now).await? {
        Ok(())
    } else {
        Err(PasskeyRefusal::NotBegun.into())
    }
}

/// Browsers let pages ask for passkeys whose address has a name, and is either encrypted or on the same machine.
fn site(public_url: &str) -> Option<Webauthn> {
    let url: url::Url = public_url.parse().ok()?;
    let host = url.domain()?;
    if url.scheme() != "https" && host != "localhost" && !host.ends_with(".localhost") {
        return None;
    }
    WebauthnBuilder::new(host, &url)
        .and_then(|builder| builder.rp_name(NAME).timeout(TIME_TO_ANSWER).build())
        .ok()
}

/// What the library could not make.
fn broken(error: &WebauthnError) -> UsersError {
    UsersError::Cryptography(format!("WebAuthn: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_encryption() {
        for (url, may) in [
            ("https://beep.example.org", true),
            ("https://beep.example.org:8443", true),
            ("http://localhost:8080", true),
            ("http://beep.localhost:8080", true),
            ("http://beep.example.org", false),
            ("https://192.0.2.7", false),
            ("http://127.0.0.1:8080", false),
            ("nonsense", false),
        ] {
            assert_eq!(site(url).is_some(), may, "{url}");
        }
    }

    #[test]
    fn what_was_begun_opens_in_its_place_and_time_alone() {
        let passkeys = Passkeys::new("http://localhost", &InstanceKey::ephemeral());
        let (now, late) = (Timestamp::from_millis(0), Timestamp::from_millis(300_000));
        let state = passkeys.close("one", b"here", now).unwrap();
        let open = |state: &str, context: &[u8], now| passkeys.open::<String>(state, context, now);
        assert_eq!(open(&state, b"here", now).unwrap().ceremony, "one");
        for (state, context, now) in [
            (state.as_str(), &b"there"[..], now),
            (state.as_str(), &b"here"[..], late),
            ("", &b"here"[..], now),
            ("nonsense!", &b"here"[..], now),
        ] {
            assert!(matches!(
                open(state, context, now),
                Err(UsersError::Passkey(PasskeyRefusal::NotBegun))
            ));
        }
        assert!(passkeys.open::<u8>(&state, b"here", now).is_err());
    }
}
