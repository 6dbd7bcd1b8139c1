//! From what is wanted to a query of the engine.

use std::{collections::HashSet, time::Instant};

use model::{ChannelId, ServerId};
use tantivy::{
    Term as EngineTerm,
    query::{AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query, TermQuery},
    schema::IndexRecordOption,
};

use super::{
    beginning::Beginning,
    schema::{Fields, PINNED, stems_of},
    steady::Steady,
};
use crate::{
    analysis::Word,
    wanted::{Form, Term, Wanted},
};

/// Of more channels each message that matches is looked at by itself, which is faster then.
const CHANNELS_IN_QUERY: usize = 16;
/// How much more the same word counts than another form of it.
const SAME_WORD: f32 = 2.0;

type Boxed = Box<dyn Query>;

/// The query. Borders in time are not in it, nor what is asked for of many channels: [`super::collector`] sees to both.
pub(super) fn of(
    fields: &Fields,
    (server_id, channels): (ServerId, &HashSet<ChannelId>),
    wanted: &Wanted,
    until: Instant,
) -> BooleanQuery {
    let number = |field, number: i64| plain(EngineTerm::from_field_i64(field, number));
    let mut parts: Vec<(Occur, Boxed)> = Vec::new();
    let mut must = |query: Boxed| parts.push((Occur::Must, query));
    if channels.len() <= CHANNELS_IN_QUERY {
        let all = channels.iter().map(|channel| number(fields.channel, channel.0));
        must(uncounted(any(all.collect())));
    } else {
        must(uncounted(number(fields.server, server_id.0)));
    }
    if !wanted.authors.is_empty() {
        let all = wanted.authors.iter().map(|author| number(fields.author, author.0));
        must(uncounted(any(all.collect())));
    }
    for has in &wanted.has {
        must(uncounted(plain(EngineTerm::from_field_text(fields.marks, has.name()))));
    }
    if let Some(user) = wanted.mentions {
        must(uncounted(number(fields.mentions, user.0)));
    }
    for term in wanted.terms.iter().filter(|term| !term.unwanted) {
        must(of_term(fields, term, until));
    }
    for term in wanted.terms.iter().filter(|term| term.unwanted) {
        parts.push((Occur::MustNot, Box::new(Steady(of_term(fields, term, until)))));
    }
    let pinned = plain(EngineTerm::from_field_text(fields.marks, PINNED));
    match wanted.pinned {
        Some(true) => parts.push((Occur::Must, uncounted(pinned))),
        Some(false) => parts.push((Occur::MustNot, pinned)),
        None => {}
    }
    BooleanQuery::new(parts)
}

fn of_term(fields: &Fields, term: &Term, until: Instant) -> Boxed {
    let exact = |text: &str| EngineTerm::from_field_text(fields.words, text);
    if let (Form::Phrase, [_, _, ..]) = (term.form, &*term.words) {
        return phrase(fields, &term.words);
    }
    let Some(word) = term.words.first() else {
        return Box::new(AllQuery);
    };
    let scored = |term: EngineTerm| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
    let same: Boxed = scored(exact(&word.exact));
    if term.form == Form::Phrase {
        return same;
    }
    let mut forms: Vec<Boxed> = vec![Box::new(BoostQuery::new(same, SAME_WORD))];
    forms.extend(stems_of(word).map(|stem| -> Boxed { scored(EngineTerm::from_field_text(fields.stems, &stem)) }));
    if term.form == Form::Beginning {
        forms.push(beginning(fields, &word.exact, until));
    }
    any(forms)
}

/// Words that follow each other. Of two, each message with both in this order is in the index as such; of more, only messages with
/// every two of them are looked at closer, since that takes long: the places of common words are many.
fn phrase(fields: &Fields, words: &[Word]) -> Boxed {
    let scored = |term: EngineTerm| Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
    let following = words.iter().zip(words.iter().skip(1));
    let pairs = following.map(|(first, second)| fields.of_pair(&first.exact, &second.exact));
    if let [_, _] = words {
        return any(pairs.map(|pair| -> Boxed { scored(pair) }).collect());
    }
    let places = words
        .iter()
        .map(|word| EngineTerm::from_field_text(fields.words, &word.exact));
    let whole: Boxed = Box::new(PhraseQuery::new(places.collect()));
    let pairs = pairs.map(|pair| (Occur::Must, uncounted(plain(pair))));
    Box::new(BooleanQuery::new(pairs.chain([(Occur::Must, whole)]).collect()))
}

/// Words that begin so, each as good as any.
fn beginning(fields: &Fields, letters: &str, until: Instant) -> Boxed {
    match fields.of_beginning(letters) {
        Some(indexed) => Box::new(ConstScoreQuery::new(plain(indexed), 1.0)),
        None => Box::new(Beginning {
            word: EngineTerm::from_field_text(fields.words, letters),
            until,
        }),
    }
}

/// Any of them.
fn any(queries: Vec<Boxed>) -> Boxed {
    Box::new(BooleanQuery::union(queries))
}

fn plain(term: EngineTerm) -> Boxed {
    Box::new(TermQuery::new(term, IndexRecordOption::Basic))
}

/// The same, without a say in how well something fits.
fn uncounted(query: Boxed) -> Boxed {
    Box::new(ConstScoreQuery::new(query, 0.0))
}
