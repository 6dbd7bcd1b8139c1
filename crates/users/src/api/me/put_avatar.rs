//! `PUT /users/@me/avatar`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, PictureForm, Problem,
        refusals::{PICTURE, SIGNED_IN, UNSAFE},
    },
};

use super::picture;
use crate::{
    api::{Api, resource::OwnUser},
    store::Picture,
};

platform::refusals!(SIGNED_IN, UNSAFE, PICTURE);

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
    PictureForm { file: content }: PictureForm,
) -> Result<Json<OwnUser>, Problem> {
    picture::keep(&api, caller, Picture::Avatar, content).await
}
