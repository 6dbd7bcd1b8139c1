#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use super::*;

/// Terms as a text that can be compared: `-` unwanted, `…` a beginning, quotes a phrase.
fn shown(text: &str) -> Vec<String> {
    let show = |term: Term| {
        let words: Vec<&str> = term.words.iter().map(|word| word.exact.as_str()).collect();
        let words = words.join(" ");
        let words = match term.form {
            Form::Word => words,
            Form::Beginning => words + "…",
            Form::Phrase => format!("\"{words}\""),
        };
        format!("{}{words}", if term.unwanted { "-" } else { "" })
    };
    terms(text).unwrap().into_iter().map(show).collect()
}

#[test]
fn what_is_typed_is_words_phrases_and_what_is_not_wanted() {
    for (text, expected) in [
        ("", &[][..]),
        ("  Été ", &["ete"]),
        ("red bal", &["red", "bal…"]),
        ("red -bal", &["red", "-bal"]),
        ("\"red balloon\" sky ", &["\"red balloon\"", "sky"]),
        ("-\"red balloon", &["-\"red balloon\""]),
        ("\"red\"", &["\"red\""]),
        ("ERR_404", &["\"err 404\""]),
        ("a\"b c\"d", &["a", "\"b c\"", "d…"]),
        ("日本", &["\"日 本\""]),
        ("- -- !!! \"\" -", &[]),
        ("a - b ", &["a", "b"]),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
    assert!(terms(&"a ".repeat(16)).is_ok());
    assert_eq!(terms(&"a ".repeat(17)), Err(TooManyTerms));
}

#[test]
fn highlights_are_in_utf_16_and_do_not_overlap() {
    let highlights = |query: &str, text: &str| {
        let wanted = Wanted {
            terms: terms(query).unwrap(),
            ..Wanted::default()
        };
        wanted.highlights(text)
    };
    let text = "🎈 Red balloons, red";
    let found = highlights("balloon red ", text);
    assert_eq!(found, [(3, 6), (7, 15), (17, 20)]);
    let units: Vec<u16> = text.encode_utf16().collect();
    let cut: Vec<String> = found
        .iter()
        .map(|(from, to)| String::from_utf16(&units[*from..*to]).unwrap())
        .collect();
    assert_eq!(cut, ["Red", "balloons", "red"]);
    assert_eq!(highlights("\"red balloons\" bal", text), [(3, 15)]);
    assert_eq!(highlights("-red", text), []);
    assert_eq!(highlights("", text), []);
}

#[test]
fn nothing_is_said_when_only_an_order_is() {
    assert!(Wanted::default().is_empty());
    let by_order = Wanted {
        sort: Sort::Oldest,
        ..Wanted::default()
    };
    assert!(by_order.is_empty());
    let pinned = Wanted {
        pinned: Some(false),
        ..Wanted::default()
    };
    assert!(!pinned.is_empty());
}
