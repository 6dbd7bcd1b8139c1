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

use super::{
    Attached, Command, Hubs,
    lists::{AllLists, Lists},
    numbers::Numbers,
    present::Present,
    replay::Recalled,
    rights::Classes,
    seats::Seats,
};
use crate::{
    Peers,
    handover::Journal,
    protocol::{CloseCode, EncodedEvent, Presence, key},
    session::Session,
};

/// How often a peer is asked again before the hub gives its sessions up.
pub(super) const ATTEMPTS: u32 = 5;

/// What a hub knows.
pub(super) struct Hub {
    pub(super) server_id: ServerId,
    pub(super) peers: Peers,
    pub(super) numbers: Numbers,
    pub(super) tenant: Option<Arc<TenantAccess>>,
    /// What its members may do by that.
    pub(super) classes: Classes,
    /// Channels that are gone from the snapshot and whose end nobody has been told of yet, each with those who saw it: a
    /// folder and what is in it are deleted at once, and each end is an event of its own.
    departed: HashMap<ChannelId, Arc<[Arc<Session>]>>,
    pub(super) seats: Seats,
    /// Read for sessions that go on here.
    pub(super) recalled: Recalled,
    /// The last messages of channels when the hub began, and when they were sent, as far as they were new.
    pub(super) new_at_start: HashMap<ChannelId, (i64, Timestamp)>,
    pub(super) present: Present,
    /// The member lists, while somebody looks at one.
    pub(super) lists: Option<Lists>,
    pub(super) all_lists: AllLists,
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
    pub(super) fn new(
        server_id: ServerId,
        peers: Peers,
        present: Present,
        journal: Option<Arc<Journal>>,
        all_lists: AllLists,
    ) -> Self {
        Self {
            server_id,
            peers,
            numbers: Numbers::Unread,
            tenant: None,
            classes: Classes::default(),
            departed: HashMap::new(),
            seats: Seats::default(),
            recalled: Recalled::new(),
            new_at_start: HashMap::new(),
            present,
            lists: None,
            all_lists,
            journal,
        }
    }

    pub(super) async fn run(mut self, mut commands: mpsc::Receiver<Command>, hubs: Hubs) {
        loop {
            let done = match self.next(&mut commands).await {
                Next::Command(command) => self.follow(command).await,
                Next::Time => self.on_time().await,
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

    async fn on_time(&mut self) -> Result<(), GivenUp> {
        self.end_time_outs().await?;
        self.keep_order().await
    }

    /// Waits for what is next. What is due comes before more commands.
    async fn next(&mut self, commands: &mut mpsc::Receiver<Command>) -> Next {
        let deadlines = self.order_deadline().into_iter().chain(self.time_out_deadline());
        let deadline = deadlines.min();
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
        self.classes = Classes::default();
        self.departed.clear();
        self.lists = None;
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
                    self.seat(session, Arc::new(membership), version).await?;
                }
                // The caller may have given up; the session is then detached soon.
                let _ = done.send(if stale { Attached::Stale } else { Attached::UpToDate });
            }
            Command::Welcome { sessions, event } => self.welcome(&sessions, &event).await?,
            Command::Detach(session) => {
                self.seats.remove(&session);
                if !self.seats.seats_user(session.user_id) {
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
            Command::Subscribe(session) => self.subscribe(&session),
        }
        Ok(())
    }

    /// `version` is one at which the membership was true.
    async fn seat(&mut self, session: Arc<Session>, member: Arc<MemberAccess>, version: i64) -> Result<(), GivenUp> {
        // Devices of the user that sit here already may not have heard of it yet.
        self.change_member(&member).await?;
        let Some(rights) = self.rights(&member) else {
            return Ok(());
        };
        session.add_server(self.server_id);
        let user_id = session.user_id;
        self.write_down_seat(&session);
        self.seats.add(Arc::clone(&session), member, rights, version);
        self.tell_of_ended_time_out(&session);
        let presence = self.present.seated(user_id, version);
        self.show(presence);
        Ok(())
    }

    /// A member who may sit here has other roles, or another time-out.
    async fn change_member(&mut self, member: &Arc<MemberAccess>) -> Result<(), GivenUp> {
        let known = self.seats.person(member.user_id);
        if known.is_some_and(|person| person.member != *member) {
            self.seats.set_member(member);
            self.settle(Some(member.user_id), None).await?;
        }
        Ok(())
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
    pub(super) fn catch_up(&mut self) {
        for presence in self.present.catch_up() {
            self.show(Some(presence));
        }
    }

    /// Tells those who have this server on screen what a member shows.
    fn show(&self, presence: Option<Presence>) {
        let Some(presence) = presence else { return };
        self.lists.iter().for_each(|lists| lists.show(presence));
        let data = serde_json::json!(presence).to_string();
        let event = Arc::new(EncodedEvent::new("presence.updated", &data, self.peers.clock.now()));
        for session in self
            .seats
            .sessions()
            .filter(|session| session.follows(self.server_id, presence.user_id))
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
        let member = Arc::new(member);
        let Some(version) = self.tenant.as_ref().map(|tenant| tenant.version) else {
            return Ok(());
        };
        let now = self.peers.clock.now();
        // What the event shows may be older than what this hub has told of already, when it came by another way.
        let is_stale = Some(version) > event.tenant_version;
        let encoded = if is_stale {
            match self.shown_to(user_id).await? {
                Some(server) => EncodedEvent::new(event.kind.name(), &server, now).known_as(key::of(event)),
                None => return Ok(()),
            }
        } else {
            EncodedEvent::of(event, now)
        };
        let encoded = Arc::new(encoded);
        let told_at = event.tenant_version.unwrap_or(i64::MAX);
        for session in sessions {
            // One that began meanwhile has it in its `ready`.
            if self.seats.knows(session, told_at) {
                continue;
            }
            session.push(Arc::clone(&encoded));
            self.seat(Arc::clone(session), Arc::clone(&member), version).await?;
        }
        Ok(())
    }

    async fn on_event(&mut self, event: &Arc<Event>) -> Result<(), GivenUp> {
        if let (Some(seq), Audience::Channel { channel_id, .. }) = (event.seq, event.audience) {
            self.tenant_since(0).await?;
            return self.on_message(event, channel_id, seq);
        }
        if event.kind == EventKind::ServerDeleted {
            self.hand_on(event);
            let users: Vec<UserId> = self.seats.sessions().map(|session| session.user_id).collect();
            for user_id in users {
                self.unseat(user_id, event);
            }
            return Ok(());
        }
        let is_new = |hub: &Self| match event.audience {
            Audience::Channel { channel_id, .. } => {
                let channel = hub.tenant.as_ref().map(|tenant| tenant.channel(channel_id).is_some());
                event.kind == EventKind::ChannelCreated && channel == Some(false)
            }
            _ => false,
        };
        let was_new = is_new(self);
        self.give_up_late(event);
        let needed = if event.kind.changes_tenant() {
            event.tenant_version.unwrap_or(i64::MAX)
        } else {
            0
        };
        self.refresh(needed, Some(event)).await?;
        self.lists.iter().for_each(|lists| lists.on_event(event));
        match (event.kind, event.user_id) {
            (EventKind::MemberLeft, Some(user_id)) => self.unseat(user_id, event),
            (EventKind::MemberUpdated, Some(user_id)) if self.seats.seats_user(user_id) => {
                self.update_member(user_id, event).await?;
            }
            _ => {}
        }
        if was_new && !is_new(self) {
            // All who see it have just been told, by this event.
            self.write_down(&EncodedEvent::of(event, self.peers.clock.now()));
        } else {
            self.hand_on(event);
        }
        if let (EventKind::ChannelDeleted, Audience::Channel { channel_id, .. }) = (event.kind, event.audience) {
            self.departed.remove(&channel_id);
        }
        Ok(())
    }

    /// A membership is another, or none any more. It and the snapshot are taken up together.
    async fn update_member(&mut self, user_id: UserId, event: &Event) -> Result<(), GivenUp> {
        let (version, member) = self.standing(user_id).await?;
        let Some(member) = member else {
            self.unseat(user_id, event);
            return Ok(());
        };
        if self.tenant.as_ref().is_some_and(|tenant| tenant.version < version) {
            self.seats.set_member(&Arc::new(member));
            self.tenant_since(version).await
        } else {
            self.change_member(&Arc::new(member)).await
        }
    }

    /// Gives the event to those who may learn of it.
    pub(super) fn hand_on(&mut self, event: &Event) {
        // It may have waited for others, whose traces are not its own.
        RequestContext::part_of(event.trace, event.kind.name(), || self.give(event));
    }

    fn give(&mut self, event: &Event) {
        tracing::debug!(event.kind = event.kind.name(), event.id = %event.id, "an event is delivered");
        let encoded = Arc::new(EncodedEvent::of(event, self.peers.clock.now()));
        if let (EventKind::TypingStarted, Audience::Channel { channel_id, .. }) = (event.kind, event.audience) {
            // Of the moment, and for those who look: of use to nobody else, and to nobody later.
            let viewers = self.seats.viewers(channel_id);
            let looking = viewers
                .iter()
                .filter(|session| session.subscribed() == Some(self.server_id));
            looking.for_each(|session| session.push(Arc::clone(&encoded)));
            return;
        }
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
        if let (Some(journal), Some(key)) = (&self.journal, event.key()) {
            journal.passed(Some(self.server_id), key, event.handed_on());
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
        if self.tenant.is_none() {
            return;
        }
        if let Some(viewers) = self.departed.get(&channel_id) {
            let still_here = viewers.iter().filter(|session| self.seats.has(session));
            still_here.for_each(|session| session.push(Arc::clone(event)));
            return;
        }
        let viewers = self.seats.viewers(channel_id);
        viewers.iter().for_each(|session| session.push(Arc::clone(event)));
    }

    /// Has a snapshot of at least `version`; reads it when there is none or only an older one.
    pub(super) async fn tenant_since(&mut self, version: i64) -> Result<(), GivenUp> {
        self.refresh(version, None).await
    }

    /// The same, when `cause` tells that there is a newer one.
    async fn refresh(&mut self, version: i64, cause: Option<&Event>) -> Result<(), GivenUp> {
        if self.tenant.as_ref().is_some_and(|tenant| tenant.version >= version) {
            return Ok(());
        }
        let request = contracts::servers::GetTenantRequest {
            server_id: self.server_id.0,
        };
        for attempt in 0..ATTEMPTS {
            match self.peers.servers.clone().get_tenant(request).await {
                Ok(response) => {
                    self.replace_tenant(response.into_inner().tenant.as_ref().map(TenantAccess::from));
                    return self.settle(None, cause).await;
                }
                Err(status) => pause(attempt, &status).await,
            }
        }
        Err(GivenUp)
    }

    fn replace_tenant(&mut self, next: Option<TenantAccess>) {
        if let (Some(known), Some(next)) = (self.tenant.take(), &next) {
            let gone = known.channels().iter().map(|channel| channel.id);
            for id in gone.filter(|id| next.channel(*id).is_none()) {
                self.departed.insert(id, self.seats.viewers(id));
            }
        }
        self.classes = next.as_ref().map(Classes::of).unwrap_or_default();
        self.tenant = next.map(Arc::new);
        match &self.tenant {
            Some(tenant) => self.lists.iter().for_each(|lists| lists.replace_tenant(tenant)),
            None => self.lists = None,
        }
    }
}

pub(super) async fn pause(attempt: u32, status: &tonic::Status) {
    tracing::warn!(error.code = ?status.code(), "the servers service did not answer a hub");
    tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
}
