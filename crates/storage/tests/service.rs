//! The service from the internal call to the public route.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use contracts::storage::{DeletePicturesRequest, PictureShape, PutPictureRequest, storage_client::StorageClient};
use http::{Request, header};
use model::{SessionId, UserId};
use platform::{
    auth::Caller,
    clock::Clock,
    http::testing::App,
    objects::LocalObjects,
    rpc::testing::{Conformance, Shape},
};

/// Whose pictures they are.
const SOMEBODY: Caller = Caller {
    user_id: UserId(1),
    session_id: SessionId(2),
};

fn service() -> (tempfile::TempDir, App, storage::Peer<LocalObjects>) {
    let directory = tempfile::tempdir().unwrap();
    let wired = storage::wire(storage::Needs {
        objects: LocalObjects::open(directory.path()).unwrap(),
    });
    let app = App::new(wired.public, &storage::contract(), App::issuer(), Clock::system());
    (directory, app, wired.peer)
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
        key: "0a".repeat(32),
    }
}

/// Whoever has the picture asks whether it is still the same.
fn known(url: &str) -> Request<axum::body::Body> {
    let tag = format!("\"{}\"", "0a".repeat(32));
    let request = Request::get(url).header(header::IF_NONE_MATCH, tag);
    request.body(axum::body::Body::empty()).unwrap()
}

/// The path below `/api/v1` of a URL.
fn below(url: &str) -> &str {
    url.strip_prefix("/api/v1").unwrap()
}

#[tokio::test]
async fn what_is_put_is_served_to_everybody_until_it_is_deleted() {
    let (_directory, app, peer) = service();
    let calls = Conformance::start(Shape::Together, peer, &app).await;
    let put = async || {
        let mut client = StorageClient::new(calls.peer());
        let answer = calls.working_for(SOMEBODY, client.put_picture(request(upload()))).await;
        answer.unwrap().into_inner().url
    };
    let (url, again) = (put().await, put().await);
    assert_eq!(url, again);
    for actor in [app.nobody(), app.user(UserId(1))] {
        let answer = actor.get(below(&url)).await;
        assert_eq!(answer.status, 200);
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("cache-control", "public, max-age=86400, immutable"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(answer.header(name), value);
        }
        assert_eq!(image::load_from_memory(&answer.bytes).unwrap().width(), 256);
        assert_eq!(answer.header("etag"), format!("\"{}\"", "0a".repeat(32)));
        let unchanged = actor.request(known(&url)).await;
        assert!(unchanged.status == 304 && unchanged.bytes.is_empty());
    }
    let keys = vec!["0a".repeat(32)];
    let mut client = StorageClient::new(calls.peer());
    client.delete_pictures(DeletePicturesRequest { keys }).await.unwrap();
    let nobody = app.nobody();
    nobody.get(below(&url)).await.is_problem(404, "picture_not_found");
    // Also to whoever has it.
    let gone = nobody.request(known(&url)).await;
    gone.is_problem(404, "picture_not_found");
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
