//! What is said of a bucket that cannot be used as it is set up.

use std::{net::Ipv4Addr, sync::Arc};

use bytes::Bytes;
use platform::{
    auth::Secret,
    objects::{ObjectStore, S3Objects, S3Problem, S3Setting, S3Settings},
    testing::certificates::Authority,
};
use s3_server::{Fault, S3Server};

use crate::{key, settings};

/// The setting that is named when the bucket is opened and checked.
async fn wrong(settings: S3Settings) -> (S3Setting, String) {
    let checked = match S3Objects::open(settings).await {
        Ok(objects) => objects.check().await,
        Err(problem) => Err(problem),
    };
    match checked.unwrap_err() {
        S3Problem::Setting { setting, detail } => (setting, detail),
        S3Problem::Away(detail) => panic!("away: {detail}"),
    }
}

#[tokio::test]
async fn what_is_wrong_is_named_and_no_secret_with_it() {
    let server = S3Server::start().await;
    let right = settings(&server);
    S3Objects::open(right.clone()).await.unwrap().check().await.unwrap();
    assert_eq!(server.keys(), [] as [String; 0], "nothing is left of the trial");

    let secret = "a secret that opens nothing";
    let (setting, detail) = wrong(S3Settings {
        secret_access_key: Secret::new(secret.to_owned()),
        ..right.clone()
    })
    .await;
    assert_eq!(setting, S3Setting::SecretAccessKey, "{detail}");
    assert!(detail.contains("403 SignatureDoesNotMatch"), "{detail}");
    assert!(!detail.contains(secret), "{detail}");

    let (setting, detail) = wrong(S3Settings {
        access_key_id: "SOMEBODY".to_owned(),
        ..right.clone()
    })
    .await;
    assert_eq!(setting, S3Setting::AccessKeyId, "{detail}");

    let (setting, detail) = wrong(S3Settings {
        bucket: "another".to_owned(),
        ..right.clone()
    })
    .await;
    assert_eq!(setting, S3Setting::Bucket, "{detail}");
    assert!(detail.contains("404 NoSuchBucket"), "{detail}");

    // The server of the tests takes any region.
    server.fail(|_| Some(Fault::Refusal(301, "PermanentRedirect")));
    assert_eq!(wrong(right.clone()).await.0, S3Setting::Region);
    server.fail(|asked| (asked.method == "PUT").then_some(Fault::Refusal(403, "AccessDenied")));
    assert_eq!(wrong(right.clone()).await.0, S3Setting::AccessKeyId, "may only read");
    server.fail(|asked| (asked.method == "DELETE").then_some(Fault::Refusal(403, "AccessDenied")));
    assert_eq!(wrong(right).await.0, S3Setting::AccessKeyId, "may not delete");
}

#[tokio::test]
async fn what_is_no_store_is_told() {
    let server = S3Server::start().await;
    // A server of another kind knows no such page.
    server.fail(|_| Some(Fault::Refusal(404, "")));
    let (setting, detail) = wrong(settings(&server)).await;
    assert_eq!(setting, S3Setting::Endpoint, "{detail}");
}

#[tokio::test]
async fn a_store_is_believed_by_its_certificate() {
    let authority = Authority::new("ours");
    let tls = Arc::new(authority.server("127.0.0.1"));
    let server = S3Server::start_at((Ipv4Addr::LOCALHOST, 0).into(), Some(tls)).await;
    let folder = tempfile::tempdir().unwrap();
    let files = authority.write(folder.path(), "127.0.0.1", &authority);
    let believing = S3Settings {
        authorities: files.authorities,
        ..settings(&server)
    };
    let objects = S3Objects::open(believing.clone()).await.unwrap();
    objects.check().await.unwrap();
    let content = Bytes::from(vec![7; 300_000]);
    objects.put(&key("a"), content.clone()).await.unwrap();
    assert!(objects.get(&key("a")).await.unwrap() == Some(content));

    let (setting, detail) = wrong(settings(&server)).await;
    assert_eq!(setting, S3Setting::Authorities, "{detail}");
    let missing = folder.path().join("none");
    let (setting, detail) = wrong(S3Settings {
        authorities: Some(missing),
        ..believing.clone()
    })
    .await;
    assert_eq!(setting, S3Setting::Authorities, "{detail}");
    let (setting, _) = wrong(S3Settings {
        authorities: Some(files.key),
        ..believing
    })
    .await;
    assert_eq!(setting, S3Setting::Authorities, "a key is no certificate");
}
