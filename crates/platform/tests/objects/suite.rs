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
            })+
        }
    };
}

everywhere!(
    written_read_replaced_deleted,
    any_part_is_read,
    nothing_is_something,
    what_is_below_is_listed,
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
}

async fn what_is_below_is_listed(objects: Objects) {
    assert_eq!(objects.list_below(&key("a/1")).await.unwrap(), []);
    for (name, length) in [
        ("a/1/x", 3),
        ("a/1/y/z", 0),
        ("a/1/y/1", 70_000),
        ("a/10/x", 1),
        ("a/1.txt", 1),
        ("b", 1),
    ] {
        objects.put(&key(name), bytes(length)).await.unwrap();
    }
    let mut found = objects.list_below(&key("a/1")).await.unwrap();
    found.sort_by_key(|(key, _)| key.to_string());
    let expected = [("a/1/x", 3), ("a/1/y/1", 70_000), ("a/1/y/z", 0)];
    assert_eq!(found, expected.map(|(name, length)| (key(name), length)));
    let one = objects.list_below(&key("a/1/y")).await.unwrap();
    assert_eq!(one.len(), 2);
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
