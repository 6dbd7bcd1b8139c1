//! What a file is, by its content; whatever its name or its sender says does not count.

/// What is known of nothing.
const UNKNOWN: &str = "application/octet-stream";

/// The type by the first bytes of the file.
pub(super) fn content_type(head: &[u8]) -> &'static str {
    match infer::get(head).map(|kind| kind.mime_type()) {
        Some("audio/x-wav") => "audio/wav",
        Some("audio/x-flac") => "audio/flac",
        Some("audio/m4a") => "audio/mp4",
        // Anything of them may be shown by a browser as a page of ours.
        Some("text/html" | "text/xml" | "application/xml" | "image/svg+xml") => UNKNOWN,
        Some(known) if known.starts_with("text/") => UNKNOWN,
        Some(known) => known,
        None if is_text(head) => "text/plain",
        None => UNKNOWN,
    }
}

/// Whether it is plain text in UTF-8, and nothing that begins like a page or a drawing.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character is cut off.
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    let text = text.trim_start_matches('\u{feff}');
    let printable =
        |character: char| !character.is_control() || matches!(character, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}');
    !text.is_empty() && !text.trim_start().starts_with('<') && text.chars().all(printable)
}

/// Width and height of an AVIF, from its boxes `ispe`: the largest counts, others are of parts and thumbnails.
pub(super) fn avif_dimensions(head: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    let boxes = head.windows(4).enumerate().filter(|(_, name)| *name == b"ispe");
    boxes
        .filter_map(|(at, _)| Some((number(at + 8)?, number(at + 12)?)))
        .filter(|(width, height)| (1..=65_536).contains(width) && (1..=65_536).contains(height))
        .max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_says_what_a_file_is() {
        for (head, kind) in [
            (&b"\x89PNG\r\n\x1a\n0000"[..], "image/png"),
            (b"GIF89a", "image/gif"),
            (b"%PDF-1.7", "application/pdf"),
            (b"PK\x03\x04", "application/zip"),
            (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"),
            (b"fLaC\0\0\0\0", "audio/flac"),
            (b"Hello, world\n", "text/plain"),
            ("Été — ça va ? 👋".as_bytes(), "text/plain"),
            (&"é".as_bytes()[..1], UNKNOWN),
            (&"aé".as_bytes()[..2], "text/plain"),
            (b"{\"a\": 1}", "text/plain"),
            (b"#!/bin/sh\nrm -rf /", UNKNOWN),
            (b"<!doctype html><script>alert(1)</script>", UNKNOWN),
            (
                b"  \n<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
                UNKNOWN,
            ),
            (b"<?xml version='1.0'?><svg/>", UNKNOWN),
            ("\u{feff}<html>".as_bytes(), UNKNOWN),
            (b"a\0b", UNKNOWN),
            (b"", UNKNOWN),
        ] {
            assert_eq!(content_type(head), kind, "{:?}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn an_avif_says_how_large_it_is() {
        let mut head = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf....".to_vec();
        for (width, height) in [(160_u32, 90_u32), (1_920, 1_080)] {
            head.extend_from_slice(b"\0\0\0\x14ispe\0\0\0\0");
            head.extend_from_slice(&width.to_be_bytes());
            head.extend_from_slice(&height.to_be_bytes());
        }
        assert_eq!(content_type(&head), "image/avif");
        assert_eq!(avif_dimensions(&head), Some((1_920, 1_080)));
        assert_eq!(avif_dimensions(&head[..40]), None);
    }
}
