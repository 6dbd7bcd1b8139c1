//! Answers that would take time or room without end.

use std::{
    io::Write,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use flate2::{Compression, write::GzEncoder};
use platform::outbound::FetchError;
use tokio::net::TcpListener;
use url::Url;

use crate::server::{PAGE, PICTURE, Server, answer, get, outbound};

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n\r\n";
const PICTURE_HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\n\r\n";

#[tokio::test]
async fn of_a_page_without_end_the_beginning_is_taken() {
    let endless = Server::streaming(|_| (HEAD.to_vec(), Some((vec![b'x'; 4_000], Duration::ZERO)))).await;
    let fetched = get(&outbound(), &endless.url("/")).await.unwrap();
    assert_eq!(fetched.body.len(), PAGE.bytes);
}

#[tokio::test]
async fn a_picture_is_taken_whole_or_not_at_all() {
    let endless = Server::streaming(|_| (PICTURE_HEAD.to_vec(), Some((vec![b'x'; 4_000], Duration::ZERO)))).await;
    assert_eq!(
        get(&outbound(), &endless.url("/")).await.unwrap_err(),
        FetchError::TooLarge
    );
    let typed = [("content-type", "image/png")];
    let exact = answer("200 OK", &typed, &vec![b'x'; PICTURE.bytes]);
    let server = Server::answering(move |_| exact.clone()).await;
    assert_eq!(
        get(&outbound(), &server.url("/")).await.unwrap().body.len(),
        PICTURE.bytes
    );
    // What says that it is too large is not even waited for.
    let boasting = Server::streaming(|_| {
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 20001\r\n\r\n";
        (head.to_vec(), Some((Vec::new(), Duration::from_mins(1))))
    })
    .await;
    assert_eq!(
        get(&outbound(), &boasting.url("/")).await.unwrap_err(),
        FetchError::TooLarge
    );
    // What ends before it has said it would is not taken for whole.
    let short = b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 100\r\n\r\nabc";
    let server = Server::answering(move |_| short.to_vec()).await;
    assert_eq!(
        get(&outbound(), &server.url("/")).await.unwrap_err(),
        FetchError::Unreadable
    );
}

fn bomb(megabytes: usize) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..megabytes {
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    packed.finish().unwrap()
}

#[tokio::test]
async fn a_bomb_does_not_go_off() {
    for (kind, result) in [("text/html", Ok(PAGE.bytes)), ("image/png", Err(FetchError::TooLarge))] {
        // 8 MiB in 8 KiB, of which a page may have 10,000 bytes.
        let packed = bomb(8);
        let says = answer(
            "200 OK",
            &[("content-type", kind), ("content-encoding", "gzip")],
            &packed,
        );
        let server = Server::answering(move |_| says.clone()).await;
        let fetched = get(&outbound(), &server.url("/")).await;
        assert_eq!(fetched.map(|fetched| fetched.body.len()), result, "{kind}");
    }
}

#[tokio::test]
async fn a_packed_page_that_is_cut_off_is_read_as_far_as_it_goes() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(&vec![b'a'; 30_000]).unwrap();
    let packed = packed.finish().unwrap();
    let says = answer(
        "200 OK",
        &[("content-type", "text/html"), ("content-encoding", "gzip")],
        &packed,
    );
    let server = Server::answering(move |_| says.clone()).await;
    let fetched = get(&outbound(), &server.url("/")).await.unwrap();
    assert!(fetched.body.len() > 9_000 && fetched.body.iter().all(|byte| *byte == b'a'));
}

#[tokio::test]
async fn heads_have_limits() {
    let long = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nx: {}\r\n\r\n",
        "y".repeat(200_000)
    );
    let many = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n{}\r\n",
        "x: y\r\n".repeat(200)
    );
    for says in [long, many] {
        let server = Server::answering(move |_| says.clone().into_bytes()).await;
        assert_eq!(
            get(&outbound(), &server.url("/")).await.unwrap_err(),
            FetchError::Unreadable
        );
    }
    let endless = Server::streaming(|_| {
        (
            b"HTTP/1.1 200 OK\r\n".to_vec(),
            Some((b"x: yyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(100), Duration::ZERO)),
        )
    })
    .await;
    assert_eq!(
        get(&outbound(), &endless.url("/")).await.unwrap_err(),
        FetchError::Unreadable
    );
}

/// Whether it is given up for its time, and long before a whole answer would have come.
async fn is_given_up(url: &Url) {
    let hasty = outbound().with_patience(Duration::from_millis(300));
    let begun = Instant::now();
    assert_eq!(get(&hasty, url).await.unwrap_err(), FetchError::TooSlow);
    assert!(begun.elapsed() < Duration::from_secs(20), "it was waited for");
}

#[tokio::test]
async fn who_is_slow_is_given_up() {
    let drop_by_drop = Some((b"x".to_vec(), Duration::from_millis(20)));
    let body = drop_by_drop.clone();
    is_given_up(&Server::streaming(move |_| (HEAD.to_vec(), body.clone())).await.url("/")).await;
    let head = drop_by_drop.clone();
    is_given_up(
        &Server::streaming(move |_| (b"HTTP/1.1 200 OK\r\nx: ".to_vec(), head.clone()))
            .await
            .url("/"),
    )
    .await;
    // Takes the connection, and says nothing.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = silent.local_addr().unwrap();
    is_given_up(&Url::parse(&format!("http://{address}/")).unwrap()).await;
    // Promises and promises.
    let hints = Some((b"HTTP/1.1 103 Early Hints\r\n\r\n".to_vec(), Duration::from_millis(5)));
    is_given_up(&Server::streaming(move |_| (Vec::new(), hints.clone())).await.url("/")).await;
    // Each step is quick, and there is always another one.
    let detour = Server::streaming(move |_| {
        let redirect = b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n";
        (redirect.to_vec(), None)
    })
    .await;
    assert_eq!(
        get(&outbound(), &detour.url("/")).await.unwrap_err(),
        FetchError::TooManyRedirects
    );
}
