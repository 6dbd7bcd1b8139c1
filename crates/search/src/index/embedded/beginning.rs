//! A query for words that begin so: each of them is looked up.
//!
//! How many there are depends on what people write, not on what is looked for. So the clock is looked at on the way: what
//! takes too long ends, and is told as such by [`super::EmbeddedIndex`], as with every search. It never finds a part only.

use std::time::Instant;

use tantivy::{
    BitSet, DocId, DocSet, Result, Score, SegmentReader, TantivyError, Term,
    query::{BitSetDocSet, ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight},
    schema::IndexRecordOption,
};

/// After how many words the clock is looked at.
const STEP: usize = 256;

/// Words that begin so.
#[derive(Debug, Clone)]
pub(super) struct Beginning {
    pub(super) word: Term,
    /// When nobody waits for it any more.
    pub(super) until: Instant,
}

impl Query for Beginning {
    fn weight(&self, _: EnableScoring<'_>) -> Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for Beginning {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> Result<Box<dyn Scorer>> {
        let begins = self.word.serialized_value_bytes();
        let inverted = reader.inverted_index(self.word.field())?;
        let mut words = inverted.terms().range().ge(begins).into_stream()?;
        let mut documents = BitSet::with_max_value(reader.max_doc());
        let mut step = 0;
        while words.advance() && words.key().starts_with(begins) {
            step += 1;
            if step % STEP == 0 && Instant::now() > self.until {
                break;
            }
            let mut block = inverted.read_block_postings_from_terminfo(words.value(), IndexRecordOption::Basic)?;
            while !block.docs().is_empty() {
                for &document in block.docs() {
                    documents.insert(document);
                }
                block.advance();
            }
        }
        Ok(Box::new(ConstScorer::new(BitSetDocSet::from(documents), boost)))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.seek(document) == document {
            Ok(Explanation::new("Beginning", 1.0))
        } else {
            Err(TantivyError::InvalidArgument("the document does not match".to_owned()))
        }
    }
}
