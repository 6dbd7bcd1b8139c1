//! What a channel is for.

use std::str::FromStr;

use model::Invalid;
use platform::db::{Column, DbError, DbResult, Row, Value};
use serde::Serialize;
use utoipa::ToSchema;

/// What a channel is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ChannelKind {
    /// Written messages.
    Text,
    /// Calls, and written messages beside them.
    Voice,
    /// Holds text and voice channels.
    Folder,
}

impl ChannelKind {
    /// The name in the database and the public API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Voice => "voice",
            Self::Folder => "folder",
        }
    }
}

impl FromStr for ChannelKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "" => Err(Invalid::Required),
            "text" => Ok(Self::Text),
            "voice" => Ok(Self::Voice),
            "folder" => Ok(Self::Folder),
            _ => Err(Invalid::Format),
        }
    }
}

impl From<ChannelKind> for Value {
    fn from(kind: ChannelKind) -> Self {
        Self::from(kind.name())
    }
}

impl Column for ChannelKind {
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
        String::read(row, index)?
            .parse()
            .map_err(|_| DbError::Statement("a kind of channel that does not exist".to_owned()))
    }
}

impl From<ChannelKind> for contracts::servers::ChannelKind {
    fn from(kind: ChannelKind) -> Self {
        match kind {
            ChannelKind::Text => Self::Text,
            ChannelKind::Voice => Self::Voice,
            ChannelKind::Folder => Self::Folder,
        }
    }
}
