//! `PUT /users/@me/banner`

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

/// Set my banner
///
/// It is cut to 960 by 320 pixels from its middle and encoded anew, and shown on my profile.
#[utoipa::path(
    put, path = "/users/@me/banner", tag = "users",
    request_body(content = PictureForm, content_type = "multipart/form-data"),
    responses((status = 200, description = "The changed account.", body = OwnUser), Refusals)
)]
pub(crate) async fn put_own_banner(
    State(api): State<Api>,
    caller: Caller,
    PictureForm { file: content }: PictureForm,
) -> Result<Json<OwnUser>, Problem> {
    picture::keep(&api, caller, Picture::Banner, content).await
}
