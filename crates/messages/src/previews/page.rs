//! What a page says of itself: `OpenGraph`, Twitter cards, its title and its description, and where oEmbed tells more.
//! Pure work on a string, of which only the head is read.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use model::limits::{EMBED_DESCRIPTION_MAX, EMBED_NAME_MAX, EMBED_TITLE_MAX, EMBED_URL_BYTES};
use url::Url;

use super::text;

/// What a page says, cleaned; addresses are absolute.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) provider: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) author: Option<String>,
    pub(super) color: Option<String>,
    pub(super) image: Option<Url>,
    /// Where oEmbed tells more of it.
    pub(super) told_at: Option<Url>,
}

/// The names of what is looked for: the first that a page has counts.
const TITLE: [&str; 2] = ["og:title", "twitter:title"];
const DESCRIPTION: [&str; 3] = ["og:description", "twitter:description", "description"];
const PROVIDER: [&str; 2] = ["og:site_name", "application-name"];
const AUTHOR: [&str; 3] = ["author", "article:author", "twitter:creator"];
const IMAGE: [&str; 5] = [
    "og:image:secure_url",
    "og:image:url",
    "og:image",
    "twitter:image",
    "twitter:image:src",
];
const COLOR: [&str; 1] = ["theme-color"];

/// Reads a page that is at this address.
pub(super) fn read(html: &str, at: &Url) -> Page {
    let head = Head::of(html);
    let first = |names: &[&str], most| names.iter().find_map(|name| text::clean(head.meta(name)?, most));
    let address = |text: &str| {
        let url = at.join(text.trim()).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.as_str().len() <= EMBED_URL_BYTES).then_some(url)
    };
    Page {
        provider: first(&PROVIDER, EMBED_NAME_MAX),
        title: first(&TITLE, EMBED_TITLE_MAX).or_else(|| text::clean(&head.title, EMBED_TITLE_MAX)),
        description: first(&DESCRIPTION, EMBED_DESCRIPTION_MAX),
        // Some pages name the author by an address.
        author: first(&AUTHOR, EMBED_NAME_MAX).filter(|author| !author.contains("://")),
        color: COLOR.iter().find_map(|name| text::color(head.meta(name)?)),
        image: IMAGE.iter().find_map(|name| address(head.meta(name)?)),
        told_at: head.told_at.as_deref().and_then(address),
    }
}

/// What stands in the head of a page.
#[derive(Default)]
struct Head {
    title: String,
    metas: Vec<(String, String)>,
    told_at: Option<String>,
}

/// Names that are kept; a page may have thousands.
const METAS: usize = 200;

impl Head {
    fn of(html: &str) -> Self {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(true);
        let (mut head, mut in_title) = (Self::default(), false);
        for token in Tokenizer::new_with_emitter(html, emitter) {
            let Ok(token) = token;
            match token {
                Token::StartTag(tag) => match &**tag.name {
                    b"title" if head.title.is_empty() => in_title = true,
                    b"meta" => head.add_meta(&tag),
                    b"link" => head.add_link(&tag),
                    b"body" => break,
                    _ => {}
                },
                Token::EndTag(tag) => match &**tag.name {
                    b"title" => in_title = false,
                    b"head" => break,
                    _ => {}
                },
                Token::String(string) if in_title => head.title.push_str(&String::from_utf8_lossy(&string)),
                _ => {}
            }
        }
        head
    }

    fn meta(&self, name: &str) -> Option<&str> {
        let found = self.metas.iter().find(|(known, _)| known == name);
        found.map(|(_, content)| content.as_str())
    }

    fn add_meta(&mut self, tag: &StartTag<()>) {
        let name = attribute(tag, b"property").or_else(|| attribute(tag, b"name"));
        if let Some((name, content)) = name.zip(attribute(tag, b"content"))
            && self.metas.len() < METAS
            && !content.trim().is_empty()
        {
            self.metas.push((name.trim().to_ascii_lowercase(), content));
        }
    }

    fn add_link(&mut self, tag: &StartTag<()>) {
        let is = |name: &[u8], value: &str| {
            attribute(tag, name).is_some_and(|has| {
                has.split_ascii_whitespace()
                    .any(|part| part.eq_ignore_ascii_case(value))
            })
        };
        if self.told_at.is_none() && is(b"rel", "alternate") && is(b"type", "application/json+oembed") {
            self.told_at = attribute(tag, b"href");
        }
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    let value = tag.attributes.get(name)?;
    Some(String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn page(html: &str) -> Page {
        read(html, &Url::parse("https://a.example/dir/page").unwrap())
    }

    #[test]
    fn opengraph_comes_before_the_rest() {
        let page = page(
            r##"<!doctype html><html prefix="og: https://ogp.me/ns#"><head>
            <TITLE>The &amp; title</TITLE>
            <meta name="description" content="plain">
            <meta name="twitter:title" content="of the card">
            <meta property="og:title" content="A &quot;title&quot; &#x26; more">
            <META CONTENT='About
              it' PROPERTY='og:description'/>
            <meta property=og:site_name content=Site>
            <meta property="og:image" content="/cat.png?a=1&amp;b=2">
            <meta property="og:image" content="/second.png">
            <meta name="theme-color" content="#F80">
            <meta name="author" content="Ada">
            <link rel="alternate" type="application/json+oembed" href="https://a.example/oembed?url=x&amp;format=json">
            <link rel="alternate" type="text/xml+oembed" href="https://a.example/xml">
            </head><body><meta property="og:title" content="too late"></body>"##,
        );
        let expected = Page {
            provider: Some("Site".to_owned()),
            title: Some("A \"title\" & more".to_owned()),
            description: Some("About it".to_owned()),
            author: Some("Ada".to_owned()),
            color: Some("#ff8800".to_owned()),
            image: Url::parse("https://a.example/cat.png?a=1&b=2").ok(),
            told_at: Url::parse("https://a.example/oembed?url=x&format=json").ok(),
        };
        assert_eq!(page, expected);
    }

    #[test]
    fn a_page_without_any_has_its_title_and_its_description() {
        let plain = page("<title> A\n page </title><meta name=Description content='About it'>");
        assert_eq!(
            (plain.title, plain.description),
            (Some("A page".to_owned()), Some("About it".to_owned()))
        );
        let card = page(
            "<meta name='twitter:title' content='Card'><meta name='twitter:description' content='D'>
             <meta name='twitter:image' content='i.png'><title>T</title>",
        );
        assert_eq!(
            (card.title, card.description),
            (Some("Card".to_owned()), Some("D".to_owned()))
        );
        assert_eq!(card.image, Url::parse("https://a.example/dir/i.png").ok());
        assert_eq!(page("just text"), Page::default());
        assert_eq!(page(""), Page::default());
    }

    #[test]
    fn what_is_no_head_is_not_read() {
        for html in [
            "<script>var x = '<title>T</title><meta property=\"og:title\" content=x>'</script>",
            "<style><title>T</title></style>",
            "<!-- <title>T</title> -->",
            "<body><title>T</title>",
            "</head><title>T</title>",
            "<meta property='og:title'><meta content='x'><meta property='og:title' content=' '>",
            "<textarea><title>T</title></textarea>",
        ] {
            assert_eq!(page(html).title, None, "{html}");
        }
        for hostile in [
            "javascript:alert(1)",
            "data:image/png;base64,x",
            "file:///etc/passwd",
            "http://[",
        ] {
            let html = format!("<meta property='og:image' content='{hostile}'>");
            assert_eq!(page(&html).image, None, "{hostile}");
        }
        assert_eq!(page("<meta name=author content='https://a.example/ada'>").author, None);
        assert_eq!(
            page("<title>a<b>\u{202e}c").title,
            Some("a<b>c".to_owned()),
            "markup is text, and text is text"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_page_is_read(html in "(<|>|</|meta|title|head|body|link|script| property=|content='|og:title|'|\"|&amp;|x| ){0,80}") {
            page(&html);
        }
    }
}
