//! How a message stands in the index.

use std::collections::BTreeSet;

use model::{ChannelId, ServerId};
use tantivy::{
    TantivyDocument, Term,
    schema::{
        BytesOptions, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing,
        TextOptions, Value,
    },
    tokenizer::{PreTokenizedString, Token},
};

use super::{Place, Position};
use crate::{
    analysis::{Word, words},
    document::Document,
};

/// Names of fast fields, which are found by name.
pub(super) mod fast {
    pub(in crate::index::embedded) const CHANNEL: &str = "channel";
    pub(in crate::index::embedded) const ID: &str = "id";
    pub(in crate::index::embedded) const SENT: &str = "sent";
}

/// What marks a document that says how far a channel has been followed.
const FOLLOWED: &str = "followed";
/// What marks a pinned message.
pub(super) const PINNED: &str = "pinned";

/// Letters for six bits.
const SEXTETS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// With so many letters, what words begin with is indexed by itself: too many words begin alike to look them all up.
const BEGINNING_LETTERS: usize = 2;

/// The fields of the index.
pub(super) struct Fields {
    /// By what a document is replaced: channel and number of a message, or the channel for its position.
    key: Field,
    pub(super) server: Field,
    pub(super) channel: Field,
    id: Field,
    sent: Field,
    pub(super) author: Field,
    pub(super) mentions: Field,
    /// What a message has, by name, and whether it is pinned.
    pub(super) marks: Field,
    /// Words without case and accents, with their places.
    pub(super) words: Field,
    /// Words that follow each other, two by two: see [`pair`].
    pairs: Field,
    /// The first letters of words.
    beginnings: Field,
    /// Stems, each after the sign of its language.
    pub(super) stems: Field,
    pub(super) followed_server: Field,
    position: Field,
}

/// The schema, and its fields.
pub(super) fn new() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let found = NumericOptions::default().set_indexed();
    let fast = NumericOptions::default().set_fast();
    let text = |option: IndexRecordOption| {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(option);
        TextOptions::default().set_indexing_options(indexing)
    };
    let marks = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_fieldnorms(false)
        .set_index_option(IndexRecordOption::Basic);
    let fields = Fields {
        key: schema.add_bytes_field("key", BytesOptions::default() | INDEXED),
        server: schema.add_i64_field("server", found.clone()),
        channel: schema.add_i64_field(fast::CHANNEL, found.clone().set_fast()),
        id: schema.add_i64_field(fast::ID, fast.clone()),
        sent: schema.add_i64_field(fast::SENT, fast),
        author: schema.add_i64_field("author", found.clone()),
        mentions: schema.add_i64_field("mentions", found.clone()),
        beginnings: schema.add_text_field("beginnings", TextOptions::default().set_indexing_options(marks.clone())),
        marks: schema.add_text_field("marks", TextOptions::default().set_indexing_options(marks)),
        pairs: schema.add_text_field("pairs", text(IndexRecordOption::WithFreqs)),
        words: schema.add_text_field("words", text(IndexRecordOption::WithFreqsAndPositions)),
        stems: schema.add_text_field("stems", text(IndexRecordOption::WithFreqs)),
        followed_server: schema.add_i64_field("followed_server", found),
        position: schema.add_bytes_field("position", BytesOptions::default() | STORED),
    };
    (schema.build(), fields)
}

impl Fields {
    /// What finds a message by its number.
    pub(super) fn of_message(&self, channel_id: ChannelId, seq: i64) -> Term {
        let key = [channel_id.0.to_be_bytes(), seq.to_be_bytes()].concat();
        Term::from_field_bytes(self.key, &key)
    }

    /// What finds how far a channel has been followed.
    pub(super) fn of_position(&self, channel_id: ChannelId) -> Term {
        Term::from_field_bytes(self.key, &channel_id.0.to_be_bytes())
    }

    /// What finds all words that begin so, where that is indexed by itself.
    pub(super) fn of_beginning(&self, letters: &str) -> Option<Term> {
        let few = letters.chars().count() <= BEGINNING_LETTERS;
        few.then(|| Term::from_field_text(self.beginnings, letters))
    }

    /// What finds two words that follow each other.
    pub(super) fn of_pair(&self, first: &str, second: &str) -> Term {
        Term::from_field_text(self.pairs, &pair(first, second))
    }

    /// What finds all positions.
    pub(super) fn all_positions(&self) -> Term {
        Term::from_field_text(self.marks, FOLLOWED)
    }

    /// A message for the index.
    pub(super) fn message(&self, message: &Document) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        let key = [message.channel_id.0.to_be_bytes(), message.seq.to_be_bytes()].concat();
        document.add_bytes(self.key, &key);
        document.add_i64(self.server, message.server_id.0);
        document.add_i64(self.channel, message.channel_id.0);
        document.add_i64(self.id, message.id.0);
        document.add_i64(self.sent, message.created_at.as_millis());
        document.add_i64(self.author, message.author_id.0);
        for user in &message.mentions {
            document.add_i64(self.mentions, user.0);
        }
        for has in &message.has {
            document.add_text(self.marks, has.name());
        }
        if message.pinned {
            document.add_text(self.marks, PINNED);
        }
        let (mut exact, mut stems, mut pairs, mut position) = (Vec::new(), Vec::new(), Vec::new(), 0);
        let mut beginnings = BTreeSet::new();
        for text in message.texts() {
            let words = words(text);
            let following = words.iter().zip(words.iter().skip(1));
            pairs.extend(following.map(|(first, second)| token(pair(&first.exact, &second.exact), 0)));
            for word in words {
                stems.extend(stems_of(&word).map(|stem| token(stem, position)));
                // A letter that is taken by itself is found as it is.
                if word.stems.is_some() {
                    beginnings.extend((1..=BEGINNING_LETTERS).filter_map(|letters| first(&word.exact, letters)));
                }
                exact.push(token(word.exact, position));
                position += 1;
            }
            // No phrase goes from one text to the next.
            position += 1;
        }
        for beginning in beginnings {
            document.add_text(self.beginnings, beginning);
        }
        for (field, tokens) in [(self.words, exact), (self.stems, stems), (self.pairs, pairs)] {
            let text = String::new();
            document.add_pre_tokenized_text(field, PreTokenizedString { text, tokens });
        }
        document
    }

    /// How far a channel has been followed, for the index.
    pub(super) fn position(&self, (server_id, channel_id): Place, position: Position) -> TantivyDocument {
        let mut document = TantivyDocument::new();
        document.add_bytes(self.key, &channel_id.0.to_be_bytes());
        document.add_i64(self.followed_server, server_id.0);
        document.add_text(self.marks, FOLLOWED);
        let numbers = [server_id.0, channel_id.0, position.seq, position.change];
        document.add_bytes(self.position, &numbers.map(i64::to_be_bytes).concat());
        document
    }

    /// What [`Fields::position`] has written.
    pub(super) fn read_position(&self, document: &TantivyDocument) -> Option<(Place, Position)> {
        let bytes = document.get_first(self.position)?.as_bytes()?;
        let mut numbers = bytes
            .chunks_exact(8)
            .filter_map(|chunk| chunk.try_into().ok().map(i64::from_be_bytes));
        let mut next = || numbers.next();
        let place = (ServerId(next()?), ChannelId(next()?));
        let (seq, change) = (next()?, next()?);
        Some((place, Position { seq, change }))
    }
}

/// The stems of a word as they stand in the index.
pub(super) fn stems_of(word: &Word) -> impl Iterator<Item = String> + use<> {
    let stems = word.stems.clone().into_iter().flat_map(|[english, french]| {
        let english = (!english.is_empty()).then(|| format!("e{english}"));
        [english, (!french.is_empty()).then(|| format!("f{french}"))]
    });
    stems.flatten()
}

/// Two words that follow each other, as they stand in the index: a sum of 32 bits instead of their letters, which most pairs would
/// have for themselves. Among a million messages, one search in three hundred finds one with another pair of the same sum (ADR 7).
fn pair(first: &str, second: &str) -> String {
    let mut sum = crc32fast::Hasher::new();
    sum.update(first.as_bytes());
    sum.update(b" ");
    sum.update(second.as_bytes());
    let sum = sum.finalize();
    let sextet = |number: u32| char::from(SEXTETS[(sum >> (number * 6)) as usize % SEXTETS.len()]);
    (0..6).rev().map(sextet).collect()
}

/// So many letters of a word, if it has them.
fn first(word: &str, letters: usize) -> Option<String> {
    let first: String = word.chars().take(letters).collect();
    (first.chars().count() == letters).then_some(first)
}

fn token(text: String, position: usize) -> Token {
    Token {
        position,
        text,
        ..Token::default()
    }
}
