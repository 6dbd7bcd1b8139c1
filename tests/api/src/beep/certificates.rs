//! Certificates for a Beep whose parts speak TLS.

use std::{
    collections::BTreeSet,
    fs,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::Arc,
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};

/// What a client shows that says who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// A certificate of the authority that the parts believe.
    Ours,
    /// One of another authority.
    Strangers,
    /// None.
    Nothing,
}

/// An authority, and a certificate of it for all parts.
pub(super) struct Certificates {
    certificate: PathBuf,
    key: PathBuf,
    authorities: PathBuf,
    clients: [(Shown, Arc<ClientConfig>); 3],
}

impl Certificates {
    /// Makes them, with their files in this folder, for parts at these addresses.
    pub(super) fn new(folder: &Path, addresses: &BTreeSet<IpAddr>) -> Self {
        let path = |name: &str| folder.join(name);
        let (certificate, key, authorities) = (path("tls.crt"), path("tls.key"), path("ca.crt"));
        let authority = authority();
        let (ours, our_key) = signed(&authority, addresses);
        fs::write(&certificate, ours.pem()).unwrap();
        fs::write(&key, our_key.serialize_pem()).unwrap();
        fs::write(&authorities, authority.pem()).unwrap();
        let (theirs, their_key) = signed(&self::authority(), addresses);
        let clients = [
            (Shown::Ours, Some((ours.der(), &our_key))),
            (Shown::Strangers, Some((theirs.der(), &their_key))),
            (Shown::Nothing, None),
        ];
        Self {
            certificate,
            key,
            authorities,
            clients: clients.map(|(shown, certificate)| (shown, client(authority.der(), certificate))),
        }
    }

    /// A client that believes the authority.
    pub(super) fn client(&self, shows: Shown) -> Arc<ClientConfig> {
        let client = self.clients.iter().find(|(shown, _)| *shown == shows);
        Arc::clone(&client.expect("a client for each").1)
    }

    /// The settings by which a section uses them. With the authorities, only who shows a certificate is answered.
    pub(super) fn settings(&self, section: &str, authorities: bool) -> Vec<(String, String)> {
        let files = [
            ("CERTIFICATE", Some(&self.certificate)),
            ("KEY", Some(&self.key)),
            ("AUTHORITIES", Some(&self.authorities).filter(|_| authorities)),
        ];
        let setting = |(name, file): (&str, Option<&PathBuf>)| {
            let value = file.map(|path| path.display().to_string()).unwrap_or_default();
            (format!("BEEP_{section}__TLS_{name}"), value)
        };
        files.map(setting).into()
    }
}

/// A server at 127.0.0.1 that is none of Beep's, and the certificate of its authority (PEM).
#[must_use]
pub fn foreign_server() -> (Arc<ServerConfig>, String) {
    let authority = authority();
    let (certificate, key) = signed(&authority, &[IpAddr::V4(Ipv4Addr::LOCALHOST)].into());
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    (Arc::new(server), authority.pem())
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "tests of Beep");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

fn signed(
    authority: &CertifiedIssuer<'static, KeyPair>,
    addresses: &BTreeSet<IpAddr>,
) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.subject_alt_names = addresses.iter().copied().map(SanType::IpAddress).collect();
    (params.signed_by(&key, authority).unwrap(), key)
}

fn client(authority: &CertificateDer<'_>, shown: Option<(&CertificateDer<'static>, &KeyPair)>) -> Arc<ClientConfig> {
    let mut believed = RootCertStore::empty();
    believed.add(authority.clone().into_owned()).unwrap();
    let client = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(believed);
    let client = match shown {
        None => client.with_no_client_auth(),
        Some((certificate, key)) => {
            let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
            client.with_client_auth_cert(vec![certificate.clone()], key).unwrap()
        }
    };
    Arc::new(client)
}
