//! Recovery codes: fifty random bits, each good for once.

use model::UserId;
use platform::auth::Marking;
use subtle::ConstantTimeEq;

/// How many a user gets.
pub(super) const COUNT: usize = 10;
/// Letters of a code, without the dash in their middle.
const LETTERS: usize = 10;
/// The digits and letters that nobody confuses.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A new code, as it is shown.
pub(super) fn new() -> String {
    let letters: String = rand::random::<[u8; LETTERS]>()
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let (first, second) = letters.split_at(LETTERS / 2);
    format!("{first}-{second}")
}

/// The letters of a code that was typed: case and dashes count for nothing, and letters that look like a digit are it.
pub(super) fn parse(typed: &str) -> Option<String> {
    let letters: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .take(LETTERS + 1)
        .collect();
    let known = |letter: char| u8::try_from(letter).is_ok_and(|letter| ALPHABET.contains(&letter));
    (letters.chars().count() == LETTERS && letters.chars().all(known)).then_some(letters)
}

/// What is stored of a code.
pub(super) fn mark(marks: &Marking, user_id: UserId, letters: &str) -> [u8; 32] {
    marks.mark(format!("{user_id} {letters}").as_bytes())
}

/// Which of the stored marks is this one. All are looked at, and each whole.
pub(super) fn find<'a>(stored: &'a [Vec<u8>], mark: &[u8; 32]) -> Option<&'a [u8]> {
    let mut found = None;
    for candidate in stored {
        if bool::from(candidate.as_slice().ct_eq(mark)) {
            found = Some(candidate.as_slice());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use platform::auth::InstanceKey;

    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_shown_and_as_people_type_it() {
        let code = new();
        let letters = parse(&code).unwrap();
        assert_eq!((code.len(), letters.len()), (11, 10));
        assert_eq!(
            parse(&format!("  {} ", code.to_uppercase().replace('-', " "))).as_ref(),
            Some(&letters)
        );
        assert_eq!(parse("OIlab-cdefg").as_deref(), Some("011abcdefg"));
        for wrong in [
            "",
            "012345",
            "01234-5678",
            "01234-56789a",
            "01234-5678u",
            "01234-5678é",
            &"0".repeat(9_000),
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_ne!(new(), new());
    }

    #[test]
    fn a_mark_is_found_among_those_of_the_same_user() {
        let marks = InstanceKey::ephemeral().marking("x");
        let of = |user, letters| mark(&marks, UserId(user), letters);
        let stored = [of(1, "a").to_vec(), of(1, "b").to_vec()];
        assert_eq!(find(&stored, &of(1, "b")), Some(stored[1].as_slice()));
        assert_eq!(find(&stored, &of(2, "b")), None);
        assert_eq!(find(&stored, &of(1, "c")), None);
    }
}
