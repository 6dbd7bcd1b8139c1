//! Files, as the messages service has them kept, in one process with it and apart.

use bytes::Bytes;
use contracts::storage::{
    DeleteFilesRequest, FinishFileRequest, FinishFileResponse, Part, PutPartRequest, ReadFileRequest, ReadFileResponse,
    storage_client::StorageClient,
};
use futures::TryStreamExt;
use image::{ImageFormat, Rgb, RgbImage};
use model::limits::{FILES_DELETED_AT_ONCE, UPLOAD_LARGE_PART_BYTES};
use platform::{
    clock::Clock,
    http::testing::App,
    rpc::{
        Peer,
        testing::{Conformance, Shape, is_refused},
    },
};
use tonic::{Code, Request, Response, Status};

use crate::store::{Mode, Store};

/// The service on a store of its own.
struct World {
    store: Store,
    calls: Conformance,
}

const FILE: i64 = 4_711;

impl World {
    async fn start(shape: Shape) -> Self {
        let store = Store::new();
        let wired = storage::wire(storage::Needs { objects: store.clone() });
        let app = App::new(wired.public, &storage::contract(), App::issuer(), Clock::system());
        let calls = Conformance::start(shape, wired.peer, &app).await;
        Self { store, calls }
    }

    fn client(&self) -> StorageClient<Peer> {
        StorageClient::new(self.calls.peer())
    }

    async fn put(&self, start: usize, attempt: i64, content: &[u8]) -> Result<(), Status> {
        self.client().put_part(part(start, attempt, content)).await.map(|_| ())
    }

    async fn finish(&self, parts: &[(usize, usize, i64)]) -> Result<FinishFileResponse, Status> {
        let answer = self.client().finish_file(finish(parts)).await?;
        Ok(answer.into_inner())
    }

    /// Keeps a file in one part, and answers what it is.
    async fn kept(&self, content: &[u8]) -> FinishFileResponse {
        self.put(0, 1, content).await.unwrap();
        self.finish(&[(0, content.len(), 1)]).await.unwrap()
    }

    async fn delete(&self) {
        let request = DeleteFilesRequest { file_ids: vec![FILE] };
        self.client().delete_files(request).await.unwrap();
    }

    async fn read(&self, request: ReadFileRequest) -> Result<(Vec<u8>, i64, String), Status> {
        whole(self.client().read_file(request).await?).await
    }

    async fn bytes(&self) -> Vec<u8> {
        self.read(all()).await.unwrap().0
    }
}

/// The pieces of an answer together.
async fn whole(answer: Response<tonic::Streaming<ReadFileResponse>>) -> Result<(Vec<u8>, i64, String), Status> {
    let pieces: Vec<ReadFileResponse> = answer.into_inner().try_collect().await?;
    let first = pieces.first().cloned().unwrap_or_default();
    let content = pieces.iter().flat_map(|piece| piece.content.to_vec()).collect();
    Ok((content, first.size, first.content_type))
}

fn part(start: usize, attempt: i64, content: &[u8]) -> PutPartRequest {
    PutPartRequest {
        file_id: FILE,
        part: Some(described((start, content.len(), attempt))),
        content: Bytes::copy_from_slice(content),
    }
}

fn described((start, length, attempt): (usize, usize, i64)) -> Part {
    Part {
        start: i64::try_from(start).unwrap(),
        length: i64::try_from(length).unwrap(),
        attempt,
    }
}

fn finish(parts: &[(usize, usize, i64)]) -> FinishFileRequest {
    FinishFileRequest {
        file_id: FILE,
        parts: parts.iter().copied().map(described).collect(),
    }
}

const fn all() -> ReadFileRequest {
    ReadFileRequest {
        file_id: FILE,
        thumbnail: false,
        start: 0,
        length: 0,
    }
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([u8::try_from((x ^ y) % 251).unwrap(), 9, 200])
    });
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Shows of a call that it does what its peers rely on, in both shapes.
async fn conform(method: &str, test: impl AsyncFn(&World)) {
    for shape in Shape::ALL {
        let world = World::start(shape).await;
        test(&world).await;
        world.calls.assert_complete(method);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parts_of_different_attempts_do_not_touch_each_other() {
    conform("PutPart", async |world| {
        let calls = &world.calls;
        calls
            .keeps_the_laws("PutPart", None, part(0, 1, b"abc"), async |peer, request| {
                StorageClient::new(peer).put_part(request).await
            })
            .await;
        world.put(0, 2, b"xyz").await.unwrap();
        world.put(3, 2, &vec![b'd'; UPLOAD_LARGE_PART_BYTES]).await.unwrap();
        assert_eq!(world.store.files().len(), 3, "{:?}", calls.shape());
        let told = world
            .finish(&[(0, 3, 1), (3, UPLOAD_LARGE_PART_BYTES, 2)])
            .await
            .unwrap();
        assert_eq!(told.size, 3 + i64::try_from(UPLOAD_LARGE_PART_BYTES).unwrap());
        assert_eq!(&world.bytes().await[..5], b"abcdd", "{:?}", calls.shape());
        let mut false_length = part(0, 1, b"abc");
        false_length.part.as_mut().unwrap().length = 4;
        let mut negative = part(0, 1, b"abc");
        negative.part.as_mut().unwrap().start = -1;
        let nowhere = PutPartRequest {
            part: None,
            ..part(0, 1, b"abc")
        };
        let large = part(0, 1, &vec![0; UPLOAD_LARGE_PART_BYTES + 1]);
        for bad in [false_length, negative, nowhere, part(0, 1, b""), large] {
            let refused = world.client().put_part(bad).await;
            is_refused(refused, Code::InvalidArgument, "part_invalid");
        }
        for (mode, code, stable) in [
            (Mode::Away, Code::Unavailable, "unavailable"),
            (Mode::Full, Code::ResourceExhausted, "storage_full"),
        ] {
            world.store.set(mode);
            is_refused(world.put(0, 9, b"abc").await, code, stable);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_what_its_parts_are_and_says_what_it_is() {
    conform("FinishFile", async |world| {
        let picture = png(1_200, 900);
        let (head, rest) = picture.split_at(10);
        world.put(0, 1, head).await.unwrap();
        world.put(0, 7, b"of an attempt that lost").await.unwrap();
        world.put(10, 2, rest).await.unwrap();
        let parts = [(0, 10, 1), (10, rest.len(), 2)];
        for bad in [
            &[(0, 10, 1)][..0],
            &[(10, rest.len(), 2)],
            &[(0, 10, 1), (11, rest.len() - 1, 2)],
            &[(0, 10, 1), (10, rest.len(), 3)],
            &[(0, 0, 1)],
        ] {
            if !bad.is_empty() {
                is_refused(world.finish(bad).await, Code::NotFound, "part_not_found");
            }
        }
        for (mode, code, stable) in [
            (Mode::Away, Code::Unavailable, "unavailable"),
            (Mode::Full, Code::ResourceExhausted, "storage_full"),
        ] {
            world.store.set(mode);
            is_refused(world.finish(&parts).await, code, stable);
        }
        world.store.set(Mode::There);
        let told = world
            .calls
            .keeps_the_laws("FinishFile", None, finish(&parts), async |peer, request| {
                StorageClient::new(peer).finish_file(request).await
            })
            .await;
        let what = format!("{:?}", world.calls.shape());
        assert_eq!(
            (told.content_type.as_str(), told.width, told.height),
            ("image/png", 1_200, 900),
            "{what}"
        );
        assert!(told.has_thumbnail && !told.placeholder.is_empty(), "{what}");
        assert!(
            world.bytes().await == picture,
            "{what}: nothing was in it that is taken out"
        );
        assert_eq!(
            world.store.files(),
            ["files/11/4711/thumbnail", "files/11/4711/whole"],
            "{what}"
        );
        let small = ReadFileRequest {
            thumbnail: true,
            ..all()
        };
        let (small, size, kind) = world.read(small).await.unwrap();
        assert_eq!(
            (kind.as_str(), size),
            ("image/jpeg", i64::try_from(small.len()).unwrap()),
            "{what}"
        );
        assert_eq!(image::load_from_memory(&small).unwrap().width(), 800, "{what}");
        for (content, kind) in [
            (b"Hello".to_vec(), "text/plain"),
            (b"<svg onload='alert(1)'/>".to_vec(), "application/octet-stream"),
            (picture[..200].to_vec(), "image/png"),
            (vec![0; 70_000], "application/octet-stream"),
        ] {
            world.delete().await;
            let told = world.kept(&content).await;
            assert_eq!(
                (told.content_type.as_str(), told.has_thumbnail),
                (kind, false),
                "{what}"
            );
            assert!(world.bytes().await == content, "{what}");
        }
        world.delete().await;
        let empty = world.finish(&[]).await.unwrap();
        assert_eq!((empty.size, world.bytes().await.len()), (0, 0), "{what}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_large_stays_in_its_parts() {
    for shape in Shape::ALL {
        let world = World::start(shape).await;
        let content: Vec<u8> = (0..700_000_u32)
            .map(|number| u8::try_from(number % 251).unwrap())
            .collect();
        let parts = [(0, 300_000, 1), (300_000, 1, 2), (300_001, 399_999, 1)];
        for (start, length, attempt) in parts {
            world
                .put(start, attempt, &content[start..start + length])
                .await
                .unwrap();
        }
        world.put(300_001, 9, b"of an attempt that lost").await.unwrap();
        is_refused(
            world.finish(&[(0, 300_000, 1), (300_000, 2, 2)]).await,
            Code::NotFound,
            "part_not_found",
        );
        let told = world.finish(&parts).await.unwrap();
        assert_eq!(world.finish(&parts).await.unwrap(), told, "{shape:?}: once more");
        assert_eq!(told.size, 700_000, "{shape:?}");
        let folder = "files/11/4711";
        let kept = ["list", "parts/0-1", "parts/300000-2", "parts/300001-1"].map(|name| format!("{folder}/{name}"));
        assert_eq!(world.store.files(), kept, "{shape:?}");
        for (start, length, expected) in [
            (0, 0, &content[..]),
            (299_999, 3, &content[299_999..300_002]),
            (300_000, 1, &content[300_000..300_001]),
            (300_001, 0, &content[300_001..]),
            (699_999, 9, &content[699_999..]),
            (700_000, 1, &[]),
        ] {
            let (bytes, size, _) = world.read(ReadFileRequest { start, length, ..all() }).await.unwrap();
            assert!(
                bytes == expected && size == 700_000,
                "{shape:?}: {start} {length}: {} bytes",
                bytes.len()
            );
        }
        world.store.remove("files/11/4711/parts/300000-2");
        is_refused(world.read(all()).await, Code::Unavailable, "unavailable");
        world.delete().await;
        assert_eq!(world.store.files(), [] as [String; 0], "{shape:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_read_from_anywhere() {
    conform("ReadFile", async |world| {
        let content: Vec<u8> = (0..700_000_u32)
            .map(|number| u8::try_from(number % 251).unwrap())
            .collect();
        world.kept(&content).await;
        let (bytes, size, kind) = world
            .calls
            .keeps_the_laws(
                "ReadFile",
                None,
                all(),
                async |peer, request: Request<ReadFileRequest>| {
                    let answer = StorageClient::new(peer).read_file(request).await?;
                    whole(answer).await.map(Response::new)
                },
            )
            .await;
        assert!(bytes == content && size == 700_000 && kind.is_empty());
        for (start, length, expected) in [
            (0, 1, &content[..1]),
            (699_999, 0, &content[699_999..]),
            (300_000, 300_000, &content[300_000..600_000]),
            (699_000, 9_000_000, &content[699_000..]),
            (700_000, 5, &[]),
            (i64::MAX, i64::MAX, &[]),
            (-5, -5, &content),
        ] {
            let request = ReadFileRequest { start, length, ..all() };
            let (bytes, size, _) = world.read(request).await.unwrap();
            assert!(
                bytes == expected && size == 700_000,
                "{start} {length}: {} bytes",
                bytes.len()
            );
        }
        let thumbnail = ReadFileRequest {
            thumbnail: true,
            ..all()
        };
        let other = ReadFileRequest { file_id: 1, ..all() };
        for nothing in [thumbnail, other] {
            is_refused(world.read(nothing).await, Code::NotFound, "file_not_found");
        }
        world.store.set(Mode::Away);
        is_refused(world.read(all()).await, Code::Unavailable, "unavailable");
        // What breaks off in the middle does not look like the end.
        world.store.set(Mode::BreaksOff);
        is_refused(world.read(all()).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_deleted_file_is_left() {
    conform("DeleteFiles", async |world| {
        world.kept(&png(900, 900)).await;
        world.put(0, 5, b"late").await.unwrap();
        let other = PutPartRequest {
            file_id: FILE + 100,
            ..part(0, 1, b"abc")
        };
        world.client().put_part(other).await.unwrap();
        let request = DeleteFilesRequest {
            file_ids: vec![FILE, 1, i64::MAX],
        };
        world
            .calls
            .keeps_the_laws("DeleteFiles", None, request, async |peer, request| {
                StorageClient::new(peer).delete_files(request).await
            })
            .await;
        assert_eq!(
            world.store.files(),
            ["files/11/4811/parts/0-1"],
            "{:?}",
            world.calls.shape()
        );
        is_refused(world.read(all()).await, Code::NotFound, "file_not_found");
        let many = DeleteFilesRequest {
            file_ids: vec![FILE; FILES_DELETED_AT_ONCE + 1],
        };
        let many = world.client().delete_files(many).await;
        is_refused(many, Code::InvalidArgument, "too_many_ids");
        world.store.set(Mode::Away);
        let request = DeleteFilesRequest { file_ids: vec![FILE] };
        is_refused(
            world.client().delete_files(request).await,
            Code::Unavailable,
            "unavailable",
        );
    })
    .await;
}
