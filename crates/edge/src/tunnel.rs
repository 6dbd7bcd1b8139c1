//! WebSockets: a connection of their own to the instance, through which bytes pass unread until one side ends.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum_reverse_proxy::{TunnelCancellation, TunnelGuard};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{connection::Connection, instance::InFlight};

/// When one side has ended, how long the other may take; also how long tunnels may go on when the edge stops, so that
/// gateways which stop at the same time can say goodbye.
const GRACE: Duration = Duration::from_secs(2);

/// All tunnels of the edge. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Tunnels {
    open: TaskTracker,
    end: CancellationToken,
}

/// A connection for one tunnel, and what the request through it must carry.
pub(crate) struct Tunnel {
    pub(crate) stream: Watched,
    pub(crate) guard: TunnelGuard,
    pub(crate) cancellation: TunnelCancellation,
}

impl Tunnels {
    /// Connects to the instance.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub(crate) async fn open(&self, to: InFlight) -> io::Result<Tunnel> {
        let stream = to.instance().connector.connect().await?;
        let end = self.end.child_token();
        Ok(Tunnel {
            stream: Watched {
                stream: TokioIo::new(stream),
                end: Some(end.clone()),
            },
            guard: TunnelGuard::new((to, self.open.token())),
            cancellation: TunnelCancellation(end),
        })
    }

    /// Waits for the shutdown and ends all tunnels soon after.
    pub(crate) async fn end_after(self, shutdown: CancellationToken) {
        shutdown.cancelled().await;
        self.open.close();
        let _ = tokio::time::timeout(GRACE, self.open.wait()).await;
        self.end.cancel();
    }
}

/// A connection that ends its tunnel for good soon after one direction has ended: a peer that neither answers nor goes must
/// not keep it for ever.
pub(crate) struct Watched {
    stream: TokioIo<Connection>,
    end: Option<CancellationToken>,
}

impl Watched {
    fn end_soon(&mut self) {
        if let Some(end) = self.end.take() {
            tokio::spawn(async move {
                tokio::time::sleep(GRACE).await;
                end.cancel();
            });
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, into));
        if into.filled().len() == before && into.remaining() > 0 {
            self.end_soon();
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.end_soon();
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// Both ends of a connection, one of them watched, and the end of its tunnel.
    async fn connected() -> (Watched, TcpStream, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (other, _) = listener.accept().await.unwrap();
        let end = CancellationToken::new();
        let watched = Watched {
            stream: TokioIo::new(Connection::Http(TokioIo::new(stream))),
            end: Some(end.clone()),
        };
        (watched, other, end)
    }

    async fn ends(end: CancellationToken) {
        tokio::time::timeout(GRACE * 10, end.cancelled()).await.unwrap();
    }

    #[tokio::test]
    async fn an_instance_that_ends_ends_the_tunnel_even_when_the_client_stays() {
        let (mut watched, mut other, end) = connected().await;
        other.write_all(b"last").await.unwrap();
        drop(other);
        let mut read = Vec::new();
        watched.read_to_end(&mut read).await.unwrap();
        assert_eq!(read, b"last");
        ends(end).await;
    }

    #[tokio::test]
    async fn a_client_that_ends_ends_the_tunnel_even_when_the_instance_stays() {
        let (mut watched, _other, end) = connected().await;
        watched.shutdown().await.unwrap();
        ends(end).await;
    }

    #[tokio::test]
    async fn without_tunnels_a_shutdown_takes_no_time() {
        let tunnels = Tunnels::default();
        let shutdown = CancellationToken::new();
        shutdown.cancel();
        let ending = tunnels.clone().end_after(shutdown);
        // The paused clock goes to whatever is due next: the sleep, if there were anything to wait for.
        tokio::time::pause();
        tokio::select! {
            biased;
            () = ending => {}
            () = tokio::time::sleep(GRACE / 2) => panic!("it waits for nothing"),
        }
    }
}
