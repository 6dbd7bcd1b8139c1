//! What stands between Beep and Keycloak, and may break.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What it does to requests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Does {
    /// Passes them on.
    #[default]
    Pass,
    /// Ends every connection.
    Refuse,
    /// Ends a connection before a request that begins so is passed on.
    CutBefore(&'static str),
    /// Passes a request that begins so on, and ends the connection when its answer comes.
    CutAfter(&'static str),
}

/// A bridge to Keycloak, while its runtime lives.
pub(crate) struct Bridge {
    /// Where Beep enters it.
    pub(crate) address: SocketAddr,
    does: Arc<Mutex<Does>>,
}

impl Bridge {
    /// To what listens there.
    pub(crate) async fn to(far: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let does = Arc::new(Mutex::new(Does::Pass));
        let told = Arc::clone(&does);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, far, Arc::clone(&told)));
            }
        });
        Self { address, does }
    }

    /// From now on it does this.
    pub(crate) fn now(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }
}

async fn carry(mut near: TcpStream, far: SocketAddr, does: Arc<Mutex<Does>>) -> Option<()> {
    let mut far = TcpStream::connect(far).await.ok()?;
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut cut = false;
    loop {
        tokio::select! {
            read = near.read(&mut asked) => {
                let part = &asked[..read.ok().filter(|length| *length > 0)?];
                match does.lock().unwrap().clone() {
                    Does::Refuse => return None,
                    Does::CutBefore(start) if part.starts_with(start.as_bytes()) => return None,
                    Does::Pass | Does::CutBefore(_) => {}
                    Does::CutAfter(start) => cut |= part.starts_with(start.as_bytes()),
                }
                far.write_all(part).await.ok()?;
            }
            read = far.read(&mut answered) => {
                let part = &answered[..read.ok().filter(|length| *length > 0)?];
                if cut {
                    return None;
                }
                near.write_all(part).await.ok()?;
            }
        }
    }
}
