//! A way for tests to a part that speaks TLS: they speak plainly to the passage, which has the certificate.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, LazyLock},
};

use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Runtime,
    task::JoinHandle,
};
use tokio_rustls::{TlsConnector, rustls::ClientConfig};

/// Each test has a runtime of its own, and a Beep may be used by several.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());

/// A passage, until it is dropped. Connections in it end with their part.
pub struct Passage {
    /// Where tests enter it.
    pub address: SocketAddr,
    taking: JoinHandle<()>,
}

impl Passage {
    /// To a part that listens, or will listen, at this address.
    pub(super) fn to(part: SocketAddr, client: Arc<ClientConfig>) -> Self {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let taking = RUNTIME.spawn(async move {
            let listener = TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                let client = Arc::clone(&client);
                tokio::spawn(async move {
                    // That there is no way is what the test sees: its connection ends.
                    let _ = pass(stream, part, client).await;
                });
            }
        });
        Self { address, taking }
    }
}

async fn pass(mut stream: TcpStream, part: SocketAddr, client: Arc<ClientConfig>) -> std::io::Result<()> {
    let far = TcpStream::connect(part).await?;
    far.set_nodelay(true)?;
    stream.set_nodelay(true)?;
    let mut far = TlsConnector::from(client).connect(part.ip().into(), far).await?;
    tokio::io::copy_bidirectional(&mut stream, &mut far).await?;
    Ok(())
}

impl Drop for Passage {
    fn drop(&mut self) {
        self.taking.abort();
    }
}
