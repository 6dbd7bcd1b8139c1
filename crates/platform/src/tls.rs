//! TLS: between processes, where both sides show certificates of the operator's own authority, and with the public.
//! Certificates that are renewed in place are taken up by themselves; connections that exist go on.

mod failure;
mod files;

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};
use tokio_rustls::{
    TlsAcceptor, TlsConnector,
    client::TlsStream,
    rustls::{ClientConfig, pki_types::ServerName},
};
use tokio_util::sync::CancellationToken;
use tonic::transport::ClientTlsConfig;

pub use failure::failure;
pub(crate) use failure::is_not_believed;
pub(crate) use files::public_client;
pub use files::{Authorities, Files, TlsError, TlsErrorKind};

use crate::service::Task;
use files::Material;

/// How often the files are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// This process's certificate, and the authorities that it believes. Clones share what is read anew.
#[derive(Clone)]
pub struct Tls(watch::Receiver<Arc<Material>>);

impl Tls {
    /// Reads the files; with the task that reads them again when they have changed.
    ///
    /// # Errors
    /// When a file cannot be read, or does not hold what it must.
    pub async fn open(files: Files, shutdown: CancellationToken) -> Result<(Self, Task), TlsError> {
        Self::open_with(files, LOOK_EVERY, shutdown).await
    }

    /// [`Tls::open`] with another time between two looks.
    ///
    /// # Errors
    /// As [`Tls::open`].
    pub async fn open_with(
        files: Files,
        look_every: Duration,
        shutdown: CancellationToken,
    ) -> Result<(Self, Task), TlsError> {
        let (sender, receiver) = watch::channel(Arc::new(Material::read(&files).await?));
        let following = async move {
            let _ = shutdown.run_until_cancelled(follow(files, look_every, sender)).await;
        };
        Ok((Self(receiver), Task::new("platform", following)))
    }

    /// Takes only clients that show a certificate of the authorities; where no authorities are named, everybody.
    #[must_use]
    pub fn acceptor(&self) -> Acceptor {
        Acceptor(self.clone())
    }

    /// How connections are made: servers are believed by the authorities and by their name.
    #[must_use]
    pub fn client(&self) -> ClientConfig {
        ClientConfig::clone(&self.0.borrow().client)
    }

    /// Makes a connection one to a server of this name (or IP address).
    ///
    /// # Errors
    /// When the server is not believed, or the name is none.
    pub async fn connect<S>(&self, name: &str, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let name = ServerName::try_from(name.to_owned()).map_err(io::Error::other)?;
        let config = Arc::clone(&self.0.borrow().client);
        TlsConnector::from(config).connect(name, stream).await
    }

    /// The same for gRPC, to a server of this name.
    pub(crate) fn grpc(&self, name: &str) -> ClientTlsConfig {
        self.0.borrow().grpc(name)
    }

    /// Whether it has been read anew since this clone was asked last.
    #[must_use]
    pub fn has_changed(&mut self) -> bool {
        let changed = self.0.has_changed().unwrap_or(false);
        self.0.mark_unchanged();
        changed
    }
}

/// The server's side of connections.
#[derive(Clone)]
pub struct Acceptor(Tls);

impl Acceptor {
    /// With the certificate of the moment.
    pub(crate) fn current(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.0.0.borrow().server))
    }
}

/// Reads the files again and again. What cannot be used is told and changes nothing: files are often replaced one by one.
async fn follow(files: Files, look_every: Duration, current: watch::Sender<Arc<Material>>) {
    loop {
        tokio::time::sleep(look_every).await;
        match Material::read(&files).await {
            Ok(material) => {
                let renewed = current.send_if_modified(|known| {
                    let differs = !known.is_of_the_same_files(&material);
                    if differs {
                        *known = Arc::new(material);
                    }
                    differs
                });
                if renewed {
                    tracing::info!("certificates were renewed");
                }
            }
            Err(error) => tracing::error!(error.detail = %error, "renewed certificates cannot be used"),
        }
    }
}
