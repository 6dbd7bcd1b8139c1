//! `DELETE /users/@me/avatar`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Problem,
        refusals::{SIGNED_IN, UNSAFE},
    },
};

use super::picture;
use crate::{
    api::{Api, resource::OwnUser},
    store::Picture,
};

platform::refusals!(SIGNED_IN, UNSAFE);

/// Remove my picture
#[utoipa::path(
    delete, path = "/users/@me/avatar", tag = "users",
    responses((status = 200, description = "The changed account.", body = OwnUser), Refusals)
)]
pub(crate) async fn delete_avatar(State(api): State<Api>, caller: Caller) -> Result<Json<OwnUser>, Problem> {
    picture::set(&api, caller, Picture::Avatar, None).await
}
