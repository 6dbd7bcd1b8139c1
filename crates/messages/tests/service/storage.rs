//! The storage service, as far as this one asks it: bytes in memory. What begins with `PNG` it takes for a picture.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use contracts::{
    calls::STORAGE_FULL,
    storage::{
        DeleteFilesRequest, DeleteFilesResponse, DeletePicturesRequest, DeletePicturesResponse, FinishFileRequest,
        FinishFileResponse, PutPartRequest, PutPartResponse, PutPreviewPictureRequest, PutPreviewPictureResponse,
        ReadFileRequest, ReadFileResponse, storage_server,
    },
};
use futures::stream;
use platform::rpc;
use tokio::sync::Notify;
use tonic::{Code, Request, Response, Status};

use crate::peers::Peers;

/// A place of a part: of which file, where it begins, and of which attempt.
type Place = (i64, i64, i64);

#[derive(Clone, Default)]
pub(crate) struct Storage {
    pub(crate) peers: Peers,
    pub(crate) parts: Arc<Mutex<BTreeMap<Place, Vec<u8>>>>,
    pub(crate) files: Arc<Mutex<BTreeMap<i64, Vec<u8>>>>,
    pub(crate) deleted: Arc<Mutex<BTreeSet<i64>>>,
    /// The addresses of the pictures that are kept, whatever they show.
    pub(crate) pictures: Arc<Mutex<BTreeSet<String>>>,
    pub(crate) full: Arc<AtomicBool>,
    pub(crate) away: Arc<AtomicBool>,
    /// Where a part begins that is not taken.
    pub(crate) refused: Arc<Mutex<Option<i64>>>,
    /// Whether the next part stands still.
    pub(crate) holds: Arc<AtomicBool>,
    /// Those that stand still, by their files.
    pub(crate) held: Arc<Mutex<BTreeSet<i64>>>,
    /// Has them go on.
    pub(crate) go_on: Arc<Notify>,
}

impl Storage {
    fn present(&self) -> Result<(), Status> {
        if self.full.load(Ordering::SeqCst) {
            return Err(rpc::refusal(STORAGE_FULL, "full"));
        }
        if self.away.load(Ordering::SeqCst) {
            return Err(rpc::unavailable("away"));
        }
        Ok(())
    }
}

#[tonic::async_trait]
impl storage_server::Storage for Storage {
    async fn put_preview_picture(
        &self,
        request: Request<PutPreviewPictureRequest>,
    ) -> Result<Response<PutPreviewPictureResponse>, Status> {
        let kept = self.peers.put_preview_picture(request)?;
        self.pictures.lock().unwrap().insert(kept.get_ref().url.clone());
        Ok(kept)
    }

    async fn delete_pictures(
        &self,
        request: Request<DeletePicturesRequest>,
    ) -> Result<Response<DeletePicturesResponse>, Status> {
        self.present()?;
        let keys = request.into_inner().keys;
        let goes = |url: &String| keys.iter().any(|key| url.contains(key));
        self.pictures.lock().unwrap().retain(|url| !goes(url));
        Ok(Response::new(DeletePicturesResponse {}))
    }

    async fn put_part(&self, request: Request<PutPartRequest>) -> Result<Response<PutPartResponse>, Status> {
        self.present()?;
        let request = request.into_inner();
        if self.holds.swap(false, Ordering::SeqCst) {
            let on = self.go_on.notified();
            self.held.lock().unwrap().insert(request.file_id);
            on.await;
        }
        let part = request.part.unwrap();
        if *self.refused.lock().unwrap() == Some(part.start) {
            return Err(rpc::unavailable("this one not"));
        }
        assert_eq!(usize::try_from(part.length).unwrap(), request.content.len());
        assert!((1..=model::limits::UPLOAD_LARGE_PART_BYTES).contains(&request.content.len()));
        let place = (request.file_id, part.start, part.attempt);
        let before = self.parts.lock().unwrap().insert(place, request.content.to_vec());
        assert!(before.is_none(), "a part was overwritten");
        Ok(Response::new(PutPartResponse {}))
    }

    async fn finish_file(&self, request: Request<FinishFileRequest>) -> Result<Response<FinishFileResponse>, Status> {
        self.present()?;
        let request = request.into_inner();
        let parts = self.parts.lock().unwrap();
        let of_part = |part: &contracts::storage::Part| parts[&(request.file_id, part.start, part.attempt)].clone();
        let content: Vec<u8> = request.parts.iter().flat_map(of_part).collect();
        let picture = content.starts_with(b"PNG");
        let told = FinishFileResponse {
            size: i64::try_from(content.len()).unwrap(),
            content_type: if picture { "image/png" } else { "application/pdf" }.to_owned(),
            width: if picture { 4 } else { 0 },
            height: if picture { 2 } else { 0 },
            placeholder: if picture { "1QcS" } else { "" }.to_owned(),
            has_thumbnail: picture,
        };
        self.files.lock().unwrap().insert(request.file_id, content);
        Ok(Response::new(told))
    }

    async fn read_file(
        &self,
        request: Request<ReadFileRequest>,
    ) -> Result<Response<tonic::codegen::BoxStream<ReadFileResponse>>, Status> {
        self.present()?;
        let request = request.into_inner();
        let file = self.files.lock().unwrap().get(&request.file_id).cloned();
        let mut file = file.ok_or_else(|| rpc::status(Code::NotFound, "file_not_found", "no such file"))?;
        if request.thumbnail {
            file = b"small".to_vec();
        }
        let size = i64::try_from(file.len()).unwrap();
        let start = usize::try_from(request.start).unwrap().min(file.len());
        let wanted = usize::try_from(request.length).unwrap();
        let end = if wanted == 0 {
            file.len()
        } else {
            (start + wanted).min(file.len())
        };
        let mut pieces: Vec<Result<ReadFileResponse, Status>> = file[start..end]
            .chunks(3.max(file.len() / 100))
            .map(|piece| {
                Ok(ReadFileResponse {
                    content: piece.to_vec().into(),
                    ..ReadFileResponse::default()
                })
            })
            .collect();
        if pieces.is_empty() {
            pieces.push(Ok(ReadFileResponse::default()));
        }
        if let Some(Ok(first)) = pieces.first_mut() {
            first.size = size;
            if request.thumbnail {
                "image/jpeg".clone_into(&mut first.content_type);
            }
        }
        Ok(Response::new(Box::pin(stream::iter(pieces))))
    }

    async fn delete_files(
        &self,
        request: Request<DeleteFilesRequest>,
    ) -> Result<Response<DeleteFilesResponse>, Status> {
        self.present()?;
        for id in request.into_inner().file_ids {
            self.files.lock().unwrap().remove(&id);
            self.parts.lock().unwrap().retain(|(file, ..), _| *file != id);
            self.deleted.lock().unwrap().insert(id);
        }
        Ok(Response::new(DeleteFilesResponse {}))
    }
}
