//! Places for objects: what all of them do alike, and what S3 does besides, on a server on this machine.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod failing;
mod settings;
mod suite;

use std::time::Duration;

use platform::{
    auth::Secret,
    objects::{Addressing, ObjectKey, S3Objects, S3Settings},
};
use s3_server::S3Server;

fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}

/// What opens the server's bucket.
fn settings(server: &S3Server) -> S3Settings {
    S3Settings {
        endpoint: Some(server.endpoint().parse().unwrap()),
        bucket: s3_server::BUCKET.to_owned(),
        region: "us-east-1".to_owned(),
        access_key_id: s3_server::ACCESS_KEY_ID.to_owned(),
        secret_access_key: Secret::new(s3_server::SECRET_ACCESS_KEY.to_owned()),
        addressing: Addressing::Path,
        prefix: None,
        authorities: None,
    }
}

/// The server's bucket, whose answers are waited for as long as a test may take.
async fn bucket(server: &S3Server) -> S3Objects {
    let patience = Duration::from_secs(30);
    S3Objects::open_with(settings(server), patience).await.unwrap()
}
