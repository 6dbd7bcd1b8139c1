//! What a user chooses for themself alone.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! choice {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:tt,)* })*) => { $(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        pub(crate) enum $name { $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// As it stands in the database and in the API.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl std::str::FromStr for $name {
            type Err = model::Invalid;
            fn from_str(text: &str) -> Result<Self, model::Invalid> {
                match text { $($text => Ok(Self::$variant),)* _ => Err(model::Invalid::Format) }
            }
        }
    )* };
}

choice! {
    /// The language of the screens (U1).
    Language {
        /// English.
        English = "en",
        /// French.
        French = "fr",
    }
    /// Light or dark.
    Theme {
        /// As the device has it.
        System = "system",
        /// Light.
        Light = "light",
        /// Dark.
        Dark = "dark",
    }
    /// How close things stand.
    Density {
        /// With room.
        Cosy = "cosy",
        /// Close.
        Compact = "compact",
    }
    /// What a user wishes to show of their presence (U5).
    Status {
        /// There.
        Online = "online",
        /// Not at the screen.
        Away = "away",
        /// Not to be disturbed.
        DoNotDisturb = "do_not_disturb",
        /// Shown as offline.
        Invisible = "invisible",
    }
}

impl Language {
    /// The first of our languages that an `Accept-Language` header names (RFC 9110, section 12.5.4); English otherwise.
    pub(crate) fn preferred(header: Option<&str>) -> Self {
        let named = header.unwrap_or_default().split(',').filter_map(|part| {
            let tag = part.split(';').next()?.trim();
            tag.get(..2)?.to_ascii_lowercase().parse().ok()
        });
        named.into_iter().next().unwrap_or(Self::English)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_known_language_counts() {
        for (header, language) in [
            (None, Language::English),
            (Some(""), Language::English),
            (Some("fr-CA,fr;q=0.9,en;q=0.8"), Language::French),
            (Some("de, fr;q=0.5"), Language::French),
            (Some("EN-us"), Language::English),
            (Some("é,*"), Language::English),
        ] {
            assert_eq!(Language::preferred(header), language, "{header:?}");
        }
    }
}
