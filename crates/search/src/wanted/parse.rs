//! From what somebody types to what is looked for: words, "phrases", and -words that are not wanted.

use model::limits::SEARCH_TERMS;

use super::{Form, Term};
use crate::analysis::words;

/// More is looked for at once than may be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooManyTerms;

/// What the text looks for. The last word may be the beginning of one, unless a space follows it.
pub(crate) fn terms(text: &str) -> Result<Vec<Term>, TooManyTerms> {
    let mut terms = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let minus = rest.strip_prefix('-');
        let (unwanted, body) = (minus.is_some(), minus.unwrap_or(rest));
        let (quoted, part, after) = if let Some(inside) = body.strip_prefix('"') {
            let (part, after) = inside.split_once('"').unwrap_or((inside, ""));
            (true, part, after)
        } else {
            let end = body.find(|letter: char| letter.is_whitespace() || letter == '"');
            let (part, after) = body.split_at(end.unwrap_or(body.len()));
            (false, part, after)
        };
        let words = words(part);
        let form = match (quoted, words.len()) {
            (false, 1) if after.is_empty() && !unwanted => Form::Beginning,
            (false, 1) => Form::Word,
            _ => Form::Phrase,
        };
        if !words.is_empty() {
            terms.push(Term { form, words, unwanted });
        }
        rest = after.trim_start();
    }
    if terms.len() > SEARCH_TERMS {
        return Err(TooManyTerms);
    }
    Ok(terms)
}
