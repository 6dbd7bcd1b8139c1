//! What others carry for us, sealed: JSON that they cannot read, and bring back as it was or not at all.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use platform::auth::Sealing;
use serde::{Serialize, de::DeserializeOwned};

use crate::error::UsersError;

/// Seals it as a text for cookies and bodies; it opens in the same `context` alone.
pub(super) fn close(sealing: &Sealing, what: &impl Serialize, context: &[u8]) -> Result<String, UsersError> {
    let plain = serde_json::to_vec(what).map_err(|error| UsersError::Cryptography(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(sealing.seal(&plain, context)?))
}

/// What was sealed in this context; `None` for everything else.
pub(super) fn open<T: DeserializeOwned>(sealing: &Sealing, text: &str, context: &[u8]) -> Option<T> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    serde_json::from_slice(sealing.open(&sealed, context).ok()?.expose()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use platform::auth::InstanceKey;

    use super::*;

    #[test]
    fn it_opens_for_its_purpose_in_its_context_and_as_what_it_was() {
        let key = InstanceKey::ephemeral();
        let (one, other) = (key.sealing("one"), key.sealing("other"));
        let text = close(&one, &("ada", 7), b"here").unwrap();
        assert!(!text.contains(['+', '/', '=', ';']), "{text} goes into a cookie");
        assert_eq!(open(&one, &text, b"here"), Some(("ada".to_owned(), 7)));
        assert_eq!(open::<(String, i64)>(&other, &text, b"here"), None);
        assert_eq!(open::<(String, i64)>(&one, &text, b"there"), None);
        assert_eq!(open::<Vec<String>>(&one, &text, b"here"), None);
        assert_eq!(open::<(String, i64)>(&one, &text[1..], b"here"), None);
        assert_eq!(open::<(String, i64)>(&one, "", b"here"), None);
    }
}
