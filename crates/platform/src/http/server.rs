//! The accept loop.

use std::{
    io,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::PeerAddress;
use crate::tls::Acceptor;

/// The largest head of a request, in bytes; also the buffer that a connection keeps at most.
const HEAD_BYTES: usize = 16 * 1024;
/// Requests at the same time on one HTTP/2 connection.
const STREAMS: u32 = 128;
/// How long to wait when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How long clients may take.
#[derive(Debug, Clone, Copy)]
pub struct ConnectionTimes {
    /// For a request's head; also how long an idle connection stays open.
    pub head: Duration,
    /// For what is in flight when the server stops.
    pub drain: Duration,
}

/// Where connections come from.
pub struct Entrance {
    listener: TcpListener,
    tls: Option<Acceptor>,
}

impl From<TcpListener> for Entrance {
    fn from(listener: TcpListener) -> Self {
        Self { listener, tls: None }
    }
}

impl Entrance {
    /// The listener; with TLS, if it is given.
    #[must_use]
    pub fn new(listener: TcpListener, tls: Option<Acceptor>) -> Self {
        Self { listener, tls }
    }
}

/// Serves the router on the listener, HTTP/1.1 (with WebSockets) and HTTP/2, until `shutdown`. Then no connection is accepted
/// any more, requests in flight have `drain` to finish, and what is left is dropped.
///
/// Each request has a [`PeerAddress`] among its extensions.
pub async fn serve(
    entrance: impl Into<Entrance>,
    router: Router,
    shutdown: CancellationToken,
    drain: Duration,
) -> io::Result<()> {
    serve_with(
        entrance,
        router,
        shutdown,
        ConnectionTimes {
            head: Duration::from_secs(10),
            drain,
        },
    )
    .await
}

/// [`serve`] with other times.
pub async fn serve_with(
    entrance: impl Into<Entrance>,
    router: Router,
    shutdown: CancellationToken,
    times: ConnectionTimes,
) -> io::Result<()> {
    let Entrance { listener, tls } = entrance.into();
    let server = Arc::new(Server {
        tls,
        builder: builder(times),
        router,
        times,
    });
    let connections = TaskTracker::new();
    loop {
        let (stream, peer) = tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // The client is gone already, or all sockets are in use: neither ends the server.
                    tracing::warn!(error.detail = %error, "a connection cannot be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        connections.spawn(server.clone().take(stream, PeerAddress(peer), shutdown.clone()));
    }
    drop(listener);
    connections.close();
    connections.wait().await;
    Ok(())
}

struct Server {
    tls: Option<Acceptor>,
    builder: auto::Builder<TokioExecutor>,
    router: Router,
    times: ConnectionTimes,
}

fn builder(times: ConnectionTimes) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // A hundred headers at most is what HTTP/1 has by default; saying so would cost an allocation per request.
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(times.head)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(times.head)
        .keep_alive_timeout(times.head)
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
    builder
}

impl Server {
    async fn take(self: Arc<Self>, stream: TcpStream, peer: PeerAddress, shutdown: CancellationToken) {
        // Without it small answers wait for the client's acknowledgement; the connection works all the same.
        let _ = stream.set_nodelay(true);
        let Some(tls) = &self.tls else {
            return self.connection(stream, peer, shutdown).await;
        };
        let handshake = tokio::time::timeout(self.times.head, tls.current().accept(stream));
        match shutdown.run_until_cancelled(handshake).await {
            Some(Ok(Ok(stream))) => self.connection(stream, peer, shutdown).await,
            // A process that is set up wrongly, or a stranger.
            Some(Ok(Err(error))) => tracing::info!(error.detail = %error, "a TLS connection failed"),
            Some(Err(_)) | None => {}
        }
    }

    async fn connection(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        peer: PeerAddress,
        shutdown: CancellationToken,
    ) {
        let begun = AtomicBool::new(false);
        let service = service_fn(|mut request: hyper::Request<Incoming>| {
            begun.store(true, Ordering::Relaxed);
            request.extensions_mut().insert(peer);
            self.router.clone().oneshot(request)
        });
        let mut connection = pin!(
            self.builder
                .serve_connection_with_upgrades(TokioIo::new(stream), service)
        );
        // The builder's own time for the head begins only when the protocol is known, after the first bytes.
        let never_begins = async {
            tokio::time::sleep(self.times.head).await;
            if begun.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        // An error of a connection (a reset, bytes that are not HTTP) concerns nobody but its client.
        tokio::select! {
            biased;
            _ = connection.as_mut() => {}
            () = never_begins => {}
            () = shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(self.times.drain, connection).await;
            }
        }
    }
}
