//! Which files TLS needs, and what must hold among the settings that name them.

use std::path::{Path, PathBuf};

use contracts::calls::Service;
use platform::{
    rpc::Address,
    tls::{Files, TlsErrorKind},
};
use serde::Deserialize;

use super::{Config, problem::Invalid, setting::SettingType};

/// The path of a file, or none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct FilePath(PathBuf);

impl From<String> for FilePath {
    fn from(text: String) -> Self {
        Self(text.trim().into())
    }
}

impl FilePath {
    /// The path, if there is one.
    #[must_use]
    pub fn get(&self) -> Option<&Path> {
        Some(&*self.0).filter(|path| !path.as_os_str().is_empty())
    }
}

impl SettingType for FilePath {
    const FORM: &'static str = "the path of a file";
    fn show(&self) -> String {
        self.get()
            .map_or("(none)".to_owned(), |path| path.display().to_string())
    }
}

/// Whom TLS is spoken with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// With other services: both sides show certificates.
    Internal,
    /// With whoever comes to the public listener.
    Public,
}

impl Encryption {
    /// The setting that names such a file.
    #[must_use]
    pub const fn setting(self, kind: TlsErrorKind) -> &'static str {
        match (self, kind) {
            (Self::Internal, TlsErrorKind::Certificate) => "internal.tls_certificate",
            (Self::Internal, TlsErrorKind::Key) => "internal.tls_key",
            (Self::Internal, TlsErrorKind::Authorities) => "internal.tls_authorities",
            (Self::Public, TlsErrorKind::Certificate) => "http.tls_certificate",
            (Self::Public, TlsErrorKind::Key) => "http.tls_key",
            (Self::Public, TlsErrorKind::Authorities) => "http.tls_authorities",
        }
    }

    /// What must be set when anything is.
    const fn needed(self) -> &'static [TlsErrorKind] {
        match self {
            Self::Internal => &[TlsErrorKind::Certificate, TlsErrorKind::Key, TlsErrorKind::Authorities],
            Self::Public => &[TlsErrorKind::Certificate, TlsErrorKind::Key],
        }
    }
}

impl Config {
    /// The files for TLS, if there is any.
    #[must_use]
    pub fn tls_files(&self, with: Encryption) -> Option<Files> {
        let authorities = self.tls_file(with, TlsErrorKind::Authorities).map(Path::to_owned);
        Some(Files {
            certificate: self.tls_file(with, TlsErrorKind::Certificate)?.to_owned(),
            key: self.tls_file(with, TlsErrorKind::Key)?.to_owned(),
            authorities: match with {
                Encryption::Internal => Some(authorities?),
                Encryption::Public => authorities,
            },
        })
    }

    fn tls_file(&self, with: Encryption, kind: TlsErrorKind) -> Option<&Path> {
        let (internal, http) = (&self.internal, &self.http);
        match (with, kind) {
            (Encryption::Internal, TlsErrorKind::Certificate) => &internal.tls_certificate,
            (Encryption::Internal, TlsErrorKind::Key) => &internal.tls_key,
            (Encryption::Internal, TlsErrorKind::Authorities) => &internal.tls_authorities,
            (Encryption::Public, TlsErrorKind::Certificate) => &http.tls_certificate,
            (Encryption::Public, TlsErrorKind::Key) => &http.tls_key,
            (Encryption::Public, TlsErrorKind::Authorities) => &http.tls_authorities,
        }
        .get()
    }

    pub(super) fn validate_encryption(&self) -> Result<(), Invalid> {
        for with in [Encryption::Internal, Encryption::Public] {
            self.validate_files(with)?;
        }
        if !self.is_apart() {
            return Ok(());
        }
        let encrypted = self.tls_files(Encryption::Internal).is_some();
        let here = self.services();
        let is_edge = here.contains(&Service::Edge);
        for service in Service::ALL.into_iter().filter(|service| !here.contains(service)) {
            let called = self.addresses_of(service);
            if !encrypted {
                none_is_secure(called, peers_key(service))?;
                let handed_on_to = if is_edge {
                    self.public_addresses_of(service)
                } else {
                    &[]
                };
                none_is_secure(handed_on_to, edge_key(service))?;
            } else if called.iter().any(|address| !address.is_secure()) {
                let detail = "must begin with https, because internal.tls_certificate is set";
                return Err(Invalid::new(peers_key(service), detail));
            }
        }
        Ok(())
    }

    fn validate_files(&self, with: Encryption) -> Result<(), Invalid> {
        let all = [TlsErrorKind::Certificate, TlsErrorKind::Key, TlsErrorKind::Authorities];
        let missing = with.needed().iter().find(|kind| self.tls_file(with, **kind).is_none());
        let Some(missing) = missing.filter(|_| all.iter().any(|kind| self.tls_file(with, *kind).is_some())) else {
            return Ok(());
        };
        let names: Vec<&str> = with.needed().iter().map(|kind| with.setting(*kind)).collect();
        let detail = format!("must be set, too: {} belong together", names.join(" and "));
        Err(Invalid::new(with.setting(*missing), detail))
    }
}

fn none_is_secure(addresses: &[Address], key: &'static str) -> Result<(), Invalid> {
    if addresses.iter().any(Address::is_secure) {
        let detail =
            "asks for TLS, which needs internal.tls_certificate, internal.tls_key and internal.tls_authorities";
        return Err(Invalid::new(key, detail));
    }
    Ok(())
}

/// The setting that says where a service takes calls.
const fn peers_key(service: Service) -> &'static str {
    match service {
        Service::Storage => "peers.storage",
        Service::Users => "peers.users",
        Service::Servers => "peers.servers",
        Service::Messages | Service::Search | Service::Gateway | Service::Edge => "peers.messages",
    }
}

/// The setting that says where the edge hands requests for a service on to.
const fn edge_key(service: Service) -> &'static str {
    match service {
        Service::Storage => "edge.storage",
        Service::Users => "edge.users",
        Service::Servers => "edge.servers",
        Service::Messages => "edge.messages",
        Service::Search => "edge.search",
        Service::Gateway | Service::Edge => "edge.gateway",
    }
}
