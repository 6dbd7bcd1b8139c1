//! Identifiers: one newtype for each kind of thing, so that a channel's id can never stand for a server's.
//!
//! All are 64-bit snowflakes (see [`crate::snowflake`]) and travel as decimal strings in JSON, because JavaScript's
//! numbers lose precision above 2^53.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A text that is not an id: ids are decimal numbers from 1 to 2^63 − 1 without sign or leading zeros.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id is a decimal number of at most 19 digits")]
pub struct InvalidId;

/// Parses the one canonical spelling of an id.
fn parse(text: &str) -> Result<i64, InvalidId> {
    let canonical =
        !text.is_empty() && text.len() <= 19 && !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    if canonical {
        text.parse().map_err(|_| InvalidId)
    } else {
        Err(InvalidId)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some("A 64-bit snowflake as a decimal string."))
                    .pattern(Some("^[1-9][0-9]{0,18}$"))
                    .examples(["402345678901234567"])
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )* };
}

ids! {
    /// A person whose identity is registered in Beep.
    UserId;
    /// A tenant: groups channels, members and roles.
    ServerId;
    /// A text, voice or folder channel of a server.
    ChannelId;
    /// A named, ordered set of permissions of a server. The role `everyone` has its server's id.
    RoleId;
    /// Whom an overwrite is for: a role, or a user.
    TargetId;
    /// A text sent in a channel.
    MessageId;
    /// A stored file.
    FileId;
    /// A signed-in device of a user (not a gateway session, which is anonymous and short-lived).
    SessionId;
    /// A key of a device that opens a user's account.
    PasskeyId;
    /// One change that was told to others; consumers drop what they have seen.
    EventId;
}

impl ServerId {
    /// The id of this server's `everyone` role.
    #[must_use]
    pub const fn everyone(self) -> RoleId {
        RoleId(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_only() {
        assert_eq!("402345678901234567".parse(), Ok(UserId(402_345_678_901_234_567)));
        for bad in [
            "",
            "0",
            "01",
            "-1",
            "+1",
            " 1",
            "1 ",
            "1e3",
            "9223372036854775808",
            "99999999999999999999",
            "١",
        ] {
            assert_eq!(bad.parse::<UserId>(), Err(InvalidId), "{bad:?}");
        }
    }

    #[test]
    fn json_is_a_string_and_nothing_else() {
        assert_eq!(serde_json::to_string(&ChannelId(7)).ok().as_deref(), Some("\"7\""));
        assert!(serde_json::from_str::<ChannelId>("\"7\"").is_ok_and(|id| id == ChannelId(7)));
        assert!(serde_json::from_str::<ChannelId>("7").is_err());
        assert!(serde_json::from_str::<ChannelId>("null").is_err());
    }
}
