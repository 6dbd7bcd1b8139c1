//! Where one gets to, and where not.

use std::sync::{Arc, Mutex, atomic::Ordering};

use platform::{outbound::FetchError, testing::certificates::Authority};
use tokio::{io::AsyncWriteExt, net::TcpListener};
use tokio_rustls::TlsAcceptor;
use url::Url;

use crate::server::{Meanings, Server, get, outbound, page, redirect, strict};

fn url(text: &str) -> Url {
    Url::parse(text).expect(text)
}

#[tokio::test]
async fn addresses_inside_are_refused_however_they_are_spelled() {
    let server = Server::answering(|_| page("secret")).await;
    let port = server.address.port();
    let spelled = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "017700000001",
        "127.000.000.001",
        "１２７.0.0.1",
        "127。0。0。1",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "10.0.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "100.100.100.200",
        "[fe80::1]",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
    ];
    for host in spelled {
        for target in [
            format!("http://{host}:{port}/"),
            format!("http://{host}/"),
            format!("https://{host}/"),
        ] {
            let refused = get(&strict(), &url(&target)).await.unwrap_err();
            assert_eq!(refused, FetchError::NotPublic, "{target}");
        }
    }
    assert!(server.asked().is_empty());
}

#[tokio::test]
async fn a_public_address_is_asked_at_the_ports_of_the_web_only() {
    for port in [1, 22, 25, 79, 81, 442, 444, 5432, 6379, 8080, 65_535] {
        for target in [
            format!("http://1.1.1.1:{port}/"),
            format!("https://[2606:4700::1111]:{port}/"),
        ] {
            assert_eq!(
                get(&strict(), &url(&target)).await.unwrap_err(),
                FetchError::NotPublic,
                "{target}"
            );
        }
    }
}

#[tokio::test]
async fn only_the_web_is_fetched_and_never_with_credentials() {
    for target in [
        "ftp://example.org/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:70/_x",
        "data:text/html,x",
        "ws://example.org/",
        "javascript:alert(1)",
        "dict://127.0.0.1:11211/stat",
        "unix:/var/run/docker.sock",
    ] {
        assert_eq!(
            get(&outbound(), &url(target)).await.unwrap_err(),
            FetchError::NotOfTheWeb,
            "{target}"
        );
    }
    for target in [
        "http://user@127.0.0.1/",
        "http://:password@127.0.0.1/",
        "http://example.org%40x:y@127.0.0.1/",
    ] {
        assert_eq!(
            get(&outbound(), &url(target)).await.unwrap_err(),
            FetchError::Credentials,
            "{target}"
        );
    }
}

#[tokio::test]
async fn names_that_mean_something_inside_are_refused() {
    let server = Server::answering(|_| page("secret")).await;
    let target = url(&format!("http://localtest.example:{}/", server.address.port()));
    for addresses in [
        &["127.0.0.1"][..],
        &["10.1.2.3", "192.168.0.1"],
        &["169.254.169.254"],
        &["::1"],
        &["::ffff:127.0.0.1"],
        &["64:ff9b::a9fe:a9fe"],
        &["fd00::1", "fe80::1"],
        &["0.0.0.0"],
    ] {
        for target in [
            &target,
            &url("http://localtest.example/"),
            &url("https://localtest.example/"),
        ] {
            let (names, _) = Meanings::new(&[addresses]);
            let refused = get(&strict().with_names(names), target).await.unwrap_err();
            assert_eq!(refused, FetchError::NotPublic, "{addresses:?}: {target}");
        }
    }
    let (nothing, _) = Meanings::new(&[&[]]);
    assert_eq!(
        get(&strict().with_names(nothing), &target).await.unwrap_err(),
        FetchError::Unresolved
    );
    let (names, _) = Meanings::new(&[&["127.0.0.1"]]);
    assert!(server.asked().is_empty());
    assert_eq!(
        get(&outbound().with_names(names), &target).await.unwrap().body,
        "secret"
    );
}

#[tokio::test]
async fn of_several_addresses_those_inside_are_left_out() {
    let inside = Server::answering(|_| page("secret")).await;
    let open = TcpListener::bind(("127.0.0.2", inside.address.port())).await.unwrap();
    let target = url(&format!("http://mixed.example:{}/", inside.address.port()));
    // Of the two that exist here only 127.0.0.2 is allowed.
    let outbound = platform::outbound::Outbound::new("BeepBot/test", vec!["127.0.0.2".parse().unwrap()]).unwrap();
    let (names, _) = Meanings::new(&[&["127.0.0.1", "::1", "127.0.0.2"]]);
    let serving = tokio::spawn(async move {
        let (mut stream, _) = open.accept().await.unwrap();
        stream.write_all(&page("open")).await.unwrap();
        stream.shutdown().await.unwrap();
        stream
    });
    assert_eq!(get(&outbound.with_names(names), &target).await.unwrap().body, "open");
    serving.await.unwrap();
    assert!(inside.asked().is_empty());
}

#[tokio::test]
async fn a_name_that_changes_its_meaning_after_the_check_changes_nothing() {
    let good = Server::answering(|_| page("good")).await;
    // At first what is allowed, then what is not: whoever resolved twice would be led astray.
    let (names, asked) = Meanings::new(&[&["127.0.0.1"], &["10.0.0.1"]]);
    let target = url(&format!("http://rebinding.example:{}/", good.address.port()));
    let outbound = outbound().with_names(names);
    assert_eq!(get(&outbound, &target).await.unwrap().body, "good");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "resolved once");
    // And nothing of it is kept for the next time.
    assert_eq!(get(&outbound, &target).await.unwrap_err(), FetchError::NotPublic);
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn each_redirect_is_checked_like_the_first_address() {
    for to in [
        "http://127.0.0.2/",
        "//127.0.0.2/",
        "http://2130706434/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:7f00:2]/",
        "https://10.0.0.1/",
        "http://[::1]/",
        "http://1.1.1.1:22/",
    ] {
        let server = Server::answering(move |_| redirect(to)).await;
        let refused = get(&outbound(), &server.url("/")).await.unwrap_err();
        assert_eq!(refused, FetchError::NotPublic, "{to}");
        assert_eq!(server.asked().len(), 1);
    }
    for (to, why) in [
        ("file:///etc/passwd", FetchError::NotOfTheWeb),
        ("ftp://127.0.0.1/", FetchError::NotOfTheWeb),
        ("http://a:b@127.0.0.1/", FetchError::Credentials),
        ("http://[", FetchError::Unreadable),
    ] {
        let server = Server::answering(move |_| redirect(to)).await;
        assert_eq!(get(&outbound(), &server.url("/")).await.unwrap_err(), why, "{to}");
    }
    // A name that means something else at the second look.
    let server = Server::answering(|_| redirect("/again")).await;
    let (names, _) = Meanings::new(&[&["127.0.0.1"], &["169.254.169.254"]]);
    let target = url(&format!("http://rebinding.example:{}/", server.address.port()));
    assert_eq!(
        get(&outbound().with_names(names), &target).await.unwrap_err(),
        FetchError::NotPublic
    );
}

#[tokio::test]
async fn three_redirects_are_followed_and_no_more() {
    let server = Server::answering(|head| {
        let number = head
            .split(['/', ' '])
            .nth(2)
            .and_then(|number| number.parse::<u32>().ok());
        match number {
            Some(0) => page("arrived"),
            Some(number) => redirect(&format!("/{}", number - 1)),
            None => redirect("/loop"),
        }
    })
    .await;
    let arrived = get(&outbound(), &server.url("/3")).await.unwrap();
    assert_eq!((arrived.url, &arrived.body[..]), (server.url("/0"), &b"arrived"[..]));
    assert_eq!(
        get(&outbound(), &server.url("/4")).await.unwrap_err(),
        FetchError::TooManyRedirects
    );
    let before = server.asked().len();
    assert_eq!(
        get(&outbound(), &server.url("/loop")).await.unwrap_err(),
        FetchError::TooManyRedirects
    );
    assert_eq!(server.asked().len() - before, 4);
}

#[tokio::test]
async fn whoever_asks_may_refuse_each_address_on_the_way() {
    let server = Server::answering(|_| redirect("/unwanted")).await;
    let seen = Arc::new(Mutex::new(Vec::new()));
    let may_visit = |url: &Url| {
        seen.lock().unwrap().push(url.path().to_owned());
        url.path() != "/unwanted"
    };
    let refused = outbound().get(&server.url("/"), &[], may_visit).await.unwrap_err();
    assert_eq!(refused, FetchError::Unwanted);
    assert_eq!(*seen.lock().unwrap(), ["/", "/unwanted"]);
    assert_eq!(server.asked().len(), 1);
}

/// A server in TLS that says the same to everybody.
async fn in_tls(name: &str, says: Vec<u8>) -> (u16, Authority) {
    let authority = Authority::new("tests");
    let acceptor = TlsAcceptor::from(Arc::new(authority.server(name)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            stream.write_all(&says).await.unwrap();
            let _ = stream.shutdown().await;
        }
    });
    (port, authority)
}

#[tokio::test]
async fn what_is_encrypted_stays_so_and_shows_who_it_is() {
    let (port, authority) = in_tls("page.example", page("encrypted")).await;
    let named = |name: &str| url(&format!("https://{name}:{port}/"));
    let outbound = || outbound().with_names(Meanings::new(&[&["127.0.0.1"]]).0);
    let trusting = || outbound().with_tls(authority.nameless());
    assert_eq!(
        get(&trusting(), &named("page.example")).await.unwrap().body,
        "encrypted"
    );
    // Another name, or an authority that nobody knows.
    assert_eq!(
        get(&trusting(), &named("other.example")).await.unwrap_err(),
        FetchError::Unreachable
    );
    assert_eq!(
        get(&outbound(), &named("page.example")).await.unwrap_err(),
        FetchError::Unreachable
    );
    let plain = Server::answering(|_| page("plain")).await;
    let (port, authority) = in_tls("page.example", redirect(plain.url("/").as_str())).await;
    let target = url(&format!("https://page.example:{port}/"));
    let down = get(&outbound().with_tls(authority.nameless()), &target).await;
    assert_eq!(down.unwrap_err(), FetchError::Downgrade);
    assert!(plain.asked().is_empty());
}
