//! Files, and uploads that go on after a break (tus 1.0.0).

use serde_json::Value;

use crate::{
    http::{Answer, Caller},
    people::Server,
};

/// Uploads a file to the server's first channel, as a form, and answers it.
pub async fn upload(caller: &Caller, server: &Server, name: &str, bytes: &[u8]) -> Value {
    let head = format!("--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let form = [head.as_bytes(), bytes, b"\r\n--b--\r\n"].concat();
    let path = format!("{}/attachments", server.channel());
    let headers = [("content-type", "multipart/form-data; boundary=b".to_owned())];
    let answer = caller.try_send_with("POST", &path, &headers, form).await;
    answer.expect("an answer").expect(201)
}

/// Begins an upload of so many bytes and answers where it goes on, below `/api/v1`.
pub async fn begin(caller: &Caller, server: &Server, length: usize) -> String {
    let path = format!("{}/attachments", server.channel());
    let headers = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-length", length.to_string()),
        // `upload.bin`.
        ("upload-metadata", "filename dXBsb2FkLmJpbg==".to_owned()),
    ];
    let answer = caller
        .try_send_with("POST", &path, &headers, "")
        .await
        .expect("an answer");
    assert_eq!(answer.status, 201, "{}", answer.text());
    let location = answer.header("location").to_owned();
    location.strip_prefix("/api/v1").expect("a path of the API").to_owned()
}

/// Goes on with an upload.
pub async fn append(
    caller: &Caller,
    location: &str,
    offset: usize,
    body: impl Into<reqwest::Body>,
) -> Result<Answer, reqwest::Error> {
    let headers = [
        ("tus-resumable", "1.0.0".to_owned()),
        ("upload-offset", offset.to_string()),
        ("content-type", "application/offset+octet-stream".to_owned()),
    ];
    caller.try_send_with("PATCH", location, &headers, body).await
}

/// How far an upload is; `None` while nobody can tell.
pub async fn offset(caller: &Caller, location: &str) -> Option<usize> {
    let answer = caller.try_send_with("HEAD", location, &[], "").await.ok()?;
    (answer.status == 200).then(|| answer.header("upload-offset").parse().expect("a number"))
}

/// Bytes of which no two parts are the same.
#[must_use]
pub fn bytes(length: usize) -> Vec<u8> {
    let mut state = 7_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}
