//! Whether a text has a link to another site.
//!
//! It is read as warily as the Markdown of clients could turn it into a link: escapes and character references are
//! undone, case does not count. Whatever is not plainly an address of this Beep is another site's; mail is no site.

use url::{Position, Url};

/// The addresses of this Beep.
#[derive(Debug, Clone)]
pub(crate) struct OwnAddresses {
    /// Scheme, host and port, in lower case.
    origin: String,
    /// Host and port.
    authority: String,
}

impl OwnAddresses {
    /// Those below the public URL.
    pub(crate) fn new(public_url: &str) -> Self {
        let url = public_url.to_lowercase();
        let (scheme, rest) = url.split_once("://").unwrap_or(("https", &url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
        Self {
            origin: format!("{scheme}://{authority}"),
            authority,
        }
    }

    /// Whether an address is one of them, encrypted or not.
    pub(crate) fn has(&self, url: &Url) -> bool {
        url[Position::BeforeHost..Position::AfterPort] == self.authority
    }

    /// Whether the text has a link to anywhere else.
    pub(crate) fn leads_elsewhere(&self, text: &str) -> bool {
        let text = plain(text);
        let addresses = text.match_indices("http").filter(|(at, _)| {
            let rest = &text[at + "http".len()..];
            rest.starts_with(':') || rest.starts_with("s:")
        });
        let mut hosts = text.match_indices("www.").filter(|(at, _)| begins_here(&text[..*at]));
        addresses
            .into_iter()
            .any(|(at, _)| !is_below(&text[at..], &self.origin))
            || hosts.any(|(at, _)| !is_below(&text[at..], &self.authority))
    }
}

/// Whether a host that comes after `before` is not the rest of a longer one, nor of an address that has been looked at.
fn begins_here(before: &str) -> bool {
    !before.ends_with(|character: char| character.is_alphanumeric()) && !before.ends_with("//")
}

/// Whether an address is the base, or below it.
fn is_below(address: &str, base: &str) -> bool {
    let Some(rest) = address.strip_prefix(base) else {
        return false;
    };
    let ends =
        |rest: &str| rest.is_empty() || rest.starts_with(|next: char| next.is_whitespace() || "/?#)>]".contains(next));
    // A sentence may end with it.
    ends(rest)
        || rest
            .strip_prefix(['.', ','])
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// The text in lower case without escapes, character references and what addresses lose on the way.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (character, length) = reference(rest).unwrap_or((next, next.len_utf8()));
        rest = &rest[length..];
        // Line breaks end addresses of clients, but tabs and breaks inside of addresses are passed over by browsers.
        match character {
            '\\' => {}
            control if control.is_control() && control != '\n' => {}
            other => plain.extend(other.to_lowercase()),
        }
    }
    plain
}

/// The character reference at the beginning, as far as addresses could be made of such, and its length.
fn reference(text: &str) -> Option<(char, usize)> {
    let body = text.strip_prefix('&')?;
    let end = body.find(';').filter(|end| *end <= 10)?;
    let name = &body[..end];
    let character = match name {
        "colon" => ':',
        "period" => '.',
        "sol" => '/',
        "commat" => '@',
        "Tab" | "NewLine" => '\t',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            match char::from_u32(code)? {
                '\n' => '\t',
                other => other,
            }
        }
    };
    Some((character, end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_other_sites_are_found_however_they_are_written() {
        let own = OwnAddresses::new("https://Beep.example/");
        for text in [
            "https://evil.example",
            "see HTTPS://evil.example/x.",
            "http://beep.example/ is not ours",
            "[x](https://evil.example)",
            "[x](https:evil.example)",
            r"[x](https\://evil.example)",
            "[x](h&#116;tps://evil.example)",
            "[x](h&#x74;tps&colon;//evil.example)",
            "[x](<ht\ttps://evil.example>)",
            "[x](ht&Tab;tps://evil.example)",
            "[x](ht&#10;tps://evil.example)",
            "www.evil.example",
            "(www.evil.example)",
            "[x](www&period;evil.example)",
            "https://beep.example.evil.example",
            "https://beep.example@evil.example",
            r"https://beep.example\@evil.example",
            "https://beep.example:8443/",
            "https://beep.example,evil.example",
            "https://beep.example and https://evil.example",
        ] {
            assert!(own.leads_elsewhere(text), "{text}");
        }
    }

    #[test]
    fn own_addresses_are_known() {
        let own = OwnAddresses::new("https://Beep.example:8443/x");
        for (address, is_own) in [
            ("https://beep.example:8443/channels/1", true),
            ("http://beep.example:8443", true),
            ("https://beep.example/", false),
            ("https://beep.example.evil.example:8443/", false),
            ("https://evil.example/?https://beep.example:8443", false),
        ] {
            assert_eq!(Url::parse(address).is_ok_and(|url| own.has(&url)), is_own, "{address}");
        }
    }

    #[test]
    fn own_addresses_and_words_are_no_links_to_elsewhere() {
        let own = OwnAddresses::new("https://beep.example");
        for text in [
            "",
            "hello: world",
            "http is a protocol, https too",
            "https://beep.example",
            "look at https://beep.example/channels/1/2?x#y.",
            "https://beep.example. Or https://beep.example, perhaps",
            "[here](https://beep.example)",
            "<https://BEEP.example/x>",
            "write to ada@example.org, & so on; &#; &#x; &x",
            "awww.what",
            "one.two.three",
        ] {
            assert!(!own.leads_elsewhere(text), "{text}");
        }
        let local = OwnAddresses::new("http://www.beep.example:8080/path");
        assert!(!local.leads_elsewhere("http://www.beep.example:8080/x and www.beep.example:8080"));
        assert!(local.leads_elsewhere("http://www.beep.example/x"));
    }
}
