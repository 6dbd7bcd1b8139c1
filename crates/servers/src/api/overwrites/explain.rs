//! `GET /servers/{server_id}/channels/{channel_id}/permissions/{user_id}`

use axum::extract::State;
use model::{ChannelId, Permission, ServerId, UserId};
use platform::http::{
    Json, Path, Problem,
    refusals::{CHANNEL, PATH, SERVER, SIGNED_IN},
};

use crate::{
    api::{Api, access::InChannel, members::MemberPath, resource::ChannelPermissions},
    error::Error,
    store::members,
};

platform::refusals!(
    SIGNED_IN,
    PATH,
    SERVER,
    CHANNEL,
    &[
        (
            403,
            "missing_permission",
            "It is about another member, and the caller lacks the permission manage_roles in the channel."
        ),
        (404, "member_not_found", "The user is not a member of the server.")
    ]
);

/// Explain a member's permissions
///
/// What a member may do in the channel or folder, with the role or overwrite that decided. About others, it needs
/// `manage_roles` in the channel.
#[utoipa::path(
    get, path = "/servers/{server_id}/channels/{channel_id}/permissions/{user_id}", tag = "channels",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder."),
        ("user_id" = UserId, Path, description = "The member.")
    ),
    responses((status = 200, description = "What the member may do, and why.", body = ChannelPermissions), Refusals)
)]
pub(crate) async fn explain_permissions(
    State(api): State<Api>,
    InChannel { server, channel_id }: InChannel,
    Path(MemberPath { user_id }): Path<MemberPath>,
) -> Result<Json<ChannelPermissions>, Problem> {
    if user_id != server.user_id {
        server.require_in(channel_id, Permission::ManageRoles)?;
    }
    let standing = members::find_standing(&mut api.tenants.reader(server.server_id), user_id)
        .await
        .map_err(Error::from)?;
    let member = standing
        .and_then(|standing| standing.member)
        .ok_or(Error::MemberNotFound)?;
    let explained = server.tenant.access().explain(channel_id, &member, server.now);
    Ok(Json(explained.into()))
}
