//! Lists in pages.

use std::{fmt, str::FromStr};

use http::StatusCode;
use model::limits::{PAGE_DEFAULT, PAGE_MAX};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::Problem;

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// The cursor of the next page; null on the last one.
    #[schema(example = "402345678901234569")]
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A list that is whole on one page.
    #[must_use]
    pub const fn whole(items: Vec<T>) -> Self {
        Self { items, next: None }
    }

    /// A page from up to `limit + 1` items that were read: the one too many only tells that there is more. `cursor` is
    /// what the next page begins after.
    pub fn from_excess(mut items: Vec<T>, limit: usize, cursor: impl FnOnce(&T) -> String) -> Self {
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(cursor) } else { None };
        Self { items, next }
    }
}

/// Which page of a list is wanted. May be flattened into a larger query.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items at most, 1 to 100; 50 if not given.
    #[serde(default, deserialize_with = "number")]
    #[param(minimum = 1, maximum = 100, default = 50)]
    pub limit: Option<u16>,
    /// Only items before this cursor.
    pub before: Option<String>,
    /// Only items after this cursor.
    pub after: Option<String>,
}

impl PageQuery {
    /// How many items at most; 422 when it is not 1 to 100.
    pub fn limit(&self) -> Result<usize, Problem> {
        match self.limit.map(usize::from) {
            None => Ok(PAGE_DEFAULT),
            Some(limit) if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
            Some(_) => Err(invalid("limit", "out_of_range", "must be from 1 to 100")),
        }
    }

    /// The `before` cursor as what this list's cursors are, usually an id.
    pub fn before<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        cursor("before", self.before.as_deref())
    }

    /// The `after` cursor as what this list's cursors are, usually an id.
    pub fn after<T: FromStr>(&self) -> Result<Option<T>, Problem> {
        cursor("after", self.after.as_deref())
    }
}

fn cursor<T: FromStr>(field: &'static str, text: Option<&str>) -> Result<Option<T>, Problem> {
    text.map(str::parse)
        .transpose()
        .map_err(|_| invalid(field, "invalid_format", "is not a cursor of this list"))
}

fn invalid(field: &'static str, code: &'static str, detail: &'static str) -> Problem {
    Problem::new(
        StatusCode::UNPROCESSABLE_ENTITY,
        "invalid",
        "Some fields are not valid.",
    )
    .with_field(field, code, detail)
}

/// A number in a query, which a flattened struct receives as text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    struct Number;
    impl de::Visitor<'_> for Number {
        type Value = u16;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number from 0 to 65535")
        }
        fn visit_str<E: de::Error>(self, text: &str) -> Result<u16, E> {
            text.parse()
                .map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
        }
        fn visit_u64<E: de::Error>(self, value: u64) -> Result<u16, E> {
            u16::try_from(value).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
        }
    }
    deserializer.deserialize_any(Number).map(Some)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use model::MessageId;

    use super::*;

    #[test]
    fn one_more_than_the_limit_means_another_page() {
        let page = Page::from_excess(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!((page.items, page.next.as_deref()), (vec![1, 2], Some("2")));
        let page = Page::from_excess(vec![1, 2], 2, ToString::to_string);
        assert_eq!((page.items.len(), page.next), (2, None));
    }

    #[test]
    fn limits_and_cursors() {
        let query = |limit, before: &str| PageQuery {
            limit,
            before: Some(before.to_owned()),
            after: None,
        };
        assert_eq!(query(None, "7").limit().unwrap(), 50);
        assert_eq!(query(Some(100), "7").limit().unwrap(), 100);
        for bad in [0, 101] {
            assert_eq!(query(Some(bad), "7").limit().unwrap_err().errors()[0].field, "limit");
        }
        assert_eq!(query(None, "7").before::<MessageId>().unwrap(), Some(MessageId(7)));
        assert_eq!(
            query(None, "x").before::<MessageId>().unwrap_err().errors()[0].field,
            "before"
        );
        assert_eq!(query(None, "x").after::<MessageId>().unwrap(), None);
    }
}
