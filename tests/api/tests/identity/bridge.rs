//! What stands between Beep and Keycloak, and may break.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
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
    /// Takes what comes, and never answers.
    Hang,
    /// Answers a request with this in it itself, as if all was well.
    KeepWith(&'static str),
}

/// A bridge to Keycloak, while its runtime lives.
pub(crate) struct Bridge {
    /// Where Beep enters it.
    pub(crate) address: SocketAddr,
    does: Arc<Mutex<Does>>,
    /// What was asked, by connection.
    heard: Heard,
    listening: JoinHandle<()>,
}

type Heard = Arc<Mutex<Vec<String>>>;

impl Bridge {
    /// To what listens there.
    pub(crate) async fn to(far: SocketAddr) -> Self {
        Self::begin("127.0.0.1:0", far, false).await
    }

    /// The same, entered here, by whoever does not keep connections for a later bridge.
    pub(crate) async fn at(near: &str, far: SocketAddr) -> Self {
        Self::begin(near, far, true).await
    }

    async fn begin(near: &str, far: SocketAddr, closes: bool) -> Self {
        let listener = TcpListener::bind(near).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (does, heard) = (Arc::new(Mutex::new(Does::Pass)), Heard::default());
        let shared = (Arc::clone(&does), Arc::clone(&heard));
        let listening = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, (far, closes), Arc::clone(&shared.0), Arc::clone(&shared.1)));
            }
        });
        Self {
            address,
            does,
            heard,
            listening,
        }
    }

    /// What was asked, by connection.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// How often this was asked for.
    pub(crate) fn times(&self, start: &str) -> usize {
        self.heard().iter().map(|all| all.matches(start).count()).sum()
    }

    /// From now on it does this.
    pub(crate) fn now(&self, does: Does) {
        *self.does.lock().unwrap() = does;
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn carry(
    mut near: TcpStream,
    (far, closes): (SocketAddr, bool),
    does: Arc<Mutex<Does>>,
    heard: Heard,
) -> Option<()> {
    let number = {
        let mut heard = heard.lock().unwrap();
        heard.push(String::new());
        heard.len() - 1
    };
    let mut far = TcpStream::connect(far).await.ok()?;
    let (mut asked, mut answered) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    let mut cut = false;
    loop {
        tokio::select! {
            read = near.read(&mut asked) => {
                let part = &asked[..read.ok().filter(|length| *length > 0)?];
                heard.lock().unwrap()[number].push_str(&String::from_utf8_lossy(part));
                let now = does.lock().unwrap().clone();
                match now {
                    Does::Refuse => return None,
                    Does::CutBefore(start) if part.starts_with(start.as_bytes()) => return None,
                    Does::Hang => continue,
                    Does::KeepWith(text) => {
                        if String::from_utf8_lossy(part).contains(text) {
                            near.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await.ok()?;
                        }
                        continue;
                    }
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
                let status = &b"HTTP/1.1 200 OK\r\n"[..];
                if let Some(rest) = part.strip_prefix(status).filter(|_| closes) {
                    near.write_all(&[status, b"connection: close\r\n", rest].concat()).await.ok()?;
                } else {
                    near.write_all(part).await.ok()?;
                }
            }
        }
    }
}
