//! A storage service for tests, which keeps pictures and looks at none.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::storage::{
    DeletePicturesRequest, DeletePicturesResponse, PictureShape, PutPictureRequest, PutPictureResponse,
    PutPreviewPictureRequest, PutPreviewPictureResponse,
    storage_client::StorageClient,
    storage_server::{Storage, StorageServer},
};
use model::limits::PICTURE_BYTES;
use tonic::{Code, Request, Response, Status};

use crate::rpc::{self, Peer};

/// Takes whatever is not the code of a refusal. Clones are the same.
#[derive(Clone, Default)]
pub struct PictureStore(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// By their addresses; those of pages have no shape.
    pictures: BTreeMap<String, PictureShape>,
    /// What was to be deleted, each time.
    deleted: Vec<String>,
    away: bool,
}

fn url(key: &str) -> String {
    format!("/api/v1/pictures/{key}.jpg")
}

impl PictureStore {
    /// Whoever calls it.
    #[must_use]
    pub fn client(&self) -> StorageClient<Peer> {
        let server = StorageServer::new(self.clone()).max_decoding_message_size(PICTURE_BYTES + 1_024);
        StorageClient::new(rpc::in_process(server))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The shape of the picture at this address, if there is one.
    #[must_use]
    pub fn shape_of(&self, url: &str) -> Option<PictureShape> {
        self.kept().pictures.get(url).copied()
    }

    /// How many pictures there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.kept().pictures.len()
    }

    /// How often a picture was to be deleted.
    #[must_use]
    pub fn deletions(&self) -> usize {
        self.kept().deleted.len()
    }

    /// From now on it answers, or does not.
    pub fn is_away(&self, away: bool) {
        self.kept().away = away;
    }

    /// Waits until nothing is at this address.
    ///
    /// # Panics
    /// When that takes too long.
    pub async fn until_gone(&self, url: &str) {
        let gone = async {
            while self.shape_of(url).is_some() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), gone).await;
        assert!(waited.is_ok(), "{url} is still there");
    }
}

#[tonic::async_trait]
impl Storage for PictureStore {
    async fn put_picture(&self, request: Request<PutPictureRequest>) -> Result<Response<PutPictureResponse>, Status> {
        let request = request.into_inner();
        for code in ["picture_too_large", "picture_type_unsupported", "picture_not_readable"] {
            if request.content == code.as_bytes() {
                return Err(rpc::status(Code::InvalidArgument, code, "no"));
            }
        }
        let (url, shape) = (url(&request.key), request.shape());
        let mut kept = self.kept();
        if kept.away {
            return Err(rpc::unavailable("away"));
        }
        kept.pictures.insert(url.clone(), shape);
        Ok(Response::new(PutPictureResponse { url }))
    }

    async fn delete_pictures(
        &self,
        request: Request<DeletePicturesRequest>,
    ) -> Result<Response<DeletePicturesResponse>, Status> {
        let mut kept = self.kept();
        if kept.away {
            return Err(rpc::unavailable("away"));
        }
        for key in request.into_inner().keys {
            kept.pictures.remove(&url(&key));
            kept.deleted.push(key);
        }
        Ok(Response::new(DeletePicturesResponse {}))
    }

    async fn put_preview_picture(
        &self,
        request: Request<PutPreviewPictureRequest>,
    ) -> Result<Response<PutPreviewPictureResponse>, Status> {
        let url = url(&request.into_inner().key);
        let mut kept = self.kept();
        if kept.away {
            return Err(rpc::unavailable("away"));
        }
        kept.pictures.insert(url.clone(), PictureShape::Unspecified);
        Ok(Response::new(PutPreviewPictureResponse {
            url,
            width: 800,
            height: 600,
        }))
    }
}
