//! Folding of case and accents, so that `Élodie`, `elodie` and `ELODIE` are found alike on both databases.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The text in lower case without accents; what name columns are compared and searched by.
#[must_use]
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
        .nfc()
        .collect()
}

/// The pattern for `LIKE … ESCAPE '\'` that finds `query` anywhere in a folded column.
#[must_use]
pub fn contains_pattern(query: &str) -> String {
    format!("%{}%", escaped(&fold(query)))
}

/// The words of a text, folded: what stands between signs and spaces.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let words = folded.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The keys from the first to before the second, as bytes in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRange {
    /// The first that is in it.
    pub from: Vec<u8>,
    /// The first that is not.
    pub to: Vec<u8>,
}

impl KeyRange {
    /// All keys that begin so.
    #[must_use]
    pub fn beginning_with(key: &[u8]) -> Self {
        // No byte of UTF-8 is as large.
        Self {
            from: key.to_vec(),
            to: [key, &[0xFF]].concat(),
        }
    }

    /// This key alone. A text of ours has no NUL in it.
    #[must_use]
    pub fn only(key: &[u8]) -> Self {
        Self {
            from: key.to_vec(),
            to: [key, &[0]].concat(),
        }
    }

    /// All keys that begin so and are longer.
    #[must_use]
    pub fn going_on_from(key: &[u8]) -> Self {
        Self {
            from: [key, &[0]].concat(),
            to: [key, &[0xFF]].concat(),
        }
    }
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, letter| {
        if matches!(letter, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(letter);
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_widths_fold() {
        assert_eq!(fold("Élodie ŒUVRE ﬁn Ａ"), "elodie œuvre fin a");
        assert_eq!(fold("E\u{301}"), fold("É"));
    }

    #[test]
    fn words_stand_between_signs() {
        assert_eq!(
            words("L'Été à_Lyon, C++ (2026)!"),
            ["l", "ete", "a", "lyon", "c", "2026"]
        );
        assert!(words(" -- ").is_empty());
    }

    #[test]
    fn ranges_have_what_begins_with_a_key_and_nothing_else() {
        let has = |range: &KeyRange, key: &str| *range.from <= *key.as_bytes() && *key.as_bytes() < *range.to;
        let (all, own, longer) = (
            KeyRange::beginning_with(b"ch"),
            KeyRange::only(b"ch"),
            KeyRange::going_on_from(b"ch"),
        );
        for (key, begins, is, goes_on) in [
            ("ch", true, true, false),
            ("ch!", true, false, true),
            ("chess", true, false, true),
            ("ch\u{10FFFF}", true, false, true),
            ("cg\u{10FFFF}", false, false, false),
            ("ci", false, false, false),
            ("c", false, false, false),
        ] {
            let found = [&all, &own, &longer].map(|range| has(range, key));
            assert_eq!(found, [begins, is, goes_on], "{key}");
        }
    }

    #[test]
    fn wildcards_are_letters() {
        assert_eq!(contains_pattern("50%_\\"), "%50\\%\\_\\\\%");
    }
}
