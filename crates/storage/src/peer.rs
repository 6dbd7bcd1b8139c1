//! What other services may ask for.

use std::sync::Arc;

use bytes::Bytes;
use contracts::storage::{PictureShape, PutPictureRequest, PutPictureResponse, storage_server::Storage};
use platform::{
    objects::{ObjectError, ObjectStore},
    rpc,
};
use tonic::{Code, Request, Response, Status};

use crate::{
    api,
    picture::{PictureError, Shape},
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
        let key = api::key(&encoded.name).ok_or_else(|| rpc::internal("a picture's name is no key"))?;
        if !self.objects.exists(&key).await.map_err(|error| unavailable(&error))? {
            self.objects
                .put(&key, Bytes::from(encoded.bytes))
                .await
                .map_err(|error| unavailable(&error))?;
        }
        Ok(Response::new(PutPictureResponse {
            url: format!("{}/{}", api::PICTURES, encoded.name),
        }))
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
