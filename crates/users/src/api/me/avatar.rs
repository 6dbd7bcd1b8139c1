//! `PUT` and `DELETE /users/@me/avatar`

use axum::extract::{Multipart, State, multipart::MultipartRejection};
use contracts::storage::{PictureShape, PutPictureRequest};
use http::StatusCode;
use model::limits::PICTURE_BYTES;
use platform::{
    auth::Caller,
    http::{
        Json, Problem,
        refusals::{SIGNED_IN, UNSAFE},
    },
};
use utoipa::ToSchema;

use crate::{
    api::{Api, resource::OwnUser},
    profile,
};

/// A form with a picture.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; its parts are read one by one")]
pub(crate) struct PictureForm {
    /// A PNG, JPEG, GIF or WebP of at most 8 MiB and 8,192 pixels a side.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    &[
        (400, "malformed_multipart", "The form cannot be read."),
        (422, "picture_too_large", "The picture has more pixels than allowed."),
        (
            422,
            "picture_type_unsupported",
            "The file is neither PNG, JPEG, GIF nor WebP."
        ),
        (422, "picture_not_readable", "The picture is broken."),
        (413, "body_too_large", "The file is larger than 8 MiB."),
        (415, "unsupported_media_type", "The body is not multipart/form-data."),
        (422, "invalid", "There is no part `file`."),
    ]
);

/// Set my picture
///
/// The picture is cut to a square of 256 pixels from its middle and encoded anew.
#[utoipa::path(
    put, path = "/users/@me/avatar", tag = "users",
    request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "The changed account.", body = OwnUser), Refusals)
)]
pub(crate) async fn put_avatar(
    State(api): State<Api>,
    caller: Caller,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<OwnUser>, Problem> {
    let content = picture(form?).await?;
    let request = PutPictureRequest {
        content,
        shape: PictureShape::Avatar.into(),
    };
    let url = api.storage.clone().put_picture(request).await?.into_inner().url;
    Ok(Json(OwnUser::from(
        &profile::set_avatar(&api, caller.user_id, Some(&url)).await?,
    )))
}

/// Remove my picture
#[utoipa::path(
    delete, path = "/users/@me/avatar", tag = "users",
    responses((status = 200, description = "The changed account.", body = OwnUser), Refusals)
)]
pub(crate) async fn delete_avatar(State(api): State<Api>, caller: Caller) -> Result<Json<OwnUser>, Problem> {
    Ok(Json(OwnUser::from(
        &profile::set_avatar(&api, caller.user_id, None).await?,
    )))
}

/// The bytes of the part `file`.
async fn picture(mut form: Multipart) -> Result<Vec<u8>, Problem> {
    while let Some(mut part) = form.next_field().await? {
        if part.name() != Some("file") {
            continue;
        }
        let mut content = Vec::new();
        while let Some(chunk) = part.chunk().await? {
            if content.len() + chunk.len() > PICTURE_BYTES {
                let detail = format!("A picture may have at most {PICTURE_BYTES} bytes.");
                return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail));
            }
            content.extend_from_slice(&chunk);
        }
        return Ok(content);
    }
    let invalid = Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid",
        "Some fields are not valid.",
    );
    Err(invalid.with_field("file", "required", "is required"))
}
