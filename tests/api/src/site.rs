//! A site on this machine that messages link to.

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What it answers: the content type and the content of each path, or `location` and where it leads.
type Pages = BTreeMap<&'static str, (&'static str, Vec<u8>)>;

/// A site.
pub struct Site {
    /// Where it answers.
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    /// One at this address of this machine.
    pub async fn start(at: IpAddr, pages: Vec<(&'static str, &'static str, Vec<u8>)>) -> Self {
        let pages: Pages = pages
            .into_iter()
            .map(|(path, kind, body)| (path, (kind, body)))
            .collect();
        let listener = TcpListener::bind((at, 0)).await.unwrap();
        let site = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
        };
        let (pages, asked) = (Arc::new(pages), Arc::clone(&site.asked));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(stream, Arc::clone(&pages), Arc::clone(&asked)));
            }
        });
        site
    }

    /// A page of it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of all requests.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, pages: Arc<Pages>, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split([' ', '?']).nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(head);
    let head = match pages.get(path.as_str()) {
        Some(("location", to)) => format!("302 Found\r\nlocation: {}", String::from_utf8_lossy(to)),
        Some((kind, _)) => format!("200 OK\r\ncontent-type: {kind}\r\nset-cookie: who=beep"),
        None => "404 Not Found".to_owned(),
    };
    let body = pages
        .get(path.as_str())
        .map(|(_, body)| body.clone())
        .unwrap_or_default();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {}\r\n\r\n", body.len());
    let _ = stream.write_all(&[head.as_bytes(), &body].concat()).await;
}
