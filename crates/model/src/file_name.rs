//! The names of files that people attach.

use crate::limits::FILE_NAME_MAX;

/// What a file is called whose name has nothing that can be shown.
const NAMELESS: &str = "file";

/// A name that a file can be shown and saved under: without folders, control characters, and characters that change the
/// direction or the look of others. What is too long loses its middle, so that the ending stays. Every text becomes some
/// name.
#[must_use]
pub fn mended(text: &str) -> String {
    let last = text.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|character| !is_deceptive(*character)).collect();
    let words: Vec<&str> = shown.split_whitespace().collect();
    let name = words.join(" ");
    // Names of dots alone mean folders.
    if name.chars().all(|character| character == '.') {
        return NAMELESS.to_owned();
    }
    shortened(name)
}

/// Characters that are not seen, or change how others are seen.
fn is_deceptive(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || matches!(character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn shortened(name: String) -> String {
    let length = name.chars().count();
    if length <= FILE_NAME_MAX {
        return name;
    }
    let ending = name.rfind('.').map_or("", |at| &name[at..]);
    let ending = if ending.chars().count() <= 16 { ending } else { "" };
    let kept = FILE_NAME_MAX - ending.chars().count();
    name.chars().take(kept).chain(ending.chars()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_lose_what_deceives_and_keep_the_rest() {
        for (given, name) in [
            ("cat.png", "cat.png"),
            ("Été à la mer.JPG", "Été à la mer.JPG"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\cv.pdf", "cv.pdf"),
            ("a\r\nb\0.txt", "a b.txt"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("  two   words .txt ", "two words .txt"),
            (".gitignore", ".gitignore"),
            ("..", "file"),
            ("", "file"),
            ("folder/", "file"),
        ] {
            assert_eq!(mended(given), name, "{given:?}");
        }
        let long = mended(&format!("{}.png", "é".repeat(500)));
        assert_eq!(long.chars().count(), FILE_NAME_MAX);
        assert!(long.starts_with("éé") && long.ends_with("é.png"));
    }

    proptest! {
        #[test]
        fn every_text_becomes_a_name_that_stays(text in "\\PC{0,300}|[./\\\\ \\n\u{202e}a]{0,40}") {
            let name = mended(&text);
            prop_assert!(!name.is_empty() && name.chars().count() <= FILE_NAME_MAX);
            prop_assert!(!name.contains(['/', '\\', '\n', '\0']) && name != "." && name != "..");
            prop_assert_eq!(mended(&name), name);
        }
    }
}
