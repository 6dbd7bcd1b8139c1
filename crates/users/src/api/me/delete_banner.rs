//! `DELETE /users/@me/banner`

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

/// Remove my banner
#[utoipa::path(
    delete, path = "/users/@me/banner", tag = "users",
    responses((status = 200, description = "The changed account.", body = OwnUser), Refusals)
)]
pub(crate) async fn delete_own_banner(State(api): State<Api>, caller: Caller) -> Result<Json<OwnUser>, Problem> {
    picture::set(&api, caller, Picture::Banner, None).await
}
