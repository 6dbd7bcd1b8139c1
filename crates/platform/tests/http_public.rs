//! The layers around the public routes, as a client sees them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{num::NonZeroU32, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Multipart, Request, multipart::MultipartRejection},
    routing::{get, post},
};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use model::{SessionId, Timestamp, UserId};
use platform::{
    auth::{Authenticator, Caller, RevokedSessions, TokenIssuer},
    clock::Clock,
    http::{
        CsrfToken, HttpSettings, Json, MaybeCaller, Page, PageQuery, Path, PeerAddress, Problem, Query, RateLimit,
        public,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;

const URL: &str = "https://beep.test";

#[derive(Serialize, Deserialize)]
struct Echo {
    text: String,
}

struct Instance {
    router: Router,
    issuer: TokenIssuer,
    revoked: RevokedSessions,
}

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

fn limit(requests: u32) -> RateLimit {
    RateLimit {
        requests: NonZeroU32::new(requests).unwrap(),
        window: Duration::from_hours(1),
    }
}

fn routes() -> Router {
    Router::new()
        .route(
            "/api/v1/me",
            get(async |caller: Caller| Json(json!({"id": caller.user_id}))),
        )
        .route(
            "/api/v1/me",
            post(async |caller: Caller| Json(json!({"id": caller.user_id}))),
        )
        .route("/api/v1/maybe", get(maybe).post(maybe))
        .route("/api/v1/refresh", post(async |_: CsrfToken| StatusCode::NO_CONTENT))
        .route("/api/v1/echo", post(async |Json(echo): Json<Echo>| Json(echo)))
        .route(
            "/api/v1/things/{id}",
            get(async |Path(id): Path<UserId>| Json(json!({"id": id}))),
        )
        .route("/api/v1/list", get(list))
        .route("/api/v1/upload", post(async |request: Request| upload(request).await))
        .route("/api/v1/file", post(file))
        .route("/api/v1/panic", get(async || -> StatusCode { panic!("a mistake") }))
        .route(
            "/api/v1/slow",
            get(async || -> StatusCode { std::future::pending().await }),
        )
        .route("/api/v1/large", get(async || "all work and no play ".repeat(1_000)))
}

async fn maybe(MaybeCaller(caller): MaybeCaller) -> Json<Value> {
    Json(json!({"id": caller.map(|caller| caller.user_id)}))
}

async fn list(Query(page): Query<PageQuery>) -> Result<Json<Page<u8>>, Problem> {
    let limit = page.limit()?;
    Ok(Json(Page::from_excess((0..=100).collect(), limit, ToString::to_string)))
}

async fn file(form: Result<Multipart, MultipartRejection>) -> Result<Json<Value>, Problem> {
    let mut form = form?;
    let part = form.next_field().await?.ok_or_else(|| Problem::not_found("no_part"))?;
    Ok(Json(json!({"bytes": part.bytes().await?.len()})))
}

async fn upload(request: Request) -> StatusCode {
    if request.into_body().collect().await.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::PAYLOAD_TOO_LARGE
    }
}

fn instance(change: impl FnOnce(&mut HttpSettings)) -> Instance {
    let issuer = TokenIssuer::ephemeral(URL);
    let revoked = RevokedSessions::default();
    let authenticator = Authenticator::new(URL, &issuer.jwks(), revoked.clone());
    let mut settings = HttpSettings::for_public_url(URL);
    change(&mut settings);
    Instance {
        router: public(routes(), &settings, authenticator, Clock::from_fn(now)),
        issuer,
        revoked,
    }
}

struct Answer {
    status: u16,
    headers: http::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let body = self.json();
        assert_eq!(
            (&body["status"], &body["type"]),
            (&self.status.into(), &"about:blank".into())
        );
        assert_eq!(body["trace_id"].as_str().map(str::len), Some(32));
        (self.status, body["code"].as_str().unwrap().to_owned())
    }
}

impl Instance {
    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let peer = PeerAddress(([192, 0, 2, 77], 4_000).into());
        let response = self
            .router
            .clone()
            .oneshot(request.extension(peer).body(body.into()).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Body::empty()).await
    }

    async fn post_json(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.send(
            Method::POST,
            path,
            &[("content-type", "application/json; charset=utf-8")],
            body,
        )
        .await
    }

    fn token(&self, at: Timestamp) -> String {
        self.issuer.issue(UserId(7), SessionId(9), at).unwrap().0
    }
}

fn expected(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn what_no_route_takes_is_a_problem() {
    let instance = instance(|_| {});
    assert_eq!(
        instance.get("/api/v1/nothing", &[]).await.problem(),
        expected(404, "not_found")
    );
    let answer = instance.send(Method::DELETE, "/api/v1/echo", &[], Body::empty()).await;
    assert_eq!(answer.problem(), expected(405, "method_not_allowed"));
    assert_eq!(answer.headers["allow"], "POST");
    assert_eq!(
        instance.get("/api/v1/things/x", &[]).await.problem(),
        expected(404, "not_found")
    );
    assert_eq!(instance.get("/api/v1/things/7", &[]).await.json(), json!({"id": "7"}));
}

#[tokio::test]
async fn panics_and_time_outs_are_problems() {
    let instance = instance(|settings| settings.request_timeout = Duration::from_millis(20));
    assert_eq!(
        instance.get("/api/v1/panic", &[]).await.problem(),
        expected(500, "internal")
    );
    let answer = instance.get("/api/v1/slow", &[]).await;
    assert_eq!(answer.problem(), expected(503, "timed_out"));
    assert_eq!(answer.headers["retry-after"], "1");
}

#[tokio::test]
async fn more_than_there_is_room_for_is_shed_at_once() {
    let instance = instance(|settings| settings.concurrency = 1);
    let (first, answer) = tokio::join!(
        tokio::time::timeout(Duration::from_millis(100), instance.get("/api/v1/slow", &[])),
        async {
            tokio::task::yield_now().await;
            instance.get("/api/v1/things/7", &[]).await
        }
    );
    assert!(first.is_err());
    assert_eq!(answer.problem(), expected(503, "overloaded"));
    assert_eq!(answer.headers["retry-after"], "1");
    assert_eq!(
        instance.get("/api/v1/things/7", &[]).await.status,
        200,
        "a request that was given up makes room"
    );
}

#[tokio::test]
async fn bodies_are_checked() {
    let instance = instance(|settings| settings.body_limit_bytes = 100_000);
    let post = async |body: &str| instance.post_json("/api/v1/echo", body.to_owned()).await;
    assert_eq!(post(r#"{"text":"hé"}"#).await.json(), json!({"text": "hé"}));
    let wrong = post(r#"{"text":7}"#).await;
    assert_eq!(wrong.problem(), expected(400, "malformed_json"));
    assert!(
        wrong.json()["detail"].as_str().unwrap().contains("line 1 column 9"),
        "{}",
        wrong.json()
    );
    for bad in [
        "",
        "{",
        r#"{"text":"a","text":"b"}"#,
        r#"{"text":"a","x":1,"x":2}"#,
        &format!("{{\"text\":{}", "[".repeat(60_000)),
    ] {
        assert_eq!(
            post(bad).await.problem(),
            expected(400, "malformed_json"),
            "{}",
            &bad[..bad.len().min(50)]
        );
    }
    let deep = format!("{{\"text\":\"a\",\"x\":{}{}}}", "[".repeat(32), "]".repeat(32));
    assert_eq!(post(&deep).await.problem(), expected(400, "malformed_json"));
    assert_eq!(
        post(&format!("{{\"text\":\"{}\"}}", "x".repeat(64 * 1024)))
            .await
            .problem(),
        expected(413, "body_too_large")
    );
    let unknown_length = Body::from_stream(futures::stream::iter(
        (0..9).map(|_| Ok::<_, std::io::Error>("x".repeat(10_000))),
    ));
    assert_eq!(
        instance.post_json("/api/v1/echo", unknown_length).await.problem(),
        expected(413, "body_too_large")
    );
    let form = instance
        .send(
            Method::POST,
            "/api/v1/echo",
            &[("content-type", "text/plain")],
            r#"{"text":"a"}"#,
        )
        .await;
    assert_eq!(form.problem(), expected(415, "unsupported_media_type"));
    assert_eq!(
        instance
            .send(Method::POST, "/api/v1/upload", &[], vec![0; 100_000])
            .await
            .status,
        200
    );
    assert_eq!(
        instance
            .send(Method::POST, "/api/v1/upload", &[], vec![0; 100_001])
            .await
            .status,
        413
    );
}

#[tokio::test]
async fn files_in_multipart_bodies() {
    let instance = instance(|settings| settings.body_limit_bytes = 3 * 1024 * 1024);
    let form = |bytes: usize| {
        format!(
            "--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\n{}\r\n--x--\r\n",
            "y".repeat(bytes)
        )
    };
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    let post = async |body: String| instance.send(Method::POST, "/api/v1/file", &headers, body).await;
    assert_eq!(
        post(form(2_500_000)).await.json(),
        json!({"bytes": 2_500_000}),
        "above the framework's own limit"
    );
    assert_eq!(
        post(form(3 * 1024 * 1024)).await.problem(),
        expected(413, "body_too_large")
    );
    assert_eq!(
        post("--x\r\n".to_owned()).await.problem(),
        expected(400, "malformed_multipart")
    );
    assert_eq!(
        instance.post_json("/api/v1/file", "{}").await.problem(),
        expected(415, "unsupported_media_type")
    );
}

#[tokio::test]
async fn queries_are_checked() {
    let instance = instance(|_| {});
    let page = instance.get("/api/v1/list?limit=2", &[]).await.json();
    assert_eq!(page, json!({"items": [0, 1], "next": "1"}));
    assert_eq!(
        instance.get("/api/v1/list?limit=x", &[]).await.problem(),
        expected(400, "malformed_query")
    );
    assert_eq!(
        instance.get("/api/v1/list?limit=0", &[]).await.problem(),
        expected(422, "invalid")
    );
}

#[tokio::test]
async fn bearer_tokens() {
    let instance = instance(|_| {});
    let good = format!("Bearer {}", instance.token(now()));
    let expired = format!(
        "bearer {}",
        instance.token(Timestamp::from_millis(now().as_millis() - 3_600_000))
    );
    assert_eq!(
        instance.get("/api/v1/me", &[("authorization", &good)]).await.json(),
        json!({"id": "7"})
    );
    assert_eq!(
        instance
            .send(Method::POST, "/api/v1/me", &[("authorization", &good)], Body::empty())
            .await
            .status,
        200
    );
    let refused = instance.get("/api/v1/me", &[]).await;
    assert_eq!(refused.problem(), expected(401, "not_signed_in"));
    assert_eq!(refused.headers["www-authenticate"], "Bearer");
    assert_eq!(
        instance
            .get("/api/v1/me", &[("authorization", &expired)])
            .await
            .problem(),
        expected(401, "token_expired")
    );
    for bad in ["Bearer", "Bearer x.y.z", "Basic dTpw", "Bearer\u{e9}"] {
        assert_eq!(
            instance.get("/api/v1/me", &[("authorization", bad)]).await.problem(),
            expected(401, "not_signed_in"),
            "{bad}"
        );
        assert_eq!(
            instance.get("/api/v1/maybe", &[("authorization", bad)]).await.json(),
            json!({"id": null}),
            "{bad}"
        );
    }
    instance.revoked.revoke(SessionId(9), now());
    assert_eq!(
        instance.get("/api/v1/me", &[("authorization", &good)]).await.problem(),
        expected(401, "not_signed_in")
    );
}

#[tokio::test]
async fn cookies_need_proof_of_our_own_page_to_change_anything() {
    let instance = instance(|_| {});
    let cookie = format!("beep_access={}; beep_csrf=t0ken", instance.token(now()));
    let post = async |more: &[(&str, &str)]| {
        let headers = [&[("cookie", &*cookie)], more].concat();
        instance.send(Method::POST, "/api/v1/me", &headers, Body::empty()).await
    };
    assert_eq!(instance.get("/api/v1/me", &[("cookie", &cookie)]).await.status, 200);
    assert_eq!(
        post(&[
            ("x-csrf-token", "t0ken"),
            ("origin", URL),
            ("sec-fetch-site", "same-origin")
        ])
        .await
        .status,
        200
    );
    let refused = expected(403, "csrf_token_invalid");
    assert_eq!(post(&[]).await.problem(), refused);
    assert_eq!(post(&[("x-csrf-token", "other")]).await.problem(), refused);
    assert_eq!(
        post(&[("x-csrf-token", "t0ken"), ("origin", "https://evil.test")])
            .await
            .problem(),
        refused
    );
    assert_eq!(
        post(&[("x-csrf-token", "t0ken"), ("sec-fetch-site", "same-site")])
            .await
            .problem(),
        refused
    );
    let maybe = instance
        .send(Method::POST, "/api/v1/maybe", &[("cookie", &cookie)], Body::empty())
        .await;
    assert_eq!(maybe.json(), json!({"id": null}), "without proof as if signed out");
    let refresh = async |headers: &[(&str, &str)]| {
        instance
            .send(Method::POST, "/api/v1/refresh", headers, Body::empty())
            .await
    };
    assert_eq!(
        refresh(&[("cookie", "beep_csrf=a"), ("x-csrf-token", "a")])
            .await
            .status,
        204
    );
    assert_eq!(refresh(&[("cookie", "beep_csrf=a")]).await.problem(), refused);
    // A header that a program sets itself wins over a cookie that a browser adds.
    let both = [
        ("cookie", &*cookie),
        ("authorization", "Bearer x"),
        ("x-csrf-token", "t0ken"),
    ];
    assert_eq!(
        instance.get("/api/v1/me", &both).await.problem(),
        expected(401, "not_signed_in")
    );
}

#[tokio::test]
async fn rates_are_limited_by_user_and_by_address() {
    let instance = instance(|settings| {
        settings.rate_limits.user = Some(limit(2));
        settings.rate_limits.address = Some(limit(1));
    });
    let bearer = format!("Bearer {}", instance.token(now()));
    let signed_in = [("authorization", &*bearer)];
    let first = instance.get("/api/v1/me", &signed_in).await;
    assert_eq!(first.status, 200);
    assert_eq!(first.headers["ratelimit"], "\"user\";r=1;t=1800");
    assert_eq!(first.headers["ratelimit-policy"], "\"user\";q=2;w=3600");
    assert_eq!(instance.get("/api/v1/me", &signed_in).await.status, 200);
    let third = instance.get("/api/v1/me", &signed_in).await;
    assert_eq!(third.problem(), expected(429, "rate_limited"));
    let wait: u64 = third.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1_700..=1_800).contains(&wait), "{wait}");
    assert_eq!(third.headers["ratelimit"], "\"user\";r=0;t=3600");
    assert_eq!(
        instance.get("/api/v1/maybe", &[]).await.status,
        200,
        "the address has its own allowance"
    );
    let refused = instance.get("/api/v1/nothing", &[]).await;
    assert_eq!(refused.problem(), expected(429, "rate_limited"));
    assert_eq!(refused.headers["ratelimit-policy"], "\"address\";q=1;w=3600");
    for _ in 0..3 {
        let page = instance.get("/index.html", &[]).await;
        assert_ne!(page.status, 429, "pages are not counted");
        assert!(!page.headers.contains_key("ratelimit"));
    }
}

#[tokio::test]
async fn ids_and_headers_of_every_answer() {
    let instance = instance(|_| {});
    let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = instance
        .get(
            "/api/v1/me",
            &[("x-request-id", "mine-1"), ("traceparent", traceparent)],
        )
        .await;
    assert_eq!(answer.headers["x-request-id"], "mine-1");
    assert_eq!(answer.json()["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(
        instance.get("/x", &[("x-request-id", "a b")]).await.headers["x-request-id"].len(),
        24
    );
    for header in [
        "content-security-policy",
        "x-content-type-options",
        "referrer-policy",
        "permissions-policy",
        "strict-transport-security",
    ] {
        assert!(answer.headers.contains_key(header), "{header}");
    }
    assert_eq!(
        instance.get("/api/v1/things/7", &[]).await.headers["cache-control"],
        "no-store"
    );
}

#[tokio::test]
async fn large_answers_are_compressed() {
    let instance = instance(|_| {});
    let plain = instance.get("/api/v1/large", &[]).await;
    for encoding in ["br", "gzip", "zstd"] {
        let packed = instance.get("/api/v1/large", &[("accept-encoding", encoding)]).await;
        assert_eq!(packed.headers["content-encoding"], encoding);
        assert!(
            packed.body.len() * 10 < plain.body.len(),
            "{encoding}: {}",
            packed.body.len()
        );
    }
    let small = instance.get("/api/v1/things/7", &[("accept-encoding", "gzip")]).await;
    assert!(!small.headers.contains_key("content-encoding"));
}
