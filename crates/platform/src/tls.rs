//! TLS between processes: both sides show certificates of the operator's own authority. Certificates that are renewed in place
//! are taken up by themselves; connections that exist go on.

mod files;

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ClientConfig, ServerConfig},
};
use tokio_util::sync::CancellationToken;
use tonic::transport::ClientTlsConfig;

pub use files::{Files, TlsError, TlsErrorKind};

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

    /// Takes only clients that show a certificate of the authorities.
    #[must_use]
    pub fn mutual(&self) -> Acceptor {
        Acceptor {
            tls: self.clone(),
            config: |material| &material.mutual,
        }
    }

    /// Takes clients without certificates, too.
    #[must_use]
    pub fn one_sided(&self) -> Acceptor {
        Acceptor {
            tls: self.clone(),
            config: |material| &material.one_sided,
        }
    }

    /// How connections are made: servers are believed by the authorities and by their name.
    #[must_use]
    pub fn client(&self) -> ClientConfig {
        ClientConfig::clone(&self.0.borrow().client)
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
pub struct Acceptor {
    tls: Tls,
    config: fn(&Material) -> &Arc<ServerConfig>,
}

impl Acceptor {
    /// With the certificate of the moment.
    pub(crate) fn current(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone((self.config)(&self.tls.0.borrow())))
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
