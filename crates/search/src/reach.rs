//! Where somebody may look: asked of `servers` at every search, since nothing that is remembered is as sure.

use std::collections::HashSet;

use contracts::{
    permissions::{MemberAccess, TenantAccess},
    servers::{GetMembershipRequest, GetTenantRequest, servers_client::ServersClient},
};
use model::{ChannelId, Permission, ServerId, Timestamp, UserId};
use platform::rpc::Peer;

use crate::{error::SearchError, index::Scope};

/// The channels of the server, or the one that is named, in which the user may read at this moment what was written before.
pub(crate) async fn reach(
    servers: &ServersClient<Peer>,
    user_id: UserId,
    (server_id, named): (ServerId, Option<ChannelId>),
    now: Timestamp,
) -> Result<Scope, SearchError> {
    let (mut of_member, mut of_server) = (servers.clone(), servers.clone());
    let membership = GetMembershipRequest {
        server_id: server_id.0,
        user_id: user_id.0,
    };
    // The snapshot is asked for last: it is not older than the membership.
    let member = of_member.get_membership(membership).await?.into_inner().membership;
    let member = member
        .as_ref()
        .map(MemberAccess::from)
        .ok_or(SearchError::ServerNotFound)?;
    let tenant = of_server
        .get_tenant(GetTenantRequest { server_id: server_id.0 })
        .await?;
    let tenant = tenant.into_inner().tenant.as_ref().map(TenantAccess::from);
    let tenant = tenant.ok_or(SearchError::ServerNotFound)?;
    let channels = match named {
        Some(channel_id) => vec![visible(&tenant, channel_id, &member, now)?],
        None => tenant.seen_by(&member, now),
    };
    let readable = channels.into_iter().filter(|id| {
        let there = tenant.in_channel(*id, &member, now);
        there.contains(Permission::ViewChannel) && there.contains(Permission::ReadHistory)
    });
    Ok(Scope {
        server_id,
        channels: readable.collect::<HashSet<_>>(),
    })
}

/// The channel, if the member sees it and it can have messages.
fn visible(
    tenant: &TenantAccess,
    id: ChannelId,
    member: &MemberAccess,
    now: Timestamp,
) -> Result<ChannelId, SearchError> {
    let sees = tenant.in_channel(id, member, now).contains(Permission::ViewChannel);
    let channel = tenant.channel(id).filter(|_| sees);
    if channel.ok_or(SearchError::ChannelNotFound)?.is_folder() {
        return Err(SearchError::ChannelHasNoMessages);
    }
    Ok(id)
}
