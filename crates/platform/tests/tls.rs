//! TLS between services: who shows a certificate of our authority is answered and believed, and nobody else.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    fs, io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use contracts::calls::Service;
use platform::{
    auth::{KeySource, Keys, RemoteIssuer, TokenIssuer},
    clock::Clock,
    http::{self, Entrance, internal::InternalRoutes},
    rpc::{Admission, Channel},
    testing::certificates::Authority,
    tls::{Files, Tls, TlsErrorKind},
};
use rcgen::KeyPair;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};
use tokio_util::sync::CancellationToken;

const PATIENCE: Duration = Duration::from_secs(20);
const ISSUER: &str = "http://beep.test";

/// An instance with health, keys and `/`; it ends with the test.
async fn instance(tls: &Tls) -> SocketAddr {
    let issuer = TokenIssuer::ephemeral(ISSUER);
    let keys = issuer.jwks();
    let mut routes = InternalRoutes::default();
    let plain = Router::new().route("/", get(async || "hello"));
    routes.add_plain(plain.route(platform::auth::KEYS_PATH, get(async move || axum::Json(keys))));
    let admission = Admission::new(ISSUER, &[Service::Servers], &Keys::of(&issuer.jwks()), Clock::system());
    let (all, serving) = routes.finish(admission, 16, contracts::DESCRIPTORS).await;
    serving.set(true).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let entrance = Entrance::new(listener, Some(tls.acceptor()));
    tokio::spawn(http::serve(entrance, all, CancellationToken::new(), Duration::ZERO));
    address
}

/// What `/` answers over a connection of its own, or why there is no answer.
async fn asked(address: SocketAddr, client: ClientConfig) -> io::Result<String> {
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = TlsConnector::from(Arc::new(client)).connect(name, stream).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

async fn until(mut condition: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < PATIENCE, "it does not come about");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn channel(address: SocketAddr, tls: Option<&Tls>) -> Channel {
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = format!("{scheme}://localhost:{}", address.port()).parse().unwrap();
    let (channel, watching) = Channel::open(Service::Servers, vec![address], tls.cloned(), CancellationToken::new());
    tokio::spawn(watching.work);
    channel
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_shows_a_certificate_of_the_authority_is_answered() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let (server, _kept) = ours.tls("localhost", &ours).await;
    let address = instance(&server).await;
    let (peer, _kept) = ours.tls("messages", &ours).await;
    assert!(asked(address, peer.client()).await.unwrap().ends_with("hello"));
    let (stranger, _kept) = theirs.tls("messages", &ours).await;
    let refused = asked(address, stranger.client()).await.unwrap_err().to_string();
    assert!(refused.contains("UnknownCA"), "{refused}");
    let refused = asked(address, ours.nameless()).await.unwrap_err().to_string();
    assert!(refused.contains("CertificateRequired"), "{refused}");
    // Without TLS.
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(PATIENCE, plain.read_to_end(&mut answer))
        .await
        .unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP"), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_authorities_everybody_is_answered_and_nobody_believed() {
    let ours = Authority::new("ours");
    let folder = tempfile::tempdir().unwrap();
    let files = Files {
        authorities: None,
        ..ours.write(folder.path(), "localhost", &ours)
    };
    let (public, _) = Tls::open(files, CancellationToken::new()).await.unwrap();
    let address = instance(&public).await;
    assert!(asked(address, ours.nameless()).await.unwrap().ends_with("hello"));
    let refused = asked(address, public.client()).await.unwrap_err().to_string();
    assert!(refused.contains("UnknownIssuer"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_server_of_the_authority_and_of_the_right_name_is_believed() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let (peer, _kept) = ours.tls("messages", &ours).await;
    for (name, signer, reason) in [
        ("elsewhere", &ours, "not valid for name"),
        ("localhost", &theirs, "UnknownIssuer"),
    ] {
        let (server, _kept) = signer.tls(name, &ours).await;
        let refused = asked(instance(&server).await, peer.client())
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(reason), "{name}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_and_the_issuers_clients_use_it() {
    let (ours, theirs) = (Authority::new("ours"), Authority::new("theirs"));
    let (server, _kept) = ours.tls("localhost", &ours).await;
    let address = instance(&server).await;
    let (peer, _kept) = ours.tls("messages", &ours).await;
    let (stranger, _kept) = theirs.tls("messages", &ours).await;
    let (deceived, _kept) = ours.tls("elsewhere", &ours).await;
    let right = channel(address, Some(&peer));
    let wrong = [
        channel(address, Some(&stranger)),
        channel(address, None),
        channel(instance(&deceived).await, Some(&peer)),
    ];
    until(async || right.instances() == 1).await;
    let keys_with = |tls: &Tls| {
        let address = format!("https://localhost:{}", address.port()).parse().unwrap();
        RemoteIssuer::new(vec![address], std::collections::HashMap::new(), Some(tls.clone()))
    };
    assert_eq!(keys_with(&peer).jwks().await.unwrap().keys.len(), 1);
    assert!(keys_with(&stranger).jwks().await.is_err());
    assert!(wrong.iter().all(|channel| channel.instances() == 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn renewed_certificates_are_taken_up_and_unusable_ones_are_not() {
    let (first, second) = (Authority::new("ours"), Authority::new("theirs"));
    let often = Duration::from_millis(10);
    let (server_files, peer_files) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let open = async |folder: &TempDir, name: &str| {
        let files = first.write(folder.path(), name, &first);
        let (tls, renewing) = Tls::open_with(files, often, CancellationToken::new()).await.unwrap();
        tokio::spawn(renewing.work);
        tls
    };
    let server = open(&server_files, "localhost").await;
    let peer = open(&peer_files, "messages").await;
    let address = instance(&server).await;
    let channel = channel(address, Some(&peer));
    until(async || channel.instances() == 1).await;
    fs::write(server_files.path().join("tls.crt"), "no certificate").unwrap();
    for _ in 0..50 {
        assert!(
            asked(address, peer.client()).await.is_ok(),
            "what was good before stays"
        );
    }
    let _ = second.write(server_files.path(), "localhost", &second);
    until(async || asked(address, peer.client()).await.is_err()).await;
    let _ = second.write(peer_files.path(), "messages", &second);
    until(async || asked(address, peer.client()).await.is_ok()).await;
    until(async || channel.instances() == 1).await;
    // A new channel has no connection of old.
    let fresh = self::channel(address, Some(&peer));
    until(async || fresh.instances() == 1).await;
}

#[tokio::test]
async fn what_cannot_be_used_is_named() {
    let ours = Authority::new("ours");
    for (broken, kind) in [
        ("tls.crt", TlsErrorKind::Certificate),
        ("tls.key", TlsErrorKind::Key),
        ("ca.crt", TlsErrorKind::Authorities),
    ] {
        let other_key = KeyPair::generate().unwrap().serialize_pem();
        for content in ["", "nonsense", &other_key] {
            let folder = tempfile::tempdir().unwrap();
            let files = ours.write(folder.path(), "localhost", &ours);
            fs::write(folder.path().join(broken), content).unwrap();
            let error = Tls::open(files, CancellationToken::new()).await.err().unwrap();
            assert_eq!(error.kind, kind, "{error}");
            assert!(error.to_string().contains(broken), "{error}");
        }
        let folder = tempfile::tempdir().unwrap();
        let files = ours.write(folder.path(), "localhost", &ours);
        fs::remove_file(folder.path().join(broken)).unwrap();
        assert_eq!(
            Tls::open(files, CancellationToken::new()).await.err().unwrap().kind,
            kind
        );
    }
}
