//! Whose words a message is: its author's, or Beep's about its author.

use platform::db::{Column, DbError, DbResult, Row, Value};
use serde::Serialize;
use utoipa::ToSchema;

/// What a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MessageKind {
    /// What its author wrote.
    #[default]
    Default,
    /// Beep says that its author joined the server; there is no content.
    MemberJoined,
}

impl MessageKind {
    /// The name in the database and the public API.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::MemberJoined => "member_joined",
        }
    }
}

impl From<MessageKind> for Value {
    fn from(kind: MessageKind) -> Self {
        Self::from(kind.name())
    }
}

impl Column for MessageKind {
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
        let text = String::read(row, index)?;
        [Self::Default, Self::MemberJoined]
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| DbError::Statement(format!("no such kind of message: {text}")))
    }
}
