//! Who can find and join a server.

use std::str::FromStr;

use model::Invalid;
use platform::db::{Column, DbError, DbResult, Row, Value};
use serde::Serialize;
use utoipa::ToSchema;

/// Who can find and join a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Visibility {
    /// Everyone finds it and may join.
    Public,
    /// Nobody knows of it who is not invited.
    Private,
}

impl Visibility {
    /// The name in the database and the public API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Private => "private",
        }
    }
}

impl FromStr for Visibility {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "" => Err(Invalid::Required),
            "public" => Ok(Self::Public),
            "private" => Ok(Self::Private),
            _ => Err(Invalid::Format),
        }
    }
}

impl From<Visibility> for Value {
    fn from(visibility: Visibility) -> Self {
        Self::from(visibility.name())
    }
}

impl Column for Visibility {
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
        String::read(row, index)?
            .parse()
            .map_err(|_| DbError::Statement("a visibility that does not exist".to_owned()))
    }
}
