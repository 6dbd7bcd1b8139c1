//! Founding a server.

use contracts::events::{Audience, Event, EventKind};
use model::{ChannelId, PermissionSet, ServerId, ServerName, UserId};

use crate::{
    api::resource::ServerWithDetail,
    channel_kind::ChannelKind,
    discovery,
    error::Error,
    placement::Keys,
    service::{Service, retried},
    snapshots,
    store::{
        channels::{self, ChannelRow},
        members::{self, MemberRow, Membership},
        roles::{self, RoleRow},
        servers::{self, ServerRow},
        totals,
    },
    visibility::Visibility,
};

/// What the first channel is called, in every language.
const FIRST_CHANNEL: &str = "general";
/// What the role of all members is called; clients show it in their own language.
const EVERYONE: &str = "everyone";

/// Creates a server with its role `everyone`, a first channel, and the owner as its only member.
pub(crate) async fn found(
    service: &Service,
    owner: UserId,
    name: &ServerName,
    visibility: Visibility,
) -> Result<ServerWithDetail, Error> {
    let server_id = ServerId(service.ids.next());
    let member = service.new_member(server_id, owner).await?;
    retried(|| attempt(service, &member, name, visibility)).await
}

async fn attempt(
    service: &Service,
    member: &MemberRow,
    name: &ServerName,
    visibility: Visibility,
) -> Result<ServerWithDetail, Error> {
    let (server_id, owner) = (member.server_id, member.user_id);
    let mut tx = service.tenants.begin(server_id).await?;
    let server = first_server(member, name, visibility);
    servers::add(&mut tx, &server).await?;
    discovery::list(&mut tx, &server).await?;
    roles::add(&mut tx, &everyone(server_id, visibility)).await?;
    let position = Keys::new(member.joined_at, rand::rng()).after(None);
    let general = first_channel(member, ChannelId(service.ids.next()), position);
    channels::add(&mut tx, &general).await?;
    members::add(&mut tx, member).await?;
    if !totals::count_membership(&mut tx, owner).await? {
        return Err(Error::TooManyServers);
    }
    if !totals::count_ownership(&mut tx, owner).await? {
        return Err(Error::TooManyOwned);
    }
    let tenant = snapshots::inside(&mut tx).await?.ok_or(Error::ServerNotFound)?;
    let membership = Membership {
        row: member.clone(),
        role_ids: Vec::new(),
    };
    let detail = tenant.detail(&membership, member.joined_at);
    let audience = Audience::User { user_id: owner };
    let event = service.event(EventKind::ServerCreated, audience, tenant.server.version, &detail)?;
    tx.emit(Event {
        user_id: Some(owner),
        ..event
    });
    tx.commit().await?;
    Ok(detail)
}

fn first_server(member: &MemberRow, name: &ServerName, visibility: Visibility) -> ServerRow {
    ServerRow {
        id: member.server_id,
        version: 1,
        name: name.as_str().to_owned(),
        description: String::new(),
        visibility,
        owner_id: member.user_id,
        member_count: 1,
        created_at: member.joined_at,
        icon_url: None,
        banner_url: None,
        default_channel_id: None,
        system_channel_id: None,
    }
}

fn everyone(server_id: ServerId, visibility: Visibility) -> RoleRow {
    let permissions = match visibility {
        Visibility::Public => PermissionSet::PUBLIC_DEFAULT,
        Visibility::Private => PermissionSet::PRIVATE_DEFAULT,
    };
    RoleRow {
        server_id,
        id: server_id.everyone(),
        name: EVERYONE.to_owned(),
        color: None,
        position: 0,
        hoisted: false,
        mentionable: false,
        permissions,
    }
}

fn first_channel(member: &MemberRow, id: ChannelId, position: i64) -> ChannelRow {
    ChannelRow {
        server_id: member.server_id,
        id,
        kind: ChannelKind::Text,
        name: FIRST_CHANNEL.to_owned(),
        topic: None,
        parent_id: None,
        position,
        created_at: member.joined_at,
        slow_mode_seconds: 0,
    }
}
