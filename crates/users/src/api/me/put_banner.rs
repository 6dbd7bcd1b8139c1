//! `PUT /users/@me/banner`

use axum::extract::State;
use contracts::storage::{PictureShape, PutPictureRequest};
use platform::{
    auth::Caller,
    http::{
        Json, PictureForm, Problem,
        refusals::{PICTURE, SIGNED_IN, UNSAFE},
    },
};

use crate::{
    api::{Api, resource::OwnUser},
    profile,
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
    let request = PutPictureRequest {
        content,
        shape: PictureShape::Banner.into(),
    };
    let url = api.storage.clone().put_picture(request).await?.into_inner().url;
    Ok(Json(OwnUser::from(
        &profile::set_picture(&api, caller.user_id, Picture::Banner, Some(&url)).await?,
    )))
}
