//! `PUT /servers/{server_id}/channels/{channel_id}/overwrites/{target_id}`

use axum::extract::State;
use model::{ChannelId, OverwriteTarget, Permission, PermissionSet, RoleId, ServerId, TargetId, UserId};
use platform::http::{
    Fields, Json, Path, Problem,
    refusals::{BODY, CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{BEYOND, OverwritePath};
use crate::{
    api::{
        Api,
        access::{AllowedInChannel, MANAGE_ROLES, ManageRoles},
        permission_names,
        resource::{Overwrite, OverwriteKind},
    },
    overwrite_changes,
};

/// An overwrite as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"kind": "role", "allow": [], "deny": ["view_channel"]}))]
pub(crate) struct OverwriteRequest {
    /// Whether the id in the path is that of a role or of a member.
    #[serde(default)]
    #[schema(required, value_type = OverwriteKind)]
    kind: String,
    /// What it adds, though a role or the folder does not allow it.
    #[serde(default)]
    #[schema(value_type = PermissionSet)]
    allow: Vec<String>,
    /// What it takes away, though a role or the folder allows it.
    #[serde(default)]
    #[schema(value_type = PermissionSet)]
    deny: Vec<String>,
}

impl OverwriteRequest {
    fn checked(&self, channel_id: ChannelId, target_id: TargetId) -> Result<model::Overwrite, Problem> {
        let mut fields = Fields::default();
        let kind = fields.parse::<OverwriteKind>("kind", &self.kind);
        let allow = permission_names::checked(&mut fields, "allow", &self.allow);
        let deny = permission_names::checked(&mut fields, "deny", &self.deny);
        for (field, set) in [("allow", allow), ("deny", deny)] {
            if set.is_some_and(|set| set.contains(Permission::Administrator)) {
                let detail = "administrator is of the whole server, and no overwrite gives or takes it";
                fields.add(field, "administrator", detail);
            }
        }
        if let (Some(allow), Some(deny)) = (allow, deny)
            && !(allow & deny).is_empty()
        {
            fields.add("deny", "also_allowed", "denies what is allowed");
        }
        fields.finish()?;
        match (kind, allow, deny) {
            (Some(kind), Some(allow), Some(deny)) => Ok(model::Overwrite {
                channel_id,
                target: match kind {
                    OverwriteKind::Role => OverwriteTarget::Role(RoleId(target_id.0)),
                    OverwriteKind::Member => OverwriteTarget::Member(UserId(target_id.0)),
                },
                allow,
                deny,
            }),
            _ => Err(fields.problem()),
        }
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    CHANNEL,
    MANAGE_ROLES,
    BEYOND,
    &[
        (404, "role_not_found", "The server has no such role."),
        (404, "member_not_found", "The user is not a member of the server."),
        (409, "too_many_overwrites", "The channel has 500 overwrites already.")
    ]
);

/// Make or change an overwrite
///
/// An exception to the roles in a channel or folder, for a role or a member; the other overwrites stay as they are.
///
/// What a member may do in a channel is what their roles allow together, then changed by the overwrites of the folder, then
/// by those of the channel. At each of the two, three things count one after the other: the overwrite for `everyone`; those
/// for the member's roles, together; and that for the member. At each step what is denied is taken away first and what is
/// allowed is added then, so among a member's roles an allowance outweighs a denial, whatever the order of the roles: a
/// role that is to silence must be denied where no other of its members' roles is allowed.
///
/// Needs `manage_roles` in the channel, a higher role than that of whom it is for, and, in the channel, every permission
/// that is allowed or denied and was not before, or no longer is.
#[utoipa::path(
    put, path = "/servers/{server_id}/channels/{channel_id}/overwrites/{target_id}", tag = "channels",
    request_body = OverwriteRequest,
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder."),
        ("target_id" = TargetId, Path, description = "The role or user that it is for; the server's id for `everyone`.")
    ),
    responses((status = 200, description = "The overwrite as it is now.", body = Overwrite), Refusals)
)]
pub(crate) async fn put_overwrite(
    State(api): State<Api>,
    AllowedInChannel { server, channel_id, .. }: AllowedInChannel<ManageRoles>,
    Path(OverwritePath { target_id }): Path<OverwritePath>,
    Json(request): Json<OverwriteRequest>,
) -> Result<Json<Overwrite>, Problem> {
    let overwrite = request.checked(channel_id, target_id)?;
    overwrite_changes::put(&api, server.server_id, server.user_id, overwrite).await?;
    Ok(Json(Overwrite::from(&overwrite)))
}
