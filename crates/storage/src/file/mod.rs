//! Files of messages: kept in the parts in which they are uploaded, small ones then whole. Who may do what with one, the messages service
//! decides; here a file is its id.
//!
//! Everything of a file lies below one key, and goes with it.

mod content;
mod finish;
mod metadata;
mod read;
mod sniff;
mod thumbnail;

use contracts::storage::Part;
use model::FileId;
use platform::objects::{ObjectError, ObjectKey};

pub(crate) use finish::{FinishError, finish};
pub(crate) use read::{Reading, read};

/// Where everything of a file lies: in one of 100 folders, by the end of its id.
pub(crate) fn folder(id: FileId) -> Result<ObjectKey, ObjectError> {
    key(id, "")
}

fn whole(id: FileId) -> Result<ObjectKey, ObjectError> {
    key(id, "/whole")
}

/// Where it stands of which parts a file consists that is not one object.
fn list(id: FileId) -> Result<ObjectKey, ObjectError> {
    key(id, "/list")
}

fn thumbnail(id: FileId) -> Result<ObjectKey, ObjectError> {
    key(id, "/thumbnail")
}

fn parts(id: FileId) -> Result<ObjectKey, ObjectError> {
    key(id, "/parts")
}

/// Where a part lies. Two attempts never write to the same place.
pub(crate) fn part(id: FileId, part: Part) -> Result<ObjectKey, ObjectError> {
    key(id, &format!("/parts/{}-{}", part.start, part.attempt))
}

fn key(id: FileId, below: &str) -> Result<ObjectKey, ObjectError> {
    let text = format!("files/{:02}/{}{below}", id.0.rem_euclid(100), id.0);
    text.parse()
        .map_err(|_| ObjectError::Unavailable(format!("{text} is no key")))
}
