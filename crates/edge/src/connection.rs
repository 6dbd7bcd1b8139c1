//! Connections to instances, with TLS where their address asks for it.

use std::{
    io,
    net::SocketAddr,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt};
use http::Uri;
use hyper_rustls::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use platform::{rpc::Address, tls::Tls};
use tokio::net::TcpStream;
use tower::Service;

use crate::WiringError;

/// How long a connection may take to be made, TLS included.
const WITHIN: Duration = Duration::from_secs(1);

/// A connection to an instance.
pub(crate) type Connection = MaybeHttpsStream<TokioIo<TcpStream>>;

/// One of the addresses of a service, and how those behind it are spoken to.
#[derive(Clone)]
pub(crate) struct Place {
    address: Address,
    /// There is one exactly when the address asks for it.
    tls: Option<Tls>,
}

impl Place {
    /// The address; `tls` is used if it asks for that.
    ///
    /// # Errors
    /// When it does, and there is none.
    pub(crate) fn new(address: Address, tls: Option<&Tls>) -> Result<Self, WiringError> {
        let tls = match (address.is_secure(), tls) {
            (false, _) => None,
            (true, Some(tls)) => Some(tls.clone()),
            (true, None) => return Err(WiringError::NoCertificate(address)),
        };
        Ok(Self { address, tls })
    }

    pub(crate) fn address(&self) -> &Address {
        &self.address
    }
}

/// Makes connections to one instance.
#[derive(Clone)]
pub(crate) struct Connector {
    instance: SocketAddr,
    place: Place,
}

impl Connector {
    /// To the instance, which was found at the place.
    pub(crate) fn new(instance: SocketAddr, place: Place) -> Self {
        Self { instance, place }
    }

    /// Makes one, with the certificates of the moment.
    ///
    /// # Errors
    /// When the instance cannot be reached, or is not believed.
    pub(crate) async fn connect(&self) -> io::Result<Connection> {
        let connecting = async {
            let stream = TcpStream::connect(self.instance).await?;
            stream.set_nodelay(true)?;
            let stream = TokioIo::new(stream);
            match &self.place.tls {
                None => Ok(Connection::Http(stream)),
                Some(tls) => {
                    let name = self.place.address.host();
                    tls.connect(name, TokioIo::new(stream)).await.map(Connection::from)
                }
            }
        };
        tokio::time::timeout(WITHIN, connecting).await?
    }
}

/// The address in the URI is that of the instance.
impl Service<Uri> for Connector {
    type Response = Connection;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Connection>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let connector = self.clone();
        async move { connector.connect().await }.boxed()
    }
}
