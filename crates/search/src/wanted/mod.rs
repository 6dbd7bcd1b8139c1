//! What is looked for, as a typed filter, and whether a message is what is looked for.

mod parse;

use model::{ChannelId, MessageId, Timestamp, UserId};

use crate::{
    analysis::{Word, words},
    document::{Document, Has},
};

#[cfg(test)]
use self::parse::TooManyTerms;
pub(crate) use self::parse::terms;

/// How what is looked for stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// As this word, or another form of it.
    Word,
    /// The same, or as the beginning of a word.
    Beginning,
    /// As these words, one after the other, exactly.
    Phrase,
}

/// A part of what is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) form: Form,
    /// One word, but in a phrase.
    pub(crate) words: Vec<Word>,
    /// Whether a message is not wanted that has it.
    pub(crate) unwanted: bool,
}

impl Term {
    /// Where it stands in a text of these words, in bytes.
    pub(crate) fn places(&self, text: &[Word]) -> Vec<(usize, usize)> {
        let Some(first) = self.words.first() else {
            return Vec::new();
        };
        if self.form == Form::Phrase {
            let same = |here: &&[Word]| {
                here.iter()
                    .zip(&self.words)
                    .all(|(here, word)| here.exact == word.exact)
            };
            let place = |here: &[Word]| Some((here.first()?.place.0, here.last()?.place.1));
            return text.windows(self.words.len()).filter(same).filter_map(place).collect();
        }
        let is_it = |here: &&Word| {
            let same_stem = |[english, french]: &[String; 2], [e, f]: &[String; 2]| english == e || french == f;
            here.exact == first.exact
                || (self.form == Form::Beginning && here.exact.starts_with(&first.exact))
                || matches!((&here.stems, &first.stems), (Some(here), Some(stems)) if same_stem(here, stems))
        };
        text.iter().filter(is_it).map(|here| here.place).collect()
    }
}

/// The order of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// The last sent first.
    #[default]
    Newest,
    /// The first sent first.
    Oldest,
    /// What fits best first.
    Relevant,
}

/// A border in time: what lies on it is on neither side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Border {
    /// A message.
    Message(MessageId),
    /// A moment.
    Time(Timestamp),
}

impl Border {
    /// Whether something with this id and time comes before it.
    pub(crate) fn is_after(self, (id, time): (MessageId, Timestamp)) -> bool {
        match self {
            Self::Message(border) => id < border,
            Self::Time(border) => time < border,
        }
    }

    /// Whether something with this id and time comes after it.
    pub(crate) fn is_before(self, (id, time): (MessageId, Timestamp)) -> bool {
        match self {
            Self::Message(border) => id > border,
            Self::Time(border) => time > border,
        }
    }
}

/// What is looked for. All of it must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What stands in the text.
    pub(crate) terms: Vec<Term>,
    /// By one of these, if any are named.
    pub(crate) authors: Vec<UserId>,
    /// In one of these, if any are named.
    pub(crate) channels: Vec<ChannelId>,
    /// With all of this.
    pub(crate) has: Vec<Has>,
    /// A user whom it mentions by name.
    pub(crate) mentions: Option<UserId>,
    /// Whether it is pinned.
    pub(crate) pinned: Option<bool>,
    /// Sent before.
    pub(crate) before: Option<Border>,
    /// Sent after.
    pub(crate) after: Option<Border>,
    /// The order.
    pub(crate) sort: Sort,
}

impl Wanted {
    /// Whether nothing at all is said of what is looked for.
    pub(crate) fn is_empty(&self) -> bool {
        let order = Self {
            sort: self.sort,
            ..Self::default()
        };
        *self == order
    }

    /// Whether the message is what is looked for: what the index answers, said plainly. The message's present text decides:
    /// the index may be a moment behind.
    pub(crate) fn accepts(&self, message: &Document) -> bool {
        let texts: Vec<Vec<Word>> = message.texts().map(words).collect();
        let stands = |term: &Term| texts.iter().any(|text| !term.places(text).is_empty());
        let sent = (message.id, message.created_at);
        self.terms.iter().all(|term| stands(term) != term.unwanted)
            && (self.authors.is_empty() || self.authors.contains(&message.author_id))
            && (self.channels.is_empty() || self.channels.contains(&message.channel_id))
            && self.has.iter().all(|what| message.has.contains(what))
            && self.mentions.is_none_or(|user| message.mentions.contains(&user))
            && self.pinned.is_none_or(|pinned| message.pinned == pinned)
            && self.before.is_none_or(|border| border.is_after(sent))
            && self.after.is_none_or(|border| border.is_before(sent))
    }

    /// Where what is looked for stands in the text: in UTF-16 code units, in order, not overlapping.
    pub(crate) fn highlights(&self, text: &str) -> Vec<(usize, usize)> {
        let words = words(text);
        let wanted = self.terms.iter().filter(|term| !term.unwanted);
        let mut places: Vec<(usize, usize)> = wanted.flat_map(|term| term.places(&words)).collect();
        places.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::with_capacity(places.len());
        for (from, to) in places {
            match merged.last_mut() {
                Some(last) if from < last.1 => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        let (mut bytes, mut units) = (0, 0);
        let mut unit_of = |at: usize| {
            units += text[bytes..at].encode_utf16().count();
            bytes = at;
            units
        };
        merged
            .into_iter()
            .map(|(from, to)| (unit_of(from), unit_of(to)))
            .collect()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
