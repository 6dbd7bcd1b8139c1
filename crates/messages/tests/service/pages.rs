//! Pages on this machine that messages link to.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use image::{ImageFormat, Rgb, RgbImage};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// A site of some pages.
pub(crate) struct Site {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    gate: Arc<Semaphore>,
}

/// A page: its content type and what is in it, or with `location` a redirect.
type Page = (&'static str, Vec<u8>);

impl Site {
    /// One that answers with these pages at once.
    pub(crate) async fn new(pages: &[(&str, &'static str, &[u8])]) -> Self {
        let site = Self::closed(pages).await;
        site.open();
        site
    }

    /// One that answers nobody until it is opened.
    pub(crate) async fn closed(pages: &[(&str, &'static str, &[u8])]) -> Self {
        let pages: BTreeMap<String, Page> = pages
            .iter()
            .map(|(path, kind, body)| ((*path).to_owned(), (*kind, body.to_vec())))
            .collect();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self {
            address: listener.local_addr().unwrap(),
            asked: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
        };
        let (pages, asked, gate) = (Arc::new(pages), Arc::clone(&site.asked), Arc::clone(&site.gate));
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(answer(
                    stream,
                    Arc::clone(&pages),
                    Arc::clone(&asked),
                    Arc::clone(&gate),
                ));
            }
        });
        site
    }

    /// From now on it answers.
    pub(crate) fn open(&self) {
        self.gate.add_permits(1);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What was asked for, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(
    mut stream: TcpStream,
    pages: Arc<BTreeMap<String, Page>>,
    asked: Arc<Mutex<Vec<String>>>,
    gate: Arc<Semaphore>,
) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let path = head.split(' ').nth(1).unwrap().to_owned();
    asked.lock().unwrap().push(path.clone());
    drop(gate.acquire().await.unwrap());
    let path = path.split('?').next().unwrap();
    let answer = match pages.get(path) {
        Some(("location", to)) => {
            let to = String::from_utf8(to.clone()).unwrap();
            format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n").into_bytes()
        }
        Some((kind, body)) => {
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            [head.as_bytes(), body.as_slice()].concat()
        }
        None => b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".to_vec(),
    };
    let _ = stream.write_all(&answer).await;
}

/// A picture of this size.
pub(crate) fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = RgbImage::from_pixel(width, height, Rgb([1, 200, 3]));
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
