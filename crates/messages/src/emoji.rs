//! Emoji that messages are reacted to with.

use std::str::FromStr;

use model::{Invalid, limits::EMOJI_BYTES};

/// One emoji of Unicode, in the form that Unicode recommends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Emoji(&'static str);

impl Emoji {
    /// The character, or the characters, that it is.
    pub(crate) const fn as_str(self) -> &'static str {
        self.0
    }
}

impl FromStr for Emoji {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        /// Asks for the form with colours.
        const IN_COLOUR: char = '\u{fe0f}';
        // Digits are parts of emoji, and none by themselves.
        if text.len() > EMOJI_BYTES || text.chars().all(|letter| letter.is_ascii() || letter == IN_COLOUR) {
            return Err(Invalid::Format);
        }
        let bare: String = text.chars().filter(|letter| *letter != IN_COLOUR).collect();
        let coloured = format!("{bare}{IN_COLOUR}");
        let known = [text, &coloured, &bare].into_iter().find_map(emojis::get);
        known.map(|emoji| Self(emoji.as_str())).ok_or(Invalid::Format)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn one_emoji_and_nothing_else() {
        for (text, emoji) in [
            ("👍", "👍"),
            ("👍🏽", "👍🏽"),
            ("❤", "❤\u{fe0f}"),
            ("❤\u{fe0f}", "❤\u{fe0f}"),
            ("👩‍👩‍👧", "👩‍👩‍👧"),
            ("🇫🇷", "🇫🇷"),
            ("1\u{fe0f}\u{20e3}", "1\u{fe0f}\u{20e3}"),
        ] {
            assert_eq!(text.parse::<Emoji>().unwrap().as_str(), emoji, "{text}");
        }
        for other in [
            "",
            "a",
            "1",
            "👍👍",
            "👍 ",
            ":+1:",
            "\u{fe0f}",
            "\u{200d}",
            &"👍".repeat(20),
        ] {
            assert!(other.parse::<Emoji>().is_err(), "{other}");
        }
    }
}
