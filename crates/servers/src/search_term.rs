//! What people type to find a member.

use std::str::FromStr;

use model::{Invalid, limits::QUERY_MAX, search_key};

/// A checked search term, as the pattern for `LIKE … ESCAPE '\'` on a folded column. Nothing typed finds everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SearchTerm(String);

impl SearchTerm {
    /// The pattern.
    pub(crate) fn pattern(&self) -> &str {
        &self.0
    }
}

impl FromStr for SearchTerm {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.chars().count() > QUERY_MAX {
            Err(Invalid::TooLong { max: QUERY_MAX })
        } else if text.chars().any(char::is_control) {
            Err(Invalid::Character)
        } else {
            Ok(Self(search_key::contains_pattern(text)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_escaped_and_bounded() {
        assert_eq!(" École_ ".parse(), Ok(SearchTerm("%ecole\\_%".to_owned())));
        assert_eq!("".parse(), Ok(SearchTerm("%%".to_owned())));
        assert_eq!("a\0b".parse::<SearchTerm>(), Err(Invalid::Character));
        assert!("é".repeat(QUERY_MAX).parse::<SearchTerm>().is_ok());
        assert_eq!(
            "é".repeat(QUERY_MAX + 1).parse::<SearchTerm>(),
            Err(Invalid::TooLong { max: QUERY_MAX })
        );
    }
}
