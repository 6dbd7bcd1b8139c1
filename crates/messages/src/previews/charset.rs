//! The text of a page, whatever it is written in.

use encoding_rs::{Encoding, UTF_8};

/// How far into a page its own word on that is looked for.
const LOOKED_AT: usize = 1_024;

/// The text, by the mark at its beginning, the header, the page's own word, in this order; otherwise UTF-8.
pub(super) fn decode(page: &[u8], header: Option<&str>) -> String {
    let named = header.and_then(|label| Encoding::for_label(label.as_bytes()));
    let encoding = named.or_else(|| own_word(page)).unwrap_or(UTF_8);
    // A mark at the beginning counts for more than all else.
    encoding.decode(page).0.into_owned()
}

/// What `<meta charset>` or `<meta http-equiv content="…; charset=…">` say.
fn own_word(page: &[u8]) -> Option<&'static Encoding> {
    let head = page[..page.len().min(LOOKED_AT)].to_ascii_lowercase();
    let head = String::from_utf8_lossy(&head);
    let mut rest = &*head;
    while let Some(at) = rest.find("charset") {
        let before = &rest[..at];
        let is_in_meta = before.rfind('<').is_some_and(|tag| before[tag..].starts_with("<meta"));
        rest = &rest[at + "charset".len()..];
        let Some(value) = rest.trim_start().strip_prefix('=') else {
            continue;
        };
        let value = value.trim_start().trim_start_matches(['"', '\'']);
        let end =
            value.find(|letter: char| !(letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | ':' | '.')));
        let label = &value[..end.unwrap_or(value.len())];
        if is_in_meta && let Some(encoding) = Encoding::for_label(label.as_bytes()) {
            // A page in UTF-16 could not have been read so far.
            return Some(if encoding.is_ascii_compatible() {
                encoding
            } else {
                UTF_8
            });
        }
        // A tag may hold it twice.
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_says_it_first() {
        assert_eq!(decode(b"caf\xe9", Some("iso-8859-1")), "café");
        assert_eq!(decode(b"\x93\xfa\x96\x7b", Some("Shift_JIS")), "日本");
        assert_eq!(decode("é".as_bytes(), Some("nonsense")), "é");
        assert_eq!(
            decode(b"<meta charset=utf-8>caf\xe9", Some("windows-1252")),
            "<meta charset=utf-8>café"
        );
    }

    #[test]
    fn then_the_page_itself() {
        for head in [
            "<meta charset=windows-1251>",
            "<META CHARSET = 'windows-1251'>",
            "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=windows-1251\">",
        ] {
            let page = [head.as_bytes(), b"\xe4\xe0"].concat();
            assert_eq!(decode(&page, None), format!("{head}да"), "{head}");
        }
        for head in [
            "<p charset=windows-1251>",
            "<meta charset=utf-16>",
            "<meta charset>",
            "<meta name=charset>",
            "",
        ] {
            let page = [head.as_bytes(), "é".as_bytes()].concat();
            assert_eq!(decode(&page, None), format!("{head}é"), "{head}");
        }
    }

    #[test]
    fn a_mark_says_it_before_all() {
        assert_eq!(decode(b"\xef\xbb\xbf\xc3\xa9", Some("iso-8859-1")), "é");
        assert_eq!(decode(b"\xff\xfe\xe9\x00", None), "é");
        assert_eq!(decode(b"\xc3", None), "\u{fffd}", "what is cut off does not matter");
    }
}
