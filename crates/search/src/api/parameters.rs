//! What a search asks for, from the parameters of its address.

use std::str::FromStr;

use http::StatusCode;
use model::{
    ChannelId, MessageId, Timestamp, UserId,
    limits::{SEARCH_NAMED, SEARCH_PAGE_DEFAULT, SEARCH_PAGE_MAX, SEARCH_QUERY_MAX},
};
use platform::http::{Fields, Problem};
use utoipa::IntoParams;

use super::cursor;
use crate::{
    document::Has,
    index::Rank,
    wanted::{Border, Sort, Wanted, terms},
};

/// What one may ask for, besides where. Read by [`Asked::read`]: a parameter may come several times.
#[expect(dead_code, reason = "describes the parameters for the contract")]
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchParameters {
    /// Words, "phrases", and -words or -"phrases" that are not wanted, at most 200 characters and 16 of them. The last word
    /// also finds what begins with it, unless a space follows. May be left out when something else is asked for.
    #[param(max_length = 200, example = "red \"hot air\" -sale")]
    query: Option<String>,
    /// By this user; several times for any of several, at most 10.
    author: Option<Vec<UserId>>,
    /// With all of this.
    #[param(inline)]
    has: Option<Vec<HasName>>,
    /// Mentions this user by name.
    mentions: Option<UserId>,
    /// Whether it is pinned.
    pinned: Option<bool>,
    /// Sent before this: a day (`2026-11-25`, in UTC, itself excluded), a moment (RFC 3339), or a message's id.
    #[param(example = "2026-11-25")]
    before: Option<String>,
    /// Sent after this, likewise.
    #[param(example = "2026-11-01")]
    after: Option<String>,
    /// The order; `newest` if not given. `relevant` begins with what fits best.
    #[param(inline)]
    sort: Option<SortName>,
    /// How many at most, 1 to 50; 25 if not given.
    #[param(minimum = 1, maximum = 50, default = 25)]
    limit: Option<u16>,
    /// What `next` of the page before says.
    cursor: Option<String>,
}

#[expect(dead_code, reason = "describes the parameter for the contract")]
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
enum HasName {
    Link,
    File,
    Image,
    Video,
    Audio,
    Embed,
}

#[expect(dead_code, reason = "describes the parameter for the contract")]
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
enum SortName {
    Newest,
    Relevant,
    Oldest,
}

/// What a search asks for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) wanted: Wanted,
    /// Where the page begins.
    pub(super) after: Option<Rank>,
    /// How many at most.
    pub(super) limit: usize,
}

/// The parameters as they came.
struct Given(Vec<(String, String)>);

impl Given {
    /// All values of a parameter.
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |(given, _)| given == name);
        named.map(|(_, value)| value.as_str())
    }

    /// The value of a parameter that comes once at most.
    fn one<'a>(&'a self, name: &'a str) -> Result<Option<&'a str>, Problem> {
        let mut values = self.all(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(malformed(format!("{name} is given more than once"))),
        }
    }

    /// The values of a parameter, each checked.
    fn many<T>(&self, fields: &mut Fields, name: &'static str, read: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let values: Vec<&str> = self.all(name).collect();
        if values.len() > SEARCH_NAMED {
            fields.add(name, "too_many", format!("can be given {SEARCH_NAMED} times"));
            return Vec::new();
        }
        values
            .into_iter()
            .filter_map(|value| checked(fields, name, value, &read))
            .collect()
    }

    /// The value of a parameter, checked.
    fn checked<T>(
        &self,
        fields: &mut Fields,
        name: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let value = self.one(name)?;
        Ok(value.and_then(|value| checked(fields, name, value, read)))
    }
}

fn checked<T>(fields: &mut Fields, name: &'static str, value: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let read = read(value);
    if read.is_none() {
        fields.add(name, "invalid_format", "is nothing that this can be");
    }
    read
}

fn malformed(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "malformed_query", detail)
}

fn id<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

impl Asked {
    /// Reads the parameters of a search: of a whole server with channels among them.
    pub(super) fn read(parameters: Vec<(String, String)>, of_server: bool) -> Result<Self, Problem> {
        let (given, mut fields) = (Given(parameters), Fields::default());
        let limit = match given.one("limit")? {
            None => SEARCH_PAGE_DEFAULT,
            Some(text) => text.parse().map_err(|_| malformed("limit is no number".to_owned()))?,
        };
        if !(1..=SEARCH_PAGE_MAX).contains(&limit) {
            fields.add("limit", "out_of_range", format!("must be from 1 to {SEARCH_PAGE_MAX}"));
        }
        let sort = given.checked(&mut fields, "sort", sort)?.unwrap_or_default();
        let text = given.one("query")?.unwrap_or_default();
        let wanted = Wanted {
            terms: read_terms(&mut fields, text),
            authors: given.many(&mut fields, "author", id::<UserId>),
            channels: if of_server {
                given.many(&mut fields, "channel", id::<ChannelId>)
            } else {
                Vec::new()
            },
            has: given.many(&mut fields, "has", Has::from_name),
            mentions: given.checked(&mut fields, "mentions", id::<UserId>)?,
            pinned: given.checked(&mut fields, "pinned", id::<bool>)?,
            before: given.checked(&mut fields, "before", |text| border(text, false))?,
            after: given.checked(&mut fields, "after", |text| border(text, true))?,
            sort,
        };
        let after = given.checked(&mut fields, "cursor", |text| cursor::read(text, sort))?;
        if fields.is_empty() && wanted.is_empty() {
            fields.add("query", "required", "says nothing that could be looked for");
        }
        fields.finish()?;
        Ok(Self { wanted, after, limit })
    }
}

fn read_terms(fields: &mut Fields, text: &str) -> Vec<crate::wanted::Term> {
    if text.chars().count() > SEARCH_QUERY_MAX {
        fields.add(
            "query",
            "too_long",
            format!("has more than {SEARCH_QUERY_MAX} characters"),
        );
        return Vec::new();
    }
    terms(text).unwrap_or_else(|_too_many| {
        fields.add("query", "too_many", "has too many words and phrases");
        Vec::new()
    })
}

fn sort(text: &str) -> Option<Sort> {
    match text {
        "newest" => Some(Sort::Newest),
        "relevant" => Some(Sort::Relevant),
        "oldest" => Some(Sort::Oldest),
        _ => None,
    }
}

/// A day, a moment or a message. Of a day, what comes after it comes after its end.
fn border(text: &str, after: bool) -> Option<Border> {
    const LAST_OF_DAY: std::time::Duration = std::time::Duration::from_millis(24 * 60 * 60 * 1_000 - 1);
    if let Ok(id) = text.parse::<MessageId>() {
        return Some(Border::Message(id));
    }
    if text.len() == "2026-11-25".len() {
        let begin: Timestamp = format!("{text}T00:00:00Z").parse().ok()?;
        return Some(Border::Time(if after { begin.plus(LAST_OF_DAY) } else { begin }));
    }
    text.parse().ok().map(Border::Time)
}

#[cfg(test)]
#[path = "parameters_tests.rs"]
mod tests;
