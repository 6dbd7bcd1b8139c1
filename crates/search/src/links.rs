//! Whether a text has a link, as clients show it.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Whether the text has a link: one in Markdown, or a bare address. What stands in code is none.
pub(crate) fn has_link(text: &str) -> bool {
    // Most texts have nothing that could be one.
    if !text.contains("://") && !text.contains("](") {
        return false;
    }
    let mut in_code = 0;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_code += 1,
            Event::End(TagEnd::CodeBlock) => in_code -= 1,
            Event::Start(Tag::Link { dest_url, .. }) if is_address(&dest_url) => return true,
            // Addresses may be cut into several texts, but none before its beginning has ended.
            Event::Text(part) if in_code == 0 && has_address(&part) => return true,
            _ => {}
        }
    }
    false
}

const SCHEMES: [&str; 2] = ["http://", "https://"];

fn is_address(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| url.starts_with(scheme))
}

/// Whether something follows the beginning of an address.
fn has_address(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| {
        let mut found = text.match_indices(scheme);
        found.any(|(at, _)| text[at + scheme.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '['))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_what_clients_show_as_links() {
        for text in [
            "https://beep.example",
            "see HTTP://x.example/a_b_c, there",
            "[here](https://beep.example)",
            "<https://beep.example>",
            "**https://beep.example**",
        ] {
            assert!(has_link(text), "{text}");
        }
        for text in [
            "",
            "plain",
            "`https://beep.example`",
            "```\nhttps://beep.example\n```",
            "https://",
            "mail://x",
            "[here](#there)",
        ] {
            assert!(!has_link(text), "{text}");
        }
    }
}
