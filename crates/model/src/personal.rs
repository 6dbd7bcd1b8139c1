//! Personal data. These types log as a token of their length, never in clear (T6).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    limits::{EMAIL_MAX, PERSON_NAME_MAX},
    text::{Invalid, single_line},
};

macro_rules! personal {
    ($($(#[$doc:meta])* $name:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The text in clear: for the database, the owner's own screens and mail, never for a log.
            #[must_use]
            pub fn expose(&self) -> &str {
                &self.0
            }

            /// A text that has been checked before, read back from the database.
            #[must_use]
            pub fn trusted(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "(<{} bytes>)"), self.0.len())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )* };
}

personal! {
    /// A first or a last name.
    PersonName;
    /// An e-mail address, in lower case: the form that is unique among users.
    Email;
}

impl FromStr for PersonName {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        single_line(text, 1, PERSON_NAME_MAX).map(Self)
    }
}

impl FromStr for Email {
    type Err = Invalid;

    /// Accepts what can be delivered in practice: one `@`, a local part of printable non-space characters, a domain of
    /// at least two labels. Whether it exists is for a mail to prove.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = single_line(text, 3, EMAIL_MAX)?.to_lowercase();
        let (local, domain) = text.rsplit_once('@').ok_or(Invalid::Format)?;
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local
                .chars()
                .all(|letter| !letter.is_whitespace() && !"@<>()[]\\,;:\"".contains(letter));
        let label_ok = |label: &str| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|letter| letter.is_alphanumeric() || letter == '-')
        };
        let domain_ok = domain.contains('.') && domain.split('.').all(label_ok);
        if local_ok && domain_ok && text.len() <= EMAIL_MAX {
            Ok(Self(text))
        } else {
            Err(Invalid::Format)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_hides_what_it_holds() {
        let name: Result<PersonName, _> = "Ada".parse();
        let email: Result<Email, _> = "ada@example.org".parse();
        let shown = format!("{name:?} {email:?}");
        assert!(!shown.contains("Ada") && !shown.contains("example"), "{shown}");
    }

    #[test]
    fn addresses() {
        for good in [
            "a@b.co",
            "Ada.Lovelace+x@Example.ORG",
            "élodie@école.fr",
            "o'neil@a-b.example",
        ] {
            assert!(good.parse::<Email>().is_ok(), "{good}");
        }
        for bad in [
            "", "a", "a@b", "@b.co", "a@", "a b@c.de", "a@b..co", "a@-b.co", ".a@b.co", "a@b.co\n", "a@b@c.de",
            "<a@b.co>",
        ] {
            assert!(bad.parse::<Email>().is_err() || bad.trim() != bad, "{bad:?}");
        }
        assert_eq!(
            "Ada@Example.ORG"
                .parse::<Email>()
                .map(|email| email.expose().to_owned()),
            Ok("ada@example.org".to_owned())
        );
    }
}
