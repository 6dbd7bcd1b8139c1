//! `PUT /servers/{server_id}/bans/{user_id}`

use std::time::Duration;

use axum::extract::State;
use model::{Invalid, Reason, ServerId, UserId, limits::BAN_SWEEP_SECONDS_MAX};
use platform::http::{
    Fields, Json, Path, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{BAN_MEMBERS, get::BanPath};
use crate::{
    api::{
        Api,
        access::{Allowed, BanMembers},
        resource::Ban,
    },
    error::Error,
    moderation::{self, NewBan},
};

/// A ban to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"reason": "Advertising", "delete_messages_seconds": 3_600}))]
pub(crate) struct BanToMake {
    /// Why; those who may ban see it, and whoever reads the audit log.
    #[schema(max_length = 512)]
    reason: Option<String>,
    /// How far back the user's messages are deleted, in seconds, at most seven days; none are if it is not given.
    #[schema(minimum = 0, maximum = 604_800)]
    delete_messages_seconds: Option<u32>,
}

impl BanToMake {
    fn checked(&self, user_id: UserId) -> Result<NewBan, Problem> {
        let mut fields = Fields::default();
        let reason = fields.parse_optional::<Reason>("reason", self.reason.as_deref());
        let seconds = self.delete_messages_seconds.filter(|seconds| *seconds > 0);
        if seconds.is_some_and(|seconds| seconds > BAN_SWEEP_SECONDS_MAX) {
            fields.add_invalid("delete_messages_seconds", Invalid::OutOfRange);
        }
        fields.finish().map(|()| NewBan {
            user_id,
            reason: reason.flatten(),
            delete_messages: seconds.map(|seconds| Duration::from_secs(seconds.into())),
        })
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    BAN_MEMBERS,
    &[
        (
            403,
            "member_too_high",
            "The member's highest role is not below the caller's highest, or the member is the caller."
        ),
        (404, "user_not_found", "There is no such user.")
    ]
);

/// Ban a user
///
/// Member or not: a membership ends, and the user cannot join again until the ban is lifted. Messages that go with it are
/// deleted within moments, each told of. A ban that stands is made anew. Needs `ban_members`.
#[utoipa::path(
    put, path = "/servers/{server_id}/bans/{user_id}", tag = "moderation", request_body = BanToMake,
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("user_id" = UserId, Path, description = "The user.")
    ),
    responses((status = 200, description = "The ban.", body = Ban), Refusals)
)]
pub(crate) async fn put_ban(
    State(api): State<Api>,
    allowed: Allowed<BanMembers>,
    Path(BanPath { user_id }): Path<BanPath>,
    Json(ban): Json<BanToMake>,
) -> Result<Json<Ban>, Problem> {
    let new = ban.checked(user_id)?;
    let server = allowed.server;
    let people = api.people([user_id, server.user_id]).await?;
    if !people.contains_key(&user_id) {
        return Err(Error::UserNotFound.into());
    }
    let row = moderation::ban(&api, server.server_id, server.user_id, &new).await?;
    Ok(Json(Ban::new(row, &people)))
}
