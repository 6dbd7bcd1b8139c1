//! What holds wherever objects are.

use bytes::Bytes;
use futures::TryStreamExt;
use platform::objects::{LocalObjects, ObjectStore, Objects, S3Objects};
use s3_server::S3Server;

use crate::{key, settings};

/// Each test in a folder, and in a bucket, which others share.
macro_rules! everywhere {
    ($($name:ident),+ $(,)?) => {
        mod in_a_folder {
            $(#[tokio::test]
            async fn $name() {
                let folder = tempfile::tempdir().unwrap();
                let objects = super::LocalObjects::open(folder.path().join("objects")).unwrap();
                super::$name(super::Objects::Files(objects)).await;
            })+
        }
        mod in_a_bucket {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let server = super::S3Server::start().await;
                let mut settings = super::settings(&server);
                settings.prefix = Some(super::key("beep/prod"));
                super::$name(super::Objects::S3(super::S3Objects::open(settings).await.unwrap())).await;
                let outside: Vec<String> =
                    server.keys().into_iter().filter(|key| !key.starts_with("beep/prod/")).collect();
                assert_eq!(outside, [] as [String; 0]);
                assert_eq!(server.parts_left(), [] as [String; 0]);
            })+
        }
    };
}

everywhere!(
    written_read_replaced_deleted,
    any_part_is_read,
    nothing_is_something,
    many_become_one_and_stay,
    what_is_large_is_joined,
    nothing_is_joined_when_one_is_missing,
    what_is_below_goes_and_what_begins_alike_stays,
);

/// Bytes of which no two parts near each other are the same.
fn bytes(length: usize) -> Bytes {
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..length).map(|_| next()).collect()
}

async fn read_all(objects: &Objects, name: &str, start: u64, length: u64) -> Option<Vec<u8>> {
    let pieces = objects.read(&key(name), start, length).await.unwrap()?;
    let pieces: Vec<Bytes> = pieces.try_collect().await.unwrap();
    let fits = |piece: &Bytes| !piece.is_empty() && piece.len() <= 256 * 1024;
    assert!(
        pieces.iter().all(fits),
        "{:?}",
        pieces.iter().map(Bytes::len).collect::<Vec<_>>()
    );
    Some(pieces.concat())
}

async fn written_read_replaced_deleted(objects: Objects) {
    let name = key("pictures/ab/cd.png");
    assert_eq!(objects.get(&name).await.unwrap(), None);
    assert_eq!(objects.size(&name).await.unwrap(), None);
    objects.delete(&name).await.unwrap();
    objects.put(&name, Bytes::from_static(b"one")).await.unwrap();
    objects.put(&name, Bytes::from_static(b"the other")).await.unwrap();
    assert_eq!(objects.get(&name).await.unwrap().as_deref(), Some(&b"the other"[..]));
    assert!(objects.exists(&name).await.unwrap() && !objects.exists(&key("pictures/ab/cd")).await.unwrap());
    objects.delete(&name).await.unwrap();
    assert!(!objects.exists(&name).await.unwrap());
    assert_eq!(objects.get(&name).await.unwrap(), None);
}

async fn any_part_is_read(objects: Objects) {
    let content = bytes(600_003);
    objects.put(&key("f/whole"), content.clone()).await.unwrap();
    assert_eq!(objects.size(&key("f/whole")).await.unwrap(), Some(600_003));
    for (start, length, expected) in [
        (0, u64::MAX, &content[..]),
        (0, 600_003, &content[..]),
        (1, u64::MAX, &content[1..]),
        (599_999, 2, &content[599_999..600_001]),
        (600_002, 5, &content[600_002..]),
        (600_003, 5, &[]),
        (9_000_000, 5, &[]),
        (9_000_000, u64::MAX, &[]),
        (0, 0, &[]),
    ] {
        let read = read_all(&objects, "f/whole", start, length).await.unwrap();
        assert!(read == expected, "{start} {length}: {} bytes", read.len());
    }
    assert_eq!(read_all(&objects, "f/none", 0, 1).await, None);
    assert_eq!(read_all(&objects, "f/none", 0, 0).await, None);
}

async fn nothing_is_something(objects: Objects) {
    let name = key("f/empty");
    objects.put(&name, Bytes::new()).await.unwrap();
    assert_eq!(objects.size(&name).await.unwrap(), Some(0));
    assert_eq!(objects.get(&name).await.unwrap(), Some(Bytes::new()));
    assert_eq!(read_all(&objects, "f/empty", 0, 5).await, Some(Vec::new()));
    assert!(objects.join(&key("f/nothing"), &[]).await.unwrap());
    assert!(objects.join(&key("f/joined"), &[name.clone(), name]).await.unwrap());
    assert_eq!(objects.size(&key("f/nothing")).await.unwrap(), Some(0));
    assert_eq!(objects.size(&key("f/joined")).await.unwrap(), Some(0));
}

async fn many_become_one_and_stay(objects: Objects) {
    let long = bytes(600_000);
    objects.put(&key("f/1/a"), long.clone()).await.unwrap();
    objects.put(&key("f/1/b"), Bytes::from_static(b"end")).await.unwrap();
    let parts = [key("f/1/a"), key("f/1/b"), key("f/1/b")];
    for _ in 0..2 {
        assert!(objects.join(&key("f/2/whole"), &parts).await.unwrap());
        let whole = [&long[..], b"endend"].concat();
        assert!(objects.get(&key("f/2/whole")).await.unwrap().unwrap() == whole);
    }
    assert_eq!(objects.size(&key("f/1/a")).await.unwrap(), Some(600_000));
}

async fn what_is_large_is_joined(objects: Objects) {
    // To the byte as large as two parts of an upload to S3; then a byte more.
    let content = bytes(16 * 1024 * 1024 + 1);
    let mut parts = Vec::new();
    for (number, chunk) in content.chunks(1024 * 1024 + 512 * 1024).enumerate() {
        let part = key(&format!("f/parts/{number}"));
        objects.put(&part, content.slice_ref(chunk)).await.unwrap();
        parts.push(part);
    }
    assert!(objects.join(&key("f/whole"), &parts).await.unwrap());
    assert!(read_all(&objects, "f/whole", 0, u64::MAX).await.unwrap() == content);
    let end = content.len() as u64;
    let middle = read_all(&objects, "f/whole", 8 * 1024 * 1024 - 2, 4).await.unwrap();
    assert_eq!(middle, content[8 * 1024 * 1024 - 2..8 * 1024 * 1024 + 2]);
    let last = content.slice(content.len() - 1..);
    assert_eq!(read_all(&objects, "f/whole", end - 1, 9).await.unwrap(), last);
    objects.put(&key("f/last"), last).await.unwrap();
    objects
        .put(&key("f/half"), content.slice(..8 * 1024 * 1024))
        .await
        .unwrap();
    let exact = [key("f/half"), key("f/half")];
    assert!(objects.join(&key("f/exact"), &exact).await.unwrap());
    assert_eq!(objects.size(&key("f/exact")).await.unwrap(), Some(16 * 1024 * 1024));
}

async fn nothing_is_joined_when_one_is_missing(objects: Objects) {
    // It is missed when parts of an upload to S3 are there already.
    objects.put(&key("f/1/a"), bytes(9 * 1024 * 1024)).await.unwrap();
    for parts in [["f/1/a", "f/1/none"], ["f/1/none", "f/1/a"]] {
        let parts = parts.map(key);
        assert!(!objects.join(&key("f/2/whole"), &parts).await.unwrap());
        assert_eq!(objects.size(&key("f/2/whole")).await.unwrap(), None);
    }
    assert!(objects.exists(&key("f/1/a")).await.unwrap());
}

async fn what_is_below_goes_and_what_begins_alike_stays(objects: Objects) {
    let (going, staying) = (["a/1/x", "a/1/y/z", "a/1/y/1"], ["a/10/x", "a/2", "b/a/1/x", "a/1.txt"]);
    for name in going.iter().chain(&staying) {
        objects.put(&key(name), Bytes::from_static(b"x")).await.unwrap();
    }
    for _ in 0..2 {
        objects.delete_below(&key("a/1")).await.unwrap();
        for name in going {
            assert!(!objects.exists(&key(name)).await.unwrap(), "{name}");
        }
        for name in staying {
            assert!(objects.exists(&key(name)).await.unwrap(), "{name}");
        }
    }
    objects.delete_below(&key("none")).await.unwrap();
}
