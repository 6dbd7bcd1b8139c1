//! Large bodies pass as they come.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Body, extract::Request};
use bytes::Bytes;
use futures::{StreamExt, stream};
use http::StatusCode;
use http_body_util::BodyExt;

use crate::{edge::Plan, instance::Instance};

const PATH: &str = "/api/v1/messages/1";
const CHUNK: usize = 256 * 1024;
const CHUNKS: usize = 512;
const TOTAL: usize = CHUNK * CHUNKS;
/// What may be on its way at once: buffers of four sockets, and a few chunks. All of it would be 128 MiB.
const ON_ITS_WAY: usize = 48 * 1024 * 1024;

/// A body that counts what was taken of it.
fn counted(taken: &Arc<AtomicUsize>) -> Body {
    let taken = Arc::clone(taken);
    let chunk = Bytes::from(vec![7; CHUNK]);
    Body::from_stream(stream::iter(0..CHUNKS).map(move |_| {
        taken.fetch_add(CHUNK, Ordering::SeqCst);
        Ok::<_, std::io::Error>(chunk.clone())
    }))
}

/// Reads the body; how long it was, and how much was on its way at most.
async fn measure(mut body: Body, taken: &AtomicUsize) -> (usize, usize) {
    let (mut read, mut most) = (0, 0);
    while let Some(frame) = body.frame().await {
        most = most.max(taken.load(Ordering::SeqCst) - read);
        read += frame.expect("the body is whole").into_data().unwrap().len();
    }
    (read, most)
}

#[tokio::test]
async fn a_large_upload_is_never_held() {
    let taken = Arc::new(AtomicUsize::new(0));
    let reader = Arc::clone(&taken);
    let answer = async move |request: Request| {
        let (read, most) = measure(request.into_body(), &reader).await;
        format!("{read} {most}")
    };
    let one = Instance::start(Router::new().fallback(answer));
    let mut plan = Plan::messages(&[&one]);
    plan.http.body_limit_bytes = TOTAL;
    let edge = plan.start_ready().await;
    let answer = edge.answer(Request::post(PATH).body(counted(&taken)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    let (read, most) = answer.text().split_once(' ').unwrap();
    assert_eq!(read.parse(), Ok(TOTAL));
    assert!(
        most.parse::<usize>().unwrap() < ON_ITS_WAY,
        "{most} bytes were on their way"
    );
}

#[tokio::test]
async fn a_large_download_is_never_held() {
    let taken = Arc::new(AtomicUsize::new(0));
    let writer = Arc::clone(&taken);
    let one = Instance::start(
        Router::new().fallback(async move || ([("content-type", "application/octet-stream")], counted(&writer))),
    );
    let edge = Plan::messages(&[&one]).start_ready().await;
    let answer = edge.send(Request::get(PATH).body(Body::empty()).unwrap()).await;
    let (read, most) = measure(answer.into_body(), &taken).await;
    assert_eq!(read, TOTAL);
    assert!(most < ON_ITS_WAY, "{most} bytes were on their way");
}

#[tokio::test]
async fn an_upload_above_the_limit_is_refused_as_such() {
    let one = Instance::start(Router::new().fallback(async |body: Bytes| body.len().to_string()));
    let mut plan = Plan::messages(&[&one]);
    plan.http.body_limit_bytes = 100_000;
    let edge = plan.start_ready().await;
    let answer = edge
        .answer(Request::post(PATH).body(counted(&Arc::default())).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text().contains("\"code\":\"body_too_large\""));
}
