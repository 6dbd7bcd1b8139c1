//! What stands in a mail: in the language of whoever gets it, as plain text and as HTML that loads nothing from anywhere.

use model::Timestamp;

use crate::settings::Language;

/// A mail that can be sent.
#[derive(Debug)]
pub(super) struct Letter {
    pub(super) address: String,
    pub(super) subject: &'static str,
    pub(super) text: String,
    pub(super) html: String,
}

/// What a mail says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    ResetPassword,
    PasswordChanged,
    TotpOn,
    TotpOff,
    RecoveryCodesRenewed,
    ConfirmEmail,
    AddressInUse,
    EmailChangeBegun,
    EmailChanged,
    KeyAdded,
    SecondFactorRemoved,
    IdentityLinked,
    ProviderLinked,
    ProviderUnlinked,
    DeletionBegun,
    PasswordElsewhere,
}

macro_rules! both {
    ($language:expr, $name:literal) => {
        match $language {
            Language::English => include_str!(concat!("templates/en/", $name, ".txt")),
            Language::French => include_str!(concat!("templates/fr/", $name, ".txt")),
        }
    };
}

impl Template {
    const fn text(self, language: Language) -> &'static str {
        match self {
            Self::ResetPassword => both!(language, "reset_password"),
            Self::PasswordChanged => both!(language, "password_changed"),
            Self::TotpOn => both!(language, "totp_on"),
            Self::TotpOff => both!(language, "totp_off"),
            Self::RecoveryCodesRenewed => both!(language, "recovery_codes_renewed"),
            Self::ConfirmEmail => both!(language, "confirm_email"),
            Self::AddressInUse => both!(language, "address_in_use"),
            Self::EmailChangeBegun => both!(language, "email_change_begun"),
            Self::EmailChanged => both!(language, "email_changed"),
            Self::KeyAdded => both!(language, "key_added"),
            Self::SecondFactorRemoved => both!(language, "second_factor_removed"),
            Self::IdentityLinked => both!(language, "identity_linked"),
            Self::ProviderLinked => both!(language, "provider_linked"),
            Self::ProviderUnlinked => both!(language, "provider_unlinked"),
            Self::DeletionBegun => both!(language, "deletion_begun"),
            Self::PasswordElsewhere => both!(language, "password_elsewhere"),
        }
    }
}

/// What is put into a template.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words<'a> {
    pub(super) username: &'a str,
    /// Where Beep is.
    pub(super) url: &'a str,
    /// What to open; empty where there is nothing to open.
    pub(super) link: &'a str,
    /// The day on which something happens, in the language of the mail; empty where nothing does.
    pub(super) day: &'a str,
}

/// Writes a mail. The first line of a template is its subject; paragraphs are parted by empty lines.
pub(super) fn write(template: Template, language: Language, address: &str, words: Words<'_>) -> Letter {
    let (subject, body) = template.text(language).split_once('\n').unwrap_or_default();
    let paragraphs: Vec<&str> = body.trim().split("\n\n").collect();
    let text: Vec<String> = paragraphs.iter().map(|paragraph| fill(paragraph, words)).collect();
    let html: String = text
        .iter()
        .map(|paragraph| paragraph_in_html(paragraph, words.link))
        .collect();
    let tag = language.as_str();
    Letter {
        address: address.to_owned(),
        subject,
        text: format!("{}\n", text.join("\n\n")),
        html: format!(
            "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{html}</body></html>\n",
            escape(subject)
        ),
    }
}

/// The day of that time, as the language writes it; of the time zone of the prime meridian, as nobody's is known.
pub(super) fn day(language: Language, at: Timestamp) -> String {
    const ENGLISH: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const FRENCH: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let text = at.to_string();
    let parts: Vec<&str> = text.split(['-', 'T']).collect();
    let [year, month, day, ..] = parts[..] else { return text };
    let (months, first) = match language {
        Language::English => (ENGLISH, "1"),
        Language::French => (FRENCH, "1er"),
    };
    let month = month
        .parse::<usize>()
        .ok()
        .and_then(|month| months.get(month.checked_sub(1)?));
    let day = match day.trim_start_matches('0') {
        "1" => first,
        day => day,
    };
    match month {
        Some(month) => format!("{day} {month} {year}"),
        None => text,
    }
}

fn fill(text: &str, words: Words<'_>) -> String {
    // One after the other over the pieces, so that a word that looks like a place is not filled.
    let mut filled = String::with_capacity(text.len() + words.link.len());
    let mut rest = text;
    while let Some(at) = rest.find('{') {
        let (before, after) = rest.split_at(at);
        filled.push_str(before);
        let places = [
            ("{username}", words.username),
            ("{url}", words.url),
            ("{link}", words.link),
            ("{day}", words.day),
        ];
        if let Some((place, word)) = places.into_iter().find(|(place, _)| after.starts_with(place)) {
            filled.push_str(word);
            rest = &after[place.len()..];
        } else {
            filled.push('{');
            rest = &after[1..];
        }
    }
    filled + rest
}

fn paragraph_in_html(paragraph: &str, link: &str) -> String {
    let escaped = escape(paragraph);
    if paragraph == link && !link.is_empty() {
        format!("<p><a href=\"{escaped}\">{escaped}</a></p>\n")
    } else {
        format!("<p>{escaped}</p>\n")
    }
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, letter| {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Template; 16] = [
        Template::ResetPassword,
        Template::PasswordChanged,
        Template::TotpOn,
        Template::TotpOff,
        Template::RecoveryCodesRenewed,
        Template::ConfirmEmail,
        Template::AddressInUse,
        Template::EmailChangeBegun,
        Template::EmailChanged,
        Template::KeyAdded,
        Template::SecondFactorRemoved,
        Template::IdentityLinked,
        Template::ProviderLinked,
        Template::ProviderUnlinked,
        Template::DeletionBegun,
        Template::PasswordElsewhere,
    ];
    const WORDS: Words<'_> = Words {
        username: "ada",
        url: "https://beep.example",
        link: "https://beep.example/reset-password#token=a&b",
        day: "1 December 2026",
    };

    #[test]
    fn both_languages_say_the_same_in_their_own_words() {
        for template in ALL {
            let (english, french) = (template.text(Language::English), template.text(Language::French));
            assert_ne!(english, french, "{template:?}");
            for place in ["{username}", "{url}", "{link}", "{day}"] {
                let count = |text: &str| text.matches(place).count();
                assert_eq!(count(english), count(french), "{template:?} {place}");
            }
            for text in [english, french] {
                assert_eq!(
                    text.matches("\n\n").count(),
                    english.matches("\n\n").count(),
                    "{template:?}"
                );
                let subject = text.lines().next().unwrap_or_default();
                assert!(!subject.is_empty() && !subject.contains('{'), "{template:?}: {subject}");
                let links = text.contains("\n{link}\n");
                assert_eq!(
                    links,
                    [Template::ResetPassword, Template::ConfirmEmail].contains(&template)
                );
            }
        }
    }

    #[test]
    fn a_mail_has_its_words_and_no_place_is_left() {
        for template in ALL {
            for language in [Language::English, Language::French] {
                let letter = write(template, language, "a@b.co", WORDS);
                for part in [&letter.text, &letter.html] {
                    assert!(
                        !part.contains('{') && part.contains("ada") && part.contains(WORDS.url),
                        "{part}"
                    );
                }
                for foreign in ["<img", "<script", "<link", "src=", "style"] {
                    assert!(!letter.html.contains(foreign), "{}", letter.html);
                }
            }
        }
        let letter = write(Template::ResetPassword, Language::English, "a@b.co", WORDS);
        assert!(letter.text.contains(&format!("\n{}\n", WORDS.link)), "{}", letter.text);
        let anchor = "<a href=\"https://beep.example/reset-password#token=a&amp;b\">";
        assert!(letter.html.contains(anchor), "{}", letter.html);
    }

    #[test]
    fn days_are_written_as_the_language_does() {
        let day = |language, text: &str| text.parse().map(|at| day(language, at)).unwrap_or_default();
        assert_eq!(day(Language::English, "2026-12-01T23:59:59Z"), "1 December 2026");
        assert_eq!(day(Language::French, "2026-12-01T00:00:00Z"), "1er décembre 2026");
        assert_eq!(day(Language::French, "2027-02-20T00:00:00Z"), "20 février 2027");
        assert_eq!(day(Language::English, "2027-01-31T00:00:00Z"), "31 January 2027");
    }

    #[test]
    fn words_are_text_and_no_places() {
        let words = Words {
            username: "{link}<b>",
            ..WORDS
        };
        let letter = write(Template::PasswordChanged, Language::English, "a@b.co", words);
        assert!(
            letter.text.contains("{link}<b>") && !letter.text.contains("token"),
            "{}",
            letter.text
        );
        assert!(
            letter.html.contains("{link}&lt;b&gt;") && !letter.html.contains("<b>"),
            "{}",
            letter.html
        );
    }
}
