//! A mail server on this machine (SMTP, RFC 5321), which keeps what it is given. It speaks TLS (RFC 8314, 3207) and asks for a
//! login (RFC 4954) where it is told so.

use std::{
    collections::VecDeque,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

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

/// How a mail server speaks; as it is, without TLS, and with everybody.
#[derive(Clone, Default)]
pub struct Manner {
    /// From when on it is encrypted, and with which certificate.
    pub tls: Option<(Tls, Arc<ServerConfig>)>,
    /// Who may send.
    pub login: Option<Login>,
    /// After a command that begins so it says nothing any more.
    pub silent_after: Option<&'static str>,
}

/// From when on it is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// From the beginning.
    AtOnce,
    /// When the client asks for it (STARTTLS).
    OnRequest,
}

/// Who may send.
#[derive(Clone, Copy)]
pub struct Login {
    /// Their name.
    pub user: &'static str,
    /// Their password.
    pub password: &'static str,
    /// How they show it: `PLAIN` or `LOGIN`.
    pub mechanism: &'static str,
}

#[derive(Default)]
struct Inner {
    manner: Manner,
    /// All commands.
    heard: Mutex<Vec<String>>,
    silent: Notify,
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
        Self::with(Manner::default()).await
    }

    /// One that speaks in this manner.
    pub async fn with(manner: Manner) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let mailbox = Self {
            address: listener.local_addr().unwrap(),
            inner: Arc::new(Inner {
                manner,
                ..Inner::default()
            }),
        };
        let inner = Arc::clone(&mailbox.inner);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = Arc::clone(&inner);
                tokio::spawn(async move { receive(stream, &inner).await });
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

    /// All commands that it has heard, of all connections.
    #[must_use]
    pub fn heard(&self) -> Vec<String> {
        self.inner.heard.lock().unwrap().clone()
    }

    /// Until it says nothing any more.
    pub async fn fell_silent(&self) {
        let silent = self.inner.silent.notified();
        tokio::time::timeout(PATIENCE, silent).await.expect("a command");
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

/// Goes on until the client leaves.
async fn receive(stream: TcpStream, inner: &Inner) -> Option<()> {
    match inner.manner.tls.clone() {
        None => Talk::new(stream, inner, false).greet().await,
        Some((Tls::AtOnce, config)) => {
            let stream = TlsAcceptor::from(config).accept(stream).await.ok()?;
            Talk::new(stream, inner, true).greet().await
        }
        Some((Tls::OnRequest, config)) => {
            let mut talk = Talk::new(stream, inner, false);
            talk.greet().await?;
            let stream = TlsAcceptor::from(config).accept(talk.stream.into_inner()).await.ok()?;
            Talk::new(stream, inner, true).listen().await
        }
    }
}

/// A conversation with a client.
struct Talk<'inner, S> {
    stream: BufReader<S>,
    inner: &'inner Inner,
    is_encrypted: bool,
    is_known: bool,
    to: Vec<String>,
}

impl<'inner, S: AsyncRead + AsyncWrite + Unpin> Talk<'inner, S> {
    fn new(stream: S, inner: &'inner Inner, is_encrypted: bool) -> Self {
        Self {
            stream: BufReader::new(stream),
            inner,
            is_encrypted,
            is_known: inner.manner.login.is_none(),
            to: Vec::new(),
        }
    }

    async fn greet(&mut self) -> Option<()> {
        self.say("220 mail.test ESMTP").await?;
        self.listen().await
    }

    /// Goes on until TLS is agreed on; nothing when the conversation has ended before.
    async fn listen(&mut self) -> Option<()> {
        loop {
            let line = self.hear().await?;
            let verb = line.to_uppercase();
            if self
                .inner
                .manner
                .silent_after
                .is_some_and(|last| verb.starts_with(last))
            {
                self.inner.silent.notify_one();
                return std::future::pending().await;
            }
            if verb.starts_with("EHLO") {
                let offers = self.offers();
                self.say(&offers).await?;
            } else if verb == "STARTTLS" && self.offers_tls() {
                return self.say("220 go on").await;
            } else if verb.starts_with("AUTH ") {
                self.is_known = self.log_in(&line).await?;
                let answer = if self.is_known { "235 welcome" } else { "535 wrong" };
                self.say(answer).await?;
            } else if verb == "QUIT" {
                self.say("221 bye").await?;
                return None;
            } else if !self.is_known {
                self.say("530 who is there?").await?;
            } else if verb.starts_with("RCPT TO:") {
                self.to.push(line.split(['<', '>']).nth(1)?.to_owned());
                self.say("250 yes").await?;
            } else if verb == "DATA" {
                self.say("354 go on").await?;
                let content = self.content().await?;
                let answer = take(self.inner, std::mem::take(&mut self.to), &content);
                self.say(answer).await?;
            } else {
                self.say("250 yes").await?;
            }
        }
    }

    fn offers_tls(&self) -> bool {
        self.inner.manner.tls.is_some() && !self.is_encrypted
    }

    fn offers(&self) -> String {
        let tls = if self.offers_tls() { "250-STARTTLS\r\n" } else { "" };
        let login = self.inner.manner.login.map(|login| login.mechanism);
        let login = login.map_or_else(String::new, |mechanism| format!("250-AUTH {mechanism}\r\n"));
        format!("250-mail.test\r\n{tls}{login}250 8BITMIME")
    }

    /// Whether the client is who may send.
    async fn log_in(&mut self, line: &str) -> Option<bool> {
        let login = self.inner.manner.login?;
        let shown = if login.mechanism == "LOGIN" && line == "AUTH LOGIN" {
            self.say("334 VXNlcm5hbWU6").await?;
            let user = self.hear().await?;
            self.say("334 UGFzc3dvcmQ6").await?;
            [user, self.hear().await?]
        } else {
            [line.strip_prefix("AUTH PLAIN ")?.to_owned(), String::new()]
        };
        let expected = match login.mechanism {
            "LOGIN" => [login.user, login.password].map(|part| BASE64_STANDARD.encode(part)),
            _ => [
                BASE64_STANDARD.encode(format!("\0{}\0{}", login.user, login.password)),
                String::new(),
            ],
        };
        Some(shown == expected)
    }

    async fn content(&mut self) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        loop {
            let line = self.line().await?;
            if line == b"." {
                return Some(content);
            }
            content.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            content.push(b'\n');
        }
    }

    async fn hear(&mut self) -> Option<String> {
        let line = String::from_utf8(self.line().await?).ok()?;
        self.inner.heard.lock().unwrap().push(line.clone());
        Some(line)
    }

    /// The next line without its end; nothing when there is none any more.
    async fn line(&mut self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        self.stream.read_until(b'\n', &mut line).await.ok()?;
        line.strip_suffix(b"\r\n").map(<[u8]>::to_vec)
    }

    async fn say(&mut self, text: &str) -> Option<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await.ok()?;
        self.stream.flush().await.ok()
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
