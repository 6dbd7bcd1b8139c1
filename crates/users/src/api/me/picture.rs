//! How a picture of one's profile is kept.

use contracts::storage::PictureShape;
use platform::{
    auth::Caller,
    http::{Json, Problem},
};

use crate::{
    api::{Api, resource::OwnUser},
    profile,
    store::Picture,
};

/// Has the storage service encode the picture anew in its shape, and sets it.
pub(super) async fn keep(
    api: &Api,
    caller: Caller,
    picture: Picture,
    content: Vec<u8>,
) -> Result<Json<OwnUser>, Problem> {
    let shape = match picture {
        Picture::Avatar => PictureShape::Avatar,
        Picture::Banner => PictureShape::Banner,
    };
    let url = api.pictures.keep(content, shape).await?;
    set(api, caller, picture, Some(&url)).await
}

/// Sets a picture that is kept, or removes it.
pub(super) async fn set(
    api: &Api,
    caller: Caller,
    picture: Picture,
    url: Option<&str>,
) -> Result<Json<OwnUser>, Problem> {
    let changed = profile::set_picture(api, caller.user_id, picture, url).await?;
    Ok(Json(OwnUser::from(&changed)))
}
