//! What a handler's signature says of its caller: authenticated, authorised, and everything loaded for it.

use std::{marker::PhantomData, sync::Arc};

use axum::extract::FromRequestParts;
use contracts::permissions::MemberAccess;
use http::request::Parts;
use model::{ChannelId, Permission, PermissionSet, ServerId, Timestamp, UserId};
use platform::{
    auth::Caller,
    http::{Path, Problem, refusals::Case},
};
use serde::Deserialize;

use super::{Api, ServerPath};
use crate::{error::Error, tenant::Tenant};

/// The caller is a member of the path's server. Whoever is not learns nothing: 404 `server_not_found`.
pub(super) struct InServer {
    pub(super) user_id: UserId,
    pub(super) server_id: ServerId,
    pub(super) tenant: Arc<Tenant>,
    pub(super) member: MemberAccess,
    pub(super) now: Timestamp,
}

impl InServer {
    /// What the caller may do in a channel; nothing when they cannot see it.
    pub(super) fn permissions_in(&self, id: ChannelId) -> PermissionSet {
        self.tenant.permissions_in(id, &self.member, self.now)
    }

    /// Whether the caller may do this in a channel: 404 when they cannot see it, 403 when they may not.
    pub(super) fn require_in(&self, id: ChannelId, permission: Permission) -> Result<(), Error> {
        let permissions = self.permissions_in(id);
        if !permissions.contains(Permission::ViewChannel) {
            Err(Error::ChannelNotFound)
        } else if permissions.contains(permission) {
            Ok(())
        } else {
            Err(Error::MissingPermission(permission))
        }
    }
}

impl FromRequestParts<Api> for InServer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, api).await?;
        let Path(ServerPath { server_id }) = Path::from_request_parts(parts, api).await?;
        let (tenant, member) = api
            .standing(server_id, caller.user_id)
            .await?
            .ok_or(Error::ServerNotFound)?;
        Ok(Self {
            user_id: caller.user_id,
            server_id,
            tenant,
            member,
            now: api.clock.now(),
        })
    }
}

/// A permission as a type, for signatures.
pub(super) trait Needed: Send {
    /// The permission.
    const PERMISSION: Permission;
}

/// Of every route that needs `manage_channels`.
pub(super) const MANAGE_CHANNELS: &[Case] = &[(
    403,
    "missing_permission",
    "The caller lacks the permission manage_channels.",
)];

/// Of every route that needs `manage_server`.
pub(super) const MANAGE_SERVER: &[Case] = &[(
    403,
    "missing_permission",
    "The caller lacks the permission manage_server.",
)];

/// `manage_channels`.
pub(super) struct ManageChannels;

impl Needed for ManageChannels {
    const PERMISSION: Permission = Permission::ManageChannels;
}

/// Of every route that needs `manage_roles`.
pub(super) const MANAGE_ROLES: &[Case] = &[(
    403,
    "missing_permission",
    "The caller lacks the permission manage_roles.",
)];

/// Defines permissions as types.
macro_rules! needed {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        pub(super) struct $name;

        impl Needed for $name {
            const PERMISSION: Permission = Permission::$name;
        }
    )*};
}

needed! {
    /// `kick_members`.
    KickMembers,
    /// `ban_members`.
    BanMembers,
    /// `manage_roles`.
    ManageRoles,
    /// `view_audit_log`.
    ViewAuditLog,
}

/// `manage_server`.
pub(super) struct ManageServer;

impl Needed for ManageServer {
    const PERMISSION: Permission = Permission::ManageServer;
}

/// `create_invitations`.
pub(super) struct CreateInvitations;

impl Needed for CreateInvitations {
    const PERMISSION: Permission = Permission::CreateInvitations;
}

/// The caller is a member with the permission in the server as a whole; 403 `missing_permission`.
pub(super) struct Allowed<P> {
    pub(super) server: InServer,
    permission: PhantomData<P>,
}

impl<P: Needed> FromRequestParts<Api> for Allowed<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let server = InServer::from_request_parts(parts, api).await?;
        if server
            .tenant
            .permissions(&server.member, server.now)
            .contains(P::PERMISSION)
        {
            Ok(Self {
                server,
                permission: PhantomData,
            })
        } else {
            Err(Error::MissingPermission(P::PERMISSION).into())
        }
    }
}

#[derive(Deserialize)]
struct ChannelPath {
    channel_id: ChannelId,
}

/// The caller is a member who sees the path's channel; 404 `channel_not_found`.
pub(super) struct InChannel {
    pub(super) server: InServer,
    pub(super) channel_id: ChannelId,
}

impl FromRequestParts<Api> for InChannel {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let server = InServer::from_request_parts(parts, api).await?;
        let Path(ChannelPath { channel_id }) = Path::from_request_parts(parts, api).await?;
        server.require_in(channel_id, Permission::ViewChannel)?;
        Ok(Self { server, channel_id })
    }
}

/// The caller is a member with the permission in the path's channel; 403 `missing_permission`.
pub(super) struct AllowedInChannel<P> {
    pub(super) server: InServer,
    pub(super) channel_id: ChannelId,
    permission: PhantomData<P>,
}

impl<P: Needed> FromRequestParts<Api> for AllowedInChannel<P> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let InChannel { server, channel_id } = InChannel::from_request_parts(parts, api).await?;
        server.require_in(channel_id, P::PERMISSION)?;
        Ok(Self {
            server,
            channel_id,
            permission: PhantomData,
        })
    }
}

/// The caller owns the path's server; 403 `missing_permission` for its other members.
pub(super) struct Owner {
    pub(super) server: InServer,
}

impl FromRequestParts<Api> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, Problem> {
        let server = InServer::from_request_parts(parts, api).await?;
        if server.tenant.server.owner_id == server.user_id {
            Ok(Self { server })
        } else {
            Err(Error::NotTheOwner.into())
        }
    }
}
