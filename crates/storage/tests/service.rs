//! The service from the internal call to the public route.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use contracts::storage::{PictureShape, PutPictureRequest, storage_client::StorageClient};
use platform::{
    objects::LocalObjects,
    rpc::{self, Peer},
};
use tower::ServiceExt;

fn service() -> (tempfile::TempDir, Router, StorageClient<Peer>) {
    let directory = tempfile::tempdir().unwrap();
    let wired = storage::wire(storage::Needs {
        objects: LocalObjects::open(directory.path()).unwrap(),
    });
    (directory, wired.public, StorageClient::new(rpc::in_process(wired.peer)))
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

#[tokio::test]
async fn what_is_put_is_served_for_ever() {
    let (_directory, router, mut client) = service();
    let url = client.put_picture(request(upload())).await.unwrap().into_inner().url;
    let again = client.put_picture(request(upload())).await.unwrap().into_inner().url;
    assert_eq!(url, again);
    let get = |etag: Option<&str>| {
        let mut request = Request::get(&url);
        if let Some(etag) = etag {
            request = request.header(header::IF_NONE_MATCH, etag);
        }
        router.clone().oneshot(request.body(Body::empty()).unwrap())
    };
    let response = get(None).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "image/jpeg");
    assert_eq!(
        response.headers()[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let etag = response.headers()[header::ETAG].to_str().unwrap().to_owned();
    let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    assert_eq!(image::load_from_memory(&bytes).unwrap().width(), 256);
    assert_eq!(get(Some(&etag)).await.unwrap().status(), StatusCode::NOT_MODIFIED);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem() {
    let (_directory, router, _) = service();
    for name in ["x", "..%2F..%2Fetc%2Fpasswd", &format!("{}.jpg", "0".repeat(64))] {
        let request = Request::get(format!("/api/v1/pictures/{name}"))
            .body(Body::empty())
            .unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{name}");
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/problem+json",
            "{name}"
        );
    }
}

#[tokio::test]
async fn refusals_carry_their_code() {
    let (_directory, _, mut client) = service();
    let refused = client.put_picture(request(b"<svg/>".to_vec())).await.unwrap_err();
    assert_eq!(rpc::beep_code(&refused), Some("picture_type_unsupported"));
    let refused = client.put_picture(request(upload()[..50].to_vec())).await.unwrap_err();
    assert_eq!(rpc::beep_code(&refused), Some("picture_not_readable"));
}
