//! The service from the internal call to the public route.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use contracts::storage::{PictureShape, PutPictureRequest, storage_client::StorageClient};
use futures::future::join_all;
use http::{Request, header};
use model::{SessionId, UserId, limits};
use platform::{
    auth::Caller,
    clock::Clock,
    http::testing::App,
    objects::LocalObjects,
    rpc::{self, Peer},
};

/// Whose pictures they are.
const SOMEBODY: Caller = Caller {
    user_id: UserId(1),
    session_id: SessionId(2),
};

fn service() -> (tempfile::TempDir, App, StorageClient<Peer>) {
    let directory = tempfile::tempdir().unwrap();
    let wired = storage::wire(storage::Needs {
        objects: LocalObjects::open(directory.path()).unwrap(),
    });
    let app = App::new(wired.public, &storage::contract(), App::issuer(), Clock::system());
    (
        directory,
        app,
        StorageClient::new(rpc::in_process_as(wired.peer, SOMEBODY)),
    )
}

fn upload() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(20, 30, image::Rgb([1, 200, 3]))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn request(content: Vec<u8>) -> PutPictureRequest {
    PutPictureRequest {
        content,
        shape: PictureShape::Avatar.into(),
    }
}

/// The path below `/api/v1` of a URL.
fn below(url: &str) -> &str {
    url.strip_prefix("/api/v1").unwrap()
}

#[tokio::test]
async fn what_is_put_is_served_to_everybody_for_ever() {
    let (_directory, app, mut client) = service();
    let url = client.put_picture(request(upload())).await.unwrap().into_inner().url;
    let again = client.put_picture(request(upload())).await.unwrap().into_inner().url;
    assert_eq!(url, again);
    for actor in [app.nobody(), app.user(UserId(1))] {
        let answer = actor.get(below(&url)).await;
        assert_eq!(answer.status, 200);
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(answer.header(name), value);
        }
        assert_eq!(image::load_from_memory(&answer.bytes).unwrap().width(), 256);
        let known = Request::get(&url)
            .header(header::IF_NONE_MATCH, answer.header("etag"))
            .body(axum::body::Body::empty())
            .unwrap();
        let unchanged = actor.request(known).await;
        assert!(unchanged.status == 304 && unchanged.bytes.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_problem_happens() {
    let (_directory, app, _) = service();
    let nowhere = format!("{}.jpg", "0".repeat(64));
    let parameters = BTreeMap::from([("name", nowhere.clone())]);
    app.provoke_the_common(UserId(1), &parameters).await;
    for name in [
        "x",
        "..%2F..%2Fetc%2Fpasswd",
        &nowhere,
        &nowhere.replace("jpg", "svg"),
        &"x".repeat(5_000),
    ] {
        app.nobody()
            .get(&format!("/pictures/{name}"))
            .await
            .is_problem(404, "picture_not_found");
    }
    app.assert_every_problem_was_seen();
}

#[tokio::test]
async fn refusals_carry_their_code() {
    let (_directory, _, mut client) = service();
    let refused = client.put_picture(request(b"<svg/>".to_vec())).await.unwrap_err();
    assert_eq!(rpc::beep_code(&refused), Some("picture_type_unsupported"));
    let refused = client.put_picture(request(upload()[..50].to_vec())).await.unwrap_err();
    assert_eq!(rpc::beep_code(&refused), Some("picture_not_readable"));
}

#[tokio::test]
async fn uploads_at_their_limit() {
    let (_directory, _, mut client) = service();
    // Whatever is behind the picture does not count as its content, but as its size.
    let mut largest = upload();
    largest.resize(limits::PICTURE_BYTES, 0);
    client.put_picture(request(largest.clone())).await.unwrap();
    largest.push(0);
    let refused = client.put_picture(request(largest)).await.unwrap_err();
    assert_eq!(rpc::beep_code(&refused), Some("picture_too_large"));
    let wide = |width: u32| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        image::GrayImage::new(width, 1)
            .write_to(&mut bytes, image::ImageFormat::Png)
            .unwrap();
        request(bytes.into_inner())
    };
    client.put_picture(wide(limits::PICTURE_SIDE)).await.unwrap();
    let refused = client.put_picture(wide(limits::PICTURE_SIDE + 1)).await.unwrap_err();
    assert_eq!(rpc::beep_code(&refused), Some("picture_too_large"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_told_to_come_back() {
    let (_directory, _, client) = service();
    let all = join_all((0..100).map(|_| {
        let mut client = client.clone();
        async move { client.put_picture(request(upload())).await }
    }));
    let refused: Vec<_> = all.await.into_iter().filter_map(Result::err).collect();
    assert!(!refused.is_empty());
    assert!(
        refused
            .iter()
            .all(|status| rpc::beep_code(status) == Some("overloaded"))
    );
}

#[tokio::test]
async fn a_picture_that_nobody_brings_is_not_kept() {
    let directory = tempfile::tempdir().unwrap();
    let wired = storage::wire(storage::Needs {
        objects: LocalObjects::open(directory.path()).unwrap(),
    });
    let before = files_below(directory.path());
    let mut client = StorageClient::new(rpc::in_process(wired.peer));
    let refused = client.put_picture(request(upload())).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unauthenticated);
    assert_eq!(files_below(directory.path()), before);
    let mut of_somebody = service_in(directory.path());
    of_somebody.put_picture(request(upload())).await.unwrap();
    assert!(files_below(directory.path()) > before, "the count sees pictures");
}

fn service_in(directory: &std::path::Path) -> StorageClient<Peer> {
    let objects = LocalObjects::open(directory).unwrap();
    StorageClient::new(rpc::in_process_as(
        storage::wire(storage::Needs { objects }).peer,
        SOMEBODY,
    ))
}

fn files_below(directory: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}
