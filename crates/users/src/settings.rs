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
    /// Those that there are. Of two that somebody prefers alike without naming them, the first.
    const ALL: [Self; 2] = [Self::English, Self::French];

    /// The one of our languages that an `Accept-Language` header gives the most weight (RFC 9110, section 12.5.4), of those with
    /// the same weight the one that it names first; English where it names none. What cannot be read is passed over.
    pub(crate) fn preferred(header: Option<&str>) -> Self {
        let ranges: Vec<Range<'_>> = header.unwrap_or_default().split(',').filter_map(Range::read).collect();
        let mut best: Option<(Self, &Range<'_>)> = None;
        for range in &ranges {
            for language in Self::ALL {
                let named = ranges.iter().any(|other| other.names(language));
                // `*` is any other than those that are named.
                let meant = range.names(language) || range.tag == "*" && !named;
                if meant && range.weight > best.map_or(0, |(_, best)| best.weight) {
                    best = Some((language, range));
                }
            }
        }
        best.map_or(Self::English, |(language, _)| language)
    }
}

/// What a header names: one language, in one country or any, or all.
struct Range<'header> {
    tag: &'header str,
    /// In thousandths; 0 is "not this one".
    weight: u16,
}

impl<'header> Range<'header> {
    fn read(text: &'header str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let tag = parts.next()?;
        let weight = match parts.next() {
            None => Some(1_000),
            Some(part) => part.strip_prefix(['q', 'Q'])?.strip_prefix('=').and_then(thousandths),
        };
        Some(Self { tag, weight: weight? })
    }

    fn names(&self, language: Language) -> bool {
        let named = self.tag.split('-').next().unwrap_or_default();
        named.eq_ignore_ascii_case(language.as_str())
    }
}

/// `0.5` as 500; nothing where it is no number from 0 to 1 with three digits at most behind the point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    if rest.len() > 3 || !rest.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let rest: u16 = format!("{rest:0<3}").parse().ok()?;
    match whole {
        "0" => Some(rest),
        "1" if rest == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_with_the_most_weight_counts() {
        for (header, language) in [
            (None, Language::English),
            (Some(""), Language::English),
            (Some("fr-CA,fr;q=0.9,en;q=0.8"), Language::French),
            (Some("en;q=0.8, fr-FR;q=0.9"), Language::French),
            (Some("fr;q=0.8,en"), Language::English),
            (Some("en;q=0.500,fr;Q=0.501"), Language::French),
            (Some("fr;q=0.5,en;q=0.5"), Language::French),
            (Some("de, fr;q=0.5"), Language::French),
            (Some("EN-us,FR;q=0.1"), Language::English),
            (Some("FR-be"), Language::French),
            // Neither of these is ours.
            (Some("frr,fra,fy"), Language::English),
            (Some("de,it;q=0.5"), Language::English),
            // All others, and none of those.
            (Some("*"), Language::English),
            (Some("en;q=0,*"), Language::French),
            (Some("*,fr;q=0.5"), Language::English),
            (Some("fr;q=0"), Language::English),
            (Some("en;q=0.1,fr;q=0.0"), Language::English),
        ] {
            assert_eq!(Language::preferred(header), language, "{header:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_passed_over() {
        for bad in [
            "fr;q=2",
            "fr;q=1.001",
            "fr;q=",
            "fr;q=.5",
            "fr;q=-1",
            "fr;q=0.5000",
            "fr;q=NaN",
            "fr;level=1",
            "é",
            ";q=1",
        ] {
            assert_eq!(Language::preferred(Some(bad)), Language::English, "{bad}");
            let header = format!("{bad},,en;q=0.1,fr;q=0.2");
            assert_eq!(Language::preferred(Some(&header)), Language::French, "{header}");
        }
    }
}
