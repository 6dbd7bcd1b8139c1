//! Connections to addresses that were checked.

use std::net::IpAddr;

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::rustls::pki_types::ServerName;
use url::{Host, Url};

use super::{ADDRESSES, CONNECT_PATIENCE, FetchError, Outbound, PORTS, is_public};

/// What HTTP is spoken on.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Outbound {
    /// Connects to where the URL leads, if one may go there.
    pub(super) async fn connect(&self, url: &Url) -> Result<Box<dyn Stream>, FetchError> {
        let (host, port) = destination(url)?;
        let found = match host {
            Host::Ipv4(address) => vec![IpAddr::from(address)],
            Host::Ipv6(address) => vec![IpAddr::from(address)],
            Host::Domain(name) => {
                let found = self.names.addresses(name).await;
                found.map_err(|_| FetchError::Unresolved)?
            }
        };
        if found.is_empty() {
            return Err(FetchError::Unresolved);
        }
        let mut permitted: Vec<IpAddr> = found.into_iter().filter(|ip| self.permits(*ip, port)).collect();
        permitted.dedup();
        if permitted.is_empty() {
            return Err(FetchError::NotPublic);
        }
        for address in permitted.into_iter().take(ADDRESSES) {
            // To the address that was checked, not to the name.
            let connecting = TcpStream::connect((address, port));
            if let Ok(Ok(stream)) = tokio::time::timeout(CONNECT_PATIENCE, connecting).await {
                return self.encrypt(url, stream).await;
            }
        }
        Err(FetchError::Unreachable)
    }

    fn permits(&self, address: IpAddr, port: u16) -> bool {
        let allowed = self.allowed.iter().any(|network| network.contains(address));
        allowed || (is_public(address) && PORTS.contains(&port))
    }

    async fn encrypt(&self, url: &Url, stream: TcpStream) -> Result<Box<dyn Stream>, FetchError> {
        if url.scheme() == "http" {
            return Ok(Box::new(stream));
        }
        let name = match url.host() {
            Some(Host::Domain(name)) => ServerName::try_from(name.trim_end_matches('.').to_owned()).ok(),
            Some(Host::Ipv4(address)) => Some(ServerName::from(IpAddr::from(address))),
            Some(Host::Ipv6(address)) => Some(ServerName::from(IpAddr::from(address))),
            None => None,
        };
        let name = name.ok_or(FetchError::NotOfTheWeb)?;
        let stream = self.tls.connect(name, stream).await;
        Ok(Box::new(stream.map_err(|_| FetchError::Unreachable)?))
    }
}

/// The host and the port of a URL that may be visited at all.
pub(super) fn destination(url: &Url) -> Result<(Host<&str>, u16), FetchError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(FetchError::NotOfTheWeb);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Credentials);
    }
    let port = url.port_or_known_default();
    url.host().zip(port).ok_or(FetchError::NotOfTheWeb)
}
