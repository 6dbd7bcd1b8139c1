//! The names of objects.

use std::{fmt, str::FromStr};

/// The longest key, in bytes.
const KEY_MAX: usize = 200;

/// A text that cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a key has 1 to {KEY_MAX} letters a-z, digits, `-`, `_` and `.`, in parts divided by `/` that begin with a letter or digit"
)]
pub struct InvalidKey;

/// The name of an object: `pictures/0a1b….png`. It never leads out of the store: its parts are not empty, and none begins
/// with a dot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ObjectKey(Box<str>);

impl ObjectKey {
    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ObjectKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let starts = |letter: u8| letter.is_ascii_lowercase() || letter.is_ascii_digit();
        let part_ok = |part: &str| {
            part.bytes().next().is_some_and(starts)
                && part
                    .bytes()
                    .all(|letter| starts(letter) || matches!(letter, b'-' | b'_' | b'.'))
        };
        if text.len() <= KEY_MAX && text.split('/').all(part_ok) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidKey)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_inside() {
        for good in ["a", "pictures/0a1b.png", "a/b/c-d_e.f"] {
            assert!(good.parse::<ObjectKey>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "/",
            "/a",
            "a/",
            "a//b",
            ".",
            "..",
            "../a",
            "a/../b",
            "a/.b",
            "A",
            "a b",
            "a\\b",
            "a\0",
            "é",
            &"a".repeat(201),
        ] {
            assert_eq!(bad.parse::<ObjectKey>(), Err(InvalidKey), "{bad:?}");
        }
    }
}
