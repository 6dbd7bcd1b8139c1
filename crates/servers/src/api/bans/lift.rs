//! `DELETE /servers/{server_id}/bans/{user_id}`

use axum::extract::State;
use http::StatusCode;
use model::{ServerId, UserId};
use platform::http::{
    Path, Problem, Query,
    refusals::{LIST, PATH, SERVER, SIGNED_IN, UNSAFE},
};

use super::{BAN, BAN_MEMBERS, get::BanPath};
use crate::{
    api::{
        Api,
        access::{Allowed, BanMembers},
        reason::ReasonQuery,
    },
    moderation,
};

platform::refusals!(SIGNED_IN, UNSAFE, PATH, SERVER, LIST, BAN_MEMBERS, BAN);

/// Lift a ban
///
/// The user may join again, and is not made a member. Needs `ban_members`.
#[utoipa::path(
    delete, path = "/servers/{server_id}/bans/{user_id}", tag = "moderation",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("user_id" = UserId, Path, description = "The user."),
        ("reason" = Option<String>, Query, description = "Why, for the audit log.", max_length = 512)
    ),
    responses((status = 204, description = "The user is banned no more."), Refusals)
)]
pub(crate) async fn lift_ban(
    State(api): State<Api>,
    allowed: Allowed<BanMembers>,
    Path(BanPath { user_id }): Path<BanPath>,
    Query(query): Query<ReasonQuery>,
) -> Result<StatusCode, Problem> {
    let reason = query.checked()?;
    let server = allowed.server;
    moderation::unban(&api, server.server_id, server.user_id, user_id, reason.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
