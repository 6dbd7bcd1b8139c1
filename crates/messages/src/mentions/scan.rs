//! Where a text may mention something: wherever `@`, `#` or `<` begins a word outside of code.

use std::ops::Range;

use model::limits::{CHANNEL_NAME_MAX, ROLE_NAME_MAX, USERNAME_MAX};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// What may follow the sign, in characters, at most.
const LONGEST: usize = if ROLE_NAME_MAX > CHANNEL_NAME_MAX {
    ROLE_NAME_MAX
} else {
    CHANNEL_NAME_MAX
};
const _: () = assert!(USERNAME_MAX <= LONGEST);

/// A place in a text where something may be mentioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Candidate<'a> {
    /// After `@`: a name, and perhaps more.
    At(&'a str),
    /// After `#`: a name, and perhaps more.
    Hash(&'a str),
    /// `<@1>`, by id: the whole, and the id.
    User(&'a str, i64),
    /// `<@&1>`.
    Role(&'a str, i64),
    /// `<#1>`.
    Channel(&'a str, i64),
}

/// All of them, in their order.
pub(super) fn candidates(text: &str) -> Vec<Candidate<'_>> {
    if !text.contains(['@', '#']) {
        return Vec::new();
    }
    let code = code(text);
    let mut found = Vec::new();
    let mut before = None;
    for (at, letter) in text.char_indices() {
        let begins = before.is_none_or(begins_after) && !code.iter().any(|range| range.contains(&at));
        before = Some(letter);
        if !begins {
            continue;
        }
        let rest = &text[at..];
        let candidate = match letter {
            '@' => Some(Candidate::At(short(&rest[1..]))),
            '#' => Some(Candidate::Hash(short(&rest[1..]))),
            '<' => by_id(rest),
            _ => None,
        };
        found.extend(candidate);
    }
    found
}

/// Whether something may be mentioned after this character. Not within words, addresses and links.
fn begins_after(letter: char) -> bool {
    !(letter.is_alphanumeric() || matches!(letter, '/' | '@' | '#' | '<' | '&' | '\\' | '.' | '-' | '_' | '=' | '?'))
        || letter == '_'
}

/// As much of a text as a name may have, to the end of its line.
fn short(text: &str) -> &str {
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let end = line.char_indices().nth(LONGEST).map_or(line.len(), |(at, _)| at);
    &line[..end]
}

fn by_id(rest: &str) -> Option<Candidate<'_>> {
    let whole = &rest[..=rest.char_indices().take(32).find(|(_, letter)| *letter == '>')?.0];
    let inner = &whole[1..whole.len() - 1];
    let id = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse::<i64>().ok()).flatten()
    };
    if let Some(digits) = inner.strip_prefix("@&") {
        Some(Candidate::Role(whole, id(digits)?))
    } else if let Some(digits) = inner.strip_prefix('@') {
        Some(Candidate::User(whole, id(digits)?))
    } else {
        Some(Candidate::Channel(whole, id(inner.strip_prefix('#')?)?))
    }
}

/// Where the text is code.
fn code(text: &str) -> Vec<Range<usize>> {
    if !text.contains(['`', '~', '\t']) && !text.contains("    ") {
        return Vec::new();
    }
    let mut ranges = Vec::new();
    let mut begun = None;
    for (event, range) in Parser::new(text).into_offset_iter() {
        match event {
            Event::Code(_) => ranges.push(range),
            Event::Start(Tag::CodeBlock(_)) => begun = Some(range.start),
            Event::End(TagEnd::CodeBlock) => ranges.extend(begun.take().map(|start| start..range.end)),
            _ => {}
        }
    }
    ranges
}

/// Whether `rest` begins with the name and the name ends there; in any case of letters.
pub(super) fn begins_with(rest: &str, name: &str) -> Option<usize> {
    let mut letters = rest.char_indices();
    for wanted in name.chars() {
        let (_, letter) = letters.next()?;
        if letter != wanted && !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
    }
    let (end, next) = letters
        .next()
        .map_or((rest.len(), None), |(at, letter)| (at, Some(letter)));
    next.is_none_or(|letter| !letter.is_alphanumeric()).then_some(end)
}

/// The longest username that `rest` begins with, and the shorter ones that a full stop or the like may have followed.
pub(super) fn usernames(rest: &str) -> Vec<&str> {
    let word = rest.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.' | '-')));
    let mut word = &rest[..word.unwrap_or(rest.len())];
    let mut names = Vec::new();
    loop {
        if !word.is_empty() && word.len() <= USERNAME_MAX {
            names.push(word);
        }
        match word.strip_suffix(['.', '-', '_']) {
            Some(shorter) if !shorter.is_empty() => word = shorter,
            _ => return names,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_words_begin() {
        use Candidate::{At, Channel, Hash, Role, User};
        for (text, expected) in [
            ("@ada", vec![At("ada")]),
            ("hello @ada!\nbye", vec![At("ada!")]),
            (
                "(@ada) *@bob* **#general**",
                vec![
                    At("ada) *@bob* **#general**"),
                    At("bob* **#general**"),
                    Hash("general**"),
                ],
            ),
            (
                "<@12> <@&13> <#14>",
                vec![User("<@12>", 12), Role("<@&13>", 13), Channel("<#14>", 14)],
            ),
            ("<@x> <@> <#-1> <@99999999999999999999>", vec![]),
            ("ada@example.org https://x.example/@ada #", vec![Hash("")]),
            ("`@ada`", vec![]),
            ("```\n@ada\n```\n#x", vec![Hash("x")]),
            ("    @ada", vec![]),
            ("no mention", vec![]),
        ] {
            assert_eq!(candidates(text), expected, "{text}");
        }
    }

    #[test]
    fn names_end_where_words_end() {
        assert_eq!(begins_with("Team Lead, please", "team lead"), Some(9));
        assert_eq!(begins_with("Team Leader", "team lead"), None);
        assert_eq!(begins_with("Élèves", "élèves"), Some("Élèves".len()));
        assert_eq!(begins_with("Te", "team"), None);
    }

    #[test]
    fn a_full_stop_may_belong_to_the_name_or_not() {
        assert_eq!(usernames("ada.b.-, x"), ["ada.b.-", "ada.b.", "ada.b"]);
        assert_eq!(usernames("ada_x y"), ["ada_x"]);
        assert!(usernames("!").is_empty());
        assert!(usernames(&"a".repeat(33)).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_scanned(text in "[@#<>&`a-z0-9 \n\u{e9}\u{1f600}~]{0,200}") {
            for candidate in candidates(&text) {
                if let Candidate::At(rest) | Candidate::Hash(rest) = candidate {
                    usernames(rest);
                    begins_with(rest, "\u{e9}a");
                }
            }
        }
    }
}
