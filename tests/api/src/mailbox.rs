//! A mail server on this machine (SMTP, RFC 5321), which keeps what it is given.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// How long a mail may be on its way.
const PATIENCE: Duration = Duration::from_mins(1);

/// A mail that was delivered.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To whom, by the envelope.
    pub to: Vec<String>,
    /// Headers and body as they came, with quoted characters read.
    pub content: String,
}

impl Mail {
    /// The token of the link that it holds.
    #[must_use]
    pub fn token(&self) -> String {
        let (_, rest) = self.content.split_once("#token=").expect("a link");
        rest.chars()
            .take_while(|letter| letter.is_ascii_alphanumeric() || "-_".contains(*letter))
            .collect()
    }

    /// Whether it holds this text.
    #[must_use]
    pub fn says(&self, text: &str) -> bool {
        self.content.contains(text)
    }
}

#[derive(Default)]
struct Inner {
    mails: Mutex<VecDeque<Mail>>,
    arrived: Notify,
    /// What the next mails are answered instead of being taken.
    refusals: Mutex<VecDeque<&'static str>>,
    refused: Notify,
}

/// The server.
pub struct Mailbox {
    /// Where it answers.
    pub address: SocketAddr,
    inner: Arc<Inner>,
}

impl Mailbox {
    /// One at a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mailbox = Self {
            address: listener.local_addr().unwrap(),
            inner: Arc::default(),
        };
        let inner = Arc::clone(&mailbox.inner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&inner);
                tokio::spawn(async move { converse(stream, &inner).await });
            }
        });
        mailbox
    }

    /// Its address for `mail.smtp_url`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The next mail, in the order in which they came.
    pub async fn next(&self) -> Mail {
        let wait = async {
            loop {
                let arrived = self.inner.arrived.notified();
                if let Some(mail) = self.inner.mails.lock().unwrap().pop_front() {
                    return mail;
                }
                arrived.await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.expect("a mail")
    }

    /// The next mail to this address; those to others are dropped.
    pub async fn next_to(&self, address: &str) -> Mail {
        loop {
            let mail = self.next().await;
            if mail.to == [address] {
                return mail;
            }
        }
    }

    /// How many mails wait to be looked at.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.inner.mails.lock().unwrap().len()
    }

    /// Answers the next mail so instead of taking it: `451 later`, `550 never`.
    pub fn refuse_next(&self, answer: &'static str) {
        self.inner.refusals.lock().unwrap().push_back(answer);
    }

    /// Until a mail was refused.
    pub async fn refused(&self) {
        let refused = self.inner.refused.notified();
        tokio::time::timeout(PATIENCE, refused).await.expect("a refusal");
    }
}

async fn converse(stream: TcpStream, inner: &Inner) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).split(b'\n');
    write.write_all(b"220 mail.test ESMTP\r\n").await.ok()?;
    let mut to = Vec::new();
    loop {
        let line = String::from_utf8(lines.next_segment().await.ok()??).ok()?;
        let verb = line.trim_end().to_uppercase();
        let answer = if verb.starts_with("EHLO") {
            "250-mail.test\r\n250 8BITMIME"
        } else if verb.starts_with("RCPT TO:") {
            to.push(line.split(['<', '>']).nth(1)?.to_owned());
            "250 yes"
        } else if verb == "DATA" {
            write.write_all(b"354 go on\r\n").await.ok()?;
            let mut content = Vec::new();
            loop {
                let line = lines.next_segment().await.ok()??;
                let line = line.strip_suffix(b"\r").unwrap_or(&line);
                if line == b"." {
                    break;
                }
                content.extend_from_slice(line.strip_prefix(b".").unwrap_or(line));
                content.push(b'\n');
            }
            take(inner, std::mem::take(&mut to), &content)
        } else if verb == "QUIT" {
            write.write_all(b"221 bye\r\n").await.ok()?;
            return Some(());
        } else {
            "250 yes"
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

/// Takes a mail, unless the next one is to be refused.
fn take(inner: &Inner, to: Vec<String>, content: &[u8]) -> &'static str {
    if let Some(answer) = inner.refusals.lock().unwrap().pop_front() {
        inner.refused.notify_one();
        return answer;
    }
    let content = String::from_utf8_lossy(&read_quoted(content)).into_owned();
    inner.mails.lock().unwrap().push_back(Mail { to, content });
    inner.arrived.notify_one();
    "250 taken"
}

/// Reads quoted-printable (RFC 2045, section 6.7) wherever it stands.
fn read_quoted(content: &[u8]) -> Vec<u8> {
    if !String::from_utf8_lossy(content).contains("quoted-printable") {
        return content.to_vec();
    }
    let mut read = Vec::with_capacity(content.len());
    let mut rest = content;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after) {
            (b'=', [b'\n', after @ ..]) => rest = after,
            (b'=', [high, low, after @ ..]) => {
                let digits = [*high, *low];
                let code = std::str::from_utf8(&digits)
                    .ok()
                    .and_then(|text| u8::from_str_radix(text, 16).ok());
                match code {
                    Some(code) => {
                        read.push(code);
                        rest = after;
                    }
                    None => read.push(byte),
                }
            }
            _ => read.push(byte),
        }
    }
    read
}
