//! Texts that people write, checked once at the border and trusted afterwards.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};
use unicode_normalization::UnicodeNormalization;

use crate::limits;

/// Why a text is not acceptable. [`Invalid::code`] is what the public API says in `errors[].code`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing was given where something must be.
    #[error("is required")]
    Required,
    /// Fewer characters than allowed.
    #[error("must have at least {min} characters")]
    TooShort {
        /// The least number of characters.
        min: usize,
    },
    /// More characters than allowed.
    #[error("must have at most {max} characters")]
    TooLong {
        /// The greatest number of characters.
        max: usize,
    },
    /// Control characters, or characters that turn the direction of the text around it.
    #[error("contains a character that is not allowed")]
    Character,
    /// Not of the expected form.
    #[error("is not of the expected form")]
    Format,
    /// A number or time beyond what it may be.
    #[error("is out of range")]
    OutOfRange,
}

impl Invalid {
    /// The stable code of the public API.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::TooShort { .. } => "too_short",
            Self::TooLong { .. } => "too_long",
            Self::Character => "invalid_character",
            Self::Format => "invalid_format",
            Self::OutOfRange => "out_of_range",
        }
    }
}

/// Whether the character hides or turns what stands around it: bidirectional controls and other invisible formatting
/// (zero-width joiners are left alone: emoji and several scripts need them).
const fn deceives(letter: char) -> bool {
    matches!(letter, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether nothing would be seen of the text.
fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| {
        letter.is_whitespace()
            || matches!(
                letter,
                '\u{200b}'..='\u{200d}' | '\u{00ad}' | '\u{3164}' | '\u{2800}' | '\u{fe0f}'
            )
    })
}

fn within(text: String, min: usize, max: usize) -> Result<String, Invalid> {
    let length = text.chars().count();
    if length > max {
        Err(Invalid::TooLong { max })
    } else if min > 0 && is_blank(&text) {
        Err(Invalid::Required)
    } else if length < min {
        Err(Invalid::TooShort { min })
    } else {
        Ok(text)
    }
}

/// A name or other text of one line: trimmed, NFC, inner white space as single spaces.
pub(crate) fn single_line(text: &str, min: usize, max: usize) -> Result<String, Invalid> {
    // The raw length is bounded first, so that a huge input costs nothing to refuse.
    if text.len() > max * 16 + 64 {
        return Err(Invalid::TooLong { max });
    }
    let trimmed = text.trim();
    if trimmed.chars().any(|letter| letter.is_control() || deceives(letter)) {
        return Err(Invalid::Character);
    }
    let spaced: Vec<&str> = trimmed.split_whitespace().collect();
    within(spaced.join(" ").nfc().collect(), min, max)
}

/// A text of several lines: ends trimmed, line ends as `\n`, no control characters but line end and tab.
fn several_lines(text: &str, min: usize, max: usize) -> Result<String, Invalid> {
    if text.len() > max * 16 + 64 {
        return Err(Invalid::TooLong { max });
    }
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    if unified
        .chars()
        .any(|letter| letter.is_control() && letter != '\n' && letter != '\t')
    {
        return Err(Invalid::Character);
    }
    let trimmed = unified.trim_end().trim_start_matches('\n');
    within(trimmed.to_owned(), min, max)
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $check:expr;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }

            /// A text that has been checked before, read back from the database.
            #[must_use]
            pub fn trusted(text: String) -> Self {
                Self(text)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                let check: fn(&str) -> Result<String, Invalid> = $check;
                check(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )* };
}

texts! {
    /// A user's handle: lower-case ASCII letters, digits, `_`, `-` and `.`, beginning with a letter or digit. What is
    /// given in upper case is lowered, so that no two users differ by case alone.
    Username = |text| {
        let text = single_line(text, limits::USERNAME_MIN, limits::USERNAME_MAX)?.to_lowercase();
        let allowed = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.'));
        if !allowed {
            return Err(Invalid::Character);
        }
        let first_ok = text.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
        if first_ok && !text.contains("..") && !text.ends_with('.') { Ok(text) } else { Err(Invalid::Format) }
    };
    /// A user's biography; may be empty.
    Biography = |text| several_lines(text, 0, limits::BIOGRAPHY_MAX);
    /// The text beside a user's status; may be empty.
    StatusText = |text| single_line(text, 0, limits::STATUS_TEXT_MAX);
    /// A server's name.
    ServerName = |text| single_line(text, 1, limits::SERVER_NAME_MAX);
    /// A server's description; may be empty.
    ServerDescription = |text| several_lines(text, 0, limits::SERVER_DESCRIPTION_MAX);
    /// A channel's name.
    ChannelName = |text| single_line(text, 1, limits::CHANNEL_NAME_MAX);
    /// A channel's topic; may be empty.
    ChannelTopic = |text| single_line(text, 0, limits::CHANNEL_TOPIC_MAX);
    /// A role's name.
    RoleName = |text| single_line(text, 1, limits::ROLE_NAME_MAX);
    /// The colour of a role: `#rrggbb`, in lower case.
    RoleColor = |text| {
        let digits = text.strip_prefix('#').ok_or(Invalid::Format)?;
        if digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(text.to_ascii_lowercase())
        } else {
            Err(Invalid::Format)
        }
    };
    /// What a member is called in a server.
    Nickname = |text| single_line(text, 1, limits::NICKNAME_MAX);
    /// What a user calls a passkey.
    PasskeyName = |text| single_line(text, 1, limits::PASSKEY_NAME_MAX);
    /// Why somebody did something, for the audit log; may be empty.
    Reason = |text| single_line(text, 0, limits::REASON_MAX);
    /// A message's content: markdown as it was typed.
    MessageContent = |text| several_lines(text, 1, limits::MESSAGE_CONTENT_MAX);
    /// What a client calls its own attempt to send, so that a retry never sends twice: printable ASCII.
    Nonce = |text| {
        if text.is_empty() {
            Err(Invalid::Required)
        } else if text.len() > limits::NONCE_MAX {
            Err(Invalid::TooLong { max: limits::NONCE_MAX })
        } else if text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(text.to_owned())
        } else {
            Err(Invalid::Character)
        }
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_trimmed_spaced_and_composed() {
        assert_eq!(
            "  Cafe\u{301}   du  \t coin "
                .parse::<ServerName>()
                .map(ServerName::into_string),
            Err(Invalid::Character)
        );
        assert_eq!(
            "  Cafe\u{301}   du  coin "
                .parse::<ServerName>()
                .map(ServerName::into_string),
            Ok("Café du coin".to_owned())
        );
        assert_eq!(" \u{200b} ".parse::<ServerName>(), Err(Invalid::Required));
        assert_eq!("a\u{202e}b".parse::<ChannelName>(), Err(Invalid::Character));
        assert_eq!(
            "x".repeat(101).parse::<ServerName>(),
            Err(Invalid::TooLong { max: 100 })
        );
        assert!("👩‍👩‍👧 family".parse::<ServerName>().is_ok());
    }

    #[test]
    fn usernames() {
        assert_eq!(
            "Ada_L".parse::<Username>().map(Username::into_string),
            Ok("ada_l".to_owned())
        );
        for bad in ["", "a", "é", "a b", "_x", "a..b", "ab.", "@ada", "аda"] {
            assert!(bad.parse::<Username>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn colours() {
        assert_eq!(
            "#A0b1C2".parse::<RoleColor>().map(RoleColor::into_string),
            Ok("#a0b1c2".to_owned())
        );
        for bad in ["", "#", "a0b1c2", "#a0b1c", "#a0b1c2d", "#a0b1cg", " #a0b1c2", "#é0b1c"] {
            assert_eq!(bad.parse::<RoleColor>(), Err(Invalid::Format), "{bad:?}");
        }
    }

    #[test]
    fn messages_keep_their_inside() {
        let typed = "  code\r\n\tx\n\n";
        assert_eq!(
            typed.parse::<MessageContent>().map(MessageContent::into_string),
            Ok("  code\n\tx".to_owned())
        );
        assert_eq!(" \n ".parse::<MessageContent>(), Err(Invalid::Required));
        assert_eq!("a\0b".parse::<MessageContent>(), Err(Invalid::Character));
        assert!("é".repeat(4_000).parse::<MessageContent>().is_ok());
        assert_eq!(
            "é".repeat(4_001).parse::<MessageContent>(),
            Err(Invalid::TooLong { max: 4_000 })
        );
    }

    proptest! {
        #[test]
        fn checking_twice_changes_nothing(text in "\\PC{0,60}") {
            if let Ok(name) = text.parse::<ServerName>() {
                prop_assert_eq!(name.as_str().parse::<ServerName>(), Ok(name.clone()));
            }
            if let Ok(content) = text.parse::<MessageContent>() {
                prop_assert_eq!(content.as_str().parse::<MessageContent>(), Ok(content.clone()));
            }
        }
    }
}
