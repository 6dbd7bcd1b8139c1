//! What other services may ask for.

use std::sync::Arc;

use bytes::Bytes;
use contracts::{
    calls::STORAGE_FULL,
    storage::{
        DeleteFilesRequest, DeleteFilesResponse, DeletePicturesRequest, DeletePicturesResponse, FinishFileRequest,
        FinishFileResponse, PictureShape, PutPartRequest, PutPartResponse, PutPictureRequest, PutPictureResponse,
        PutPreviewPictureRequest, PutPreviewPictureResponse, ReadFileRequest, storage_server::Storage,
    },
};
use model::{
    FileId,
    limits::{self, EMBED_PICTURE_SIDE},
};
use platform::{
    objects::{ObjectError, ObjectKey, ObjectStore},
    rpc,
};
use tonic::{Code, Request, Response, Status};

use crate::{
    api,
    file::{self, FinishError},
    picture::{self, PictureError, Shape},
    workshop::Workshop,
};

/// The internal calls.
pub struct Calls<O> {
    pub(crate) objects: Arc<O>,
    pub(crate) workshop: Workshop,
}

#[tonic::async_trait]
impl<O: ObjectStore> Storage for Calls<O> {
    async fn put_picture(&self, request: Request<PutPictureRequest>) -> Result<Response<PutPictureResponse>, Status> {
        // Pictures are kept for people, and whose they are is known.
        rpc::caller(&request)?;
        let request = request.into_inner();
        let shape = match request.shape() {
            PictureShape::Avatar => Shape::Avatar,
            PictureShape::Banner => Shape::Banner,
            PictureShape::Unspecified => {
                return Err(rpc::status(
                    Code::InvalidArgument,
                    "picture_shape_unknown",
                    "a picture has one of the known shapes",
                ));
            }
        };
        if !api::is_hash(&request.key) {
            return Err(no_key());
        }
        let encoded = self
            .workshop
            .remake(Bytes::from(request.content), shape)
            .await
            .map_err(refused)?;
        let name = format!("{}.{}", request.key, encoded.ending);
        let url = self.keep(&name, encoded.bytes).await?;
        Ok(Response::new(PutPictureResponse { url }))
    }

    async fn delete_pictures(
        &self,
        request: Request<DeletePicturesRequest>,
    ) -> Result<Response<DeletePicturesResponse>, Status> {
        let keys = request.into_inner().keys;
        if keys.len() > limits::FILES_DELETED_AT_ONCE {
            return Err(too_many("pictures"));
        }
        if !keys.iter().all(|key| api::is_hash(key)) {
            return Err(no_key());
        }
        for key in keys {
            // Which of them it became, whoever asked to have it kept may never have learned.
            for ending in picture::ENDINGS {
                let key = object(&format!("{key}.{ending}"))?;
                self.objects.delete(&key).await.map_err(|error| unavailable(&error))?;
            }
        }
        Ok(Response::new(DeletePicturesResponse {}))
    }

    async fn put_preview_picture(
        &self,
        request: Request<PutPreviewPictureRequest>,
    ) -> Result<Response<PutPreviewPictureResponse>, Status> {
        let PutPreviewPictureRequest { content, key } = request.into_inner();
        if !api::is_hash(&key) {
            return Err(no_key());
        }
        let encoded = self
            .workshop
            .remake_within(Bytes::from(content), EMBED_PICTURE_SIDE)
            .await;
        let encoded = encoded.map_err(refused)?;
        let (width, height) = (encoded.width, encoded.height);
        let name = format!("{key}.{}", encoded.ending);
        let url = self.keep(&name, encoded.bytes).await?;
        Ok(Response::new(PutPreviewPictureResponse { url, width, height }))
    }

    async fn put_part(&self, request: Request<PutPartRequest>) -> Result<Response<PutPartResponse>, Status> {
        let request = request.into_inner();
        let length = |part: &contracts::storage::Part| usize::try_from(part.length).ok();
        let good = |part: &contracts::storage::Part| {
            let fits = (1..=limits::UPLOAD_LARGE_PART_BYTES).contains(&request.content.len());
            fits && length(part) == Some(request.content.len()) && part.start >= 0 && part.attempt >= 0
        };
        let part = request.part.filter(good).ok_or_else(|| {
            let detail = "a part has 1 byte to 4 MiB, as many as it says";
            rpc::status(Code::InvalidArgument, "part_invalid", detail)
        })?;
        let key = file::part(FileId(request.file_id), part).map_err(|error| not_kept(&error))?;
        let kept = self.objects.put_unseen(&key, request.content).await;
        kept.map_err(|error| not_kept(&error))?;
        Ok(Response::new(PutPartResponse {}))
    }

    async fn finish_file(&self, request: Request<FinishFileRequest>) -> Result<Response<FinishFileResponse>, Status> {
        let request = request.into_inner();
        let finishing = file::finish(&self.objects, &self.workshop, FileId(request.file_id), &request.parts);
        let told = finishing.await.map_err(|error| match error {
            FinishError::PartMissing => rpc::status(Code::NotFound, "part_not_found", "a part is missing"),
            FinishError::Busy => rpc::overloaded("too many pictures are being worked on"),
            FinishError::Objects(error) => not_kept(&error),
        })?;
        Ok(Response::new(told))
    }

    async fn read_file(&self, request: Request<ReadFileRequest>) -> Result<Response<file::Reading>, Status> {
        file::read(&self.objects, request.into_inner()).await.map(Response::new)
    }

    async fn delete_files(
        &self,
        request: Request<DeleteFilesRequest>,
    ) -> Result<Response<DeleteFilesResponse>, Status> {
        let ids = request.into_inner().file_ids;
        if ids.len() > limits::FILES_DELETED_AT_ONCE {
            return Err(too_many("files"));
        }
        for id in ids {
            let folder = file::folder(FileId(id)).map_err(|error| not_kept(&error))?;
            let deleted = self.objects.delete_below(&folder).await;
            deleted.map_err(|error| not_kept(&error))?;
        }
        Ok(Response::new(DeleteFilesResponse {}))
    }
}

impl<O: ObjectStore> Calls<O> {
    /// Keeps a picture under a name that no other has, and answers where it is served.
    async fn keep(&self, name: &str, bytes: Vec<u8>) -> Result<String, Status> {
        let key = object(name)?;
        if !self.objects.exists(&key).await.map_err(|error| unavailable(&error))? {
            self.objects
                .put(&key, Bytes::from(bytes))
                .await
                .map_err(|error| unavailable(&error))?;
        }
        Ok(format!("{}/{name}", api::PICTURES))
    }
}

fn object(name: &str) -> Result<ObjectKey, Status> {
    api::key(name).ok_or_else(|| rpc::internal("a picture's name is no key"))
}

fn no_key() -> Status {
    let detail = "a picture is kept under 64 lower-case hexadecimal digits";
    rpc::status(Code::InvalidArgument, "picture_key_invalid", detail)
}

fn too_many(things: &str) -> Status {
    let detail = format!("at most {} {things}", limits::FILES_DELETED_AT_ONCE);
    rpc::status(Code::InvalidArgument, "too_many_ids", detail)
}

fn not_kept(error: &ObjectError) -> Status {
    tracing::error!(error.detail = %error, "a file could not be kept");
    match error {
        ObjectError::Full => rpc::refusal(STORAGE_FULL, "there is no room for files"),
        ObjectError::Unavailable(_) => rpc::unavailable("files cannot be kept at the moment"),
    }
}

fn refused(error: PictureError) -> Status {
    let detail = error.to_string();
    match error {
        PictureError::TooLarge => rpc::status(Code::InvalidArgument, "picture_too_large", detail),
        PictureError::Unsupported => rpc::status(Code::InvalidArgument, "picture_type_unsupported", detail),
        PictureError::Unreadable => rpc::status(Code::InvalidArgument, "picture_not_readable", detail),
        PictureError::Busy => rpc::overloaded(detail),
    }
}

fn unavailable(error: &ObjectError) -> Status {
    tracing::error!(error.detail = %error, "a picture could not be stored");
    rpc::unavailable("pictures cannot be stored at the moment")
}
