//! Requests and what comes back, whole: status, headers and body.

use std::{convert::Infallible, net::SocketAddr};

use http::{HeaderMap, Method};
use serde_json::Value;

/// What is sent with a request.
#[derive(Debug, Clone)]
pub enum Body {
    /// Nothing.
    Empty,
    /// JSON.
    Json(Value),
    /// Bytes of this media type; none when it is empty.
    Raw(&'static str, Vec<u8>),
    /// The same, with a length that is not told before.
    Unannounced(&'static str, Vec<u8>),
    /// A form with one file.
    File(Vec<u8>),
}

/// How the sender says who they are.
#[derive(Debug, Clone)]
pub enum Credentials {
    /// Not at all.
    None,
    /// A token in `Authorization`.
    Bearer(String),
    /// Headers as a browser has them: cookies, and whatever else it would send.
    Browser(Vec<(&'static str, String)>),
}

/// Somebody, signed in or not, who makes requests of one Beep. Redirects are not followed, cookies not kept.
#[derive(Debug, Clone)]
pub struct Caller {
    client: reqwest::Client,
    /// Where Beep is.
    pub address: SocketAddr,
    /// How they say who they are.
    pub credentials: Credentials,
}

impl Caller {
    /// Somebody who is not signed in.
    #[must_use]
    pub fn nobody(address: SocketAddr) -> Self {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            client,
            address,
            credentials: Credentials::None,
        }
    }

    /// The same client with another claim of who it is.
    #[must_use]
    pub fn with(&self, credentials: Credentials) -> Self {
        Self {
            credentials,
            ..self.clone()
        }
    }

    /// The answer to a request; an error is one of the connection. `path` is below `/api/v1`, unless it begins with `//`.
    pub async fn try_send(&self, method: &str, path: &str, body: Body) -> Result<Answer, reqwest::Error> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let path = path
            .strip_prefix('/')
            .filter(|rest| rest.starts_with('/'))
            .map_or_else(|| format!("/api/v1{path}"), str::to_owned);
        let mut request = self.client.request(method, format!("http://{}{path}", self.address));
        request = match &self.credentials {
            Credentials::None => request,
            Credentials::Bearer(token) => request.bearer_auth(token),
            Credentials::Browser(headers) => headers
                .iter()
                .fold(request, |request, (name, value)| request.header(*name, value)),
        };
        request = match body {
            Body::Empty => request,
            Body::Json(json) => request.json(&json),
            Body::Raw("", bytes) => request.body(bytes),
            Body::Raw(kind, bytes) => request.header("content-type", kind).body(bytes),
            Body::Unannounced(kind, bytes) => {
                let pieces: Vec<_> = bytes
                    .chunks(16 * 1024)
                    .map(|piece| Ok::<_, Infallible>(piece.to_vec()))
                    .collect();
                let stream = reqwest::Body::wrap_stream(futures::stream::iter(pieces));
                request.header("content-type", kind).body(stream)
            }
            Body::File(bytes) => {
                let part = reqwest::multipart::Part::bytes(bytes).file_name("picture.png");
                request.multipart(reqwest::multipart::Form::new().part("file", part))
            }
        };
        let response = request.send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
        })
    }

    /// The answer to a request with these headers and this body.
    pub async fn try_send_with(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, String)],
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer, reqwest::Error> {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self
            .client
            .request(method, format!("http://{}/api/v1{path}", self.address));
        if let Credentials::Bearer(token) = &self.credentials {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let response = request.body(body).send().await?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
        })
    }

    /// The answer to a request.
    pub async fn send(&self, method: &str, path: &str, body: Body) -> Answer {
        self.try_send(method, path, body).await.expect("an answer")
    }

    /// `GET`
    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, Body::Empty).await
    }

    /// `GET` of a list, with this as its search term.
    pub async fn search(&self, path: &str, term: &str) -> Answer {
        let escaped: Vec<String> = term.bytes().map(|byte| format!("%{byte:02X}")).collect();
        self.get(&format!("{path}?query={}", escaped.concat())).await
    }

    /// `POST` of JSON; null sends nothing.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let body = if body.is_null() { Body::Empty } else { Body::Json(body) };
        self.send("POST", path, body).await
    }

    /// `PATCH` of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send("PATCH", path, Body::Json(body)).await
    }

    /// `DELETE`
    pub async fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, Body::Empty).await
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as text, for people.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The code of a problem; empty when it is none.
    #[must_use]
    pub fn code(&self) -> String {
        let is_problem = self.header("content-type") == "application/problem+json";
        let body = self.json();
        let code = body["code"].as_str().filter(|_| is_problem);
        code.unwrap_or_default().to_owned()
    }

    /// A header's text; empty when it is not there.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    /// Fails unless it is this problem.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text());
    }
}
