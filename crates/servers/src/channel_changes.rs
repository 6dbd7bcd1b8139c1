//! Creating, changing, ordering and deleting channels and folders.
//!
//! Each change holds its server from the first statement on, so what it has read of the channels stays true until it
//! commits.

use std::collections::HashMap;

use contracts::events::{Audience, EventKind};
use model::{ChannelId, ChannelName, ChannelTopic, ServerId, limits::CHANNELS_PER_SERVER};
use platform::db::TenantTx;

use crate::{
    api::resource::{Channel, ChannelGone},
    channel_kind::ChannelKind,
    error::Error,
    placement::{self, Destination, Misplaced, Move, Place},
    service::{Service, retried},
    store::{
        channels::{self, ChannelRow},
        overwrites, servers,
    },
};

/// A channel to be.
#[derive(Debug, Clone)]
pub(crate) struct NewChannel {
    pub(crate) name: ChannelName,
    pub(crate) kind: ChannelKind,
    pub(crate) parent_id: Option<ChannelId>,
    pub(crate) topic: Option<ChannelTopic>,
}

/// What changes of a channel; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ChannelChange {
    pub(crate) name: Option<ChannelName>,
    /// An empty one means none.
    pub(crate) topic: Option<ChannelTopic>,
    pub(crate) destination: Destination,
    pub(crate) position: Option<u32>,
}

/// Where a channel shall stand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WantedPlace {
    pub(crate) id: ChannelId,
    pub(crate) destination: Destination,
    pub(crate) position: u32,
}

/// A change of one server's channels under way.
struct Changing<'a> {
    service: &'a Service,
    tx: TenantTx,
    version: i64,
    channels: Vec<ChannelRow>,
}

impl<'a> Changing<'a> {
    async fn begin(service: &'a Service, server_id: ServerId) -> Result<Self, Error> {
        let mut tx = service.tenants.begin(server_id).await?;
        let version = servers::touch(&mut tx).await?.ok_or(Error::ServerNotFound)?.version;
        let channels = channels::list(&mut tx).await?;
        Ok(Self {
            service,
            tx,
            version,
            channels,
        })
    }

    fn places(&self) -> Vec<Place> {
        self.channels.iter().map(ChannelRow::place).collect()
    }

    /// Stores new places of channels, each told of.
    async fn replace(&mut self, places: &[Place]) -> Result<(), Error> {
        channels::place(&mut self.tx, places).await?;
        let mut rows: HashMap<ChannelId, &mut ChannelRow> = self.channels.iter_mut().map(|row| (row.id, row)).collect();
        let mut moved = Vec::with_capacity(places.len());
        for place in places {
            if let Some(row) = rows.get_mut(&place.id) {
                row.parent_id = place.parent_id;
                row.position = place.position;
                moved.push(Channel::from(&**row));
            }
        }
        for channel in moved {
            self.tell(EventKind::ChannelUpdated, channel.id, &channel)?;
        }
        Ok(())
    }

    fn tell(&mut self, kind: EventKind, channel_id: ChannelId, data: &impl serde::Serialize) -> Result<(), Error> {
        let audience = Audience::Channel {
            server_id: self.tx.server_id(),
            channel_id,
        };
        self.tx.emit(self.service.event(kind, audience, self.version, data)?);
        Ok(())
    }
}

/// Creates a channel at the end of its folder, or of the top level.
pub(crate) async fn create(service: &Service, server_id: ServerId, new: &NewChannel) -> Result<Channel, Error> {
    retried(|| attempt_create(service, server_id, new)).await
}

async fn attempt_create(service: &Service, server_id: ServerId, new: &NewChannel) -> Result<Channel, Error> {
    let mut changing = Changing::begin(service, server_id).await?;
    if changing.channels.len() >= CHANNELS_PER_SERVER {
        return Err(Error::TooManyChannels);
    }
    let folder = new.kind == ChannelKind::Folder;
    placement::check_parent(&changing.places(), folder, new.parent_id).map_err(misplaced("parent_id".to_owned()))?;
    let beside = changing
        .channels
        .iter()
        .filter(|row| row.parent_id == new.parent_id)
        .count();
    let row = ChannelRow {
        server_id,
        id: ChannelId(service.ids.next()),
        kind: new.kind,
        name: new.name.as_str().to_owned(),
        topic: new.topic.clone().and_then(stored_topic),
        parent_id: new.parent_id,
        position: i64::try_from(beside).unwrap_or(i64::MAX),
        created_at: service.clock.now(),
    };
    channels::add(&mut changing.tx, &row).await?;
    let channel = Channel::from(&row);
    changing.tell(EventKind::ChannelCreated, row.id, &channel)?;
    changing.tx.commit().await?;
    Ok(channel)
}

/// Renames, describes or moves a channel.
pub(crate) async fn change(
    service: &Service,
    server_id: ServerId,
    id: ChannelId,
    change: &ChannelChange,
) -> Result<Channel, Error> {
    retried(|| attempt_change(service, server_id, id, change)).await
}

async fn attempt_change(
    service: &Service,
    server_id: ServerId,
    id: ChannelId,
    change: &ChannelChange,
) -> Result<Channel, Error> {
    let mut changing = Changing::begin(service, server_id).await?;
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
    let (described, place) = (row.clone(), row.place());
    placement::check_parent(&places, place.folder, change.destination.folder())
        .map_err(misplaced("parent_id".to_owned()))?;
    let replaced = wanted(place, change)
        .map(|wanted| placement::rearranged(&places, &[wanted]))
        .unwrap_or_default();
    if described != before {
        channels::describe(&mut changing.tx, &described).await?;
        // A channel that is both renamed and moved is told of once, by its new place.
        if !replaced.iter().any(|place| place.id == id) {
            changing.tell(EventKind::ChannelUpdated, id, &Channel::from(&described))?;
        }
    }
    changing.replace(&replaced).await?;
    let after = changing
        .channels
        .iter()
        .find(|row| row.id == id)
        .ok_or(Error::ChannelNotFound)?;
    let channel = Channel::from(after);
    if *after != before || !replaced.is_empty() {
        changing.tx.commit().await?;
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
pub(crate) async fn order(service: &Service, server_id: ServerId, wanted: &[WantedPlace]) -> Result<(), Error> {
    retried(|| attempt_order(service, server_id, wanted)).await
}

async fn attempt_order(service: &Service, server_id: ServerId, wanted: &[WantedPlace]) -> Result<(), Error> {
    let mut changing = Changing::begin(service, server_id).await?;
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
    let replaced = placement::rearranged(&places, &moves);
    if !replaced.is_empty() {
        changing.replace(&replaced).await?;
        changing.tx.commit().await?;
    }
    Ok(())
}

/// Deletes a channel, or a folder with the channels in it. `may` says whether the caller may delete each of them.
pub(crate) async fn delete(
    service: &Service,
    server_id: ServerId,
    id: ChannelId,
    may: impl Fn(ChannelId) -> Result<(), Error>,
) -> Result<(), Error> {
    retried(|| attempt_delete(service, server_id, id, &may)).await
}

async fn attempt_delete(
    service: &Service,
    server_id: ServerId,
    id: ChannelId,
    may: &impl Fn(ChannelId) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut changing = Changing::begin(service, server_id).await?;
    if !changing.channels.iter().any(|row| row.id == id) {
        return Err(Error::ChannelNotFound);
    }
    let held = changing
        .channels
        .iter()
        .filter(|row| row.parent_id == Some(id))
        .map(|row| row.id);
    let gone: Vec<ChannelId> = held.chain([id]).collect();
    gone.iter().try_for_each(|id| may(*id))?;
    overwrites::remove_of_channel(&mut changing.tx, id).await?;
    channels::remove(&mut changing.tx, id).await?;
    for id in &gone {
        changing.tell(EventKind::ChannelDeleted, *id, &ChannelGone { id: *id, server_id })?;
    }
    changing.channels.retain(|row| !gone.contains(&row.id));
    let replaced = placement::rearranged(&changing.places(), &[]);
    changing.replace(&replaced).await?;
    changing.tx.commit().await?;
    Ok(())
}

fn stored_topic(topic: ChannelTopic) -> Option<String> {
    Some(topic.into_string()).filter(|topic| !topic.is_empty())
}

fn misplaced(field: String) -> impl FnOnce(Misplaced) -> Error {
    |why| Error::Misplaced { field, why }
}
