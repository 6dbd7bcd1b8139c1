//! What must hold for encryption between services.

use std::path::Path;

use contracts::calls::Service;
use platform::tls::{Files, TlsErrorKind};

use super::{Config, problem::Invalid};

const CERTIFICATE: &str = "internal.tls_certificate";
const KEY: &str = "internal.tls_key";
const AUTHORITIES: &str = "internal.tls_authorities";

impl Config {
    /// The files for TLS between services, if there is any.
    #[must_use]
    pub fn tls_files(&self) -> Option<Files> {
        Some(Files {
            certificate: self.internal.tls_certificate.get()?.to_owned(),
            key: self.internal.tls_key.get()?.to_owned(),
            authorities: self.internal.tls_authorities.get()?.to_owned(),
        })
    }

    /// The setting that names such a file.
    #[must_use]
    pub const fn tls_setting(kind: TlsErrorKind) -> &'static str {
        match kind {
            TlsErrorKind::Certificate => CERTIFICATE,
            TlsErrorKind::Key => KEY,
            TlsErrorKind::Authorities => AUTHORITIES,
        }
    }

    pub(super) fn validate_encryption(&self) -> Result<(), Invalid> {
        let internal = &self.internal;
        let files: [(&'static str, Option<&Path>); 3] = [
            (CERTIFICATE, internal.tls_certificate.get()),
            (KEY, internal.tls_key.get()),
            (AUTHORITIES, internal.tls_authorities.get()),
        ];
        let encrypted = files.iter().all(|(_, file)| file.is_some());
        let missing = files.iter().find(|(_, file)| file.is_none());
        if let Some((key, _)) = missing.filter(|_| files.iter().any(|(_, file)| file.is_some())) {
            let detail = format!("must be set, too: {CERTIFICATE}, {KEY} and {AUTHORITIES} belong together");
            return Err(Invalid::new(key, detail));
        }
        if !self.is_apart() {
            return Ok(());
        }
        let here = self.services();
        for service in Service::ALL.into_iter().filter(|service| !here.contains(service)) {
            for address in self.addresses_of(service) {
                if address.is_secure() && !encrypted {
                    let detail = format!("asks for TLS, which needs {CERTIFICATE}, {KEY} and {AUTHORITIES}");
                    return Err(Invalid::new(peers_key(service), detail));
                }
                if !address.is_secure() && encrypted {
                    let detail = format!("must begin with https, because {CERTIFICATE} is set");
                    return Err(Invalid::new(peers_key(service), detail));
                }
            }
        }
        Ok(())
    }
}

/// The setting that says where a service takes calls.
const fn peers_key(service: Service) -> &'static str {
    match service {
        Service::Storage => "peers.storage",
        Service::Users => "peers.users",
        Service::Servers => "peers.servers",
        Service::Messages | Service::Gateway | Service::Edge => "peers.messages",
    }
}
