//! How well a message fits: by its own words alone.
//!
//! What other messages say has no part in it, so that a message fits as well on every instance, before and after others were
//! written, edited or deleted: pages of what fits best follow each other without gaps and doubles (`api::cursor`). Since all
//! that is looked for must be there, how rare each of it is would change little.

use tantivy::{Result, Score, Term, query::Bm25StatisticsProvider, schema::Field};

/// An index of so many messages, in which every word is in so many of them, and messages have so many words.
const MESSAGES: u64 = 1_000_000;
const WITH_THE_WORD: u64 = 1_000;
const WORDS: u64 = 12;

/// Steps of one that are told apart: far more than anybody sees, and far less than the order of a sum does.
const STEPS: Score = 256.0;

/// The same of every index.
pub(super) struct AnyIndex;

impl Bm25StatisticsProvider for AnyIndex {
    fn total_num_tokens(&self, _: Field) -> Result<u64> {
        Ok(MESSAGES * WORDS)
    }

    fn total_num_docs(&self) -> Result<u64> {
        Ok(MESSAGES)
    }

    fn doc_freq(&self, _: &Term) -> Result<u64> {
        Ok(WITH_THE_WORD)
    }
}

/// The score as it counts.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what is out of range becomes the nearest that is not"
)]
pub(super) fn steps(score: Score) -> u32 {
    (score * STEPS).round() as u32
}
