//! `GET /servers/{server_id}/bans/{user_id}`

use axum::extract::State;
use model::{ServerId, UserId};
use platform::http::{
    Json, Path, Problem,
    refusals::{PATH, SERVER, SIGNED_IN},
};
use serde::Deserialize;

use super::{BAN, BAN_MEMBERS};
use crate::{
    api::{
        Api,
        access::{Allowed, BanMembers},
        resource::Ban,
    },
    error::Error,
    store::bans,
};

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct BanPath {
    pub(super) user_id: UserId,
}

platform::refusals!(SIGNED_IN, PATH, SERVER, BAN_MEMBERS, BAN);

/// Get a ban
///
/// Needs `ban_members`.
#[utoipa::path(
    get, path = "/servers/{server_id}/bans/{user_id}", tag = "moderation",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("user_id" = UserId, Path, description = "The user.")
    ),
    responses((status = 200, description = "The ban.", body = Ban), Refusals)
)]
pub(crate) async fn get_ban(
    State(api): State<Api>,
    allowed: Allowed<BanMembers>,
    Path(BanPath { user_id }): Path<BanPath>,
) -> Result<Json<Ban>, Problem> {
    let mut reader = api.tenants.reader(allowed.server.server_id);
    let row = bans::lookup(&mut reader, user_id)
        .await
        .map_err(Error::from)?
        .ok_or(Error::BanNotFound)?;
    let people = api.people([row.user_id, row.banned_by]).await?;
    Ok(Json(Ban::new(row, &people)))
}
