//! A store that fails, is full, says nothing or is away.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use platform::objects::{ObjectError, ObjectStore, S3Objects, S3Problem};
use s3_server::{Asked, Fault, S3Server};

use crate::{bucket, key, settings};

const NOTHING: [String; 0] = [];

/// Asks for everything, and answers whatever went wrong.
async fn ask_for_all(objects: &S3Objects) -> Vec<(&'static str, Option<ObjectError>)> {
    let name = key("f/1/a");
    vec![
        ("put", objects.put(&name, Bytes::from_static(b"x")).await.err()),
        ("get", objects.get(&name).await.err()),
        ("size", objects.size(&name).await.err()),
        ("exists", objects.exists(&name).await.err()),
        ("read", objects.read(&name, 0, 1).await.err()),
        ("delete", objects.delete(&name).await.err()),
        ("list_below", objects.list_below(&key("f")).await.err()),
        ("delete_below", objects.delete_below(&key("f/1")).await.err()),
    ]
}

async fn assert_unavailable(objects: &S3Objects) {
    for (asked, error) in ask_for_all(objects).await {
        assert!(matches!(error, Some(ObjectError::Unavailable(_))), "{asked}: {error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_was_away_is_there_again() {
    let mut server = S3Server::start().await;
    let objects = bucket(&server).await;
    objects.put(&key("kept"), Bytes::from_static(b"kept")).await.unwrap();
    assert_eq!(objects.reach().await, Ok(()));
    server.stop().await;
    assert_unavailable(&objects).await;
    let problem = objects.check().await.unwrap_err();
    assert!(
        matches!(&problem, S3Problem::Away(detail) if detail.contains("onnect")),
        "{problem:?}"
    );
    let fresh = bucket(&server).await;
    assert!(fresh.reach().await.is_err());
    server.start_again().await;
    let kept = until_answered(async || objects.get(&key("kept")).await).await;
    assert_eq!(kept.as_deref(), Some(&b"kept"[..]));
    assert_eq!(fresh.reach().await, Ok(()));
    assert_eq!(objects.check().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_says_nothing_is_not_waited_for() {
    let server = S3Server::start().await;
    let objects = S3Objects::open_with(settings(&server), Duration::from_millis(50))
        .await
        .unwrap();
    server.fail(|_| Some(Fault::Silence));
    assert_unavailable(&objects).await;
    // Who has said nothing so often is hardly asked any more; others need not wait for that.
    let _ = server.asked();
    for _ in 0..200 {
        assert!(objects.get(&key("a")).await.is_err());
    }
    let asked = server.asked().len();
    assert!(asked < 100, "{asked}");
    server.recover();
    let put = async || objects.put(&key("a"), Bytes::from_static(b"x")).await;
    until_answered(put).await;
    assert_eq!(objects.get(&key("a")).await.unwrap().as_deref(), Some(&b"x"[..]));
}

/// Asks until the store answers; the time limit only ends a test that fails.
async fn until_answered<T>(mut ask: impl AsyncFnMut() -> Result<T, ObjectError>) -> T {
    let asking = async {
        loop {
            if let Ok(answer) = ask().await {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), asking)
        .await
        .expect("an answer")
}

#[tokio::test]
async fn what_fails_once_is_asked_again() {
    let server = S3Server::start().await;
    let objects = bucket(&server).await;
    objects.put(&key("a"), Bytes::from_static(b"x")).await.unwrap();
    for code in ["SlowDown", "InternalError"] {
        let failed = Arc::new(AtomicU32::new(0));
        let counter = Arc::clone(&failed);
        server.fail(move |_| (counter.fetch_add(1, Ordering::SeqCst) == 0).then_some(Fault::Refusal(503, code)));
        assert_eq!(objects.get(&key("a")).await.unwrap().as_deref(), Some(&b"x"[..]));
        objects.put(&key("a"), Bytes::from_static(b"x")).await.unwrap();
        assert_eq!(failed.load(Ordering::SeqCst), 3);
    }
    server.fail(|_| Some(Fault::Refusal(503, "SlowDown")));
    let _ = server.asked();
    let error = objects.get(&key("a")).await.unwrap_err();
    assert!(error.to_string().contains("503 SlowDown"), "{error}");
    assert_eq!(server.asked().len(), 4, "once, and three times more");
    // What will not become better is not asked again.
    server.fail(|_| Some(Fault::Refusal(403, "AccessDenied")));
    assert!(objects.get(&key("a")).await.is_err());
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_is_told() {
    let server = S3Server::start().await;
    let objects = bucket(&server).await;
    for (status, code) in [(507, "XMinioStorageFull"), (403, "QuotaExceeded")] {
        server.fail(move |_| Some(Fault::Refusal(status, code)));
        let put = objects.put(&key("small"), Bytes::from_static(b"x")).await;
        assert!(matches!(put, Err(ObjectError::Full)), "{code}: {put:?}");
        assert_eq!(server.keys(), NOTHING, "{code}");
    }
}

/// Writes objects into the bucket as the server has them.
fn fill(server: &S3Server, folder: &str, number: usize) {
    let folder = server.bucket().join(folder);
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..number {
        std::fs::write(Path::new(&folder).join(number.to_string()), "x").unwrap();
    }
}

#[tokio::test]
async fn a_thousand_objects_go_with_one_request_or_one_by_one() {
    let server = S3Server::start().await;
    let objects = bucket(&server).await;
    fill(&server, "f/1", 1_003);
    fill(&server, "f/10", 1);
    objects.delete_below(&key("f/1")).await.unwrap();
    assert_eq!(server.keys(), ["f/10/0"]);
    let asked = server.asked();
    assert_eq!(asked.iter().filter(|asked| asked.is_bulk_delete()).count(), 2);
    assert_eq!(asked.iter().filter(|asked| asked.method == "DELETE").count(), 0);

    for (status, code) in [
        (501, "NotImplemented"),
        (405, "MethodNotAllowed"),
        (400, "InvalidRequest"),
    ] {
        let objects = bucket(&server).await;
        server.fail(move |asked| asked.is_bulk_delete().then_some(Fault::Refusal(status, code)));
        for _ in 0..2 {
            fill(&server, "f/1", 30);
            objects.delete_below(&key("f/1")).await.unwrap();
            assert_eq!(server.keys(), ["f/10/0"], "{code}");
        }
        let asked = server.asked();
        assert_eq!(
            asked.iter().filter(|asked| asked.method == "DELETE").count(),
            60,
            "{code}"
        );
        let bulk = asked.iter().filter(|asked| asked.is_bulk_delete()).count();
        assert_eq!(bulk, 1, "{code}: it is not asked again for what it does not know");
    }
    // Nothing can be deleted: that is an error, and not learnt.
    let objects = bucket(&server).await;
    server.fail(|asked| {
        (asked.method == "DELETE" || asked.is_bulk_delete()).then_some(Fault::Refusal(403, "AccessDenied"))
    });
    fill(&server, "f/1", 3);
    assert!(objects.delete_below(&key("f/1")).await.is_err());
    server.recover();
    let _ = server.asked();
    objects.delete_below(&key("f/1")).await.unwrap();
    assert!(server.asked().iter().any(Asked::is_bulk_delete));
}

#[tokio::test]
async fn a_bucket_that_is_gone_is_no_empty_bucket() {
    let server = S3Server::start().await;
    let objects = bucket(&server).await;
    server.fail(|_| Some(Fault::Refusal(404, "NoSuchBucket")));
    for (asked, error) in ask_for_all(&objects).await {
        // The answer to HEAD, by which a size is asked for, has no words.
        let is_told = !["size", "exists"].contains(&asked);
        assert_eq!(error.is_some(), is_told, "{asked}: {error:?}");
    }
    assert!(objects.reach().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_is_read_than_is_asked_for() {
    let mut server = S3Server::start().await;
    let objects = bucket(&server).await;
    let length: usize = 48 * 1024 * 1024;
    objects.put(&key("large"), vec![1; length].into()).await.unwrap();
    let mut pieces = objects.read(&key("large"), 0, u64::MAX).await.unwrap().unwrap();
    let first = pieces.next().await.unwrap().unwrap();
    server.stop().await;
    let mut came = first.len();
    let ended = loop {
        match pieces.try_next().await {
            Ok(Some(piece)) => came += piece.len(),
            other => break other,
        }
    };
    assert!(matches!(ended, Err(ObjectError::Unavailable(_))), "{ended:?}");
    // What the two ends of the connection hold, and our buffer.
    assert!(came < length / 2, "{came} of {length} bytes were read ahead");
}
