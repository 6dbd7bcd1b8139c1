#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::io::Read;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use flate2::read::GzDecoder;
use tower::ServiceExt;

use super::*;

async fn open(path: &str) -> (u16, HeaderMap, Bytes) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let files = messages::FileLimits {
        attachment_bytes: 1,
        bytes_per_user: 1,
    };
    let response = router()
        .merge(instance::router(files, false, 14))
        .oneshot(request)
        .await
        .unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, to_bytes(response.into_body(), 1 << 24).await.unwrap())
}

/// The paths of scripts in the page, and what the page names as its contract.
fn sources(page: &str) -> (Vec<&str>, &str) {
    let quoted = |text: &'static str| {
        page.match_indices(text)
            .map(move |(at, _)| page[at + text.len()..].split('"').next().unwrap())
    };
    let scripts: Vec<&str> = quoted("<script src=\"").collect();
    assert_eq!(
        page.matches("<script").count(),
        scripts.len(),
        "no script stands in the page itself"
    );
    (scripts, quoted("data-url=\"").next().unwrap())
}

#[tokio::test]
async fn each_page_shows_its_contract_and_takes_nothing_from_elsewhere() {
    let services = contracts().into_iter().map(|(name, _)| format!("/docs/{name}"));
    for path in services.chain(["/docs".to_owned()]) {
        let (status, headers, body) = open(&path).await;
        assert_eq!(status, 200, "{path}");
        assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        for part in [
            "default-src 'none'",
            "script-src 'self';",
            "connect-src 'self';",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(
            !policy.contains("http") && !policy.contains("unsafe-eval") && !policy.contains('*'),
            "{policy}"
        );
        let page = std::str::from_utf8(&body).unwrap();
        assert!(!page.contains("//"), "{path}: {page}");
        let (scripts, contract) = sources(page);
        assert_eq!(scripts.len(), 2);
        for script in scripts {
            let (status, headers, body) = open(script).await;
            assert_eq!(status, 200, "{script}");
            assert_eq!(
                headers[header::CONTENT_TYPE],
                "text/javascript; charset=utf-8",
                "{script}"
            );
            assert!(body.len() > 100, "{script}");
        }
        let (status, headers, body) = open(contract).await;
        assert_eq!(
            (status, headers[header::CONTENT_TYPE].to_str().unwrap()),
            (200, "application/json")
        );
        let contract: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(contract["openapi"], "3.1.0", "{path}");
        assert!(!contract["paths"].as_object().unwrap().is_empty(), "{path}");
    }
}

#[tokio::test]
async fn scalar_is_whole_and_kept_for_ever() {
    let (_, _, page) = open("/docs").await;
    let (scripts, _) = sources(std::str::from_utf8(&page).unwrap());
    let (_, headers, body) = open(scripts[0]).await;
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert!(headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    let mut script = String::new();
    GzDecoder::new(&*body).read_to_string(&mut script).unwrap();
    assert!(script.contains("createApiReference"));
}

#[tokio::test]
async fn the_whole_is_all_of_its_parts() {
    let whole = merged();
    let parts: usize = contracts().iter().map(|(_, contract)| contract.paths.paths.len()).sum();
    // Two services have a path below `/users/@me` each, none of them the same.
    assert_eq!(whole.paths.paths.len(), parts);
    let tags = whole.tags.unwrap_or_default();
    let expected: usize = contracts()
        .iter()
        .filter_map(|(_, contract)| Some(contract.tags.as_ref()?.len()))
        .sum();
    assert_eq!(tags.len(), expected);
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in [
        "/docs/unknown",
        "/docs/unknown.json",
        "/docs/.json",
        "/docs/users.yaml",
        "/docs/users.json.json",
        "/docs/..%2Fusers",
        "/docs/assets/scalar.js",
        "/docs/assets/unknown.js",
        "/docs/users/more",
    ] {
        assert_eq!(open(path).await.0, 404, "{path}");
    }
}
