//! The task of one hub.

use std::{collections::HashMap, sync::Arc, time::Duration};

use contracts::{
    events::{Audience, Event, EventKind},
    permissions::{MemberAccess, TenantAccess},
};
use model::{ChannelId, ServerId, Timestamp, UserId};
use platform::telemetry::RequestContext;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};

use super::{Attached, Command, Hubs, numbers::Numbers, present::Present, replay::Recalled, seats::Seats};
use crate::{
    Peers,
    handover::Journal,
    presence::Watch,
    protocol::{CloseCode, EncodedEvent, Presence, ServerFrame, key},
    session::Session,
};

/// How often a peer is asked again before the hub gives its sessions up.
const ATTEMPTS: u32 = 5;

/// What a hub knows.
pub(super) struct Hub {
    pub(super) server_id: ServerId,
    pub(super) peers: Peers,
    pub(super) numbers: Numbers,
    pub(super) tenant: Option<Arc<TenantAccess>>,
    /// Channels that are gone from the snapshot and whose end nobody has been told of yet, each with the last
    /// snapshot that had it: a folder and what is in it are deleted at once, and each end is an event of its own.
    departed: HashMap<ChannelId, Arc<TenantAccess>>,
    pub(super) seats: Seats,
    /// Read for sessions that go on here.
    pub(super) recalled: Recalled,
    /// The last messages of channels when the hub began, and when they were sent, as far as they were new.
    pub(super) new_at_start: HashMap<ChannelId, (i64, Timestamp)>,
    present: Present,
    /// Where it is written down what happens here, for other gateways.
    journal: Option<Arc<Journal>>,
}

/// What a hub does next.
enum Next {
    Command(Command),
    Time,
    Presences,
    End,
}

/// The hub cannot go on: its peers do not answer.
pub(super) struct GivenUp;

impl Hub {
    pub(super) fn new(server_id: ServerId, peers: Peers, watch: Watch, journal: Option<Arc<Journal>>) -> Self {
        Self {
            server_id,
            peers,
            numbers: Numbers::Unread,
            tenant: None,
            departed: HashMap::new(),
            seats: Seats::default(),
            recalled: Recalled::new(),
            new_at_start: HashMap::new(),
            present: Present::new(watch),
            journal,
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>, hubs: Hubs) {
        loop {
            let done = match self.next(&mut commands).await {
                Next::Command(command) => self.follow(command).await,
                Next::Time => self.keep_order().await,
                Next::Presences => {
                    self.catch_up();
                    Ok(())
                }
                Next::End => return,
            };
            if done.is_err() {
                self.give_up();
            }
            if self.seats.is_empty() && hubs.end_if_idle(self.server_id, &commands) {
                return;
            }
        }
    }

    /// Waits for what is next. What is due comes before more commands.
    async fn next(&mut self, commands: &mut mpsc::Receiver<Command>) -> Next {
        let deadline = self.order_deadline();
        if deadline.is_some_and(|deadline| deadline <= Instant::now()) {
            return Next::Time;
        }
        let time = async {
            match deadline {
                Some(deadline) => sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            command = commands.recv() => command.map_or(Next::End, Next::Command),
            () = self.present.changed() => Next::Presences,
            () = time => Next::Time,
        }
    }

    /// Every session of this hub must start anew: it would miss something otherwise.
    fn give_up(&mut self) {
        tracing::error!(server.id = %self.server_id, "a hub gives its sessions up: they would miss something");
        for session in self.seats.sessions() {
            session.lose(CloseCode::UnknownError);
        }
        for session in std::mem::take(&mut self.seats).sessions() {
            self.present.unseated(session.user_id);
        }
        self.numbers = Numbers::Unread;
        self.recalled.clear();
        self.tenant = None;
        self.departed.clear();
    }

    async fn follow(&mut self, command: Command) -> Result<(), GivenUp> {
        match command {
            Command::Attach {
                session,
                membership,
                version,
                done,
            } => {
                self.read_numbers().await;
                self.tenant_since(version).await?;
                let stale = self.tenant.as_ref().is_none_or(|tenant| tenant.version > version)
                    || self.present.has_left(session.user_id, version);
                // Who was a member then may be none any more: they are seated when that was read again.
                if !stale {
                    self.seat(session, Arc::new(membership), version);
                }
                // The caller may have given up; the session is then detached soon.
                let _ = done.send(if stale { Attached::Stale } else { Attached::UpToDate });
            }
            Command::Welcome { sessions, event } => self.welcome(&sessions, &event).await?,
            Command::Detach(session) => {
                self.seats.remove(&session);
                if self.seats.of_user(session.user_id).is_empty() {
                    let presence = self.present.unseated(session.user_id);
                    self.show(presence);
                }
            }
            Command::Event(event) => RequestContext::scope_of(event.trace, self.on_event(&event)).await?,
            Command::Farewell {
                user_id,
                sessions,
                event,
            } => {
                self.unseat(user_id, &event);
                let encoded = Arc::new(EncodedEvent::of(&event, self.peers.clock.now()));
                for session in &sessions {
                    session.push(Arc::clone(&encoded));
                }
            }
            Command::Replay {
                session,
                known,
                happened,
                done,
            } => {
                self.tenant_since(0).await?;
                // The caller may have given up.
                let _ = done.send(self.replay(&session, &known, happened).await);
            }
            Command::Subscribe(session) => {
                self.catch_up();
                session.push_control(&ServerFrame::Subscribed {
                    server_id: Some(self.server_id),
                    presences: self.present.all(),
                });
            }
        }
        Ok(())
    }

    /// `version` is one at which the membership was true.
    fn seat(&mut self, session: Arc<Session>, member: Arc<MemberAccess>, version: i64) {
        session.add_server(self.server_id);
        let user_id = session.user_id;
        self.write_down_seat(&session);
        self.seats.add(session, member, version);
        let presence = self.present.seated(user_id, version);
        self.show(presence);
    }

    /// The event tells that the user is no member any more.
    fn unseat(&mut self, user_id: UserId, event: &Event) {
        for session in self.seats.remove_user(user_id) {
            session.remove_server(self.server_id);
        }
        let known = self.tenant.as_ref().map(|tenant| tenant.version);
        let version = event.tenant_version.or(known).unwrap_or(0);
        let presence = self.present.left(user_id, version);
        self.show(presence);
    }

    /// Members may show something else, here or on other gateways.
    fn catch_up(&mut self) {
        for presence in self.present.catch_up() {
            self.show(Some(presence));
        }
    }

    /// Tells those who have this server on screen what a member shows.
    fn show(&self, presence: Option<Presence>) {
        let Some(presence) = presence else { return };
        let data = serde_json::json!(presence).to_string();
        let event = Arc::new(EncodedEvent::new("presence.updated", &data, self.peers.clock.now()));
        for session in self
            .seats
            .sessions()
            .filter(|session| session.subscribed() == Some(self.server_id))
        {
            session.push(Arc::clone(&event));
        }
    }

    /// A user became a member. Nothing happens when the membership is over again by now.
    async fn welcome(&mut self, sessions: &[Arc<Session>], event: &Event) -> Result<(), GivenUp> {
        let Some(user_id) = sessions.first().map(|session| session.user_id) else {
            return Ok(());
        };
        self.read_numbers().await;
        self.tenant_since(event.tenant_version.unwrap_or(0)).await?;
        let Some(member) = self.membership(user_id).await? else {
            return Ok(());
        };
        // What the event shows may be older than what this hub has told of already, when it came by another way.
        let version = self.tenant.as_ref().map_or(0, |tenant| tenant.version);
        let now = self.peers.clock.now();
        let is_stale = self.tenant.as_ref().map(|tenant| tenant.version) > event.tenant_version;
        let encoded = if is_stale {
            match self.shown_to(user_id).await? {
                Some(server) => EncodedEvent::new(event.kind.name(), &server, now).known_as(key::of(event)),
                None => return Ok(()),
            }
        } else {
            EncodedEvent::of(event, now)
        };
        let (member, encoded) = (Arc::new(member), Arc::new(encoded));
        let told_at = event.tenant_version.unwrap_or(i64::MAX);
        for session in sessions {
            // One that began meanwhile has it in its `ready`.
            if self.seats.knows(session, told_at) {
                continue;
            }
            self.seat(Arc::clone(session), Arc::clone(&member), version);
            session.push(Arc::clone(&encoded));
        }
        Ok(())
    }

    async fn on_event(&mut self, event: &Arc<Event>) -> Result<(), GivenUp> {
        if let (Some(seq), Audience::Channel { channel_id, .. }) = (event.seq, event.audience) {
            self.tenant_since(0).await?;
            return self.on_message(event, channel_id, seq);
        }
        // Who saw a channel before it was deleted is told of its end; everything else is decided by what is true now.
        if event.kind == EventKind::ChannelDeleted {
            self.tenant_since(0).await?;
            self.hand_on(event);
            if let Audience::Channel { channel_id, .. } = event.audience {
                self.departed.remove(&channel_id);
            }
        }
        if event.kind == EventKind::ServerDeleted {
            self.hand_on(event);
            let users: Vec<UserId> = self.seats.sessions().map(|session| session.user_id).collect();
            for user_id in users {
                self.unseat(user_id, event);
            }
            return Ok(());
        }
        if event.kind.changes_tenant() {
            self.tenant_since(event.tenant_version.unwrap_or(i64::MAX)).await?;
        }
        match (event.kind, event.user_id) {
            (EventKind::MemberLeft, Some(user_id)) => self.unseat(user_id, event),
            (EventKind::MemberUpdated, Some(user_id)) if !self.seats.of_user(user_id).is_empty() => {
                match self.membership(user_id).await? {
                    Some(member) => self.seats.set_member(&Arc::new(member)),
                    None => self.unseat(user_id, event),
                }
            }
            _ => {}
        }
        if event.kind != EventKind::ChannelDeleted {
            self.tenant_since(0).await?;
            self.hand_on(event);
        }
        Ok(())
    }

    /// Gives the event to those who may learn of it.
    pub(super) fn hand_on(&mut self, event: &Event) {
        // It may have waited for others, whose traces are not its own.
        RequestContext::part_of(event.trace, event.kind.name(), || self.give(event));
    }

    fn give(&mut self, event: &Event) {
        tracing::debug!(event.kind = event.kind.name(), event.id = %event.id, "an event is delivered");
        let encoded = Arc::new(EncodedEvent::of(event, self.peers.clock.now()));
        self.write_down(&encoded);
        match event.audience {
            Audience::Server { .. } => self
                .seats
                .sessions()
                .for_each(|session| session.push(Arc::clone(&encoded))),
            Audience::Channel { channel_id, .. } => self.hand_to_viewers(channel_id, &encoded),
            Audience::User { .. } | Audience::AroundUser { .. } | Audience::Services => {}
        }
    }

    /// Other gateways learn that the event was handed on here.
    pub(super) fn write_down(&self, event: &EncodedEvent) {
        if let Some(journal) = &self.journal {
            journal.passed(Some(self.server_id), event.key(), event.handed_on());
        }
    }

    /// Other gateways learn since when a session hears of this server, and since when anybody did.
    fn write_down_seat(&mut self, session: &Session) {
        let Some(journal) = &self.journal else { return };
        if let (Numbers::Known(order), Some(tenant), true) = (&self.numbers, &self.tenant, self.seats.is_empty()) {
            journal.began(self.server_id, tenant.version, order.numbers());
        }
        journal.seated(Some(self.server_id), session);
    }

    /// Gives the event to those who see the channel.
    pub(super) fn hand_to_viewers(&mut self, channel_id: ChannelId, event: &Arc<EncodedEvent>) {
        // Without a snapshot the server itself is gone: its end is told to all members soon, if it was not yet.
        let departed = self.departed.get(&channel_id);
        let Some(tenant) = departed.or(self.tenant.as_ref()).map(Arc::clone) else {
            return;
        };
        let viewers = self.seats.viewers(&tenant, channel_id, self.peers.clock.now());
        viewers.iter().for_each(|session| session.push(Arc::clone(event)));
    }

    /// Has a snapshot of at least `version`; reads it when there is none or only an older one.
    pub(super) async fn tenant_since(&mut self, version: i64) -> Result<(), GivenUp> {
        if self.tenant.as_ref().is_some_and(|tenant| tenant.version >= version) {
            return Ok(());
        }
        self.seats.forget_viewers();
        let request = contracts::servers::GetTenantRequest {
            server_id: self.server_id.0,
        };
        for attempt in 0..ATTEMPTS {
            match self.peers.servers.clone().get_tenant(request).await {
                Ok(response) => {
                    self.replace_tenant(response.into_inner().tenant.as_ref().map(TenantAccess::from));
                    return Ok(());
                }
                Err(status) => pause(attempt, &status).await,
            }
        }
        Err(GivenUp)
    }

    fn replace_tenant(&mut self, next: Option<TenantAccess>) {
        if let Some(known) = self.tenant.take() {
            let gone = |id: &ChannelId| next.as_ref().is_some_and(|next| next.channel(*id).is_none());
            let ids = known.channels().iter().map(|channel| channel.id).filter(gone);
            self.departed.extend(ids.map(|id| (id, Arc::clone(&known))));
        }
        self.tenant = next.map(Arc::new);
    }

    /// The server as the user sees it now, as JSON; `None` when the user is no member.
    async fn shown_to(&self, user_id: UserId) -> Result<Option<String>, GivenUp> {
        let request = contracts::servers::ListServersOfUserRequest { user_id: user_id.0 };
        for attempt in 0..ATTEMPTS {
            match self.peers.servers.clone().list_servers_of_user(request).await {
                Ok(response) => {
                    let servers = response.into_inner().servers;
                    let this = servers.into_iter().find(|server| server.server_id == self.server_id.0);
                    return Ok(this.map(|server| server.server_json));
                }
                Err(status) => pause(attempt, &status).await,
            }
        }
        Err(GivenUp)
    }

    async fn membership(&self, user_id: UserId) -> Result<Option<MemberAccess>, GivenUp> {
        let request = contracts::servers::GetMembershipRequest {
            server_id: self.server_id.0,
            user_id: user_id.0,
        };
        for attempt in 0..ATTEMPTS {
            match self.peers.servers.clone().get_membership(request).await {
                Ok(response) => return Ok(response.into_inner().membership.as_ref().map(MemberAccess::from)),
                Err(status) => pause(attempt, &status).await,
            }
        }
        Err(GivenUp)
    }
}

async fn pause(attempt: u32, status: &tonic::Status) {
    tracing::warn!(error.code = ?status.code(), "the servers service did not answer a hub");
    tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
}
