//! What other services are answered, in one process with them and apart.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use contracts::storage::{
    DeletePicturesRequest, PictureShape, PutPictureRequest, PutPreviewPictureRequest, storage_client::StorageClient,
};
use futures::future::join_all;
use image::{GrayImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use model::{SessionId, UserId, limits};
use platform::{
    auth::Caller,
    clock::Clock,
    http::testing::App,
    objects::LocalObjects,
    pictures::key_of,
    rpc::{
        Peer, beep_code,
        testing::{Conformance, Shape, is_refused},
    },
};
use tonic::{Code, Status};

/// Whose pictures they are.
const SOMEBODY: Caller = Caller {
    user_id: UserId(1),
    session_id: SessionId(2),
};

/// The service on a folder of its own.
struct World {
    folder: tempfile::TempDir,
    app: App,
    calls: Conformance,
}

impl World {
    async fn start(shape: Shape) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let objects = LocalObjects::open(folder.path()).unwrap();
        let wired = storage::wire(storage::Needs { objects });
        let app = App::new(wired.public, &storage::contract(), App::issuer(), Clock::system());
        let calls = Conformance::start(shape, wired.peer, &app).await;
        Self { folder, app, calls }
    }

    async fn put_by(&self, peer: Peer, request: PutPictureRequest) -> Result<String, Status> {
        let mut client = StorageClient::new(peer);
        let answer = self.calls.working_for(SOMEBODY, client.put_picture(request)).await?;
        Ok(answer.into_inner().url)
    }

    async fn put(&self, request: PutPictureRequest) -> Result<String, Status> {
        self.put_by(self.calls.peer(), request).await
    }

    /// The picture as anybody gets it.
    async fn picture(&self, url: &str) -> image::DynamicImage {
        let answer = self.app.nobody().get(url.strip_prefix("/api/v1").unwrap()).await;
        image::load_from_memory(&answer.bytes).unwrap()
    }
}

/// Shows of a call that it does what its peers rely on, in both shapes.
async fn conform(method: &str, test: impl AsyncFn(&World)) {
    for shape in Shape::ALL {
        let world = World::start(shape).await;
        test(&world).await;
        world.calls.assert_complete(method);
    }
}

fn encoded(write: impl FnOnce(&mut std::io::Cursor<Vec<u8>>)) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    write(&mut bytes);
    bytes.into_inner()
}

fn upload() -> Vec<u8> {
    let picture = RgbImage::from_pixel(20, 30, Rgb([1, 200, 3]));
    encoded(|bytes| picture.write_to(bytes, ImageFormat::Png).unwrap())
}

fn wide(width: u32) -> Vec<u8> {
    encoded(|bytes| GrayImage::new(width, 1).write_to(bytes, ImageFormat::Png).unwrap())
}

/// With a key of its own, as every upload.
fn request(content: Vec<u8>) -> PutPictureRequest {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    PutPictureRequest {
        content,
        shape: PictureShape::Avatar.into(),
        key: key(NUMBER.fetch_add(1, Ordering::Relaxed)),
    }
}

fn key(number: u64) -> String {
    format!("{number:064x}")
}

fn files_below(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { files_below(&path) } else { 1 })
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_kept_once_in_its_shape() {
    conform("PutPicture", async |world| {
        let calls = &world.calls;
        let answer = calls
            .keeps_the_laws(
                "PutPicture",
                Some(SOMEBODY),
                request(upload()),
                async |peer, request| StorageClient::new(peer).put_picture(request).await,
            )
            .await;
        // Asked many times, refused sometimes: there is one.
        assert_eq!(files_below(world.folder.path()), 1, "{:?}", calls.shape());
        let picture = world.picture(&answer.url).await;
        assert_eq!((picture.width(), picture.height()), (256, 256));
        let banner = PutPictureRequest {
            shape: PictureShape::Banner.into(),
            ..request(upload())
        };
        let banner = world.picture(&world.put(banner).await.unwrap()).await;
        assert_eq!((banner.width(), banner.height()), (960, 320));

        refuses_what_is_no_good_picture(world).await;
        tells_a_crowd_to_come_back(world).await;
        let folder = world.folder.path();
        std::fs::remove_dir_all(folder).unwrap();
        std::fs::write(folder, "no folder any more").unwrap();
        let away = world.put(request(wide(7))).await;
        std::fs::remove_file(folder).unwrap();
        std::fs::create_dir(folder).unwrap();
        is_refused(away, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_deleted_by_their_keys_whatever_they_became() {
    conform("DeletePictures", async |world| {
        let calls = &world.calls;
        let glass = RgbaImage::from_pixel(20, 30, Rgba([1, 200, 3, 90]));
        let glass = encoded(|bytes| glass.write_to(bytes, ImageFormat::Png).unwrap());
        let (first, second, other) = (request(upload()), request(glass), request(upload()));
        let keys = vec![first.key.clone(), second.key.clone(), key(u64::MAX)];
        for request in [first, second] {
            world.put(request).await.unwrap();
        }
        let stays = world.put(other).await.unwrap();
        let delete = async |peer, keys: Vec<String>| {
            StorageClient::new(peer)
                .delete_pictures(DeletePicturesRequest { keys })
                .await
        };
        let request = DeletePicturesRequest { keys: keys.clone() };
        calls
            .keeps_the_laws("DeletePictures", None, request, async |peer, request| {
                StorageClient::new(peer).delete_pictures(request).await
            })
            .await;
        assert_eq!(files_below(world.folder.path()), 1, "{:?}", calls.shape());
        world.picture(&stays).await;
        let most = limits::FILES_DELETED_AT_ONCE;
        delete(calls.peer(), vec![key(0); most]).await.unwrap();
        let more = delete(calls.peer(), vec![key(0); most + 1]).await;
        is_refused(more, Code::InvalidArgument, "too_many_ids");
        let name = stays.rsplit('/').next().unwrap();
        for strange in [name, "", "..", &name[..63]] {
            let refused = delete(calls.peer(), vec![key(0), strange.to_owned()]).await;
            is_refused(refused, Code::InvalidArgument, "picture_key_invalid");
        }
        world.picture(&stays).await;
        let name = format!("pictures/00/{}.png", keys[0]);
        std::fs::create_dir_all(world.folder.path().join(name)).unwrap();
        let no_file = delete(calls.peer(), keys).await;
        is_refused(no_file, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_a_preview_is_kept_whole_and_nobody_asks_for_it() {
    conform("PutPreviewPicture", async |world| {
        let calls = &world.calls;
        let wide = RgbImage::from_pixel(1_600, 400, Rgb([1, 200, 3]));
        let content = encoded(|bytes| wide.write_to(bytes, ImageFormat::Png).unwrap());
        let request = |content: &[u8]| PutPreviewPictureRequest {
            content: content.to_vec(),
            key: request(Vec::new()).key,
        };
        let answer = calls
            .keeps_the_laws("PutPreviewPicture", None, request(&content), async |peer, request| {
                StorageClient::new(peer).put_preview_picture(request).await
            })
            .await;
        assert_eq!((answer.width, answer.height), (800, 200), "{:?}", calls.shape());
        assert_eq!(files_below(world.folder.path()), 1, "{:?}", calls.shape());
        let picture = world.picture(&answer.url).await;
        assert_eq!((picture.width(), picture.height()), (800, 200));
        let put = async |peer, content: &[u8]| StorageClient::new(peer).put_preview_picture(request(content)).await;
        let mut largest = upload();
        largest.resize(limits::PICTURE_BYTES + 1, 0);
        // An equal one is another one, and each goes by itself.
        let other = put(calls.peer(), &content).await.unwrap().into_inner();
        assert_eq!(files_below(world.folder.path()), 2, "{:?}", calls.shape());
        let keys = vec![key_of(&answer.url).to_owned()];
        let mut storage = StorageClient::new(calls.peer());
        storage.delete_pictures(DeletePicturesRequest { keys }).await.unwrap();
        assert_eq!(files_below(world.folder.path()), 1, "{:?}", calls.shape());
        world.picture(&other.url).await;
        for key in [String::new(), "0".repeat(63), "A".repeat(64)] {
            let strange = PutPreviewPictureRequest {
                key,
                ..request(&content)
            };
            let refused = StorageClient::new(calls.peer()).put_preview_picture(strange).await;
            is_refused(refused, Code::InvalidArgument, "picture_key_invalid");
        }
        for (content, code) in [
            (&b"<svg/>"[..], "picture_type_unsupported"),
            (&upload()[..50], "picture_not_readable"),
            (&largest, "picture_too_large"),
        ] {
            is_refused(put(calls.peer(), content).await, Code::InvalidArgument, code);
        }
        let peer = calls.peer_of_single_attempts().await;
        let crowd = (0..100).map(|_| put(peer.clone(), &content));
        let refused: Vec<_> = join_all(crowd).await.into_iter().filter_map(Result::err).collect();
        assert!(!refused.is_empty());
        assert!(refused.iter().all(|status| beep_code(status) == Some("overloaded")));
        let folder = world.folder.path();
        std::fs::remove_dir_all(folder).unwrap();
        std::fs::write(folder, "no folder any more").unwrap();
        let away = put(calls.peer(), &upload()).await;
        std::fs::remove_file(folder).unwrap();
        std::fs::create_dir(folder).unwrap();
        is_refused(away, Code::Unavailable, "unavailable");
    })
    .await;
}

async fn refuses_what_is_no_good_picture(world: &World) {
    let mut largest = upload();
    // Whatever is behind the picture does not count as its content, but as its size.
    largest.resize(limits::PICTURE_BYTES, 0);
    world.put(request(largest.clone())).await.unwrap();
    largest.push(0);
    world.put(request(wide(limits::PICTURE_SIDE))).await.unwrap();
    let before = files_below(world.folder.path());
    for strange in [
        String::new(),
        "0".repeat(63),
        "A".repeat(64),
        format!("{}/", "0".repeat(63)),
    ] {
        let request = PutPictureRequest {
            key: strange,
            ..request(upload())
        };
        is_refused(world.put(request).await, Code::InvalidArgument, "picture_key_invalid");
    }
    for (content, code) in [
        (b"<svg/>".to_vec(), "picture_type_unsupported"),
        (Vec::new(), "picture_type_unsupported"),
        (upload()[..50].to_vec(), "picture_not_readable"),
        (largest, "picture_too_large"),
        (wide(limits::PICTURE_SIDE + 1), "picture_too_large"),
    ] {
        is_refused(world.put(request(content)).await, Code::InvalidArgument, code);
    }
    for shape in [PictureShape::Unspecified.into(), 77, -1] {
        let shapeless = PutPictureRequest {
            shape,
            ..request(upload())
        };
        is_refused(
            world.put(shapeless).await,
            Code::InvalidArgument,
            "picture_shape_unknown",
        );
    }
    assert_eq!(files_below(world.folder.path()), before, "nothing of it is kept");
}

async fn tells_a_crowd_to_come_back(world: &World) {
    let peer = world.calls.peer_of_single_attempts().await;
    let crowd = (0..100).map(|_| world.put_by(peer.clone(), request(upload())));
    let refused: Vec<_> = join_all(crowd).await.into_iter().filter_map(Result::err).collect();
    assert!(!refused.is_empty());
    assert!(refused.iter().all(|status| beep_code(status) == Some("overloaded")));
}
