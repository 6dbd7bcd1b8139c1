//! What is asked, and what becomes of answers.

use std::io::Write;

use flate2::{
    Compression,
    write::{DeflateEncoder, GzEncoder, ZlibEncoder},
};
use platform::outbound::FetchError;

use crate::server::{Server, answer, get, outbound, page};

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_else() {
    let server =
        Server::answering(|_| answer("200 OK", &[("content-type", "text/html"), ("set-cookie", "a=b")], b"x")).await;
    for _ in 0..2 {
        get(&outbound(), &server.url("/a%20path/?q=1&r=%C3%A9#fragment"))
            .await
            .unwrap();
    }
    let heads = server.asked();
    let expected = format!(
        "GET /a%20path/?q=1&r=%C3%A9 HTTP/1.1\r\nhost: {}\r\nuser-agent: BeepBot/test\r\naccept: text/html, image/png\r\n\
         accept-encoding: gzip, deflate\r\nconnection: close\r\n\r\n",
        server.address
    );
    assert_eq!(heads, [expected.clone(), expected], "no cookie at the second time");
}

#[tokio::test]
async fn the_kind_and_the_character_set_are_told() {
    for (header, kind, charset) in [
        ("text/html", "text/html", None),
        ("Text/HTML; Charset=\"ISO-8859-1\"", "text/html", Some("ISO-8859-1")),
        ("text/html;boundary=x; charset = utf-8 ", "text/html", Some("utf-8")),
        ("image/png", "image/png", None),
    ] {
        let server = Server::answering(move |_| answer("200 OK", &[("content-type", header)], b"x")).await;
        let fetched = get(&outbound(), &server.url("/")).await.unwrap();
        assert_eq!(
            (fetched.content_type.as_str(), fetched.charset.as_deref()),
            (kind, charset),
            "{header}"
        );
    }
    for header in [
        "application/octet-stream",
        "text/html2",
        "image/svg+xml",
        "",
        "text/plain; text/html",
    ] {
        let server = Server::answering(move |_| answer("200 OK", &[("content-type", header)], b"x")).await;
        assert_eq!(
            get(&outbound(), &server.url("/")).await.unwrap_err(),
            FetchError::OtherType,
            "{header}"
        );
    }
    let untyped = Server::answering(|_| answer("200 OK", &[], b"x")).await;
    assert_eq!(
        get(&outbound(), &untyped.url("/")).await.unwrap_err(),
        FetchError::OtherType
    );
}

#[tokio::test]
async fn other_statuses_have_no_content() {
    for status in ["404 Not Found", "500 Oh", "403 No", "304 Same", "300 Many", "999 X"] {
        let server = Server::answering(move |_| answer(status, &[("content-type", "text/html")], b"x")).await;
        let number = status[..3].parse().unwrap();
        assert_eq!(
            get(&outbound(), &server.url("/")).await.unwrap_err(),
            FetchError::Status(number)
        );
    }
    for garbage in [
        "",
        "220 smtp.example ESMTP\r\n",
        "HTTP/1.1 200",
        "\0\0\0\0\r\n\r\n",
        "<html></html>",
    ] {
        let server = Server::answering(move |_| garbage.as_bytes().to_vec()).await;
        assert_eq!(
            get(&outbound(), &server.url("/")).await.unwrap_err(),
            FetchError::Unreadable,
            "{garbage:?}"
        );
    }
    let nowhere = Server::answering(|_| answer("302 Found", &[], b"")).await;
    assert_eq!(
        get(&outbound(), &nowhere.url("/")).await.unwrap_err(),
        FetchError::Unreadable
    );
}

#[tokio::test]
async fn packed_pages_are_unpacked() {
    let text = "<title>packed</title>".repeat(20);
    let (raw, whole) = (text.as_bytes(), Compression::default());
    let mut gzip = GzEncoder::new(Vec::new(), whole);
    gzip.write_all(raw).unwrap();
    let mut zlib = ZlibEncoder::new(Vec::new(), whole);
    zlib.write_all(raw).unwrap();
    let mut deflate = DeflateEncoder::new(Vec::new(), whole);
    deflate.write_all(raw).unwrap();
    for (encoding, packed) in [
        ("gzip", gzip.finish().unwrap()),
        ("X-GZIP", {
            let mut e = GzEncoder::new(Vec::new(), whole);
            e.write_all(raw).unwrap();
            e.finish().unwrap()
        }),
        ("deflate", zlib.finish().unwrap()),
        ("deflate", deflate.finish().unwrap()),
        ("identity", raw.to_vec()),
    ] {
        let says = answer(
            "200 OK",
            &[("content-type", "text/html"), ("content-encoding", encoding)],
            &packed,
        );
        let server = Server::answering(move |_| says.clone()).await;
        assert_eq!(
            get(&outbound(), &server.url("/")).await.unwrap().body,
            text,
            "{encoding}"
        );
    }
    for encoding in ["br", "gzip, gzip", "zstd", "gzip"] {
        let says = answer(
            "200 OK",
            &[("content-type", "text/html"), ("content-encoding", encoding)],
            b"not packed",
        );
        let server = Server::answering(move |_| says.clone()).await;
        assert_eq!(
            get(&outbound(), &server.url("/")).await.unwrap_err(),
            FetchError::Unreadable,
            "{encoding}"
        );
    }
}

#[tokio::test]
async fn answers_may_come_in_chunks_or_end_with_the_connection() {
    let chunked = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    let until_closed = b"HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\nabcde";
    let continued = [
        b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
        page("abcde").as_slice(),
    ]
    .concat();
    for says in [chunked.to_vec(), until_closed.to_vec(), continued] {
        let server = Server::answering(move |_| says.clone()).await;
        assert_eq!(get(&outbound(), &server.url("/")).await.unwrap().body, "abcde");
    }
}
