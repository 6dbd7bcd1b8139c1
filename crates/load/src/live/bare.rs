//! The floor under the gateway: a WebSocket server that does nothing but hand frames on.

use std::{io::Write, net::Ipv4Addr, process::Stdio, sync::Arc};

use anyhow::Context;
use futures::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    sync::broadcast,
};
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Message, Utf8Bytes,
        handshake::server::{Request, Response},
    },
};

/// A running bare server; it ends with this value.
pub(crate) struct BareFanOut {
    pub(crate) address: std::net::SocketAddr,
    _child: Child,
}

impl BareFanOut {
    /// Starts it as a process of its own, as Beep is one.
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("bare-fan-out")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let address = line.context("the bare server said no address")?.parse()?;
        Ok(Self { address, _child: child })
    }
}

/// Serves until it is killed; prints its address first.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(std::io::stdout().lock(), "{}", listener.local_addr()?)?;
    let (frames, _) = broadcast::channel::<Utf8Bytes>(1_024);
    let frames = Arc::new(frames);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        tokio::spawn(connection(stream, Arc::clone(&frames)));
    }
}

async fn connection(stream: TcpStream, frames: Arc<broadcast::Sender<Utf8Bytes>>) {
    let mut publishes = false;
    #[expect(clippy::result_large_err, reason = "the library's own signature")]
    let look = |request: &Request, response: Response| {
        publishes = request.uri().path() == "/publish";
        Ok(response)
    };
    let Ok(mut socket) = accept_hdr_async(stream, look).await else {
        return;
    };
    if publishes {
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Text(text) = message {
                // Nobody listening is no fault.
                let _ = frames.send(text);
            }
        }
        return;
    }
    let mut incoming = frames.subscribe();
    while let Ok(text) = incoming.recv().await {
        if socket.send(Message::Text(text)).await.is_err() {
            return;
        }
    }
}
