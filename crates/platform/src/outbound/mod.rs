//! Requests to addresses that strangers name: pages that a message links to.
//!
//! Whoever writes a link decides where this program connects to, so nothing of a URL is believed (SSRF):
//!
//! - only `http` and `https`, without credentials, at the ports 80 and 443;
//! - a name is resolved once, by us; each of its addresses is checked ([`is_public`]), and the connection goes to one that
//!   was checked, never to the name: what the name means a moment later does not matter;
//! - all of it again for each redirect, of which there are three at most, and none from `https` to `http`;
//! - no cookies, no proxies, no kept connections: each request stands alone and says nothing but who asks;
//! - time, the head, and the body, compressed and not, have limits.
//!
//! Networks may be allowed by the configuration: their addresses are reached at any port.

mod address;
mod body;
mod connect;
mod error;
mod fetch;
mod names;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        version::{TLS12, TLS13},
    },
};
use url::Url;

pub use self::{
    address::is_public,
    error::FetchError,
    names::{Names, SystemNames},
};
use crate::http::Network;

/// Ports of public addresses.
const PORTS: [u16; 2] = [80, 443];
/// Redirects that are followed.
const REDIRECTS: usize = 3;
/// How long everything may take: names, connections, redirects, the body.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long one address may take to answer that it is there.
const CONNECT_PATIENCE: Duration = Duration::from_millis(2_500);
/// Addresses of one name that are tried.
const ADDRESSES: usize = 4;
/// The head of an answer: its bytes, and how many fields it may have.
const HEAD: (usize, usize) = (64 * 1024, 128);

/// A kind of content that is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its content types, without parameters.
    pub types: &'static [&'static str],
    /// The most bytes of it, once it is unpacked.
    pub bytes: usize,
    /// Whether its beginning is good for something. Otherwise what is larger is refused.
    pub in_part: bool,
}

/// What was fetched.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it was found, after redirects.
    pub url: Url,
    /// Its content type, in lower case, without parameters.
    pub content_type: String,
    /// The character set that the content type names.
    pub charset: Option<String>,
    /// The content, unpacked.
    pub body: Bytes,
}

/// The way out. Cheap to clone.
#[derive(Clone)]
pub struct Outbound {
    names: Arc<dyn Names>,
    tls: TlsConnector,
    allowed: Arc<[Network]>,
    user_agent: Arc<str>,
    patience: Duration,
}

impl Outbound {
    /// A way out that also reaches the `allowed` networks.
    ///
    /// # Errors
    /// When the cryptography has none of the versions of TLS, which a build of ours cannot lack.
    pub fn new(user_agent: &str, allowed: Vec<Network>) -> Result<Self, tokio_rustls::rustls::Error> {
        let roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let tls = ClientConfig::builder_with_provider(ring::default_provider().into())
            .with_protocol_versions(&[&TLS13, &TLS12])?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self {
            names: Arc::new(SystemNames),
            tls: TlsConnector::from(Arc::new(tls)),
            allowed: allowed.into(),
            user_agent: user_agent.into(),
            patience: PATIENCE,
        })
    }

    /// The same with other names than those of the machine.
    #[must_use]
    pub fn with_names(self, names: impl Names) -> Self {
        Self {
            names: Arc::new(names),
            ..self
        }
    }

    /// The same, which believes other certificates.
    #[must_use]
    pub fn with_tls(self, tls: ClientConfig) -> Self {
        Self {
            tls: TlsConnector::from(Arc::new(tls)),
            ..self
        }
    }

    /// The same with another time limit.
    #[must_use]
    pub fn with_patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Fetches what the URL leads to, if it is of one of the kinds. Each address on the way is asked about with `may_visit`
    /// before it is looked at.
    pub async fn get(
        &self,
        url: &Url,
        kinds: &[Kind],
        may_visit: impl Fn(&Url) -> bool + Send + Sync,
    ) -> Result<Fetched, FetchError> {
        tokio::time::timeout(self.patience, self.follow(url, kinds, &may_visit))
            .await
            .map_err(|_| FetchError::TooSlow)?
    }
}
