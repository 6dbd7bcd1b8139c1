//! Sending by SMTP.

use std::{fmt, time::Duration};

use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
};
use platform::auth::Secret;

use super::letter::Letter;

/// How long each step of the conversation with the server may take.
const STEP: Duration = Duration::from_secs(20);
/// How long a whole mail may take.
pub(super) const WHOLE: Duration = Duration::from_mins(1);

/// What is wrong with the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The address of the server.
    #[error("the address of the mail server cannot be used")]
    Server,
    /// The sender.
    #[error("the sender is no e-mail address")]
    From,
}

/// Why a mail was not sent. It says nothing of the mail, which is personal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NotSent {
    /// It would not be sent the next time, either.
    ForEver(String),
    /// The next time, perhaps.
    Now(String),
}

/// Sends mails by one server.
#[derive(Clone)]
pub struct MailSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for MailSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailSender")
    }
}

impl MailSender {
    /// Sends by the server at `smtp://…`, `smtps://…` or `smtp://…?tls=required`, in the name of `from`: an address, or
    /// `Name <address>`.
    pub fn new(url: &Secret<String>, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
            .map_err(|_| MailError::Server)?
            .timeout(Some(STEP))
            .build();
        let from = from.parse().map_err(|_| MailError::From)?;
        Ok(Self { transport, from })
    }

    pub(super) async fn send(&self, letter: Letter, host: &str) -> Result<(), NotSent> {
        let message = self.message(letter, host).map_err(NotSent::ForEver)?;
        match tokio::time::timeout(WHOLE, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => {
                // The words of the server may repeat the address: its code says enough.
                let what = match error.status() {
                    Some(code) => format!("the server answered {code}"),
                    None if error.is_timeout() => "the server did not answer in time".to_owned(),
                    None if error.is_tls() => "TLS failed".to_owned(),
                    None => "the server could not be reached, or broke off".to_owned(),
                };
                Err(if error.is_permanent() {
                    NotSent::ForEver(what)
                } else {
                    NotSent::Now(what)
                })
            }
            Err(_) => Err(NotSent::Now("the server took too long".to_owned())),
        }
    }

    /// The mail in the form of RFC 5322. What it is made of comes into headers only by types that cannot hold a line break: an
    /// address, and a subject that is one of ours.
    fn message(&self, letter: Letter, host: &str) -> Result<Message, String> {
        let to: Address = letter
            .address
            .parse()
            .map_err(|_| "the address cannot be used".to_owned())?;
        let id = hex::encode(rand::random::<[u8; 16]>());
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .message_id(Some(format!("<{id}@{host}>")))
            .subject(letter.subject)
            .multipart(MultiPart::alternative_plain_html(letter.text, letter.html))
            .map_err(|_| "the mail cannot be written".to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn sender() -> MailSender {
        MailSender::new(&Secret::new("smtp://127.0.0.1:1".to_owned()), "Beep <beep@example.org>").unwrap()
    }

    fn letter(address: &str) -> Letter {
        Letter {
            address: address.to_owned(),
            subject: "Salut, ça va ?",
            text: "text\n".to_owned(),
            html: "<p>text</p>".to_owned(),
        }
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let new = |url: &str, from| MailSender::new(&Secret::new(url.to_owned()), from).err();
        for url in ["smtp://mail:25", "smtps://u:p@mail", "smtp://mail?tls=required"] {
            assert_eq!(new(url, "beep@example.org"), None, "{url}");
        }
        for url in ["", "mail", "http://mail", "smtp://mail?tls=perhaps"] {
            assert_eq!(new(url, "beep@example.org"), Some(MailError::Server), "{url}");
        }
        for from in ["", "beep", "a@b@c", "Beep <beep>", "a@b.co\r\nBcc: c@d.eu"] {
            assert_eq!(new("smtp://mail", from), Some(MailError::From), "{from}");
        }
    }

    #[test]
    fn no_address_brings_a_header_along() {
        for bad in [
            "a@b.co\r\nBcc: eve@example.org",
            "a@b.co\nBcc: eve@example.org",
            "a\r\n@b.co",
            "a@b.co, eve@example.org",
            "<a@b.co> eve@example.org",
        ] {
            assert!(sender().message(letter(bad), "beep.test").is_err(), "{bad:?}");
        }
        let good = sender().message(letter("a@b.co"), "beep.test").unwrap().formatted();
        let good = String::from_utf8(good).unwrap();
        let head = good.split("\r\n\r\n").next().unwrap();
        let names: Vec<&str> = head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, _)| name)
            .collect();
        for name in ["From", "To", "Message-ID", "Subject", "Date", "MIME-Version"] {
            assert_eq!(
                names.iter().filter(|known| **known == name).count(),
                1,
                "{name} in {names:?}"
            );
        }
        assert!(!names.contains(&"Bcc") && !names.contains(&"Cc"), "{names:?}");
    }

    #[tokio::test]
    async fn a_server_that_is_away_may_be_there_later() {
        let sent = sender().send(letter("a@b.co"), "beep.test").await;
        assert!(
            matches!(&sent, Err(NotSent::Now(why)) if !why.contains("a@b.co")),
            "{sent:?}"
        );
        let never = sender().send(letter("nobody"), "beep.test").await;
        assert!(matches!(never, Err(NotSent::ForEver(_))), "{never:?}");
    }
}
