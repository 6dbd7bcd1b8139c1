//! The accept loop, over real sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{Extension, Router, extract::ws::WebSocketUpgrade, routing::get};
use platform::{
    auth::{Authenticator, RevokedSessions, TokenIssuer},
    clock::Clock,
    http::{
        HttpSettings, PeerAddress, public,
        server::{ConnectionTimes, serve_with},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

const LONG: Duration = Duration::from_mins(1);
/// For what must run out; long enough that a busy machine sends a request within it.
const SHORT: Duration = Duration::from_secs(1);

struct Running {
    address: SocketAddr,
    shutdown: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
    entered: Arc<Notify>,
    release: Arc<Notify>,
}

async fn start(head: Duration, drain: Duration) -> Running {
    let (entered, release) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (inside, hold) = (entered.clone(), release.clone());
    let wait = async move || {
        inside.notify_one();
        hold.notified().await;
        "finished"
    };
    let router = Router::new()
        .route(
            "/peer",
            get(async |Extension(peer): Extension<PeerAddress>| peer.0.ip().to_string()),
        )
        .route("/wait", get(wait))
        .route(
            "/socket",
            get(async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(echo)),
        );
    let authenticator = Authenticator::new("", &TokenIssuer::ephemeral("").jwks(), RevokedSessions::default());
    let router = public(
        router,
        &HttpSettings::for_public_url(""),
        authenticator,
        Clock::system(),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let task = tokio::spawn(serve_with(
        listener,
        router,
        shutdown.clone(),
        ConnectionTimes { head, drain },
    ));
    Running {
        address,
        shutdown,
        task,
        entered,
        release,
    }
}

async fn echo(mut socket: axum::extract::ws::WebSocket) {
    while let Some(Ok(message)) = socket.recv().await {
        if socket.send(message).await.is_err() {
            break;
        }
    }
}

impl Running {
    async fn connect(&self, sent: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(sent.as_bytes()).await.unwrap();
        stream
    }
}

/// All that the server says until it closes the connection.
async fn until_closed(mut stream: TcpStream) -> String {
    let mut text = String::new();
    // A reset is a way of closing, too.
    let _ = tokio::time::timeout(LONG, stream.read_to_string(&mut text))
        .await
        .expect("the server closes");
    text
}

#[tokio::test]
async fn requests_know_their_peer() {
    let running = start(LONG, LONG).await;
    let answer = until_closed(
        running
            .connect("GET /peer HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            .await,
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("127.0.0.1"),
        "{answer}"
    );
}

#[tokio::test]
async fn who_dribbles_a_head_is_cut_off() {
    let running = start(SHORT, LONG).await;
    // Nothing, the beginning of the HTTP/2 preface, half a head, and nothing after a whole request.
    let heads = ["", "P", "PRI * HT", "GET /peer HTTP/1.1\r\nhost: x\r\nx-slow: "];
    let answers = heads.map(async |sent| until_closed(running.connect(sent).await).await);
    for answer in futures::future::join_all(answers).await {
        assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    let answer = until_closed(running.connect("GET /peer HTTP/1.1\r\nhost: x\r\n\r\n").await).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn a_request_may_take_longer_than_its_head() {
    let running = start(SHORT, LONG).await;
    let stream = running
        .connect("GET /wait HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await;
    running.entered.notified().await;
    tokio::time::sleep(SHORT + SHORT / 2).await;
    running.release.notify_one();
    assert!(until_closed(stream).await.ends_with("finished"));
}

#[tokio::test]
async fn sockets_pass_all_layers_and_outlive_the_time_for_a_head() {
    let running = start(SHORT, LONG).await;
    let upgrade = "GET /socket HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                   accept-encoding: gzip, br\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    let mut stream = running.connect(upgrade).await;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    assert!(
        head.starts_with("http/1.1 101 ") && head.contains("s3pplmbitxaq9kygzzhzrbk+xoo="),
        "{head}"
    );
    tokio::time::sleep(SHORT + SHORT / 2).await;
    // A masked text frame with the mask 0, and the same back without a mask (RFC 6455, section 5.2).
    stream.write_all(b"\x81\x82\0\0\0\0hi").await.unwrap();
    let mut frame = [0; 4];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!(&frame, b"\x81\x02hi");
}

#[tokio::test]
async fn http_2_without_tls() {
    let running = start(LONG, LONG).await;
    // The preface and an empty SETTINGS frame (RFC 9113, sections 3.4 and 6.5); the server answers with its own.
    let mut stream = running
        .connect("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0")
        .await;
    let mut frame = [0; 9];
    stream.read_exact(&mut frame).await.unwrap();
    assert_eq!((frame[3], &frame[5..]), (4, &[0; 4][..]), "SETTINGS on stream 0");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let running = start(LONG, LONG).await;
    let sent = format!("GET /peer HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(64 * 1024));
    let stream = running.connect(&sent).await;
    assert!(until_closed(stream).await.starts_with("HTTP/1.1 431 "));
}

#[tokio::test]
async fn stopping_finishes_what_is_in_flight_and_takes_nothing_new() {
    let running = start(LONG, LONG).await;
    let idle = running.connect("").await;
    let stream = running.connect("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    running.entered.notified().await;
    running.shutdown.cancel();
    assert_eq!(until_closed(idle).await, "");
    while TcpStream::connect(running.address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!running.task.is_finished());
    running.release.notify_one();
    assert!(until_closed(stream).await.ends_with("finished"));
    running.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn what_does_not_finish_while_draining_is_dropped() {
    let running = start(LONG, Duration::from_millis(50)).await;
    let stream = running.connect("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    running.entered.notified().await;
    running.shutdown.cancel();
    running.task.await.unwrap().unwrap();
    assert_eq!(until_closed(stream).await, "");
}
