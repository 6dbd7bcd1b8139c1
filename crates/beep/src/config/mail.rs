//! How mail is sent.

use std::fmt;

use anyhow::{Context as _, anyhow};
use contracts::calls::Service;
use platform::{auth::Secret, tls::Authorities};
use serde::Deserialize;
use url::Url;
use users::{MailError, MailSender};

use super::{
    Config,
    encryption::FilePath,
    problem::Invalid,
    setting::{SettingType, section},
};

section! {
    /// How mail is sent: links to set a forgotten password, and notices about one's account. Without it, screens say that there is no
    /// mail.
    Mail in "mail." {
        /// The mail server of the users service: `smtps://USER:PASSWORD@HOST` for TLS from the beginning,
        /// `smtp://USER:PASSWORD@HOST?tls=required` for STARTTLS, `smtp://HOST` without TLS for a server on the same machine or in
        /// the same private network. Letters of the password that mean something in an address are written as `%40`. Whoever sets
        /// it sets `mail.from`, too.
        smtp_url: SmtpUrl = Fixed("");
        /// In whose name mail is sent: `beep@example.org`, or `Beep <beep@example.org>`. The edge tells clients that there is mail
        /// when it is set there, too.
        from: Sender = Fixed("");
        /// The certificates of the authorities whose certificates are believed of the mail server (PEM). When it is empty,
        /// those that the system believes. Read when Beep starts.
        authorities: FilePath = Fixed("");
    }
}

/// The address of a mail server, or none. It may hold a password: what it displays has none.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct SmtpUrl(Secret<String>);

impl SmtpUrl {
    /// The address, if there is one.
    #[must_use]
    pub fn get(&self) -> Option<&Secret<String>> {
        Some(&self.0).filter(|url| !url.expose().is_empty())
    }

    /// Whether TLS is spoken, from the beginning or by STARTTLS.
    fn is_encrypted(&self) -> bool {
        self.parsed().is_some_and(|url| {
            let mut settings = url.query_pairs();
            url.scheme() == "smtps" || settings.any(|(name, value)| name == "tls" && value == "required")
        })
    }

    /// Whether a password would be sent that everybody on the way can read.
    fn tells_password(&self) -> bool {
        let sent = self.parsed().is_some_and(|url| {
            let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
            url.password().is_some() && !is_here
        });
        sent && !self.is_encrypted()
    }

    fn parsed(&self) -> Option<Url> {
        Url::parse(self.0.expose()).ok()
    }
}

impl TryFrom<String> for SmtpUrl {
    type Error = MailError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let url = Secret::new(text.trim().to_owned());
        if !url.expose().is_empty() {
            MailSender::new(&url, "beep@example.org", None)?;
        }
        Ok(Self(url))
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

impl SettingType for SmtpUrl {
    const FORM: &'static str = "smtps://USER:PASSWORD@HOST, smtp://USER:PASSWORD@HOST?tls=required or smtp://HOST";
    const SECRET: bool = true;
    fn show(&self) -> String {
        let Some(url) = self.get() else {
            return "(none)".to_owned();
        };
        let url = url.expose();
        let scheme = url.split("://").next().unwrap_or_default();
        let host = url.rsplit(['@', '/']).next().unwrap_or_default();
        format!("{scheme}://…{host}")
    }
}

/// In whose name mail is sent, or nobody.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct Sender(String);

impl Sender {
    /// The sender, if there is one.
    #[must_use]
    pub fn get(&self) -> Option<&str> {
        Some(&*self.0).filter(|from| !from.is_empty())
    }
}

impl TryFrom<String> for Sender {
    type Error = MailError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let from = text.trim();
        if !from.is_empty() {
            MailSender::new(&Secret::new("smtp://localhost".to_owned()), from, None)?;
        }
        Ok(Self(from.to_owned()))
    }
}

impl SettingType for Sender {
    const FORM: &'static str = "an e-mail address, or Name <address>";
    fn show(&self) -> String {
        self.get().unwrap_or("(none)").to_owned()
    }
}

impl Config {
    /// Sends mail, if it is set how. Reads the file of the authorities, if there is one.
    pub fn mail_sender(&self) -> anyhow::Result<Option<MailSender>> {
        let (Some(url), Some(from)) = (self.mail.smtp_url.get(), self.mail.from.get()) else {
            return Ok(None);
        };
        let authorities = match self.mail.authorities.get() {
            Some(path) => Some(Authorities::read(path).map_err(|error| anyhow!("mail.authorities = {error}"))?),
            None => None,
        };
        let sender = MailSender::new(url, from, authorities.as_ref());
        sender.context("mail.smtp_url, mail.from").map(Some)
    }

    /// Whether clients are told that Beep can send mail.
    #[must_use]
    pub fn has_mail(&self) -> bool {
        self.mail.from.get().is_some()
    }

    pub(super) fn validate_mail(&self) -> Result<(), Invalid> {
        let (url, from) = (self.mail.smtp_url.get(), self.mail.from.get());
        if url.is_some() && from.is_none() {
            return Err(Invalid::new("mail.from", "must be set, too: mail.smtp_url is"));
        }
        let sends = self.services().contains(&Service::Users);
        if from.is_some() && url.is_none() && sends {
            return Err(Invalid::new("mail.smtp_url", "must be set, too: mail.from is"));
        }
        if self.mail.smtp_url.tells_password() {
            let detail = "sends the password so that everybody on the way can read it: use smtps:// or ?tls=required";
            return Err(Invalid::new("mail.smtp_url", detail));
        }
        if self.mail.authorities.get().is_some() && url.is_some() && !self.mail.smtp_url.is_encrypted() {
            let detail = "says whom to believe, and mail.smtp_url asks for no TLS: use smtps:// or ?tls=required";
            return Err(Invalid::new("mail.authorities", detail));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    fn url(text: &str) -> Option<SmtpUrl> {
        SmtpUrl::try_from(text.to_owned()).ok()
    }

    #[test]
    fn passwords_are_neither_shown_nor_sent_in_clear() {
        for (text, shown, tells) in [
            ("", "(none)", false),
            ("smtp://localhost:1025", "smtp://…localhost:1025", false),
            ("smtp://u:s3cret@127.0.0.1:25", "smtp://…127.0.0.1:25", false),
            ("smtp://u:s3cret@mail.example", "smtp://…mail.example", true),
            (
                "smtp://u:s3cret@localhost.evil.example?tls=required",
                "smtp://…localhost.evil.example?tls=required",
                false,
            ),
            (
                "smtp://u:s3cret@localhost.evil.example",
                "smtp://…localhost.evil.example",
                true,
            ),
            ("smtps://u:s3%40cret@mail.example", "smtps://…mail.example", false),
            ("SMTP://u:s3cret@mail.example", "SMTP://…mail.example", true),
        ] {
            let url = url(text).unwrap();
            assert_eq!((url.show().as_str(), url.tells_password()), (shown, tells), "{text}");
            assert!(!format!("{url:?}").contains("cret"), "{text}");
        }
        for bad in ["mail", "http://mail", "smtp://"] {
            assert!(url(bad).is_none(), "{bad}");
        }
    }
}
