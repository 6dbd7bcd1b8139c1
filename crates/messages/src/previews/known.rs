//! Links that are known by what they look like: what plays them, and who can tell of them. Nobody is asked for that.

use url::{Url, form_urlencoded};

use super::embed::{EmbedKind, Player, PlayerKind};

/// What a link is known to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) kind: EmbedKind,
    pub(super) provider: &'static str,
    pub(super) player: Player,
    /// Where to ask for its title and its picture, in oEmbed.
    pub(super) told_at: Url,
}

/// What the link is, if it is known.
pub(super) fn known(link: &Url) -> Option<Known> {
    let host = link.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    match host {
        "youtube.com" | "m.youtube.com" | "music.youtube.com" | "youtu.be" | "youtube-nocookie.com" => {
            youtube(link, host)
        }
        "open.spotify.com" => spotify(link),
        "twitter.com" | "mobile.twitter.com" | "x.com" | "mobile.x.com" => twitter(link),
        _ => None,
    }
}

fn segments(link: &Url) -> Vec<&str> {
    link.path_segments()
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect()
}

/// Where to ask: `at` with the page as an argument.
fn told_at(at: &str, page: &str) -> Option<Url> {
    let page: String = form_urlencoded::byte_serialize(page.as_bytes()).collect();
    Url::parse(&format!("{at}{page}")).ok()
}

fn youtube(link: &Url, host: &str) -> Option<Known> {
    let argument = |name: &str| {
        link.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let (id, is_upright) = match (host, segments(link).as_slice()) {
        ("youtu.be", [id]) => ((*id).to_owned(), false),
        ("youtu.be", _) => return None,
        (_, ["watch"]) => (argument("v")?, false),
        (_, ["shorts", id]) => ((*id).to_owned(), true),
        (_, ["live" | "embed" | "v", id]) => ((*id).to_owned(), false),
        _ => return None,
    };
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
    if id.len() != 11 || !id.bytes().all(plain) {
        return None;
    }
    let start = argument("t")
        .or_else(|| argument("start"))
        .and_then(|time| seconds(&time));
    let start = start.map(|seconds| format!("?start={seconds}")).unwrap_or_default();
    let (width, height) = if is_upright { (9, 16) } else { (16, 9) };
    Some(Known {
        kind: EmbedKind::Video,
        provider: "YouTube",
        told_at: told_at(
            "https://www.youtube.com/oembed?format=json&url=",
            &format!("https://www.youtube.com/watch?v={id}"),
        )?,
        player: Player {
            kind: PlayerKind::Youtube,
            url: format!("https://www.youtube-nocookie.com/embed/{id}{start}"),
            id,
            width,
            height,
        },
    })
}

/// `90`, `90s`, `1m30s`, `1h2m3s`.
fn seconds(time: &str) -> Option<u32> {
    let (mut total, mut number) = (0_u32, String::new());
    for letter in time.chars() {
        let factor = match letter {
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            digit => {
                number.push(digit);
                continue;
            }
        };
        total = total.checked_add(std::mem::take(&mut number).parse::<u32>().ok()?.checked_mul(factor)?)?;
    }
    if !number.is_empty() {
        total = total.checked_add(number.parse().ok()?)?;
    }
    (total > 0).then_some(total)
}

fn spotify(link: &Url) -> Option<Known> {
    let segments = segments(link);
    // `/intl-fr/track/…` is the same.
    let segments = match segments.as_slice() {
        [language, rest @ ..] if language.starts_with("intl-") => rest,
        all => all,
    };
    let [
        kind @ ("track" | "album" | "playlist" | "artist" | "episode" | "show"),
        id,
    ] = segments
    else {
        return None;
    };
    if id.len() != 22 || !id.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
        return None;
    }
    let id = format!("{kind}/{id}");
    let height = if matches!(*kind, "track" | "episode") { 152 } else { 352 };
    Some(Known {
        kind: EmbedKind::Rich,
        provider: "Spotify",
        told_at: told_at(
            "https://open.spotify.com/oembed?url=",
            &format!("https://open.spotify.com/{id}"),
        )?,
        player: Player {
            kind: PlayerKind::Spotify,
            url: format!("https://open.spotify.com/embed/{id}"),
            id,
            width: 440,
            height,
        },
    })
}

fn twitter(link: &Url) -> Option<Known> {
    let segments = segments(link);
    let ([name, "status" | "statuses", id] | [name, "status" | "statuses", id, "photo" | "video", _]) =
        segments.as_slice()
    else {
        return None;
    };
    let plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    let is_name = (1..=15).contains(&name.len()) && name.bytes().all(plain);
    if !is_name || !(1..=20).contains(&id.len()) || !id.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(Known {
        kind: EmbedKind::Rich,
        provider: "X",
        told_at: told_at(
            "https://publish.twitter.com/oembed?omit_script=true&dnt=true&url=",
            &format!("https://twitter.com/{name}/status/{id}"),
        )?,
        player: Player {
            kind: PlayerKind::Twitter,
            url: format!("https://platform.twitter.com/embed/Tweet.html?dnt=true&id={id}"),
            id: (*id).to_owned(),
            width: 440,
            height: 480,
        },
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    fn player(link: &str) -> Option<(PlayerKind, String, String)> {
        let Player { kind, id, url, .. } = known(&Url::parse(link).unwrap())?.player;
        Some((kind, id, url))
    }

    #[test]
    fn videos_of_youtube_are_known() {
        let id = "dQw4w9WgXcQ";
        let embed = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ";
        for (link, start) in [
            ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", ""),
            ("http://youtube.com/watch?feature=x&v=dQw4w9WgXcQ&t=42s", "?start=42"),
            ("https://m.youtube.com/watch?v=dQw4w9WgXcQ&t=1m30", "?start=90"),
            (
                "https://music.youtube.com/watch?v=dQw4w9WgXcQ&start=1h2m3s",
                "?start=3723",
            ),
            ("https://youtu.be/dQw4w9WgXcQ?si=tracking&t=7", "?start=7"),
            ("https://youtu.be/dQw4w9WgXcQ?t=99999999999h", ""),
            ("https://www.youtube.com/shorts/dQw4w9WgXcQ", ""),
            ("https://www.youtube.com/live/dQw4w9WgXcQ?x", ""),
            ("https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ", ""),
        ] {
            let expected = (PlayerKind::Youtube, id.to_owned(), format!("{embed}{start}"));
            assert_eq!(player(link), Some(expected), "{link}");
        }
        let told_at = known(&Url::parse("https://youtu.be/dQw4w9WgXcQ?si=tracking").unwrap())
            .unwrap()
            .told_at;
        let expected =
            "https://www.youtube.com/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3DdQw4w9WgXcQ";
        assert_eq!(told_at.as_str(), expected);
    }

    #[test]
    fn spotify_and_twitter_are_known() {
        let track = (
            PlayerKind::Spotify,
            "track/4uLU6hMCjMI75M1A2tKUQC".to_owned(),
            "https://open.spotify.com/embed/track/4uLU6hMCjMI75M1A2tKUQC".to_owned(),
        );
        for link in [
            "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC?si=x",
            "https://open.spotify.com/intl-fr/track/4uLU6hMCjMI75M1A2tKUQC",
        ] {
            assert_eq!(player(link), Some(track.clone()), "{link}");
        }
        assert!(player("https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M").is_some());
        let tweet = (
            PlayerKind::Twitter,
            "20".to_owned(),
            "https://platform.twitter.com/embed/Tweet.html?dnt=true&id=20".to_owned(),
        );
        for link in [
            "https://twitter.com/jack/status/20",
            "https://x.com/jack/status/20?s=21",
            "https://mobile.twitter.com/jack/statuses/20/photo/1",
        ] {
            assert_eq!(player(link), Some(tweet.clone()), "{link}");
        }
    }

    #[test]
    fn what_only_looks_like_them_is_not() {
        for link in [
            "https://youtube.com.evil.example/watch?v=dQw4w9WgXcQ",
            "https://evil.example/https://youtu.be/dQw4w9WgXcQ",
            "https://notyoutube.com/watch?v=dQw4w9WgXcQ",
            "https://www.youtube.com/watch?v=short",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ%22onload",
            "https://www.youtube.com/watch?v=../../evil1",
            "https://www.youtube.com/@channel",
            "https://www.youtube.com/",
            "https://youtu.be/",
            "https://youtu.be/a/dQw4w9WgXcQ",
            "https://open.spotify.com/track/../../evil",
            "https://open.spotify.com/user/4uLU6hMCjMI75M1A2tKUQC",
            "https://twitter.com/jack",
            "https://twitter.com/jack/status/20x",
            "https://twitter.com/jack/status/20/likes/1",
            "https://twitter.com/j%20k/status/20",
            "https://x.com/i/lists/20",
        ] {
            assert_eq!(player(link), None, "{link}");
        }
    }
}
