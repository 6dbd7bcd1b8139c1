//! Texts of strangers' pages, made fit to be shown beside ours.

/// The text on one line, without what is not seen or changes how the text around it is read, cut to a length; nothing when
/// nothing is left.
pub(super) fn clean(text: &str, most: usize) -> Option<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control());
    let shown = words.map(|word| {
        word.chars()
            .filter(|letter| is_shown(*letter))
            .take(most + 1)
            .collect::<String>()
    });
    let mut cleaned = String::new();
    for word in shown.filter(|word| !word.is_empty()) {
        if !cleaned.is_empty() {
            cleaned.push(' ');
        }
        cleaned.push_str(&word);
        if let Some((end, _)) = cleaned.char_indices().nth(most) {
            cleaned.truncate(end);
            cleaned.truncate(cleaned.trim_end().len());
            cleaned.push('…');
            return Some(cleaned);
        }
    }
    (!cleaned.is_empty()).then_some(cleaned)
}

/// Not what turns the direction of what follows, nor what has no width, nor what stands for nothing.
const fn is_shown(letter: char) -> bool {
    !matches!(letter,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}' | '\u{e0000}'..='\u{e007f}' | '\u{e000}'..='\u{f8ff}'
    )
}

/// A colour as `#rrggbb`.
pub(super) fn color(text: &str) -> Option<String> {
    let digits = text.trim().strip_prefix('#')?;
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    match digits.len() {
        6 => Some(format!("#{}", digits.to_ascii_lowercase())),
        3 => {
            let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
            Some(format!("#{}", doubled.to_ascii_lowercase()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cleaned() {
        for (text, expected) in [
            ("  a \n\t b\u{0}c\u{85}d ", Some("a b c d")),
            ("gpj.\u{202e}exe\u{202c}", Some("gpj.exe")),
            ("\u{2066}x\u{2069}\u{200f}y\u{061c}z\u{feff}", Some("xyz")),
            ("a\u{200b}b\u{ad}c\u{fffd}", Some("abc")),
            ("👨\u{200d}👩\u{200d}👧 é", Some("👨\u{200d}👩\u{200d}👧 é")),
            ("", None),
            (" \u{200b} \n", None),
        ] {
            assert_eq!(clean(text, 100).as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn texts_are_cut() {
        assert_eq!(clean("abcdef", 6).as_deref(), Some("abcdef"));
        assert_eq!(clean("abcdefg", 6).as_deref(), Some("abcdef…"));
        assert_eq!(clean("abc def ghi", 7).as_deref(), Some("abc def…"));
        assert_eq!(clean("éééé", 3).as_deref(), Some("ééé…"));
        let long = clean(&"x ".repeat(100_000), 50);
        assert_eq!(
            long.map(|text| text.chars().count()),
            Some(50),
            "no blank before the end"
        );
    }

    #[test]
    fn colors_are_told_in_one_way() {
        assert_eq!(color(" #ABCDEF ").as_deref(), Some("#abcdef"));
        assert_eq!(color("#fA0").as_deref(), Some("#ffaa00"));
        for bad in ["", "red", "#12", "#12345g", "rgb(1,2,3)", "#1234567", "url(https://x)"] {
            assert_eq!(color(bad), None, "{bad}");
        }
    }
}
