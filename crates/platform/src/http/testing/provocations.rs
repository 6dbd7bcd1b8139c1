//! Every problem that a contract names must happen in a test.

use std::{collections::BTreeMap, num::NonZeroU32, time::Duration};

use axum::body::Body;
use futures::stream;
use http::{HeaderValue, Request, header};
use model::{SessionId, UserId, limits::JSON_BODY_BYTES};

use super::{App, actor::Proof, contract::Operation};
use crate::{auth::Caller, http::RateLimit};

/// What the layers answer when something breaks, whatever the route: provoked in the tests of the layers.
const OF_THE_LAYERS: [&str; 3] = ["internal", "unavailable", "timed_out"];
/// No parameter of ours can be this: it is not even text.
const NO_TEXT: &str = "%FF";

impl App {
    /// Provokes on every operation what any operation of its kind is refused for. `able` may do everything to what the
    /// parameters of paths name; nothing of it is changed.
    pub async fn provoke_the_common(&self, able: UserId, parameters: &BTreeMap<&str, String>) {
        let hour = |requests| {
            Some(RateLimit {
                requests: NonZeroU32::new(requests).expect("a number"),
                window: Duration::from_hours(1),
            })
        };
        let full = self.with_settings(|settings| settings.concurrency = 0);
        for operation in self.operations.iter() {
            let bare = |path: &str| request(operation, path, Body::empty(), None);
            let path = operation.path_with(parameters);
            full.nobody().request(bare(&path)).await.is_problem(503, "overloaded");
            let slow = self.with_settings(|settings| settings.rate_limits.address = hour(1));
            slow.nobody().request(bare(&path)).await;
            slow.nobody().request(bare(&path)).await.is_problem(429, "rate_limited");
            let caller = Caller {
                user_id: able,
                session_id: SessionId(1),
            };
            for (code, status, proof) in [
                ("not_signed_in", 401, Proof::Nothing),
                ("token_expired", 401, Proof::Expired(caller)),
                ("csrf_token_invalid", 403, Proof::Cookie(caller)),
            ] {
                if operation.may_refuse_with(code) && operation.may_refuse_with("not_signed_in") {
                    self.actor(proof).request(bare(&path)).await.is_problem(status, code);
                }
            }
            if operation.may_refuse_with("csrf_token_invalid") {
                let mut request = bare(&path);
                let foreign = HeaderValue::from_static("https://evil.test");
                request.headers_mut().insert(header::ORIGIN, foreign);
                self.nobody()
                    .request(request)
                    .await
                    .is_problem(403, "csrf_token_invalid");
            }
            if operation.may_refuse_with("not_found") {
                let nowhere = parameters.keys().map(|name| (*name, NO_TEXT.to_owned())).collect();
                let request = bare(&operation.path_with(&nowhere));
                self.user(able).request(request).await.is_problem(404, "not_found");
            }
            if operation.may_refuse_with("malformed_query") {
                let request = bare(&format!("{path}?limit=many"));
                self.user(able)
                    .request(request)
                    .await
                    .is_problem(400, "malformed_query");
            }
            if operation.takes_json {
                self.provoke_by_body(operation, &path, able).await;
            }
        }
    }

    async fn provoke_by_body(&self, operation: &Operation, path: &str, able: UserId) {
        let broken = stream::iter([
            Ok(bytes::Bytes::from_static(b"{")),
            Err(std::io::Error::other("broken")),
        ]);
        for (status, code, body, kind) in [
            (400, "malformed_json", Body::from("{"), Some("application/json")),
            (
                400,
                "body_incomplete",
                Body::from_stream(broken),
                Some("application/json"),
            ),
            (
                413,
                "body_too_large",
                Body::from(vec![b' '; JSON_BODY_BYTES + 1]),
                Some("application/json"),
            ),
            (415, "unsupported_media_type", Body::from("{}"), Some("text/plain")),
        ] {
            if operation.may_refuse_with(code) {
                let request = request(operation, path, body, kind);
                self.user(able).request(request).await.is_problem(status, code);
            }
        }
    }

    /// Fails when the contract names problems that were not answered so far.
    pub fn assert_every_problem_was_seen(&self) {
        let seen = self.seen.lock().expect("a lock");
        let unseen: Vec<String> = self
            .operations
            .iter()
            .flat_map(|operation| operation.refusals.iter().map(move |refusal| (operation, refusal)))
            .filter(|(_, (_, code))| !OF_THE_LAYERS.contains(&code.as_str()))
            .map(|(operation, (status, code))| {
                (operation.method.clone(), operation.path.clone(), *status, code.clone())
            })
            .filter(|refusal| !seen.contains(refusal))
            .map(|(method, path, status, code)| format!("{method} {path}: {status} {code}"))
            .collect();
        assert!(unseen.is_empty(), "no test provokes:\n{}", unseen.join("\n"));
    }
}

fn request(operation: &Operation, path: &str, body: Body, kind: Option<&str>) -> Request<Body> {
    let mut request = Request::builder().method(operation.method.as_str()).uri(path);
    if let Some(kind) = kind {
        request = request.header(header::CONTENT_TYPE, kind);
    }
    request.body(body).expect("a request")
}
