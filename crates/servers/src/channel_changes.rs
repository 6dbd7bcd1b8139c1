//! Creating, changing, ordering and deleting channels and folders.
//!
//! Each change is one of somebody [acting](crate::acting): what it has read of the channels, and of what the actor may do
//! in each of them, stays true until it commits.

use std::collections::HashMap;

use contracts::events::{Audience, EventKind};
use model::{
    ChannelId, ChannelName, ChannelTopic, Overwrite, OverwriteTarget, Permission, PermissionSet, ServerId, SlowMode,
    UserId, limits::CHANNELS_PER_SERVER,
};
use rand::rngs::ThreadRng;
use serde_json::Value;

use crate::{
    acting::Acting,
    api::resource::{Channel, ChannelGone},
    audit::{Action, Changes, Entry},
    channel_kind::ChannelKind,
    error::Error,
    overwrite_changes,
    placement::{self, Destination, Keys, Misplaced, Move, Place},
    service::{Service, retried},
    store::{
        channels::{self, ChannelRow},
        overwrites,
    },
};

/// A channel to be.
#[derive(Debug, Clone)]
pub(crate) struct NewChannel {
    pub(crate) name: ChannelName,
    pub(crate) kind: ChannelKind,
    pub(crate) parent_id: Option<ChannelId>,
    pub(crate) topic: Option<ChannelTopic>,
    /// Whether it is hidden from everyone but who creates it and who may do everything, until others are let in.
    pub(crate) private: bool,
}

/// What changes of a channel; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChannelChange {
    pub(crate) name: Option<ChannelName>,
    /// An empty one means none.
    pub(crate) topic: Option<ChannelTopic>,
    pub(crate) destination: Destination,
    /// Its place among those that the actor sees there.
    pub(crate) position: Option<u32>,
    /// How long a member waits between two messages.
    pub(crate) slow_mode: Option<SlowMode>,
}

/// Where a channel shall stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedPlace {
    pub(crate) id: ChannelId,
    pub(crate) destination: Destination,
    /// Its place among those that the actor sees there.
    pub(crate) position: u32,
}

/// A change of one server's channels under way.
struct Changing<'a> {
    acting: Acting<'a>,
    channels: Vec<ChannelRow>,
}

impl<'a> Changing<'a> {
    async fn begin(service: &'a Service, server_id: ServerId, actor_id: UserId) -> Result<Self, Error> {
        let acting = Acting::begin(service, server_id, actor_id).await?;
        let channels = acting.tenant.channel_rows().to_vec();
        Ok(Self { acting, channels })
    }

    fn places(&self) -> Vec<Place> {
        self.channels.iter().map(ChannelRow::place).collect()
    }

    fn keys(&self) -> Keys<ThreadRng> {
        Keys::new(self.acting.now, rand::rng())
    }

    /// What changes when the moves, which were checked, are made.
    fn rearranged(&self, moves: &[Move]) -> Vec<Place> {
        let sees = |id| self.acting.sees(id);
        placement::rearranged(&self.places(), moves, sees, &mut self.keys())
    }

    /// Whether the actor may put channels into the folder: 422 when they cannot see it, 403 when they may not manage it.
    fn require_parent(&self, parent_id: ChannelId, field: &str) -> Result<(), Error> {
        self.acting
            .require_in(parent_id, Permission::ManageChannels)
            .map_err(unseen_is(field, Misplaced::NotAFolder))
    }

    /// Whether the actor may move these channels to these folders. What they cannot see is not there for them.
    fn require_order(&self, wanted: &[WantedPlace]) -> Result<(), Error> {
        for (index, wanted) in wanted.iter().enumerate() {
            self.acting
                .require_in(wanted.id, Permission::ManageChannels)
                .map_err(unseen_is(&format!("channels.{index}.id"), Misplaced::Unknown))?;
            if let Some(parent_id) = wanted.destination.folder() {
                self.require_parent(parent_id, &format!("channels.{index}.parent_id"))?;
            }
        }
        Ok(())
    }

    /// Stores new places of channels, each told of.
    async fn replace(&mut self, places: &[Place]) -> Result<(), Error> {
        channels::place(&mut self.acting.tx, places).await?;
        let mut rows: HashMap<ChannelId, &mut ChannelRow> = self.channels.iter_mut().map(|row| (row.id, row)).collect();
        let mut moved = Vec::with_capacity(places.len());
        for place in places {
            if let Some(row) = rows.get_mut(&place.id) {
                row.parent_id = place.parent_id;
                row.position = place.position;
                moved.push(self.acting.tenant.shown(row));
            }
        }
        for channel in moved {
            self.tell(EventKind::ChannelUpdated, channel.id, &channel)?;
        }
        Ok(())
    }

    fn tell(&mut self, kind: EventKind, channel_id: ChannelId, data: &impl serde::Serialize) -> Result<(), Error> {
        let audience = Audience::Channel {
            server_id: self.acting.server_id(),
            channel_id,
        };
        self.acting.tell(kind, audience, data)
    }

    /// Hides a channel that was just made from everyone, but not from the actor, who takes and keeps nothing but the view
    /// that they have in the folder, or else in the server.
    async fn hide(&mut self, row: &ChannelRow) -> Result<(), Error> {
        let view = PermissionSet::of(&[Permission::ViewChannel]);
        let own = match row.parent_id {
            Some(folder) => self.acting.permissions_in(folder),
            None => self.acting.permissions(),
        };
        Acting::may_grant(own, PermissionSet::EMPTY, view)?;
        let hidden = Overwrite {
            channel_id: row.id,
            target: OverwriteTarget::Role(self.acting.server_id().everyone()),
            allow: PermissionSet::EMPTY,
            deny: view,
        };
        let seen = Overwrite {
            target: OverwriteTarget::Member(self.acting.member.user_id),
            allow: view,
            deny: PermissionSet::EMPTY,
            ..hidden
        };
        overwrites::put(&mut self.acting.tx, &overwrite_changes::row(row.server_id, hidden)).await?;
        if !own.contains(Permission::Administrator) {
            overwrites::put(&mut self.acting.tx, &overwrite_changes::row(row.server_id, seen)).await?;
        }
        Ok(())
    }

    async fn record(&mut self, action: Action, id: ChannelId, changes: Changes) -> Result<(), Error> {
        let entry = Entry {
            action,
            target: id.into(),
            channel_id: Some(id),
            changes,
            reason: None,
        };
        self.acting.record(entry).await
    }
}

/// Creates a channel at the end of its folder, or of the top level.
pub(crate) async fn create(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    new: &NewChannel,
) -> Result<Channel, Error> {
    retried(|| attempt_create(service, server_id, actor_id, new)).await
}

async fn attempt_create(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    new: &NewChannel,
) -> Result<Channel, Error> {
    let mut changing = Changing::begin(service, server_id, actor_id).await?;
    changing.acting.require(Permission::ManageChannels)?;
    if let Some(parent_id) = new.parent_id {
        changing.require_parent(parent_id, "parent_id")?;
    }
    if changing.channels.len() >= CHANNELS_PER_SERVER {
        return Err(Error::TooManyChannels);
    }
    let folder = new.kind == ChannelKind::Folder;
    placement::check_parent(&changing.places(), folder, new.parent_id).map_err(misplaced("parent_id".to_owned()))?;
    let beside = changing.channels.iter().filter(|row| row.parent_id == new.parent_id);
    let last = beside.map(|row| row.position).max();
    let position = changing.keys().after(last);
    let row = ChannelRow {
        server_id,
        id: ChannelId(service.ids.next()),
        kind: new.kind,
        name: new.name.as_str().to_owned(),
        topic: new.topic.clone().and_then(stored_topic),
        parent_id: new.parent_id,
        position,
        created_at: changing.acting.now,
        slow_mode_seconds: 0,
    };
    channels::add(&mut changing.acting.tx, &row).await?;
    let mut changes = described(None, Some(&row)).with("kind", Value::Null, row.kind.name());
    let mut channel = changing.acting.tenant.shown(&row);
    if new.private {
        changing.hide(&row).await?;
        changes = changes.with("private", Value::Null, true);
        channel.private = true;
    }
    changing.record(Action::ChannelCreated, row.id, changes).await?;
    changing.tell(EventKind::ChannelCreated, row.id, &channel)?;
    changing.acting.commit().await?;
    Ok(channel)
}

/// Renames, describes or moves a channel.
pub(crate) async fn change(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    id: ChannelId,
    change: &ChannelChange,
) -> Result<Channel, Error> {
    retried(|| attempt_change(service, server_id, actor_id, id, change)).await
}

async fn attempt_change(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    id: ChannelId,
    change: &ChannelChange,
) -> Result<Channel, Error> {
    let mut changing = Changing::begin(service, server_id, actor_id).await?;
    changing.acting.require_in(id, Permission::ManageChannels)?;
    if let Some(parent_id) = change.destination.folder() {
        changing.require_parent(parent_id, "parent_id")?;
    }
    let places = changing.places();
    let row = changing
        .channels
        .iter_mut()
        .find(|row| row.id == id)
        .ok_or(Error::ChannelNotFound)?;
    let before = row.clone();
    if let Some(name) = &change.name {
        name.as_str().clone_into(&mut row.name);
    }
    if let Some(topic) = &change.topic {
        row.topic = stored_topic(topic.clone());
    }
    if let Some(slow_mode) = change.slow_mode {
        if row.kind == ChannelKind::Folder && slow_mode != SlowMode::default() {
            return Err(Error::Unfit {
                field: "slow_mode_seconds",
                code: "not_for_folders",
                detail: "is for channels with messages, not for folders",
            });
        }
        row.slow_mode_seconds = slow_mode.seconds().into();
    }
    let (renewed, place) = (row.clone(), row.place());
    placement::check_parent(&places, place.folder, change.destination.folder())
        .map_err(misplaced("parent_id".to_owned()))?;
    let replaced = wanted(place, change)
        .map(|wanted| changing.rearranged(&[wanted]))
        .unwrap_or_default();
    if renewed != before {
        channels::describe(&mut changing.acting.tx, &renewed).await?;
        // A channel that is both renamed and moved is told of once, by its new place.
        if !replaced.iter().any(|place| place.id == id) {
            let channel = changing.acting.tenant.shown(&renewed);
            changing.tell(EventKind::ChannelUpdated, id, &channel)?;
        }
    }
    changing.replace(&replaced).await?;
    let after = changing.channels.iter().find(|row| row.id == id).cloned();
    let after = after.ok_or(Error::ChannelNotFound)?;
    let channel = changing.acting.tenant.shown(&after);
    if after != before || !replaced.is_empty() {
        let action = if renewed == before {
            Action::ChannelMoved
        } else {
            Action::ChannelUpdated
        };
        let changes = described(Some(&before), Some(&after));
        changing.record(action, id, changes).await?;
        changing.acting.commit().await?;
    }
    Ok(channel)
}

/// Where the change puts the channel; `None` when it stays where it is.
fn wanted(place: Place, change: &ChannelChange) -> Option<Move> {
    let parent_id = change.destination.from(place.parent_id);
    match change.position {
        Some(position) => Some(Move {
            id: place.id,
            parent_id,
            position,
        }),
        // Into another folder without saying where: at its end.
        None if parent_id != place.parent_id => Some(Move {
            id: place.id,
            parent_id,
            position: u32::MAX,
        }),
        None => None,
    }
}

/// Moves several channels at once; all of it happens or nothing.
pub(crate) async fn order(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    wanted: &[WantedPlace],
) -> Result<(), Error> {
    retried(|| attempt_order(service, server_id, actor_id, wanted)).await
}

async fn attempt_order(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    wanted: &[WantedPlace],
) -> Result<(), Error> {
    let mut changing = Changing::begin(service, server_id, actor_id).await?;
    changing.acting.require(Permission::ManageChannels)?;
    changing.require_order(wanted)?;
    let places = changing.places();
    let present: HashMap<ChannelId, Option<ChannelId>> =
        places.iter().map(|place| (place.id, place.parent_id)).collect();
    let moves: Vec<Move> = wanted
        .iter()
        .map(|wanted| Move {
            id: wanted.id,
            parent_id: wanted.destination.from(present.get(&wanted.id).copied().flatten()),
            position: wanted.position,
        })
        .collect();
    placement::check(&places, &moves).map_err(|(index, why)| {
        let part = if matches!(why, Misplaced::NotAFolder | Misplaced::FolderInFolder) {
            "parent_id"
        } else {
            "id"
        };
        misplaced(format!("channels.{index}.{part}"))(why)
    })?;
    let replaced = changing.rearranged(&moves);
    if replaced.is_empty() {
        return Ok(());
    }
    changing.replace(&replaced).await?;
    for place in replaced
        .iter()
        .filter(|place| moves.iter().any(|wanted| wanted.id == place.id))
    {
        let before = present.get(&place.id).copied().flatten();
        let changes = Changes::default().with("parent_id", id_value(before), id_value(place.parent_id));
        changing.record(Action::ChannelMoved, place.id, changes).await?;
    }
    changing.acting.commit().await
}

/// Deletes a channel, or a folder with the channels in it, if the actor may delete each of them.
pub(crate) async fn delete(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    id: ChannelId,
) -> Result<(), Error> {
    retried(|| attempt_delete(service, server_id, actor_id, id)).await
}

async fn attempt_delete(service: &Service, server_id: ServerId, actor_id: UserId, id: ChannelId) -> Result<(), Error> {
    let mut changing = Changing::begin(service, server_id, actor_id).await?;
    changing.acting.require_in(id, Permission::ManageChannels)?;
    let (held, itself): (Vec<ChannelRow>, Vec<ChannelRow>) = changing
        .channels
        .iter()
        .filter(|row| row.id == id || row.parent_id == Some(id))
        .cloned()
        .partition(|row| row.id != id);
    let gone = [held, itself].concat();
    for row in &gone {
        // What the actor does not see in the folder still cannot be deleted past them: the folder stays.
        let permission = Permission::ManageChannels;
        if !changing.acting.permissions_in(row.id).contains(permission) {
            return Err(Error::MissingPermission(permission));
        }
    }
    overwrites::remove_of_channel(&mut changing.acting.tx, id).await?;
    channels::remove(&mut changing.acting.tx, id).await?;
    for row in &gone {
        let changes = described(Some(row), None).with("kind", row.kind.name(), Value::Null);
        // Nobody sees it any more: whether everybody did decides who reads of its end.
        let public = changing.acting.is_seen_by_everybody(row.id);
        let entry = Entry {
            action: Action::ChannelDeleted,
            target: row.id.into(),
            channel_id: (!public).then_some(row.id),
            changes,
            reason: None,
        };
        changing.acting.record(entry).await?;
        changing.tell(
            EventKind::ChannelDeleted,
            row.id,
            &ChannelGone { id: row.id, server_id },
        )?;
    }
    changing.acting.commit().await
}

/// How a channel differs from what it was, for the audit log; it had, or has, nothing when it was, or is, not there.
fn described(before: Option<&ChannelRow>, after: Option<&ChannelRow>) -> Changes {
    let name = |row: Option<&ChannelRow>| row.map(|row| row.name.clone());
    let topic = |row: Option<&ChannelRow>| row.and_then(|row| row.topic.clone());
    let slow = |row: Option<&ChannelRow>| row.map_or(0, |row| row.slow_mode_seconds);
    let parent = |row: Option<&ChannelRow>| id_value(row.and_then(|row| row.parent_id));
    Changes::default()
        .with("name", name(before), name(after))
        .with("topic", topic(before), topic(after))
        .with("parent_id", parent(before), parent(after))
        .with("slow_mode_seconds", slow(before), slow(after))
}

fn id_value(id: Option<ChannelId>) -> Value {
    Value::from(id.map(|id| id.to_string()))
}

fn stored_topic(topic: ChannelTopic) -> Option<String> {
    Some(topic.into_string()).filter(|topic| !topic.is_empty())
}

fn misplaced(field: String) -> impl FnOnce(Misplaced) -> Error {
    |why| Error::Misplaced { field, why }
}

/// What the actor does not see is answered like what cannot be there.
fn unseen_is(field: &str, why: Misplaced) -> impl FnOnce(Error) -> Error {
    move |error| match error {
        Error::ChannelNotFound => Error::Misplaced {
            field: field.to_owned(),
            why,
        },
        other => other,
    }
}
