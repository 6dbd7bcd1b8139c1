//! Who gains or loses a channel, or may do something else, is told so.
//!
//! A hub delivers by what its clients were told: a channel is theirs from its `channel.created` to its `channel.deleted`.
//! Whenever the snapshot, a membership or a time-out changes, all whose rights are others by now are told first, and what
//! made the change afterwards: who has that event has all that came of it.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use contracts::{
    events::{Audience, Event, EventKind},
    permissions::TenantAccess,
    servers::ListChannelsRequest,
};
use model::{ChannelId, Timestamp, UserId};
use tokio::time::Instant;

use super::{
    actor::{ATTEMPTS, GivenUp, Hub, pause},
    rights::{Difference, Rights},
};
use crate::{
    protocol::{EncodedEvent, key},
    session::Session,
};

/// People who are looked at, or told something, before others of this gateway have their turn.
const AT_ONCE: usize = 128;
/// How soon it is looked again whether a time-out has ended: clocks are set.
const LOOK_WITHIN: Duration = Duration::from_secs(30);
/// How long ago a time-out may have ended that who told the client took for not ended: clocks differ, and a session may
/// come from another gateway.
const ENDED_FOR: Duration = Duration::from_mins(5);

/// All whose rights changed alike.
struct Turn {
    before: Arc<Rights>,
    after: Arc<Rights>,
    sessions: Vec<Arc<Session>>,
}

/// Lets others have their turn now and then.
#[derive(Default)]
struct Pace(usize);

impl Pace {
    async fn step(&mut self) {
        self.0 += 1;
        if self.0.is_multiple_of(AT_ONCE) {
            tokio::task::yield_now().await;
        }
    }
}

impl Hub {
    /// What a member may do by what is true now, who sits here only from now on.
    pub(super) fn rights(&mut self, member: &contracts::permissions::MemberAccess) -> Option<Arc<Rights>> {
        let now = self.peers.clock.now();
        let tenant = self.tenant.as_ref()?;
        Some(self.classes.rights(tenant, member, now))
    }

    /// Tells everyone, or the one user, what they see and may do from now on, if it is something else. `cause` is the event
    /// of the change, if one is.
    pub(super) async fn settle(&mut self, whose: Option<UserId>, cause: Option<&Event>) -> Result<(), GivenUp> {
        let Some(tenant) = self.tenant.clone() else {
            return Ok(());
        };
        let turns = self.turns(&tenant, whose).await;
        if turns.is_empty() {
            return Ok(());
        }
        let differences: Vec<Difference> = turns.iter().map(|turn| turn.before.difference(&turn.after)).collect();
        let gained = differences.iter().flat_map(|difference| &difference.gained).copied();
        let created = self.created(gained.collect(), cause).await?;
        let mut pace = Pace::default();
        for (turn, difference) in turns.iter().zip(&differences) {
            let frames = self.frames(&tenant, turn, difference, &created);
            for session in &turn.sessions {
                session.stop_viewing(&difference.lost);
                for frame in &frames {
                    session.push(Arc::clone(frame));
                }
                pace.step().await;
            }
        }
        Ok(())
    }

    /// Decides what everyone, or the one user, may do, and answers whose rights are others than they were told.
    async fn turns(&mut self, tenant: &TenantAccess, whose: Option<UserId>) -> Vec<Turn> {
        let now = self.peers.clock.now();
        let mut turns: HashMap<(usize, usize), Turn> = HashMap::new();
        let mut pace = Pace::default();
        for person in self.seats.people_mut(whose) {
            pace.step().await;
            let after = self.classes.rights(tenant, &person.member, now);
            let before = std::mem::replace(&mut person.rights, Arc::clone(&after));
            let alike = (Arc::as_ptr(&before).addr(), Arc::as_ptr(&after).addr());
            if alike.0 != alike.1 {
                let turn = turns.entry(alike).or_insert_with(|| Turn {
                    before,
                    after,
                    sessions: Vec::new(),
                });
                turn.sessions.extend(person.sessions().cloned());
            }
        }
        self.seats.forget_viewers();
        turns.into_values().filter(|turn| turn.before != turn.after).collect()
    }

    /// What is told in one turn: first what is lost; and what may be done somewhere before that comes into sight.
    fn frames(
        &self,
        tenant: &TenantAccess,
        turn: &Turn,
        difference: &Difference,
        created: &HashMap<ChannelId, Arc<EncodedEvent>>,
    ) -> Vec<Arc<EncodedEvent>> {
        let now = self.peers.clock.now();
        let server_id = self.server_id;
        // Of the end of a channel its own event tells.
        let lost = difference.lost.iter().filter(|id| tenant.channel(**id).is_some());
        let mut frames: Vec<_> = lost
            .map(|id| {
                let data = serde_json::json!({ "id": id, "server_id": server_id }).to_string();
                Arc::new(EncodedEvent::new(EventKind::ChannelDeleted.name(), &data, now))
            })
            .collect();
        if difference.other_permissions {
            frames.push(Arc::new(told_as(&turn.after, server_id, now)));
        }
        frames.extend(difference.gained.iter().filter_map(|id| created.get(id)).cloned());
        frames
    }

    /// `channel.created` of these channels. One that is no more by now is left out.
    async fn created(
        &self,
        mut channels: BTreeSet<ChannelId>,
        cause: Option<&Event>,
    ) -> Result<HashMap<ChannelId, Arc<EncodedEvent>>, GivenUp> {
        let (name, now) = (EventKind::ChannelCreated.name(), self.peers.clock.now());
        let mut created = HashMap::new();
        if let Some(event) = cause
            && let (EventKind::ChannelCreated | EventKind::ChannelUpdated, Audience::Channel { channel_id, .. }) =
                (event.kind, event.audience)
            && channels.remove(&channel_id)
        {
            let encoded = EncodedEvent::new(name, event.data.get(), now).known_as(key::of(event));
            created.insert(channel_id, Arc::new(encoded));
        }
        if channels.is_empty() {
            return Ok(created);
        }
        let request = ListChannelsRequest {
            server_id: self.server_id.0,
            channel_ids: channels.into_iter().map(|id| id.0).collect(),
        };
        for attempt in 0..ATTEMPTS {
            match self.peers.servers.clone().list_channels(request.clone()).await {
                Ok(answer) => {
                    let shown = answer.into_inner().channels.into_iter();
                    created.extend(shown.map(|shown| {
                        let encoded = EncodedEvent::new(name, &shown.channel_json, now);
                        (ChannelId(shown.channel_id), Arc::new(encoded))
                    }));
                    return Ok(created);
                }
                Err(status) => pause(attempt, &status).await,
            }
        }
        Err(GivenUp)
    }

    /// When [`Hub::end_time_outs`] has something to do.
    pub(super) fn time_out_deadline(&self) -> Option<Instant> {
        let left = self.seats.next_time_out()?.since(self.peers.clock.now());
        Some(Instant::now() + left.min(LOOK_WITHIN))
    }

    /// Tells those whose time-out has ended by itself.
    pub(super) async fn end_time_outs(&mut self) -> Result<(), GivenUp> {
        let now = self.peers.clock.now();
        while let Some(user_id) = self.seats.ended_time_out(now) {
            self.settle(Some(user_id), None).await?;
        }
        Ok(())
    }

    /// Tells a session that sits here from now on what its user may do, if its client may have been told otherwise: what
    /// it has was decided elsewhere and a moment ago, when a time-out had perhaps not ended.
    pub(super) fn tell_of_ended_time_out(&self, session: &Arc<Session>) {
        let Some(person) = self.seats.person(session.user_id) else {
            return;
        };
        let now = self.peers.clock.now();
        let ended = person.member.timeout_until.filter(|until| *until <= now);
        if ended.is_some_and(|until| now.since(until) < ENDED_FOR) {
            session.push(Arc::new(told_as(&person.rights, self.server_id, now)));
        }
    }
}

fn told_as(rights: &Rights, server_id: model::ServerId, now: Timestamp) -> EncodedEvent {
    EncodedEvent::new(EventKind::PermissionsUpdated.name(), &rights.to_json(server_id), now)
}
