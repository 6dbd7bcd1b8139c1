//! A server that says what it is told to, byte for byte, and a way out to it.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::future::{BoxFuture, FutureExt};
use platform::outbound::{FetchError, Fetched, Kind, Names, Outbound};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use url::Url;

pub(crate) const PAGE: Kind = Kind {
    types: &["text/html"],
    bytes: 10_000,
    in_part: true,
};
pub(crate) const PICTURE: Kind = Kind {
    types: &["image/png"],
    bytes: 20_000,
    in_part: false,
};

/// Says the same to everybody.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// One that answers with what `answer` makes of the head of the request, and closes.
    pub(crate) async fn answering(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::streaming(move |head| (answer(head), None)).await
    }

    /// One that goes on to say `more`, each time after the pause, until nobody listens.
    pub(crate) async fn streaming(
        answer: impl Fn(&str) -> (Vec<u8>, Option<(Vec<u8>, Duration)>) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, heads) = (Arc::new(answer), Arc::clone(&asked));
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let (answer, heads) = (Arc::clone(&answer), Arc::clone(&heads));
                tokio::spawn(async move {
                    let head = read_head(&mut stream).await;
                    heads.lock().unwrap().push(head.clone());
                    let (first, more) = answer(&head);
                    let mut open = stream.write_all(&first).await.is_ok();
                    if let Some((more, pause)) = more {
                        while open {
                            tokio::time::sleep(pause).await;
                            open = stream.write_all(&more).await.is_ok();
                        }
                    }
                });
            }
        });
        Self { address, asked }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// The heads of all requests.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn read_head(stream: &mut tokio::net::TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => break,
        }
    }
    String::from_utf8(head).unwrap()
}

/// An answer in HTTP.
pub(crate) fn answer(status: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let headers: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let headers = headers.concat();
    let mut answer = format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n", body.len()).into_bytes();
    answer.extend_from_slice(body);
    answer
}

pub(crate) fn page(body: &str) -> Vec<u8> {
    answer("200 OK", &[("content-type", "text/html")], body.as_bytes())
}

pub(crate) fn redirect(to: &str) -> Vec<u8> {
    answer("302 Found", &[("location", to)], b"")
}

/// A way out that may go to 127.0.0.1 and nowhere else that is not public.
pub(crate) fn outbound() -> Outbound {
    let allowed = vec!["127.0.0.1".parse().unwrap()];
    Outbound::new("BeepBot/test", allowed).unwrap()
}

/// A way out as it is when nothing is configured.
pub(crate) fn strict() -> Outbound {
    Outbound::new("BeepBot/test", Vec::new()).unwrap()
}

pub(crate) async fn get(outbound: &Outbound, url: &Url) -> Result<Fetched, FetchError> {
    outbound.get(url, &[PAGE, PICTURE], |_| true).await
}

/// Names that mean what the test says: at each question the next meaning, and the last one from then on.
pub(crate) struct Meanings {
    meanings: Vec<Vec<IpAddr>>,
    asked: Arc<AtomicUsize>,
}

impl Meanings {
    /// And how often they were asked for.
    pub(crate) fn new(meanings: &[&[&str]]) -> (Self, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let meanings = meanings
            .iter()
            .map(|addresses| addresses.iter().map(|address| address.parse().unwrap()).collect())
            .collect();
        let names = Self {
            meanings,
            asked: Arc::clone(&asked),
        };
        (names, asked)
    }
}

impl Names for Meanings {
    fn addresses<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let at = self.asked.fetch_add(1, Ordering::SeqCst).min(self.meanings.len() - 1);
        async move { Ok(self.meanings[at].clone()) }.boxed()
    }
}
