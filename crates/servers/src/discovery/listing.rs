//! What a server is found by.

use std::collections::BTreeMap;

use model::search_key::{fold, words};
use platform::db::{DbResult, TenantTx};

use crate::{
    store::{
        servers::ServerRow,
        words::{self, Found},
    },
    visibility::Visibility,
};

/// Raised when servers are to be found by something else: they are indexed anew at the next start.
pub(super) const RULES: i64 = 1;
/// Bytes of a name that count. What is longer differs before, or fits as well.
const NAME_BYTES: usize = 256;
/// The same of a word.
const WORD_BYTES: usize = 64;
/// Words of one server, its name's first. A description has some two hundred at most, unless it is meant to have more.
const WORDS: usize = 300;

/// Has the server, as it is after the transaction, found by what it says now.
pub(crate) async fn list(tx: &mut TenantTx, server: &ServerRow) -> DbResult<()> {
    let found = found_by(server.visibility, &server.name, &server.description);
    words::put(tx, found.as_ref(), RULES).await
}

/// Whether [`list`] is due.
pub(crate) fn is_found_otherwise(before: &ServerRow, after: &ServerRow) -> bool {
    let says = |server: &ServerRow| (server.visibility, server.name.clone(), server.description.clone());
    says(before) != says(after)
}

/// What a server is found by that says this; `None` when it is not to be found.
pub(super) fn found_by(visibility: Visibility, name: &str, description: &str) -> Option<Found> {
    if visibility != Visibility::Public {
        return None;
    }
    let mut found = BTreeMap::new();
    for (text, in_name) in [(name, true), (description, false)] {
        for word in words(text) {
            if found.len() < WORDS {
                found.entry(word_key(&word)).or_insert(in_name);
            }
        }
    }
    Some(Found {
        name_key: name_key(name),
        words: found.into_iter().collect(),
    })
}

/// By what a whole name is compared.
pub(super) fn name_key(name: &str) -> Vec<u8> {
    let folded = fold(name);
    let mut key = folded.split_whitespace().collect::<Vec<_>>().join(" ").into_bytes();
    key.truncate(NAME_BYTES);
    key
}

/// By what a folded word is compared.
pub(super) fn word_key(word: &str) -> Vec<u8> {
    let mut key = word.as_bytes().to_vec();
    key.truncate(WORD_BYTES);
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_server_is_found_by_each_word_once() {
        let found = found_by(Visibility::Public, "  Chess   Club ", "The CLUB for chéss players");
        let word = |word: &str, in_name| (word.as_bytes().to_vec(), in_name);
        let expected = Found {
            name_key: b"chess club".to_vec(),
            words: vec![
                word("chess", true),
                word("club", true),
                word("for", false),
                word("players", false),
                word("the", false),
            ],
        };
        assert_eq!(found, Some(expected));
        assert_eq!(found_by(Visibility::Private, "Chess", ""), None);
    }

    #[test]
    fn whatever_it_says_there_is_an_end() {
        // One letter that folds to eighteen.
        let long = "\u{FDFA}".repeat(100);
        let many: Vec<String> = (0..1_000).map(|number: i32| number.to_string()).collect();
        let many = many.join(" ");
        let found = found_by(Visibility::Public, &long, &many).unwrap_or_else(|| unreachable!());
        assert_eq!((found.name_key.len(), found.words.len()), (NAME_BYTES, WORDS));
        assert!(found.words.iter().all(|(word, _)| word.len() <= WORD_BYTES));
    }
}
