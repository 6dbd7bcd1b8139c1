//! A change of one server by one of its members.
//!
//! It holds the server from its first statement on, and everything that decides is read after that: what the member may
//! do, and whom they stand above, is true when the change commits. Checks that were made before the transaction, by
//! extractors, only spare it.

mod rank;

use contracts::{
    events::{Audience, Event, EventKind},
    permissions::MemberAccess,
};
use model::{ChannelId, Permission, PermissionSet, ServerId, Timestamp, UserId};
use platform::db::TenantTx;
use serde::Serialize;

use crate::{
    audit::{self, Entry},
    error::Error,
    service::Service,
    snapshots,
    store::{members, servers},
    tenant::Tenant,
};

/// A change under way. Nothing of it stays unless it is committed.
pub(crate) struct Acting<'a> {
    pub(crate) service: &'a Service,
    pub(crate) tx: TenantTx,
    /// The server as it was before this change, at the version that the change makes.
    pub(crate) tenant: Tenant,
    /// Who acts.
    pub(crate) member: MemberAccess,
    /// When.
    pub(crate) now: Timestamp,
}

impl<'a> Acting<'a> {
    /// Begins a change: the other changes of this server wait until it is over. [`Error::ServerNotFound`] when the user is
    /// not a member.
    pub(crate) async fn begin(service: &'a Service, server_id: ServerId, user_id: UserId) -> Result<Self, Error> {
        let mut tx = service.tenants.begin(server_id).await?;
        servers::touch(&mut tx).await?.ok_or(Error::ServerNotFound)?;
        let standing = members::find_standing(&mut tx, user_id).await?;
        let member = standing
            .and_then(|standing| standing.member)
            .ok_or(Error::ServerNotFound)?;
        let tenant = snapshots::inside(&mut tx).await?.ok_or(Error::ServerNotFound)?;
        let now = service.clock.now();
        Ok(Self {
            service,
            tx,
            tenant,
            member,
            now,
        })
    }

    /// The server.
    pub(crate) const fn server_id(&self) -> ServerId {
        self.tenant.id()
    }

    /// What the actor may do in the server as a whole.
    pub(crate) fn permissions(&self) -> PermissionSet {
        self.tenant.permissions(&self.member, self.now)
    }

    /// What the actor may do in a channel; nothing when they cannot see it.
    pub(crate) fn permissions_in(&self, id: ChannelId) -> PermissionSet {
        self.tenant.permissions_in(id, &self.member, self.now)
    }

    /// Whether the actor sees a channel.
    pub(crate) fn sees(&self, id: ChannelId) -> bool {
        self.permissions_in(id).contains(Permission::ViewChannel)
    }

    /// Whether a member without any role sees a channel.
    pub(crate) fn is_seen_by_everybody(&self, id: ChannelId) -> bool {
        let anybody = MemberAccess {
            user_id: UserId(0),
            role_ids: Vec::new(),
            timeout_until: None,
        };
        let permissions = self.tenant.permissions_in(id, &anybody, self.now);
        permissions.contains(Permission::ViewChannel)
    }

    /// [`Error::MissingPermission`] unless the actor may do this in the server as a whole.
    pub(crate) fn require(&self, permission: Permission) -> Result<(), Error> {
        if self.permissions().contains(permission) {
            Ok(())
        } else {
            Err(Error::MissingPermission(permission))
        }
    }

    /// The same for a channel; [`Error::ChannelNotFound`] when they cannot see it.
    pub(crate) fn require_in(&self, id: ChannelId, permission: Permission) -> Result<(), Error> {
        if !self.sees(id) {
            Err(Error::ChannelNotFound)
        } else if self.permissions_in(id).contains(permission) {
            Ok(())
        } else {
            Err(Error::MissingPermission(permission))
        }
    }

    /// Tells of the change when it is committed.
    pub(crate) fn tell(&mut self, kind: EventKind, audience: Audience, data: &impl Serialize) -> Result<(), Error> {
        let version = self.tenant.server.version;
        self.tx.emit(self.service.event(kind, audience, version, data)?);
        Ok(())
    }

    /// The same for what is about one user.
    pub(crate) fn tell_about(
        &mut self,
        user_id: UserId,
        kind: EventKind,
        audience: Audience,
        data: &(impl Serialize + ?Sized),
    ) -> Result<(), Error> {
        let version = self.tenant.server.version;
        let event = self.service.event(kind, audience, version, data)?;
        self.tx.emit(Event {
            user_id: Some(user_id),
            ..event
        });
        Ok(())
    }

    /// Writes into the audit log what the actor does.
    pub(crate) async fn record(&mut self, entry: Entry) -> Result<(), Error> {
        audit::record(self.service, &mut self.tx, self.member.user_id, entry).await
    }

    /// Makes it true.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        Ok(self.tx.commit().await?)
    }
}
