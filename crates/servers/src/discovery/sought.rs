//! What people type to find a server.

use std::str::FromStr;

use model::{
    Invalid,
    limits::QUERY_MAX,
    search_key::{KeyRange, words},
};

use super::listing::{name_key, word_key};

/// How well a server fits what is sought, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fit {
    /// It is called so.
    IsCalled,
    /// Its name begins so.
    Begins,
    /// Its name has words that begin so.
    Name,
    /// Its name and description have such words.
    Anywhere,
}

impl Fit {
    /// All, the best first.
    pub(crate) const ALL: [Self; 4] = [Self::IsCalled, Self::Begins, Self::Name, Self::Anywhere];

    /// Its place among all.
    pub(crate) const fn number(self) -> usize {
        self as usize
    }
}

/// A checked search. Nothing typed finds everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    /// Folded as a whole name.
    name: Vec<u8>,
    /// The words that must be there, the longest first. None begins another.
    words: Vec<KeyRange>,
}

impl Sought {
    /// Whether everything is sought.
    pub(crate) const fn is_everything(&self) -> bool {
        self.name.is_empty()
    }

    /// The names that fit as well as that.
    pub(crate) fn names(&self, fit: Fit) -> KeyRange {
        match fit {
            Fit::IsCalled => KeyRange::only(&self.name),
            Fit::Begins => KeyRange::going_on_from(&self.name),
            Fit::Name | Fit::Anywhere => KeyRange::beginning_with(&self.name),
        }
    }

    /// The words.
    pub(crate) fn words(&self) -> &[KeyRange] {
        &self.words
    }
}

impl FromStr for Sought {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.chars().count() > QUERY_MAX {
            return Err(Invalid::TooLong { max: QUERY_MAX });
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::Character);
        }
        let mut keys: Vec<Vec<u8>> = Vec::new();
        let mut all: Vec<Vec<u8>> = words(text).iter().map(|word| word_key(word)).collect();
        all.sort_by_key(|key| std::cmp::Reverse(key.len()));
        for key in all {
            if !keys.iter().any(|longer| longer.starts_with(&key)) {
                keys.push(key);
            }
        }
        Ok(Self {
            name: name_key(text),
            words: keys.iter().map(|key| KeyRange::beginning_with(key)).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_begin_another_are_found_with_it() {
        let sought: Result<Sought, _> = " Ché  ch-CHESS club c ".parse();
        let words = sought.map(|sought| sought.words);
        let expected = ["chess", "club"].map(|word| KeyRange::beginning_with(word.as_bytes()));
        assert_eq!(words, Ok(expected.to_vec()));
    }

    #[test]
    fn signs_alone_are_sought_in_names_alone() {
        let sought: Result<Sought, _> = "  ♟!  ".parse();
        let found = sought.map(|sought| (sought.is_everything(), sought.words.len(), sought.name));
        assert_eq!(found, Ok((false, 0, "♟!".as_bytes().to_vec())));
        assert!("".parse::<Sought>().is_ok_and(|sought| sought.is_everything()));
    }

    #[test]
    fn bounded() {
        assert_eq!("a\0b".parse::<Sought>(), Err(Invalid::Character));
        assert!("é".repeat(QUERY_MAX).parse::<Sought>().is_ok());
        let too_long = Err(Invalid::TooLong { max: QUERY_MAX });
        assert_eq!("é".repeat(QUERY_MAX + 1).parse::<Sought>(), too_long);
    }
}
