//! Who has which part of which list on screen, and the frames that tell them. What many look at is encoded once.

use std::{
    collections::HashMap,
    fmt::Write as _,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use model::{ChannelId, ServerId};
use serde::Serialize;

use crate::{
    members::{Directory, Member, Row, Sight},
    protocol::{MemberRange, PresenceStatus},
    session::{Session, Shown, Viewing},
};

/// A member list on somebody's screen.
pub(super) struct View {
    pub(super) session: Arc<Session>,
    pub(super) viewing: Viewing,
    pub(super) sight: Sight,
    /// What the client was told last.
    sent: Option<Sent>,
}

/// What a frame told: the list's revision, and what the groups and each of the ranges were.
struct Sent {
    revision: u64,
    groups: u64,
    ranges: Vec<u64>,
}

/// A part of a frame.
#[derive(Clone)]
struct Piece {
    json: Arc<str>,
    hash: u64,
}

/// A member in a frame.
#[derive(Serialize)]
struct Item<'a> {
    member: &'a Member,
    status: PresenceStatus,
}

/// Which ranges of a frame are told: those that changed, as bits.
type Changed = u32;

/// What a frame tells: of which channel, which ranges, and which of them.
type Told = (ChannelId, Arc<[MemberRange]>, Changed);

/// Makes frames. Pieces are kept by the revision of their list, which no other list ever has.
pub(super) struct Encoder<'a> {
    server_id: ServerId,
    directory: &'a Directory,
    groups: HashMap<u64, Piece>,
    ranges: HashMap<(u64, MemberRange), Piece>,
    frames: HashMap<Told, Arc<str>>,
}

impl View {
    pub(super) const fn new(session: Arc<Session>, viewing: Viewing, sight: Sight) -> Self {
        Self {
            session,
            viewing,
            sight,
            sent: None,
        }
    }

    /// Tells the client what is new to it.
    pub(super) fn show(&mut self, encoder: &mut Encoder<'_>) -> Shown {
        let Some(revision) = encoder.directory.revision(&self.sight) else {
            return Shown::Never;
        };
        if self.sent.as_ref().is_some_and(|sent| sent.revision == revision) {
            return Shown::Now;
        }
        let groups = encoder.groups(&self.sight, revision);
        let ranges = self.viewing.ranges.iter();
        let ranges: Vec<Piece> = ranges
            .map(|range| encoder.range(&self.sight, revision, *range))
            .collect();
        let is_new = |index: usize, hash: u64| {
            let before = self.sent.as_ref().and_then(|sent| sent.ranges.get(index));
            before != Some(&hash)
        };
        let mut changed: Changed = 0;
        for (index, piece) in ranges.iter().enumerate() {
            changed |= u32::from(is_new(index, piece.hash)) << index;
        }
        let same_groups = self.sent.as_ref().is_some_and(|sent| sent.groups == groups.hash);
        let shown = if changed == 0 && same_groups {
            Shown::Now
        } else {
            let frame = encoder.frame(&self.viewing, &groups, &ranges, changed);
            self.session.push_members(self.viewing.number, &frame)
        };
        if shown == Shown::Now {
            self.sent = Some(Sent {
                revision,
                groups: groups.hash,
                ranges: ranges.iter().map(|piece| piece.hash).collect(),
            });
        }
        shown
    }
}

impl<'a> Encoder<'a> {
    pub(super) fn new(server_id: ServerId, directory: &'a Directory) -> Self {
        Self {
            server_id,
            directory,
            groups: HashMap::new(),
            ranges: HashMap::new(),
            frames: HashMap::new(),
        }
    }

    fn groups(&mut self, sight: &Sight, revision: u64) -> Piece {
        let directory = self.directory;
        let encode = || {
            let mut json = String::from("[");
            for (group, count) in directory.counts(sight) {
                let comma = if json.len() > 1 { "," } else { "" };
                let name = directory.groups().name(group);
                // Writing to a String cannot fail.
                let _ = write!(json, r#"{comma}{{"id":"{name}","count":{count}}}"#);
            }
            json.push(']');
            Piece::new(json)
        };
        self.groups.entry(revision).or_insert_with(encode).clone()
    }

    fn range(&mut self, sight: &Sight, revision: u64, range: MemberRange) -> Piece {
        let directory = self.directory;
        let encode = || {
            let mut json = format!(r#"{{"range":[{},{}],"items":["#, range.first, range.last);
            for (index, Row { member, status }) in directory.rows(sight, range).enumerate() {
                if index > 0 {
                    json.push(',');
                }
                // Plain data of our own: writing it as JSON cannot fail.
                json.push_str(&serde_json::to_string(&Item { member, status }).unwrap_or_default());
            }
            json.push_str("]}");
            Piece::new(json)
        };
        self.ranges.entry((revision, range)).or_insert_with(encode).clone()
    }

    fn frame(&mut self, viewing: &Viewing, groups: &Piece, ranges: &[Piece], changed: Changed) -> Arc<str> {
        let (server_id, channel_id) = (self.server_id, viewing.channel_id);
        let encode = || {
            let told = ranges.iter().enumerate().filter(|(index, _)| changed >> index & 1 == 1);
            let told: Vec<&str> = told.map(|(_, piece)| &*piece.json).collect();
            let text = format!(
                r#"{{"op":"members","server_id":"{server_id}","channel_id":"{channel_id}","groups":{},"ranges":[{}]}}"#,
                groups.json,
                told.join(","),
            );
            Arc::from(text)
        };
        let key = (channel_id, Arc::clone(&viewing.ranges), changed);
        Arc::clone(self.frames.entry(key).or_insert_with(encode))
    }
}

impl Piece {
    fn new(json: String) -> Self {
        let mut hasher = DefaultHasher::new();
        json.hash(&mut hasher);
        Self {
            json: json.into(),
            hash: hasher.finish(),
        }
    }
}
