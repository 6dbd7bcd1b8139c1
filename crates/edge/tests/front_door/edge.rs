//! An edge that serves on loopback, and a client of it.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use contracts::calls::Service;
use edge::{Needs, Resolver, Settings, Upstreams};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use platform::{
    auth::{Authenticator, RevokedSessions, TokenIssuer},
    clock::Clock,
    http::{HttpSettings, RateLimits},
    rpc::Address,
    tls::Tls,
};
use tokio_util::sync::CancellationToken;

use crate::{
    instance::Instance,
    patience::{soon, until},
};

const URL: &str = "http://beep.test";

/// What an edge is made of.
pub(crate) struct Plan {
    routes: Vec<(Service, String)>,
    addresses: BTreeMap<Service, Vec<Address>>,
    resolver: Option<Resolver>,
    tls: Option<Tls>,
    pub(crate) settings: Settings,
    pub(crate) http: HttpSettings,
}

impl Plan {
    pub(crate) fn new() -> Self {
        let mut http = HttpSettings::for_public_url(URL);
        http.rate_limits = RateLimits::default();
        Self {
            routes: Vec::new(),
            addresses: BTreeMap::new(),
            resolver: None,
            tls: None,
            settings: Settings {
                health_interval: Duration::from_millis(50),
                resolution_interval: Duration::from_millis(50),
                ..Settings::default()
            },
            http,
        }
    }

    /// `messages` at the instances, for all paths below `/api/v1/messages` (there are no such in Beep).
    pub(crate) fn messages(instances: &[&Instance]) -> Self {
        let at = instances.iter().map(|instance| instance.at()).collect();
        Self::new().with(Service::Messages, &["/api/v1/messages/{*rest}"], at)
    }

    pub(crate) fn with(mut self, service: Service, paths: &[&str], at: Vec<Address>) -> Self {
        self.routes
            .extend(paths.iter().map(|path| (service, (*path).to_owned())));
        self.addresses.insert(service, at);
        self
    }

    pub(crate) fn resolved_by(mut self, resolver: Resolver) -> Self {
        self.resolver = Some(resolver);
        self
    }

    /// With this certificate.
    pub(crate) fn showing(mut self, tls: &Tls) -> Self {
        self.tls = Some(tls.clone());
        self
    }

    /// What was found at the start stays believed until a request shows otherwise.
    pub(crate) fn without_looking(mut self) -> Self {
        self.settings.health_interval = Duration::from_hours(1);
        self
    }

    pub(crate) async fn start(self) -> Edge {
        let shutdown = CancellationToken::new();
        let needs = Needs {
            routes: self.routes,
            addresses: self.addresses,
            tls: self.tls,
            settings: self.settings,
            shutdown: shutdown.clone(),
        };
        let wired = match &self.resolver {
            Some(resolver) => edge::wire_with(needs, resolver),
            None => edge::wire(needs),
        }
        .expect("the edge is put together");
        for task in wired.tasks {
            tokio::spawn(task.work);
        }
        let authenticator = Authenticator::new(URL, &TokenIssuer::ephemeral(URL).jwks(), RevokedSessions::default());
        let router = platform::http::public(wired.public, &self.http, authenticator, Clock::system());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(platform::http::serve(
            listener,
            router,
            shutdown.clone(),
            Duration::from_secs(5),
        ));
        Edge {
            address,
            shutdown,
            upstreams: wired.upstreams,
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Starts, and waits until every service answers.
    pub(crate) async fn start_ready(self) -> Edge {
        let edge = self.start().await;
        until("every service answers", async || edge.upstreams.check().is_ok()).await;
        edge
    }
}

pub(crate) struct Edge {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: CancellationToken,
    pub(crate) upstreams: Upstreams,
    client: Client<HttpConnector, Body>,
}

impl Drop for Edge {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Edge {
    /// Sends a request, whose URI is a path.
    pub(crate) async fn send(&self, request: Request<Body>) -> Response {
        let (mut head, body) = request.into_parts();
        head.uri = format!("http://{}{}", self.address, head.uri).parse().unwrap();
        let sending = self.client.request(Request::from_parts(head, body));
        soon("an answer", sending).await.expect("an answer").into_response()
    }

    pub(crate) async fn answer(&self, request: Request<Body>) -> Answer {
        let (head, body) = self.send(request).await.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            body: soon("the answer's body", body.collect()).await.unwrap().to_bytes(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.answer(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &'static str) -> Answer {
        self.answer(Request::post(path).body(Body::from(body)).unwrap()).await
    }

    /// Waits until each of the instances has had a request.
    pub(crate) async fn all_serve(&self, instances: &[&Instance]) {
        until("every instance has had a request", async || {
            self.get("/api/v1/messages/1").await;
            instances.iter().all(|instance| instance.served() > 0)
        })
        .await;
    }
}
