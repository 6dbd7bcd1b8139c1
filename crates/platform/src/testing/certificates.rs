//! Certificates for the tests of TLS.

use std::{fs, path::Path};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;
use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tokio_util::sync::CancellationToken;

use crate::tls::{Files, Tls};

/// Whoever signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    /// A new one. Another of the same name is another.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Writes a certificate for `name` (or an IP address), its key, and whose certificates are believed.
    #[must_use]
    pub fn write(&self, into: &Path, name: &str, believed: &Self) -> Files {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let [certificate_file, key_file, authorities_file] =
            ["tls.crt", "tls.key", "ca.crt"].map(|file| into.join(file));
        fs::write(&certificate_file, certificate.pem()).unwrap();
        fs::write(&key_file, key.serialize_pem()).unwrap();
        fs::write(&authorities_file, believed.0.pem()).unwrap();
        Files {
            certificate: certificate_file,
            key: key_file,
            authorities: Some(authorities_file),
        }
    }

    /// TLS with such a certificate, and the folder of its files.
    pub async fn tls(&self, name: &str, believed: &Self) -> (Tls, TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let files = self.write(folder.path(), name, believed);
        let (tls, _) = Tls::open(files, CancellationToken::new()).await.unwrap();
        (tls, folder)
    }

    /// A client that believes it and shows nothing.
    #[must_use]
    pub fn nameless(&self) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).unwrap();
        ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth()
    }

    /// A server of this name that asks nobody who they are.
    #[must_use]
    pub fn server(&self, name: &str) -> ServerConfig {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(ring::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .unwrap()
    }
}
