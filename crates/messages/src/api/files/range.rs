//! Parts of a file that are asked for (RFC 9110, 14).

use http::{HeaderMap, header};

/// What of a file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// So many bytes from there on; at least one.
    Part { start: u64, length: u64 },
    /// Nothing that there is.
    Nowhere,
}

/// What the headers ask for of a file with this tag and size. One range is understood; of several, all is answered, as of
/// what is not understood.
pub(super) fn wanted(headers: &HeaderMap, tag: &str, size: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(range) = text(header::RANGE) else {
        return Wanted::Whole;
    };
    // The client has the beginning of another version.
    if headers.contains_key(header::IF_RANGE) && text(header::IF_RANGE) != Some(tag) {
        return Wanted::Whole;
    }
    let spec = range
        .split_once('=')
        .filter(|(unit, _)| unit.trim().eq_ignore_ascii_case("bytes"))
        .and_then(|(_, spec)| spec.trim().split_once('-'));
    let Some((first, last)) = spec else {
        return Wanted::Whole;
    };
    let number = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse::<u64>().ok())
    };
    let (start, end) = match (first.trim(), last.trim()) {
        ("", last) => match number(last).flatten() {
            Some(0) => return Wanted::Nowhere,
            Some(count) => (size.saturating_sub(count), size),
            None => return Wanted::Whole,
        },
        (first, "") => match number(first).flatten() {
            Some(start) => (start, size),
            None => return Wanted::Whole,
        },
        (first, last) => match (number(first).flatten(), number(last).flatten()) {
            (Some(start), Some(last)) if start <= last => (start, last.saturating_add(1).min(size)),
            _ => return Wanted::Whole,
        },
    };
    if start >= size {
        return Wanted::Nowhere;
    }
    Wanted::Part {
        start,
        length: end - start,
    }
}

/// Whether the client has this version already.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|known| known.trim().trim_start_matches("W/"))
        .any(|known| known == tag || known == "*")
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asking(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(header::HeaderName, &'static str)| (name.clone(), HeaderValue::from_static(value));
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn one_range_is_understood() {
        let part = |start, length| Wanted::Part { start, length };
        for (range, expected) in [
            ("bytes=0-0", part(0, 1)),
            ("bytes=0-99", part(0, 100)),
            ("Bytes = 10-19", part(10, 10)),
            ("bytes=90-", part(90, 10)),
            ("bytes=90-1000", part(90, 10)),
            ("bytes=-10", part(90, 10)),
            ("bytes=-1000", part(0, 100)),
            ("bytes=99-99", part(99, 1)),
            ("bytes=100-", Wanted::Nowhere),
            ("bytes=100-200", Wanted::Nowhere),
            ("bytes=-0", Wanted::Nowhere),
            ("bytes=20-10", Wanted::Whole),
            ("bytes=0-1,5-6", Wanted::Whole),
            ("bytes=a-b", Wanted::Whole),
            ("bytes=-", Wanted::Whole),
            ("bytes=+1-2", Wanted::Whole),
            ("bytes=99999999999999999999-", Wanted::Whole),
            ("lines=1-2", Wanted::Whole),
            ("bytes", Wanted::Whole),
        ] {
            assert_eq!(
                wanted(&asking(&[(header::RANGE, range)]), "\"a\"", 100),
                expected,
                "{range}"
            );
        }
        assert_eq!(wanted(&HeaderMap::new(), "\"a\"", 100), Wanted::Whole);
        assert_eq!(
            wanted(&asking(&[(header::RANGE, "bytes=0-")]), "\"a\"", 0),
            Wanted::Nowhere
        );
    }

    #[test]
    fn a_range_of_another_version_is_none() {
        for (tag, expected) in [
            ("\"a\"", Wanted::Part { start: 0, length: 2 }),
            ("\"b\"", Wanted::Whole),
            ("W/\"a\"", Wanted::Whole),
            ("Wed, 25 Nov 2026 19:40:00 GMT", Wanted::Whole),
        ] {
            let headers = asking(&[(header::RANGE, "bytes=0-1"), (header::IF_RANGE, tag)]);
            assert_eq!(wanted(&headers, "\"a\"", 100), expected, "{tag}");
        }
    }

    #[test]
    fn versions_that_a_client_has_are_known() {
        for (given, known) in [
            ("\"a\"", true),
            ("\"b\", \"a\"", true),
            ("W/\"a\"", true),
            ("*", true),
            ("\"b\"", false),
        ] {
            assert_eq!(
                is_known(&asking(&[(header::IF_NONE_MATCH, given)]), "\"a\""),
                known,
                "{given}"
            );
        }
        assert!(!is_known(&HeaderMap::new(), "\"a\""));
    }
}
