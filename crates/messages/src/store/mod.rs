//! SQL of the messages service.

pub(crate) mod attachments;
pub(crate) mod changes;
pub(crate) mod counters;
pub(crate) mod departures;
pub(crate) mod discarded_files;
pub(crate) mod drafts;
pub(crate) mod embeds;
pub(crate) mod exports;
pub(crate) mod link_previews;
pub(crate) mod mentions;
pub(crate) mod messages;
pub(crate) mod own;
pub(crate) mod pins;
pub(crate) mod preview_jobs;
pub(crate) mod preview_pictures;
pub(crate) mod reactions;
pub(crate) mod read_states;
pub(crate) mod slow_mode;
pub(crate) mod statistics;
pub(crate) mod uploads;

use platform::db::Migration;

/// The tables.
pub(crate) const MIGRATIONS: &[Migration] = platform::migrations![
    "V1__messages",
    "V2__moderation",
    "V3__conversation",
    "V4__attachments",
    "V5__embeds",
    "V6__changes",
    "V7__drafts",
    "V8__exports",
    "V9__departures",
    "V10__preview_pictures",
    "V11__previews_by_author"
];

/// Splits a number of rows into few distinct sizes, so that prepared statements are used again.
pub(crate) fn sizes(mut rows: usize) -> impl Iterator<Item = usize> {
    const SIZES: [usize; 7] = [64, 32, 16, 8, 4, 2, 1];
    std::iter::from_fn(move || {
        let size = SIZES.into_iter().find(|size| *size <= rows)?;
        rows -= size;
        Some(size)
    })
}

#[cfg(test)]
mod attachment_tests;
#[cfg(test)]
mod changes_tests;
#[cfg(test)]
mod conversation_tests;
#[cfg(test)]
mod departures_tests;
#[cfg(test)]
mod drafts_tests;
#[cfg(test)]
mod exports_tests;
#[cfg(test)]
mod preview_pictures_tests;
#[cfg(test)]
mod preview_tests;
#[cfg(test)]
mod tests;
