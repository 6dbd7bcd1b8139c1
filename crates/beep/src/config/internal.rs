//! How services find, trust and reach each other when they are separate processes. A Beep in one process needs none of it.

use std::{fmt, net::SocketAddr};

use platform::{auth::Secret, rpc::Address};
use serde::Deserialize;

use super::{
    encryption::FilePath,
    setting::{ListItem, SettingType, section},
};

section! {
    /// What services say to each other when they are separate processes.
    Internal in "internal." {
        /// The address and port on which this process takes calls of other services. Never reachable from outside.
        listen: SocketAddr = Fixed("127.0.0.1:9080");
        /// The certificate that this process shows to the others (PEM, with what stands between it and the authority), as
        /// server and as client. With it calls between services are encrypted, and only who shows a certificate of
        /// `internal.tls_authorities` is answered (mutual TLS). Read again when it changes.
        tls_certificate: FilePath = Fixed("");
        /// The key of that certificate (PEM).
        tls_key: FilePath = Fixed("");
        /// The certificates of the authorities whose certificates are believed (PEM): nobody else's are.
        tls_authorities: FilePath = Fixed("");
        /// The events between services: `local` within one process, or the addresses of NATS servers
        /// (`nats://USER:PASSWORD@HOST:4222`, `tls://…`).
        events: EventsUrl = Fixed("local");
        /// The secret by which the storage service shows the issuer who it is. The users service, which is the issuer,
        /// needs the secrets of all.
        storage_secret: SecretText = Fixed("");
        /// The same for the users service.
        users_secret: SecretText = Fixed("");
        /// The same for the servers service.
        servers_secret: SecretText = Fixed("");
        /// The same for the messages service.
        messages_secret: SecretText = Fixed("");
        /// The same for the search service.
        search_secret: SecretText = Fixed("");
        /// The same for the gateway.
        gateway_secret: SecretText = Fixed("");
        /// The same for the edge.
        edge_secret: SecretText = Fixed("");
    }
}

section! {
    /// Where the services are that run elsewhere. A name stands for all instances behind it; several addresses are
    /// separated by commas.
    Peers in "peers." {
        /// Where the storage service takes calls.
        storage: Vec<Address> = Fixed("http://storage:9080");
        /// Where the users service takes calls.
        users: Vec<Address> = Fixed("http://users:9080");
        /// Where the servers service takes calls.
        servers: Vec<Address> = Fixed("http://servers:9080");
        /// Where the messages service takes calls.
        messages: Vec<Address> = Fixed("http://messages:9080");
    }
}

section! {
    /// Where the edge hands requests on to. `https` asks for TLS, for which the edge shows the certificate of
    /// `internal.tls_certificate` and believes `internal.tls_authorities`.
    Edge in "edge." {
        /// The public routes of the storage service.
        storage: Vec<Address> = Fixed("http://storage:8080");
        /// The public routes of the users service.
        users: Vec<Address> = Fixed("http://users:8080");
        /// The public routes of the servers service.
        servers: Vec<Address> = Fixed("http://servers:8080");
        /// The public routes of the messages service.
        messages: Vec<Address> = Fixed("http://messages:8080");
        /// The public routes of the search service.
        search: Vec<Address> = Fixed("http://search:8080");
        /// The live connections.
        gateway: Vec<Address> = Fixed("http://gateway:8080");
    }
}

impl SettingType for Address {
    const FORM: &'static str = "an address such as http://servers:9080";
    fn show(&self) -> String {
        self.to_string()
    }
}

impl ListItem for Address {
    const LIST_FORM: &'static str = "addresses such as http://servers:9080";
}

/// A secret, or none.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct SecretText(Secret<String>);

/// The shortest secret, in bytes.
const SECRET_MIN: usize = 32;

impl TryFrom<String> for SecretText {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() || text.len() >= SECRET_MIN {
            Ok(Self(Secret::new(text)))
        } else {
            Err("too short")
        }
    }
}

impl SecretText {
    /// The secret, if there is one.
    #[must_use]
    pub fn get(&self) -> Option<&Secret<String>> {
        Some(&self.0).filter(|secret| !secret.expose().is_empty())
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

impl SettingType for SecretText {
    const FORM: &'static str = "a secret of 32 characters or more";
    const SECRET: bool = true;
    fn show(&self) -> String {
        if self.get().is_some() { "…" } else { "(none)" }.to_owned()
    }
}

/// Where events go.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
pub enum EventsUrl {
    /// To the services of this process alone.
    Local,
    /// To NATS, by the servers' addresses, which may hold passwords.
    Nats(Secret<String>),
}

impl TryFrom<String> for EventsUrl {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let is_server = |url: &str| {
            let rest = url
                .trim()
                .strip_prefix("nats://")
                .or_else(|| url.trim().strip_prefix("tls://"));
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
        };
        if text == "local" {
            Ok(Self::Local)
        } else if text.split(',').all(is_server) {
            Ok(Self::Nats(Secret::new(text.to_owned())))
        } else {
            Err("neither local nor NATS")
        }
    }
}

impl fmt::Debug for EventsUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

impl SettingType for EventsUrl {
    const FORM: &'static str = "local, or addresses of NATS servers such as nats://nats:4222";
    const SECRET: bool = true;
    fn show(&self) -> String {
        let masked = |url: &str| match url.trim().split_once('@') {
            Some((_, host)) => format!("nats://…@{host}"),
            None => url.trim().to_owned(),
        };
        match self {
            Self::Local => "local".to_owned(),
            Self::Nats(urls) => urls.expose().split(',').map(masked).collect::<Vec<_>>().join(", "),
        }
    }
}
