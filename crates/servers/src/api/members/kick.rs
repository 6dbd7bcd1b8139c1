//! `DELETE /servers/{server_id}/members/{user_id}`

use axum::extract::State;
use http::StatusCode;
use model::{ServerId, UserId};
use platform::http::{
    Path, Problem, Query,
    refusals::{LIST, PATH, SERVER, SIGNED_IN, UNSAFE},
};

use super::get::MemberPath;
use crate::{
    api::{
        Api,
        access::{Allowed, KickMembers},
        reason::ReasonQuery,
    },
    moderation,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    SERVER,
    LIST,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission kick_members."
        ),
        (
            403,
            "member_too_high",
            "The member's highest role is not below the caller's highest, or the member is the caller."
        ),
        (404, "member_not_found", "The user is not a member of the server.")
    ]
);

/// Kick a member
///
/// Ends the membership, with its roles and overwrites; the user may come back. Needs `kick_members`.
#[utoipa::path(
    delete, path = "/servers/{server_id}/members/{user_id}", tag = "moderation",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("user_id" = UserId, Path, description = "The user."),
        ("reason" = Option<String>, Query, description = "Why, for the audit log.", max_length = 512)
    ),
    responses((status = 204, description = "The user is a member no more."), Refusals)
)]
pub(crate) async fn kick_member(
    State(api): State<Api>,
    allowed: Allowed<KickMembers>,
    Path(MemberPath { user_id }): Path<MemberPath>,
    Query(query): Query<ReasonQuery>,
) -> Result<StatusCode, Problem> {
    let reason = query.checked()?;
    let server = allowed.server;
    moderation::kick(&api, server.server_id, server.user_id, user_id, reason.as_ref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
