//! What the files hold: a certificate, its key, and the authorities that others' certificates are checked against.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio_rustls::rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
    version::{TLS12, TLS13},
};
use tonic::transport::{Certificate, ClientTlsConfig, Identity};

/// The files, in PEM.
#[derive(Debug, Clone)]
pub struct Files {
    /// The certificate that is shown, with what stands between it and the authority.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// The certificates of the authorities whose certificates are believed. Without, nobody's are, and nobody is asked for
    /// one.
    pub authorities: Option<PathBuf>,
}

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: {detail}", path.display())]
pub struct TlsError {
    /// Which of them.
    pub kind: TlsErrorKind,
    /// Where it is.
    pub path: PathBuf,
    detail: String,
}

/// Which file cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsErrorKind {
    /// The certificate.
    Certificate,
    /// The key, or its belonging to the certificate.
    Key,
    /// The authorities.
    Authorities,
}

/// Authorities that a server is believed by instead of those of the public or of the system.
#[derive(Debug, Clone)]
pub struct Authorities {
    certificates: Vec<CertificateDer<'static>>,
    believed: RootCertStore,
}

impl Authorities {
    /// Reads their certificates from a file in PEM.
    ///
    /// # Errors
    /// When the file cannot be read, or holds no certificate, or one that cannot be used.
    pub fn read(path: &Path) -> Result<Self, TlsError> {
        let pem = std::fs::read(path).map_err(|error| unusable(path, error.to_string()))?;
        Self::of(path, &pem)
    }

    fn of(path: &Path, pem: &[u8]) -> Result<Self, TlsError> {
        let found = certificates(pem, TlsErrorKind::Authorities);
        let certificates = found.map_err(|(_, detail)| unusable(path, detail))?;
        let mut believed = RootCertStore::empty();
        for authority in &certificates {
            let added = believed.add(authority.clone());
            added.map_err(|error| unusable(path, error.to_string()))?;
        }
        Ok(Self { certificates, believed })
    }

    /// Each certificate, in DER.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.certificates.iter().map(AsRef::as_ref)
    }
}

/// The protocol's next layer, by the names that servers choose from.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What the files hold, ready to use.
pub(super) struct Material {
    certificate: Vec<u8>,
    key: Vec<u8>,
    /// Empty: there are none.
    authorities: Vec<u8>,
    pub(super) server: Arc<ServerConfig>,
    pub(super) client: Arc<ClientConfig>,
}

impl Material {
    pub(super) async fn read(files: &Files) -> Result<Self, TlsError> {
        let certificate = bytes(TlsErrorKind::Certificate, &files.certificate).await?;
        let key = bytes(TlsErrorKind::Key, &files.key).await?;
        let authorities = match &files.authorities {
            Some(path) => Some(bytes(TlsErrorKind::Authorities, path).await?),
            None => None,
        };
        Self::of(certificate, key, authorities).map_err(|(kind, detail)| {
            let path = match kind {
                TlsErrorKind::Certificate => Some(&files.certificate),
                TlsErrorKind::Key => Some(&files.key),
                TlsErrorKind::Authorities => files.authorities.as_ref(),
            };
            TlsError {
                kind,
                path: path.cloned().unwrap_or_default(),
                detail,
            }
        })
    }

    fn of(certificate: Vec<u8>, key: Vec<u8>, authorities: Option<Vec<u8>>) -> Result<Self, (TlsErrorKind, String)> {
        let because = |kind| move |error: tokio_rustls::rustls::Error| (kind, error.to_string());
        let chain = certificates(&certificate, TlsErrorKind::Certificate)?;
        let private = PrivateKeyDer::from_pem_slice(&key)
            .map_err(|error| (TlsErrorKind::Key, format!("no private key in PEM: {error}")))?;
        let mut believed = RootCertStore::empty();
        if let Some(authorities) = &authorities {
            for authority in certificates(authorities, TlsErrorKind::Authorities)? {
                believed.add(authority).map_err(because(TlsErrorKind::Authorities))?;
            }
        }
        let believed = Arc::new(believed);
        let provider: Arc<CryptoProvider> = ring::default_provider().into();
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(because(TlsErrorKind::Certificate))?;
        let server = if authorities.is_some() {
            let clients = WebPkiClientVerifier::builder_with_provider(Arc::clone(&believed), Arc::clone(&provider))
                .build()
                .map_err(|error| (TlsErrorKind::Authorities, error.to_string()))?;
            server.with_client_cert_verifier(clients)
        } else {
            server.with_no_client_auth()
        };
        let mut server = server
            .with_single_cert(chain.clone(), private.clone_key())
            .map_err(because(TlsErrorKind::Key))?;
        server.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
        let client = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(because(TlsErrorKind::Certificate))?
            .with_root_certificates(believed)
            .with_client_auth_cert(chain, private)
            .map_err(because(TlsErrorKind::Key))?;
        Ok(Self {
            certificate,
            key,
            authorities: authorities.unwrap_or_default(),
            server: Arc::new(server),
            client: Arc::new(client),
        })
    }

    pub(super) fn grpc(&self, name: &str) -> ClientTlsConfig {
        ClientTlsConfig::new()
            .domain_name(name)
            .ca_certificate(Certificate::from_pem(&self.authorities))
            .identity(Identity::from_pem(&self.certificate, &self.key))
    }

    pub(super) fn is_of_the_same_files(&self, other: &Self) -> bool {
        self.certificate == other.certificate && self.key == other.key && self.authorities == other.authorities
    }
}

/// How connections are made to servers that ask for no certificate: believed by the authorities of the file, without one by
/// those of the public.
pub(crate) async fn public_client(authorities: Option<&Path>) -> Result<ClientConfig, TlsError> {
    let believed = match authorities {
        Some(path) => Authorities::of(path, &bytes(TlsErrorKind::Authorities, path).await?)?.believed,
        None => webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect(),
    };
    let client = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| unusable(authorities.unwrap_or(Path::new("")), error.to_string()))?;
    Ok(client.with_root_certificates(believed).with_no_client_auth())
}

/// Why authorities cannot be used.
fn unusable(path: &Path, detail: String) -> TlsError {
    TlsError {
        kind: TlsErrorKind::Authorities,
        path: path.to_owned(),
        detail,
    }
}

async fn bytes(kind: TlsErrorKind, path: &Path) -> Result<Vec<u8>, TlsError> {
    tokio::fs::read(path).await.map_err(|error| TlsError {
        kind,
        path: path.to_owned(),
        detail: error.to_string(),
    })
}

fn certificates(pem: &[u8], kind: TlsErrorKind) -> Result<Vec<CertificateDer<'static>>, (TlsErrorKind, String)> {
    let found: Vec<_> = CertificateDer::pem_slice_iter(pem)
        .collect::<Result<_, _>>()
        .map_err(|error| (kind, format!("no certificate in PEM: {error}")))?;
    if found.is_empty() {
        return Err((kind, "holds no certificate in PEM".to_owned()));
    }
    Ok(found)
}
