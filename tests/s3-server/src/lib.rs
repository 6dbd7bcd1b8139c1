//! An S3 server on this machine, for tests: it checks signatures, its bucket is a folder, and it can be stopped, started
//! again, and told to fail. What it is made of (`s3s-fs`) stands in for a store such as `MinIO`; where it differs from one, the
//! test that meets the difference says so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "tests fail by panicking"
)]

mod fault;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use http::Request;
use http_body_util::BodyExt;
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use s3s::{
    auth::SimpleAuth,
    service::{S3Service, S3ServiceBuilder},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};
use tokio_rustls::{TlsAcceptor, rustls::ServerConfig};

pub use fault::{Asked, Fault};

/// The bucket, which is there from the start.
pub const BUCKET: &str = "beep-test";
/// The id of the one key that it knows.
pub const ACCESS_KEY_ID: &str = "AKBEEPTEST";
/// The secret of that key.
pub const SECRET_ACCESS_KEY: &str = "a secret of the S3 server of the tests";

/// When a request is answered otherwise, and how.
type Rule = Box<dyn Fn(&Asked) -> Option<Fault> + Send + Sync>;

/// What all connections share.
struct Shared {
    service: S3Service,
    rule: Mutex<Option<Rule>>,
    asked: Mutex<Vec<Asked>>,
}

/// The server. It ends with this value, and its folder with it.
pub struct S3Server {
    folder: tempfile::TempDir,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    shared: Arc<Shared>,
    running: Option<JoinHandle<()>>,
}

impl S3Server {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), None).await
    }

    /// Starts one there; with a configuration of TLS it speaks nothing else.
    pub async fn start_at(address: SocketAddr, tls: Option<Arc<ServerConfig>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(folder.path()).expect("a folder"));
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY_ID, SECRET_ACCESS_KEY));
        let mut server = Self {
            folder,
            address,
            tls: tls.map(TlsAcceptor::from),
            shared: Arc::new(Shared {
                service: builder.build(),
                rule: Mutex::default(),
                asked: Mutex::default(),
            }),
            running: None,
        };
        server.start_again().await;
        server
    }

    /// Where it is, as `storage.s3.endpoint` takes it.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Takes no connections any more, and breaks off those that there are.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
    }

    /// Goes on at the same address with the same folder.
    pub async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port is free");
        self.address = listener.local_addr().unwrap();
        self.running = Some(tokio::spawn(accept(
            listener,
            self.tls.clone(),
            Arc::clone(&self.shared),
        )));
    }

    /// Lets requests fail for which the rule has a fault.
    pub fn fail(&self, rule: impl Fn(&Asked) -> Option<Fault> + Send + Sync + 'static) {
        *self.shared.rule.lock().unwrap() = Some(Box::new(rule));
    }

    /// Lets no request fail any more.
    pub fn recover(&self) {
        *self.shared.rule.lock().unwrap() = None;
    }

    /// What was asked since this was called last.
    #[must_use]
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.shared.asked.lock().unwrap())
    }

    /// The keys in the bucket, in order.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let bucket = self.bucket();
        let mut found = Vec::new();
        list(&bucket, &bucket, &mut found);
        found.sort();
        found
    }

    /// Where the objects of the bucket are.
    #[must_use]
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join(BUCKET)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
        }
    }
}

fn list(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, found);
        } else {
            found.push(path.strip_prefix(root).unwrap().display().to_string());
        }
    }
}

/// Takes connections. They end with this.
async fn accept(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        connections.spawn(async move {
            match tls {
                None => serve(stream, shared).await,
                Some(tls) => {
                    if let Ok(stream) = tls.accept(stream).await {
                        serve(stream, shared).await;
                    }
                }
            }
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, shared: Arc<Shared>) {
    let answering = service_fn(move |request: Request<Incoming>| {
        let shared = Arc::clone(&shared);
        async move { shared.answer(request).await }
    });
    // Whoever asked may go away at any time.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), answering)
        .await;
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Result<s3s::HttpResponse, s3s::HttpError> {
        let asked = Asked::of(&request);
        let fault = {
            let rule = self.rule.lock().unwrap();
            rule.as_ref().and_then(|rule| rule(&asked))
        };
        self.asked.lock().unwrap().push(asked);
        match fault {
            Some(fault) => {
                // Whoever still sends would not see the answer when the connection is closed.
                let _ = request.into_body().collect().await;
                Ok(fault.answer().await)
            }
            None => self.service.call(request.map(s3s::Body::from)).await,
        }
    }
}
