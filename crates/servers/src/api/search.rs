//! The query of lists that can be searched.

use std::str::FromStr;

use model::Invalid;
use platform::http::{Fields, PageQuery, Problem};
use serde::Deserialize;

/// What is looked for, and which page of it.
#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    #[serde(flatten)]
    page: PageQuery,
    #[serde(default)]
    query: String,
}

impl Search {
    /// The term, the number of items at most, and the cursor after which they begin; 422 for what is none.
    pub(super) fn checked<Term, Cursor>(&self) -> Result<(Term, usize, Option<Cursor>), Problem>
    where
        Term: FromStr<Err = Invalid>,
        Cursor: FromStr,
    {
        let mut fields = Fields::default();
        let Some(term) = fields.parse::<Term>("query", &self.query) else {
            return Err(fields.problem());
        };
        Ok((term, self.page.limit()?, self.page.after()?))
    }
}
