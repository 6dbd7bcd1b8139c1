//! A client that costs as little as possible, because it runs on the cores that the server needs: one kept connection,
//! one request at a time, HTTP/1.1 by hand.

use std::net::SocketAddr;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A kept connection.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What the server said.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// The body of an answer that was expected to be `status`.
    pub(crate) fn json(&self, status: u16) -> anyhow::Result<Value> {
        if self.status != status {
            bail!("answered {}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// A header's text.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let header = |line: &str| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then(|| value.to_owned())
        };
        self.head.lines().find_map(header)
    }
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(64 * 1024),
        })
    }

    pub(crate) async fn get(&mut self, path: &str, token: Option<&str>) -> anyhow::Result<Answer> {
        self.ask("GET", path, token, "").await
    }

    pub(crate) async fn post(&mut self, path: &str, token: Option<&str>, body: &str) -> anyhow::Result<Answer> {
        self.ask("POST", path, token, body).await
    }

    pub(crate) async fn patch(&mut self, path: &str, token: Option<&str>, body: &str) -> anyhow::Result<Answer> {
        self.ask("PATCH", path, token, body).await
    }

    pub(crate) async fn put(&mut self, path: &str, token: Option<&str>) -> anyhow::Result<Answer> {
        self.ask("PUT", path, token, "").await
    }

    /// Sends headers of one's own, each with its end of line, and a body that is not JSON.
    pub(crate) async fn send(
        &mut self,
        (method, path): (&str, &str),
        token: &str,
        headers: &str,
        body: &[u8],
    ) -> anyhow::Result<Answer> {
        let length = body.len();
        let head = format!("authorization: Bearer {token}\r\ncontent-length: {length}\r\n{headers}\r\n");
        self.begin(method, path, &head).await?;
        self.stream.write_all(body).await?;
        self.answer().await
    }

    /// Reads a body piece by piece and throws it away; answers how many bytes there were.
    pub(crate) async fn download(&mut self, path: &str, token: &str) -> anyhow::Result<usize> {
        self.begin("GET", path, &format!("authorization: Bearer {token}\r\n\r\n"))
            .await?;
        let (status, head, length) = self.head().await?;
        if status != 200 {
            bail!("answered {status}");
        }
        let mut rest = (head + length).saturating_sub(self.received.len());
        while rest > 0 {
            self.received.clear();
            self.read_more().await?;
            rest = rest.saturating_sub(self.received.len());
        }
        Ok(length)
    }

    async fn ask(&mut self, method: &str, path: &str, token: Option<&str>, body: &str) -> anyhow::Result<Answer> {
        let authorisation = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
        let content = if method == "GET" {
            String::new()
        } else {
            format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len())
        };
        // What is small goes in one piece.
        self.begin(method, path, &format!("{authorisation}{content}\r\n{body}"))
            .await?;
        self.answer().await
    }

    /// Writes the first line, and what comes after it.
    async fn begin(&mut self, method: &str, path: &str, rest: &str) -> anyhow::Result<()> {
        let request = format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\n{rest}");
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    async fn answer(&mut self) -> anyhow::Result<Answer> {
        let (status, head, length) = self.head().await?;
        while self.received.len() < head + length {
            self.read_more().await?;
        }
        Ok(Answer {
            status,
            head: String::from_utf8_lossy(&self.received[..head]).into_owned(),
            body: self.received[head..head + length].to_vec(),
        })
    }

    /// The status, where the body begins, and how long it is.
    async fn head(&mut self) -> anyhow::Result<(u16, usize, usize)> {
        self.received.clear();
        let head = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break end + 4;
            }
            self.read_more().await?;
        };
        let text = std::str::from_utf8(&self.received[..head])?.to_ascii_lowercase();
        let status = text.get(9..12).context("no status")?.parse()?;
        let length: usize = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(Ok(0), str::parse)?;
        Ok((status, head, length))
    }

    async fn read_more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.received).await? == 0 {
            bail!("the server ended the connection");
        }
        Ok(())
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}
