//! `PATCH /servers/{server_id}/members/{user_id}`

use axum::extract::State;
use model::{Invalid, Nickname, Reason, RoleId, ServerId, Timestamp, UserId, limits::ROLES_PER_MEMBER, span};
use platform::http::{
    Fields, Json, Patch, Path, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::get::MemberPath;
use crate::{
    api::{Api, access::InServer, resource::Member},
    becomes::Becomes,
    member_changes::{self, MemberChange, NewNickname},
};

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"nickname": "Countess"}))]
pub(crate) struct MemberPatch {
    /// What the member is called in this server, 1 to 64 characters; null for their own name.
    #[serde(default)]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    nickname: Patch<String>,
    /// The roles that the member holds from now on besides `everyone`, all of them, at most 100.
    #[serde(default)]
    #[schema(value_type = Vec<RoleId>, max_items = 100)]
    role_ids: Patch<Vec<RoleId>>,
    /// Until when the member may only read, at most 28 days from now; null ends it.
    #[serde(default)]
    #[schema(value_type = Option<Timestamp>)]
    timeout_until: Patch<Timestamp>,
    /// Why, for the audit log.
    #[schema(max_length = 512)]
    reason: Option<String>,
}

impl MemberPatch {
    fn checked(self, now: Timestamp) -> Result<MemberChange, Problem> {
        let mut fields = Fields::default();
        let change = MemberChange {
            nickname: match self.nickname {
                Patch::Absent => None,
                Patch::Null => Some(NewNickname::OwnName),
                Patch::Value(text) => fields.parse::<Nickname>("nickname", &text).map(NewNickname::Is),
            },
            role_ids: checked_roles(&mut fields, self.role_ids),
            timeout_until: match self.timeout_until {
                Patch::Value(until) => match span::time_out_until(now, until) {
                    Ok(until) => Becomes::This(until),
                    Err(invalid) => {
                        fields.add_invalid("timeout_until", invalid);
                        Becomes::Stays
                    }
                },
                absent_or_null => absent_or_null.into(),
            },
            reason: fields
                .parse_optional::<Reason>("reason", self.reason.as_deref())
                .flatten(),
        };
        fields.finish().map(|()| change)
    }
}

fn checked_roles(fields: &mut Fields, field: Patch<Vec<RoleId>>) -> Option<Vec<RoleId>> {
    let role_ids = field.into_change()?;
    match &role_ids {
        None => fields.add_invalid("role_ids", Invalid::Required),
        Some(ids) if ids.len() > ROLES_PER_MEMBER => {
            let max = ROLES_PER_MEMBER;
            fields.add("role_ids", "too_long", format!("names more than {max} roles"));
        }
        Some(_) => {}
    }
    role_ids
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission that one of the fields needs."
        ),
        (
            403,
            "member_too_high",
            "The member's highest role is not below the caller's highest."
        ),
        (
            403,
            "role_too_high",
            "A role that is given or taken does not stand below the caller's highest."
        ),
        (
            403,
            "cannot_grant",
            "A role that is given or taken allows what the caller lacks."
        ),
        (
            403,
            "member_is_administrator",
            "The member has the permission administrator, and cannot be timed out."
        ),
        (404, "member_not_found", "The user is not a member of the server.")
    ]
);

/// Change a member
///
/// All of it happens or nothing. The own `nickname` needs `change_nickname`; that of a member below, `manage_nicknames`.
/// `role_ids` needs `manage_roles`, of oneself or a member below, and for each role that is given or taken a higher one and
/// all that it allows.
/// `timeout_until` needs `time_out_members`, and a member below who is no administrator; it outlives leaving.
#[utoipa::path(
    patch, path = "/servers/{server_id}/members/{user_id}", tag = "members", request_body = MemberPatch,
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("user_id" = UserId, Path, description = "The user.")
    ),
    responses((status = 200, description = "The member as they are now.", body = Member), Refusals)
)]
pub(crate) async fn change_member(
    State(api): State<Api>,
    server: InServer,
    Path(MemberPath { user_id }): Path<MemberPath>,
    Json(patch): Json<MemberPatch>,
) -> Result<Json<Member>, Problem> {
    let change = patch.checked(server.now)?;
    Ok(Json(
        member_changes::change(&api, server.server_id, server.user_id, user_id, &change).await?,
    ))
}
