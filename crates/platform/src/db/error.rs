//! What can go wrong in a database, in words that both drivers share.

/// Nothing is waited for any longer.
pub(super) const TOO_LONG: &str = "no connection became free in time";
/// There is no room to wait.
pub(super) const NO_ROOM: &str = "there is no room to wait for a connection";

/// An error of the database. Services decide by the variant; the text is for the operator, never for a client.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// A unique constraint stands against the row.
    #[error("a unique constraint is violated: {0}")]
    Unique(String),
    /// A foreign key points to nothing, or something still points here.
    #[error("a foreign key is violated: {0}")]
    ForeignKey(String),
    /// Another transaction was faster; the same one may succeed when it is tried again.
    #[error("the transaction conflicts with another: {0}")]
    Conflict(String),
    /// A row that must be there is not.
    #[error("the row does not exist")]
    NotFound,
    /// The database is gone, full, or too slow. Whether a commit took effect is *unknown*.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// More waits for the database than there is room for, or it took too long to get its turn: nothing was done.
    #[error("too much waits for the database: {0}")]
    Busy(&'static str),
    /// The statement, its arguments or its types are wrong: our own mistake.
    #[error("the statement failed: {0}")]
    Statement(String),
}

impl DbError {
    /// Whether the row was refused because an equal one exists.
    #[must_use]
    pub const fn is_unique(&self) -> bool {
        matches!(self, Self::Unique(_))
    }

    /// Whether the unique constraint or index of that name (or, on SQLite, on that column) stands against the row.
    #[must_use]
    pub fn is_unique_on(&self, name: &str) -> bool {
        matches!(self, Self::Unique(detail) if detail.contains(name))
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        let Some(code) = error.sqlite_error().map(|inner| inner.extended_code) else {
            return Self::Statement(text);
        };
        // Extended codes of https://www.sqlite.org/rescode.html; the low byte is the primary code.
        match (code, code & 0xff) {
            (2067 | 1555, _) => Self::Unique(text),
            (787, _) => Self::ForeignKey(text),
            (_, 5 | 6) => Self::Conflict(text),
            // READONLY, IOERR, CORRUPT, FULL, CANTOPEN
            (_, 8 | 10 | 11 | 13 | 14) => Self::Unavailable(text),
            _ => Self::Statement(text),
        }
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(state) = error.as_db_error() else {
            // A closed or broken connection, or a failed start of one; a type mismatch is ours.
            let io = error.is_closed()
                || std::error::Error::source(&error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
            return if io {
                Self::Unavailable(error.to_string())
            } else {
                Self::Statement(format!("{error:?}"))
            };
        };
        let constraint = state.constraint().unwrap_or_default();
        let text = format!("{} {constraint} ({})", state.message(), state.code().code());
        match state.code().code() {
            "23505" => Self::Unique(text),
            "23503" => Self::ForeignKey(text),
            "40001" | "40P01" | "55P03" => Self::Conflict(text),
            // Connection exceptions, insufficient resources (full disk), operator intervention (shutdown, time-out),
            // read-only transaction (a demoted primary), system errors.
            code if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) || code == "25006" => {
                Self::Unavailable(text)
            }
            _ => Self::Statement(text),
        }
    }
}

impl From<deadpool_postgres::PoolError> for DbError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        match error {
            deadpool_postgres::PoolError::Backend(inner) => {
                let text = inner.to_string();
                match Self::from(inner) {
                    // A server that refuses or cannot be reached is away, whatever it says.
                    Self::Statement(_) => Self::Unavailable(text),
                    other => other,
                }
            }
            deadpool_postgres::PoolError::Timeout(deadpool_postgres::TimeoutType::Wait) => Self::Busy(TOO_LONG),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
