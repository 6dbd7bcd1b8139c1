//! What other services may ask for.

use std::sync::Arc;

use bytes::Bytes;
use contracts::storage::{
    PictureShape, PutPictureRequest, PutPictureResponse, PutPreviewPictureRequest, PutPreviewPictureResponse,
    storage_server::Storage,
};
use model::limits::EMBED_PICTURE_SIDE;
use platform::{
    objects::{ObjectError, ObjectStore},
    rpc,
};
use tonic::{Code, Request, Response, Status};

use crate::{
    api,
    picture::{Encoded, PictureError, Shape},
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
        let encoded = self
            .workshop
            .remake(Bytes::from(request.content), shape)
            .await
            .map_err(refused)?;
        let url = self.keep(encoded).await?;
        Ok(Response::new(PutPictureResponse { url }))
    }

    async fn put_preview_picture(
        &self,
        request: Request<PutPreviewPictureRequest>,
    ) -> Result<Response<PutPreviewPictureResponse>, Status> {
        let content = Bytes::from(request.into_inner().content);
        let encoded = self.workshop.remake_within(content, EMBED_PICTURE_SIDE).await;
        let encoded = encoded.map_err(refused)?;
        let (width, height) = (encoded.width, encoded.height);
        let url = self.keep(encoded).await?;
        Ok(Response::new(PutPreviewPictureResponse { url, width, height }))
    }
}

impl<O: ObjectStore> Calls<O> {
    /// Keeps a picture, and answers where it is served.
    async fn keep(&self, picture: Encoded) -> Result<String, Status> {
        let key = api::key(&picture.name).ok_or_else(|| rpc::internal("a picture's name is no key"))?;
        if !self.objects.exists(&key).await.map_err(|error| unavailable(&error))? {
            self.objects
                .put(&key, Bytes::from(picture.bytes))
                .await
                .map_err(|error| unavailable(&error))?;
        }
        Ok(format!("{}/{}", api::PICTURES, picture.name))
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
