//! The links of a text that may have previews: those that a reader sees as links, wherever the author has not said
//! otherwise. `<https://…>` asks for none; what is hidden in a spoiler is not shown in a preview, either; code is no link.

use std::ops::Range;

use model::limits::{EMBED_URL_BYTES, EMBEDS_PER_MESSAGE};
use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};
use url::Url;

/// What bare links begin with.
const BEGINNINGS: [&str; 3] = ["https://", "http://", "www."];

/// The links to preview, each once, in their order.
pub(crate) fn links(text: &str) -> Vec<Url> {
    // Most texts have none.
    if !text.contains("//") && !text.contains("www.") && !text.contains("WWW.") {
        return Vec::new();
    }
    let mut links: Vec<Url> = Vec::new();
    for link in Finder::new(text).find().into_iter().filter_map(|link| parse(&link)) {
        if !links
            .iter()
            .any(|known| without_fragment(known) == without_fragment(&link))
        {
            links.push(link);
        }
    }
    links.truncate(EMBEDS_PER_MESSAGE);
    links
}

/// What is fetched for a link.
pub(crate) fn without_fragment(link: &Url) -> Url {
    let mut page = link.clone();
    page.set_fragment(None);
    page
}

fn parse(address: &str) -> Option<Url> {
    let begins_with = |beginning: &str| {
        address
            .get(..beginning.len())
            .is_some_and(|it| it.eq_ignore_ascii_case(beginning))
    };
    let url = if begins_with("www.") {
        Url::parse(&format!("https://{address}"))
    } else {
        Url::parse(address)
    };
    let url = url.ok()?;
    let is_of_the_web = matches!(url.scheme(), "http" | "https") && url.has_host();
    let is_plain = url.username().is_empty() && url.password().is_none() && url.as_str().len() <= EMBED_URL_BYTES;
    (is_of_the_web && is_plain).then_some(url)
}

/// A link, where it stands in its block.
struct Found {
    at: Range<usize>,
    address: String,
}

struct Finder<'a> {
    text: &'a str,
    links: Vec<String>,
    /// Of the block that is being read.
    block: Vec<Found>,
    /// Where two bars stand in it.
    bars: Vec<usize>,
    /// Up to where bare links have been taken.
    taken: usize,
    in_code: bool,
    in_link: usize,
}

impl<'a> Finder<'a> {
    const fn new(text: &'a str) -> Self {
        Self {
            text,
            links: Vec::new(),
            block: Vec::new(),
            bars: Vec::new(),
            taken: 0,
            in_code: false,
            in_link: 0,
        }
    }

    fn find(mut self) -> Vec<String> {
        for (event, at) in Parser::new(self.text).into_offset_iter() {
            match event {
                Event::Start(
                    Tag::Link {
                        link_type, dest_url, ..
                    }
                    | Tag::Image {
                        link_type, dest_url, ..
                    },
                ) => {
                    self.named(link_type, &dest_url, at);
                }
                Event::End(TagEnd::Link | TagEnd::Image) => self.in_link = self.in_link.saturating_sub(1),
                Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
                Event::End(TagEnd::CodeBlock) => self.in_code = false,
                Event::Text(_) if !self.in_code => self.bare(at),
                // Emphasis and the like go on within a block.
                Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough)
                | Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {}
                Event::Start(_) | Event::End(_) => self.end_block(),
                _ => {}
            }
        }
        self.end_block();
        self.links
    }

    /// Of a block, the links that no spoiler may hide: those with two bars before and after them may be within one.
    fn end_block(&mut self) {
        let bars = std::mem::take(&mut self.bars);
        for link in std::mem::take(&mut self.block) {
            let before = bars.iter().any(|bar| *bar < link.at.start);
            let after = bars.iter().any(|bar| *bar >= link.at.end);
            if !(before && after) {
                self.links.push(link.address);
            }
        }
    }

    fn named(&mut self, kind: LinkType, address: &str, at: Range<usize>) {
        self.in_link += 1;
        let unwanted = match kind {
            LinkType::Autolink | LinkType::Email => true,
            // `[text](<https://…>)`
            LinkType::Inline => self.text[at.clone()].trim_end_matches(')').trim_end().ends_with('>'),
            _ => false,
        };
        if !unwanted && self.in_link == 1 {
            self.block.push(Found {
                at,
                address: address.to_owned(),
            });
        }
    }

    fn bare(&mut self, at: Range<usize>) {
        let part = &self.text[at.clone()];
        self.bars
            .extend(part.match_indices("||").map(|(bar, _)| at.start + bar));
        if self.in_link > 0 {
            return;
        }
        let mut from = at.start.max(self.taken);
        while let Some(begin) = self.next_bare(from, at.end) {
            let address = bare_address(&self.text[begin..]);
            let end = begin + address.len();
            self.block.push(Found {
                at: begin..end,
                address: address.to_owned(),
            });
            from = end;
            self.taken = end;
        }
    }

    /// Where the next bare link begins.
    fn next_bare(&self, from: usize, to: usize) -> Option<usize> {
        let places = self.text.get(from..to)?.char_indices().map(|(at, _)| from + at);
        places.into_iter().find(|at| {
            let rest = &self.text.as_bytes()[*at..];
            let begins = BEGINNINGS.iter().any(|beginning| {
                rest.len() > beginning.len() && rest[..beginning.len()].eq_ignore_ascii_case(beginning.as_bytes())
            });
            let before = self.text[..*at].chars().next_back();
            begins && before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '/' | '<' | '@'))
        })
    }
}

/// As much of a text as belongs to the link that it begins with: what punctuates the sentence does not.
fn bare_address(text: &str) -> &str {
    let end = text.find(|letter: char| letter.is_whitespace() || letter.is_control() || matches!(letter, '<' | '`'));
    let mut address = &text[..end.unwrap_or(text.len())];
    address = address.split("||").next().unwrap_or_default();
    loop {
        let shorter = address.trim_end_matches(['?', '!', '.', ',', ':', ';', '*', '_', '~', '\'', '"', '|', ']', '}']);
        let opened = shorter.matches('(').count();
        let shorter = match shorter.strip_suffix(')') {
            Some(rest) if shorter.matches(')').count() > opened => rest,
            _ => shorter,
        };
        if shorter.len() == address.len() {
            return address;
        }
        address = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        links(text).into_iter().map(String::from).collect()
    }

    #[test]
    fn links_are_found_as_readers_see_them() {
        for (text, expected) in [
            ("https://a.example", vec!["https://a.example/"]),
            ("see HTTPS://A.example/B?c=d&e#f.", vec!["https://a.example/B?c=d&e#f"]),
            ("www.a.example/x", vec!["https://www.a.example/x"]),
            ("(https://a.example/x_(y))", vec!["https://a.example/x_(y)"]),
            (
                "*https://a.example/x*, **https://b.example**",
                vec!["https://a.example/x", "https://b.example/"],
            ),
            ("https://a.example/a_b_c*d*e", vec!["https://a.example/a_b_c*d*e"]),
            ("[text](https://a.example)", vec!["https://a.example/"]),
            ("[https://seen.example](https://a.example)", vec!["https://a.example/"]),
            ("[text][1]\n\n[1]: https://a.example", vec!["https://a.example/"]),
            ("![cat](https://a.example/cat.png)", vec!["https://a.example/cat.png"]),
            (
                "> https://a.example\n\n- https://b.example",
                vec!["https://a.example/", "https://b.example/"],
            ),
            (
                "https://a.example https://a.example/#x https://a.example/",
                vec!["https://a.example/"],
            ),
            ("https://b\u{fc}cher.example", vec!["https://xn--bcher-kva.example/"]),
            (
                "https://web.example/https://a.example/x",
                vec!["https://web.example/https://a.example/x"],
            ),
            (
                "\u{e9}t\u{e9} \u{1f600}https://a.example\u{a0}x",
                vec!["https://a.example/"],
            ),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_link_or_wants_no_preview_has_none() {
        for text in [
            "",
            "no link // here",
            "<https://a.example>",
            "[text](<https://a.example>)",
            "`https://a.example`",
            "```\nhttps://a.example\n```",
            "    https://a.example",
            "https://",
            "https:// x",
            "xhttps://a.example",
            "ftp://a.example mailto:a@b.example //a.example",
            "[x](javascript:alert(1)) [y](/relative) [z](data:text/html,x)",
            "https://user:password@a.example https://user@a.example",
            "a@www.a.example",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
        assert!(found(&format!("https://a.example/{}", "x".repeat(3_000))).is_empty());
    }

    #[test]
    fn what_a_spoiler_hides_has_no_preview() {
        for text in [
            "||https://a.example||",
            "|| see https://a.example there ||",
            "||*https://a.example*||",
            "||[x](https://a.example)||",
            "a || b || https://a.example || c ||",
            "||\nhttps://a.example\n||",
        ] {
            assert!(found(text).is_empty(), "{text}: {:?}", found(text));
        }
        for text in [
            "https://a.example ||secret||",
            "||secret|| https://a.example",
            "a || https://a.example",
            "a ||\n\nhttps://a.example\n\nb ||",
            "`||` https://a.example `||`",
        ] {
            assert_eq!(found(text), ["https://a.example/"], "{text}");
        }
    }

    #[test]
    fn of_many_links_the_first_count() {
        let text: Vec<String> = (0..9).map(|number| format!("https://a.example/{number}")).collect();
        let expected: Vec<String> = text[..5].to_vec();
        assert_eq!(found(&text.join(" ")), expected);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(text in "([<>()\\[\\]|`*_!:/.,#?& \n\u{e9}\u{1f600}]|https://|www\\.|a|\\.example){0,60}") {
            for link in links(&text) {
                assert!(matches!(link.scheme(), "http" | "https"));
            }
        }
    }
}
