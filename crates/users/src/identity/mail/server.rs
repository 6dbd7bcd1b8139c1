//! The mail server: where it is, and what is said to it (SMTP: RFC 5321, 3207 and 4954).

use std::time::Duration;

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        extension::ClientId,
    },
};
use percent_encoding::percent_decode_str;
use platform::{
    auth::Secret,
    tls::{self, Authorities},
};
use url::Url;

use super::sender::{MailError, NotSent};

/// How long it may take to reach one of the server's addresses.
const REACHED_WITHIN: Duration = Duration::from_secs(20);
/// How long the server may take to say good-bye.
const GONE_WITHIN: Duration = Duration::from_secs(5);
/// What a server says that wants another login, whatever the mail is (RFC 4954, section 6).
const ABOUT_LOGIN: [&str; 4] = ["530", "534", "535", "538"];

/// The server.
#[derive(Clone)]
pub(super) struct MailServer {
    host: String,
    port: u16,
    encryption: Encryption,
    login: Option<Credentials>,
    hello: ClientId,
}

/// From when on TLS is spoken.
#[derive(Clone)]
enum Encryption {
    Never,
    FromTheBeginning(TlsParameters),
    /// Before anything is said that matters: STARTTLS.
    Required(TlsParameters),
}

impl MailServer {
    /// The one at `smtp://…`, `smtps://…` or `smtp://…?tls=required`, believed by the authorities; without any, by those of the
    /// system.
    pub(super) fn at(url: &Secret<String>, authorities: Option<&Authorities>) -> Result<Self, MailError> {
        let url = Url::parse(url.expose()).map_err(|_| MailError::Server)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        if host.is_empty() {
            return Err(MailError::Server);
        }
        let tls = url.query_pairs().find(|(name, _)| name == "tls");
        let (port, encryption) = match (url.scheme(), tls.as_ref().map(|(_, value)| value.as_ref())) {
            ("smtp", None) => (25, Encryption::Never),
            ("smtp", Some("required")) => (587, Encryption::Required(parameters(&host, authorities)?)),
            ("smtps", _) => (465, Encryption::FromTheBeginning(parameters(&host, authorities)?)),
            _ => return Err(MailError::Server),
        };
        let login = match url.password() {
            Some(password) => Some(Credentials::new(decoded(url.username())?, decoded(password)?)),
            None => None,
        };
        let name = url.path().trim_matches('/');
        Ok(Self {
            host,
            port: url.port().unwrap_or(port),
            encryption,
            login,
            hello: if name.is_empty() {
                ClientId::default()
            } else {
                ClientId::Domain(name.to_owned())
            },
        })
    }

    /// Reaches the server, and logs in where there is a login. Whatever fails has nothing to do with any mail.
    pub(super) async fn reach(&self) -> Result<AsyncSmtpConnection, NotSent> {
        let at_once = match &self.encryption {
            Encryption::FromTheBeginning(tls) => Some(tls.clone()),
            Encryption::Never | Encryption::Required(_) => None,
        };
        let address = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(REACHED_WITHIN), &self.hello, at_once, None)
                .await
                .map_err(|error| NotSent::Now(why(&error)))?;
        if let Encryption::Required(tls) = &self.encryption {
            if !connection.can_starttls() {
                return Err(NotSent::Now("the server offers no TLS (STARTTLS)".to_owned()));
            }
            let encrypted = connection.starttls(tls.clone(), &self.hello).await;
            encrypted.map_err(|error| NotSent::Now(why(&error)))?;
        }
        if let Some(login) = &self.login {
            if connection
                .server_info()
                .get_auth_mechanism(DEFAULT_MECHANISMS)
                .is_none()
            {
                let what = "the server offers no login by a password (AUTH PLAIN or LOGIN)";
                return Err(NotSent::Now(what.to_owned()));
            }
            let known = connection.auth(DEFAULT_MECHANISMS, login).await;
            known.map_err(|error| {
                NotSent::Now(match error.status() {
                    Some(code) => format!("the server does not accept the login ({code})"),
                    None => why(&error),
                })
            })?;
        }
        Ok(connection)
    }
}

/// Hands a mail to the server. It is asked for what it answers to the mail alone: a refusal for good is one of the mail.
pub(super) async fn hand_over(connection: &mut AsyncSmtpConnection, message: &Message) -> Result<(), NotSent> {
    let taken = connection.send(message.envelope(), &message.formatted()).await;
    let Err(error) = taken else {
        return Ok(());
    };
    let wants_login = |code: &str| ABOUT_LOGIN.contains(&code);
    Err(match error.status() {
        Some(code) if wants_login(&code.to_string()) => NotSent::Now(format!("the server wants a login ({code})")),
        Some(code) if error.is_permanent() => NotSent::ForEver(format!("the server answered {code}")),
        // The mail has an address that the server's dialect has no words for.
        None if error.is_client() => NotSent::ForEver("the server cannot take such a mail".to_owned()),
        _ => NotSent::Now(why(&error)),
    })
}

/// Ends the conversation. Its mail is taken, whatever becomes of that.
pub(super) async fn leave(mut connection: AsyncSmtpConnection) {
    let _ = tokio::time::timeout(GONE_WITHIN, connection.quit()).await;
}

/// Why it went wrong. The words of the server may repeat the address: its code says enough.
fn why(error: &Error) -> String {
    if let Some(code) = error.status() {
        format!("the server answered {code}")
    } else if error.is_timeout() {
        "the server did not answer in time".to_owned()
    } else if let Some(failure) = tls::failure(error) {
        format!("TLS failed: {failure}")
    } else {
        "the server could not be reached, or broke off".to_owned()
    }
}

fn parameters(host: &str, authorities: Option<&Authorities>) -> Result<TlsParameters, MailError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(authorities) = authorities {
        parameters = parameters.certificate_store(CertificateStore::None);
        for authority in authorities.certificates() {
            let authority = Certificate::from_der(authority.to_vec()).map_err(|_| MailError::Server)?;
            parameters = parameters.add_root_certificate(authority);
        }
    }
    parameters.build().map_err(|_| MailError::Server)
}

/// A part of the address as it is meant.
fn decoded(part: &str) -> Result<String, MailError> {
    let text = percent_decode_str(part).decode_utf8();
    text.map(std::borrow::Cow::into_owned).map_err(|_| MailError::Server)
}
