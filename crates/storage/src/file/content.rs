//! Of what a finished file consists: of one object, or of the parts in which it was uploaded, in their order. To write what is
//! large a second time, as one object, would cost as much as the upload itself.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
    sync::Arc,
};

use bytes::Bytes;
use contracts::storage::Part;
use futures::{StreamExt, TryStreamExt, stream};
use model::FileId;
use platform::objects::{ObjectError, ObjectKey, ObjectStore, Pieces};

use super::{list, part as key_of, thumbnail, whole};

/// Parts that are opened before their turn comes.
const AHEAD: usize = 2;

/// What makes up a file.
#[derive(Debug)]
pub(super) struct Content {
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
struct Piece {
    key: ObjectKey,
    length: u64,
}

impl Content {
    /// The parts; `None` when they leave a gap.
    pub(super) fn of_parts(id: FileId, parts: &[Part]) -> Result<Option<Self>, ObjectError> {
        let mut end = 0;
        let mut pieces = Vec::with_capacity(parts.len());
        for part in parts {
            let Some(next) = part.start.checked_add(part.length) else {
                return Ok(None);
            };
            if part.start != end || part.length <= 0 {
                return Ok(None);
            }
            end = next;
            pieces.push(Piece {
                key: key_of(id, *part)?,
                length: part.length.unsigned_abs(),
            });
        }
        Ok(Some(Self { pieces }))
    }

    /// What the file was finished as, if it was.
    pub(super) async fn find<O: ObjectStore>(objects: &O, id: FileId) -> Result<Option<Self>, ObjectError> {
        if let Some(content) = Self::of_object(objects, whole(id)?).await? {
            return Ok(Some(content));
        }
        match objects.get(&list(id)?).await? {
            Some(text) => parse(id, &text).map(Some),
            None => Ok(None),
        }
    }

    /// The small picture of the file, if there is one.
    pub(super) async fn thumbnail<O: ObjectStore>(objects: &O, id: FileId) -> Result<Option<Self>, ObjectError> {
        Self::of_object(objects, thumbnail(id)?).await
    }

    async fn of_object<O: ObjectStore>(objects: &O, key: ObjectKey) -> Result<Option<Self>, ObjectError> {
        let length = objects.size(&key).await?;
        Ok(length.map(|length| Self {
            pieces: vec![Piece { key, length }],
        }))
    }

    /// Writes down that the file is this.
    pub(super) async fn keep<O: ObjectStore>(&self, objects: &O, id: FileId) -> Result<(), ObjectError> {
        let mut text = String::new();
        for Piece { key, length } in &self.pieces {
            let name = key.as_str().rsplit('/').next().unwrap_or_default();
            // Writing to a text does not fail.
            let _ = writeln!(text, "{name} {length}");
        }
        objects.put(&list(id)?, Bytes::from(text)).await
    }

    /// How many objects it is.
    pub(super) fn count(&self) -> usize {
        self.pieces.len()
    }

    /// How long it is, in bytes.
    pub(super) fn size(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.length).sum()
    }

    /// Whether all of it is among these, which are objects and their sizes.
    pub(super) fn is_among(&self, found: &[(ObjectKey, u64)]) -> bool {
        let found: HashMap<&ObjectKey, u64> = found.iter().map(|(key, length)| (key, *length)).collect();
        let is_there = |piece: &Piece| found.get(&piece.key) == Some(&piece.length);
        self.pieces.iter().all(is_there)
    }

    /// Those of these objects that are no piece of it.
    pub(super) fn strangers<'f>(&self, found: &'f [(ObjectKey, u64)]) -> Vec<&'f ObjectKey> {
        let own: HashSet<&ObjectKey> = self.pieces.iter().map(|piece| &piece.key).collect();
        let keys = found.iter().map(|(key, _)| key);
        keys.filter(|key| !own.contains(key)).collect()
    }

    /// So many bytes from `start` on, or as many as there are.
    pub(super) fn read<O: ObjectStore>(&self, objects: &Arc<O>, start: u64, length: u64) -> Pieces {
        let end = start.saturating_add(length);
        let mut begin = 0;
        let mut wanted = Vec::new();
        for piece in &self.pieces {
            let (from, to) = (start.max(begin), end.min(begin + piece.length));
            if from < to {
                wanted.push((piece.key.clone(), from - begin, to - from));
            }
            begin += piece.length;
        }
        let objects = Arc::clone(objects);
        let opened = stream::iter(wanted).map(move |(key, from, length)| {
            let objects = Arc::clone(&objects);
            async move {
                let pieces = objects.read(&key, from, length).await?;
                pieces.ok_or_else(|| ObjectError::Unavailable(format!("{key} is missing")))
            }
        });
        opened.buffered(AHEAD).try_flatten().boxed()
    }
}

/// Reads what [`Content::keep`] wrote.
fn parse(id: FileId, text: &[u8]) -> Result<Content, ObjectError> {
    let broken = || ObjectError::Unavailable(format!("the list of the parts of file {id} is broken"));
    let piece = |line: &str| {
        let (name, length) = line.split_once(' ')?;
        let (start, attempt) = name.split_once('-')?;
        Some(Part {
            start: start.parse().ok()?,
            length: length.parse().ok()?,
            attempt: attempt.parse().ok()?,
        })
    };
    let text = std::str::from_utf8(text).map_err(|_| broken())?;
    let parts: Option<Vec<Part>> = text.lines().map(piece).collect();
    Content::of_parts(id, &parts.ok_or_else(broken)?)?.ok_or_else(broken)
}
