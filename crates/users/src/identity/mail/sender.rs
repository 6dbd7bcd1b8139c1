//! Sending by SMTP.

use std::{fmt, time::Duration};

use lettre::{
    Address, Message,
    message::{Mailbox, MultiPart},
};
use platform::{auth::Secret, tls::Authorities};

use super::{
    letter::Letter,
    server::{self, MailServer},
};

/// How long it may take until the server has taken a mail.
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
    server: MailServer,
    from: Mailbox,
}

impl fmt::Debug for MailSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailSender")
    }
}

impl MailSender {
    /// Sends by the server at `smtp://…`, `smtps://…` or `smtp://…?tls=required`, in the name of `from`: an address, or
    /// `Name <address>`. With TLS the server is believed by the authorities; without any, by those of the system.
    pub fn new(url: &Secret<String>, from: &str, authorities: Option<&Authorities>) -> Result<Self, MailError> {
        Ok(Self {
            server: MailServer::at(url, authorities)?,
            from: from.parse().map_err(|_| MailError::From)?,
        })
    }

    pub(super) async fn send(&self, letter: Letter, host: &str) -> Result<(), NotSent> {
        let message = self.message(letter, host).map_err(NotSent::ForEver)?;
        let sending = async {
            let mut connection = self.server.reach().await?;
            server::hand_over(&mut connection, &message).await?;
            Ok(connection)
        };
        let too_long = |_| NotSent::Now("the server took too long".to_owned());
        let connection = tokio::time::timeout(WHOLE, sending).await.map_err(too_long)??;
        server::leave(connection).await;
        Ok(())
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
        MailSender::new(
            &Secret::new("smtp://127.0.0.1:1".to_owned()),
            "Beep <beep@example.org>",
            None,
        )
        .unwrap()
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
        let new = |url: &str, from| MailSender::new(&Secret::new(url.to_owned()), from, None).err();
        for url in [
            "smtp://mail:25",
            "smtps://u:p@mail",
            "smtps://u:p@[::1]:465",
            "smtp://mail?tls=required",
        ] {
            assert_eq!(new(url, "beep@example.org"), None, "{url}");
        }
        for url in [
            "",
            "mail",
            "http://mail",
            "smtp://",
            "smtp://mail?tls=perhaps",
            "smtp://u:%ff@mail",
        ] {
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
