//! What oEmbed tells of a page, in JSON. Of what it offers to be put into ours, the HTML, nothing is ever used.

use model::limits::{EMBED_NAME_MAX, EMBED_TITLE_MAX, EMBED_URL_BYTES};
use serde_json::{Map, Value};
use url::Url;

use super::text;

/// What is told, cleaned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) provider: Option<String>,
    pub(super) image: Option<Url>,
}

/// Reads an answer that came from this address; nothing when it is none.
pub(super) fn read(json: &[u8], at: &Url) -> Option<Told> {
    let answer: Map<String, Value> = serde_json::from_slice(json).ok()?;
    let of = |name: &str, most| text::clean(answer.get(name)?.as_str()?, most);
    let address = |name: &str| {
        let url = at.join(answer.get(name)?.as_str()?).ok()?;
        (matches!(url.scheme(), "http" | "https") && url.as_str().len() <= EMBED_URL_BYTES).then_some(url)
    };
    let is_photo = answer.get("type").is_some_and(|kind| kind == "photo");
    Some(Told {
        title: of("title", EMBED_TITLE_MAX),
        author: of("author_name", EMBED_NAME_MAX),
        provider: of("provider_name", EMBED_NAME_MAX),
        image: address("thumbnail_url").or_else(|| address("url").filter(|_| is_photo)),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn told(json: &str) -> Option<Told> {
        read(json.as_bytes(), &Url::parse("https://a.example/oembed").unwrap())
    }

    #[test]
    fn an_answer_is_read() {
        let answer = told(
            r#"{"version":"1.0","type":"video","title":"A \u202ewide\u0000 one","author_name":"Ada","author_url":"x",
               "provider_name":"Site","thumbnail_url":"https://i.example/t.jpg","html":"<iframe src=x>","width":480}"#,
        );
        let expected = Told {
            title: Some("A wide one".to_owned()),
            author: Some("Ada".to_owned()),
            provider: Some("Site".to_owned()),
            image: Url::parse("https://i.example/t.jpg").ok(),
        };
        assert_eq!(answer, Some(expected));
        let photo = told(r#"{"type":"photo","url":"/p.png"}"#).unwrap();
        assert_eq!(photo.image, Url::parse("https://a.example/p.png").ok());
    }

    #[test]
    fn what_is_no_answer_is_none_and_wrong_fields_are_not_there() {
        for json in ["", "null", "[]", "\"x\"", "{", "<oembed/>"] {
            assert_eq!(told(json), None, "{json}");
        }
        for json in [
            r#"{"title":1,"author_name":{},"thumbnail_url":["x"],"provider_name":null}"#,
            r#"{"thumbnail_url":"javascript:alert(1)","type":"photo","url":"data:,x","title":" "}"#,
            r#"{"type":"video","url":"https://a.example/p.png","html":"<b>title</b>"}"#,
        ] {
            assert_eq!(told(json), Some(Told::default()), "{json}");
        }
        let deep = format!(r#"{{"title":{}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(told(&deep), None);
    }
}
