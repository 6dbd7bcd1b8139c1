//! The embedded index: tantivy, on files in a folder of this service.

mod beginning;
mod collector;
mod fitness;
mod query;
mod schema;
mod steady;

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tantivy::{
    Index as Tantivy, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term,
    collector::DocSetCollector,
    directory::{MmapDirectory, error::OpenDirectoryError},
    query::TermQuery,
    schema::IndexRecordOption,
};

use self::{collector::Top, fitness::AnyIndex, schema::Fields};
use super::{Change, Found, Index, IndexError, Part, Place, Position, Scope};
use crate::wanted::{Sort, Wanted};

/// Memory for messages that are being indexed, in bytes.
const INDEXING_MEMORY: usize = 32 * 1024 * 1024;

impl From<TantivyError> for IndexError {
    fn from(error: TantivyError) -> Self {
        Self::Engine(error.to_string())
    }
}

impl From<OpenDirectoryError> for IndexError {
    fn from(error: OpenDirectoryError) -> Self {
        Self::Engine(error.to_string())
    }
}

/// The embedded index.
pub(crate) struct EmbeddedIndex {
    fields: Fields,
    reader: IndexReader,
    writer: Mutex<IndexWriter>,
}

impl EmbeddedIndex {
    /// The index in this folder, which is made if it is not there, and made anew if it is of another form: of an earlier
    /// Beep, or broken. Only one process uses it at a time.
    pub(crate) fn open(folder: &Path) -> Result<Self, IndexError> {
        let failed = |error: std::io::Error| IndexError::Engine(format!("{}: {error}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        match Self::open_as_it_is(folder) {
            Err(Unfit::Form(reason)) => {
                tracing::warn!(error.detail = %reason, "the index cannot be used any more, and is made anew");
                std::fs::remove_dir_all(folder).map_err(failed)?;
                std::fs::create_dir_all(folder).map_err(failed)?;
                Self::open_as_it_is(folder).map_err(Unfit::into_error)
            }
            other => other.map_err(Unfit::into_error),
        }
    }

    fn open_as_it_is(folder: &Path) -> Result<Self, Unfit> {
        let (schema, fields) = schema::new();
        let directory = MmapDirectory::open(folder).map_err(|error| Unfit::Use(error.into()))?;
        let mut index = Tantivy::open_or_create(directory, schema).map_err(unfit)?;
        // The parts of the index are searched side by side.
        let searching = index.set_default_multithread_executor();
        searching.map_err(|error| Unfit::Use(error.into()))?;
        let writer = index.writer_with_num_threads(1, INDEXING_MEMORY).map_err(unfit)?;
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .map_err(unfit)?;
        Ok(Self {
            fields,
            reader,
            writer: Mutex::new(writer),
        })
    }

    fn writer(&self) -> MutexGuard<'_, IndexWriter> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, writer: &IndexWriter, change: Change) -> Result<(), TantivyError> {
        let fields = &self.fields;
        match change {
            Change::Put(message) => {
                writer.delete_term(fields.of_message(message.channel_id, message.seq));
                writer.add_document(fields.message(&message))?;
            }
            Change::Remove(channel_id, seq) => {
                writer.delete_term(fields.of_message(channel_id, seq));
            }
            Change::Follow(place, position) => {
                writer.delete_term(fields.of_position(place.1));
                writer.add_document(fields.position(place, position))?;
            }
            Change::RemoveChannel(channel_id) => {
                writer.delete_term(Term::from_field_i64(fields.channel, channel_id.0));
                writer.delete_term(fields.of_position(channel_id));
            }
            Change::RemoveServer(server_id) => {
                writer.delete_term(Term::from_field_i64(fields.server, server_id.0));
                writer.delete_term(Term::from_field_i64(fields.followed_server, server_id.0));
            }
        }
        Ok(())
    }
}

/// Why files cannot be used as they are.
enum Unfit {
    /// They are of another form, or broken.
    Form(TantivyError),
    /// Something else is in the way, which making them anew would not mend.
    Use(IndexError),
}

impl Unfit {
    fn into_error(self) -> IndexError {
        match self {
            Self::Form(error) => error.into(),
            Self::Use(error) => error,
        }
    }
}

fn unfit(error: TantivyError) -> Unfit {
    match error {
        TantivyError::LockFailure(..) | TantivyError::IoError(_) => Unfit::Use(error.into()),
        other => Unfit::Form(other),
    }
}

impl Index for EmbeddedIndex {
    fn positions(&self) -> Result<Vec<(Place, Position)>, IndexError> {
        let searcher = self.reader.searcher();
        let all = TermQuery::new(self.fields.all_positions(), IndexRecordOption::Basic);
        let mut positions = Vec::new();
        for address in searcher.search(&all, &DocSetCollector)? {
            let document: TantivyDocument = searcher.doc(address)?;
            positions.extend(self.fields.read_position(&document));
        }
        Ok(positions)
    }

    fn apply(&self, changes: Vec<Change>) -> Result<(), IndexError> {
        let writer = self.writer();
        for change in changes {
            self.change(&writer, change)?;
        }
        Ok(())
    }

    fn commit(&self) -> Result<(), IndexError> {
        self.writer().commit()?;
        Ok(self.reader.reload()?)
    }

    fn roll_back(&self) -> Result<(), IndexError> {
        self.writer().rollback()?;
        Ok(self.reader.reload()?)
    }

    fn find(&self, scope: &Scope, wanted: &Wanted, part: Part) -> Result<Found, IndexError> {
        let mut channels = scope.channels.clone();
        if !wanted.channels.is_empty() {
            channels.retain(|channel| wanted.channels.contains(channel));
        }
        if channels.is_empty() {
            return Ok(Found {
                hits: Vec::new(),
                total: 0,
            });
        }
        let query = query::of(&self.fields, (scope.server_id, &channels), wanted, part.until);
        let top = Top {
            channels: Arc::new(channels.into_iter().collect()),
            before: wanted.before,
            after: wanted.after,
            sort: wanted.sort,
            part,
        };
        let searcher = self.reader.searcher();
        let found = searcher.search_with_statistics_provider(&query, &top, &AnyIndex)?;
        // Whatever was broken off for the time that it took.
        if found.late || Instant::now() > part.until {
            return Err(IndexError::TooSlow);
        }
        let mut hits = found.hits;
        hits.sort_unstable_by_key(|hit| std::cmp::Reverse(hit.rank));
        hits.truncate(part.most);
        Ok(Found {
            hits,
            total: found.total,
        })
    }
}

impl Sort {
    /// Whether it counts how well something fits.
    const fn counts_score(self) -> bool {
        matches!(self, Self::Relevant)
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
