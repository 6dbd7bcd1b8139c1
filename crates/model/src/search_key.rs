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

/// The pattern for `LIKE … ESCAPE '\'` that finds what begins with `query` in a folded column.
#[must_use]
pub fn prefix_pattern(query: &str) -> String {
    format!("{}%", escaped(&fold(query)))
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
    fn wildcards_are_letters() {
        assert_eq!(contains_pattern("50%_\\"), "%50\\%\\_\\\\%");
        assert_eq!(prefix_pattern("A_b"), "a\\_b%");
    }
}
