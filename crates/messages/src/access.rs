//! Who may do what: snapshots of tenants and memberships, remembered until an event says that they are out of date.
//!
//! An event carries the server's version after the change. It drops what is remembered and raises the server's floor, so
//! that an answer which was on its way when the event came is not remembered in its place.
//!
//! While the events of the servers service do not arrive for certain, nothing is believed, and each question is asked: a right
//! that was taken away has effect within a second, whatever fails.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use contracts::{
    calls::Service,
    events::{Audience, Event},
    permissions::{MemberAccess, TenantAccess},
    servers::{ChannelKind, GetMembershipRequest, GetTenantRequest, servers_client::ServersClient},
};
use model::{ChannelId, Permission, PermissionSet, ServerId, SlowMode, UserId};
use moka::sync::Cache;
use platform::{bus::EventBus, clock::Clock, rpc::Peer};

use crate::error::MessagesError;

const TENANTS: u64 = 20_000;
const MEMBERS: u64 = 500_000;
/// Nothing is believed for longer, should an event ever be lost.
const BELIEVED: Duration = Duration::from_mins(5);

/// What is remembered.
pub(crate) struct Access {
    servers: ServersClient<Peer>,
    clock: Clock,
    bus: Arc<dyn EventBus>,
    /// What the bus said when the caches were looked at last: they hold nothing older.
    heard: AtomicU64,
    forgetting: Mutex<()>,
    tenants: Cache<ServerId, Arc<TenantAccess>>,
    members: Cache<(ServerId, UserId), Arc<MemberAccess>>,
    floors: Cache<ServerId, i64>,
    /// How often everything was forgotten.
    forgotten: AtomicU64,
}

/// Someone who sees a channel with messages, and what they may do there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer {
    pub(crate) user_id: UserId,
    pub(crate) permissions: PermissionSet,
    /// How long they wait between two messages there; those who moderate do not.
    pub(crate) slow_mode: SlowMode,
}

impl Viewer {
    /// Refuses who lacks the permission.
    pub(crate) fn require(self, permission: Permission) -> Result<Self, MessagesError> {
        if self.permissions.contains(permission) {
            Ok(self)
        } else {
            Err(MessagesError::MissingPermission(permission))
        }
    }
}

impl Access {
    pub(crate) fn new(servers: ServersClient<Peer>, clock: Clock, bus: Arc<dyn EventBus>) -> Self {
        Self {
            servers,
            clock,
            bus,
            heard: AtomicU64::new(0),
            forgetting: Mutex::default(),
            tenants: Cache::builder().max_capacity(TENANTS).time_to_live(BELIEVED).build(),
            members: Cache::builder().max_capacity(MEMBERS).time_to_live(BELIEVED).build(),
            floors: Cache::builder()
                .max_capacity(TENANTS)
                .time_to_live(BELIEVED * 2)
                .build(),
            forgotten: AtomicU64::new(0),
        }
    }

    /// The one way to a channel's messages: who asks, and what they may do there.
    pub(crate) async fn viewer(
        &self,
        server_id: ServerId,
        channel_id: ChannelId,
        user_id: UserId,
    ) -> Result<Viewer, MessagesError> {
        let member = self
            .member(server_id, user_id)
            .await?
            .ok_or(MessagesError::ServerNotFound)?;
        let mut tenant = self.tenant(server_id).await?.ok_or(MessagesError::ServerNotFound)?;
        if tenant.channel(channel_id).is_none() {
            // It may be so new that its event has not come yet. What is remembered stays for the others meanwhile.
            tenant = self.fetch(server_id).await?.ok_or(MessagesError::ServerNotFound)?;
        }
        let permissions = tenant.in_channel(channel_id, &member, self.clock.now());
        let channel = tenant
            .channel(channel_id)
            .filter(|_| permissions.contains(Permission::ViewChannel));
        let channel = channel.ok_or(MessagesError::ChannelNotFound)?;
        let moderates = [Permission::ManageMessages, Permission::ManageChannels]
            .into_iter()
            .any(|permission| permissions.contains(permission));
        match channel.kind {
            ChannelKind::Folder => Err(MessagesError::ChannelHasNoMessages),
            _ => Ok(Viewer {
                user_id,
                permissions,
                slow_mode: if moderates {
                    SlowMode::default()
                } else {
                    channel.slow_mode
                },
            }),
        }
    }

    /// The server and a member of it, to look further; both are there for whoever is a [`Viewer`].
    pub(crate) async fn standing(
        &self,
        server_id: ServerId,
        user_id: UserId,
    ) -> Result<(Arc<TenantAccess>, Arc<MemberAccess>), MessagesError> {
        let member = self.member(server_id, user_id).await?;
        let tenant = self.tenant(server_id).await?;
        tenant.zip(member).ok_or(MessagesError::ServerNotFound)
    }

    /// Whether all who see the channel may read what was written there before.
    pub(crate) async fn all_read_history(
        &self,
        server_id: ServerId,
        channel_id: ChannelId,
    ) -> Result<bool, MessagesError> {
        let tenant = self.tenant(server_id).await?;
        Ok(tenant.is_some_and(|tenant| tenant.all_read_history(channel_id)))
    }

    /// Whether the user is a member who sees the channel.
    pub(crate) async fn sees(
        &self,
        tenant: &TenantAccess,
        channel_id: ChannelId,
        user_id: UserId,
    ) -> Result<bool, MessagesError> {
        let member = self.member(tenant.server_id, user_id).await?;
        Ok(member.is_some_and(|member| {
            let there = tenant.in_channel(channel_id, &member, self.clock.now());
            there.contains(Permission::ViewChannel)
        }))
    }

    /// The channel where it is said who joined, if the server has one.
    pub(crate) async fn system_channel(&self, server_id: ServerId) -> Result<Option<ChannelId>, MessagesError> {
        let Some(tenant) = self.tenant(server_id).await? else {
            return Ok(None);
        };
        let channel = tenant.system_channel_id.and_then(|id| tenant.channel(id));
        Ok(channel
            .filter(|channel| channel.kind == ChannelKind::Text)
            .map(|channel| channel.id))
    }

    /// Whether what is remembered may be believed.
    fn is_followed(&self) -> bool {
        let Some(heard) = self.bus.hears(Service::Servers) else {
            return false;
        };
        if self.heard.load(Ordering::SeqCst) != heard {
            // Whoever comes meanwhile waits, and believes nothing of before.
            let _forgetting = self.forgetting.lock().unwrap_or_else(PoisonError::into_inner);
            if self.heard.load(Ordering::SeqCst) != heard {
                self.forget_all();
                self.heard.store(heard, Ordering::SeqCst);
            }
        }
        true
    }

    async fn tenant(&self, server_id: ServerId) -> Result<Option<Arc<TenantAccess>>, MessagesError> {
        if self.is_followed()
            && let Some(known) = self.tenants.get(&server_id)
        {
            return Ok(Some(known));
        }
        self.fetch(server_id).await
    }

    /// Asks for the tenant and remembers it.
    async fn fetch(&self, server_id: ServerId) -> Result<Option<Arc<TenantAccess>>, MessagesError> {
        let asked_in = self.forgotten.load(Ordering::SeqCst);
        let answer = self
            .servers
            .clone()
            .get_tenant(GetTenantRequest { server_id: server_id.0 })
            .await?
            .into_inner();
        let Some(tenant) = answer.tenant.as_ref().map(TenantAccess::from).map(Arc::new) else {
            return Ok(None);
        };
        self.tenants.insert(server_id, Arc::clone(&tenant));
        if self.is_outdated(server_id, tenant.version, asked_in) {
            self.tenants.invalidate(&server_id);
        }
        Ok(Some(tenant))
    }

    async fn member(&self, server_id: ServerId, user_id: UserId) -> Result<Option<Arc<MemberAccess>>, MessagesError> {
        if self.is_followed()
            && let Some(known) = self.members.get(&(server_id, user_id))
        {
            return Ok(Some(known));
        }
        let asked_in = self.forgotten.load(Ordering::SeqCst);
        let request = GetMembershipRequest {
            server_id: server_id.0,
            user_id: user_id.0,
        };
        let answer = self.servers.clone().get_membership(request).await?.into_inner();
        // That somebody is no member is never remembered: they may join at any moment.
        let Some(member) = answer.membership.as_ref().map(MemberAccess::from).map(Arc::new) else {
            return Ok(None);
        };
        self.members.insert((server_id, user_id), Arc::clone(&member));
        if self.is_outdated(server_id, answer.version, asked_in) {
            self.members.invalidate(&(server_id, user_id));
        }
        Ok(Some(member))
    }

    /// Whether an answer may be from before something that has happened since it was asked for.
    fn is_outdated(&self, server_id: ServerId, version: i64, asked_in: u64) -> bool {
        !self.is_followed()
            || self.floors.get(&server_id).is_some_and(|floor| version < floor)
            || self.forgotten.load(Ordering::SeqCst) != asked_in
    }

    /// Something happened: what it makes wrong is forgotten.
    pub(crate) fn on_event(&self, event: &Event) {
        let (Audience::Server { server_id } | Audience::Channel { server_id, .. }) = event.audience else {
            return;
        };
        if !(event.kind.changes_tenant() || event.kind.changes_membership()) {
            return;
        }
        if let Some(version) = event.tenant_version {
            self.floors
                .entry(server_id)
                .and_upsert_with(|floor| floor.map_or(version, |floor| floor.into_value().max(version)));
        }
        if event.kind.changes_tenant() {
            self.tenants.invalidate(&server_id);
        }
        if let Some(user_id) = event.user_id {
            self.members.invalidate(&(server_id, user_id));
        }
    }

    /// Events were lost: nothing is believed any more.
    pub(crate) fn forget_all(&self) {
        // First, so that an answer that is remembered after this is noticed to have been asked for before.
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        self.tenants.invalidate_all();
        self.members.invalidate_all();
    }
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
