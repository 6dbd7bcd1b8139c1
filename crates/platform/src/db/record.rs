//! Rows and how they are read.

use model::{
    ChannelId, EventId, FileId, MessageId, PasskeyId, PermissionSet, RoleId, ServerId, SessionId, Timestamp, UserId,
};
use tokio_postgres::types::{FromSql, Type};

use super::{DbError, DbResult};

/// A row of either driver; its columns are read by position.
pub enum Row<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of PostgreSQL.
    Postgres(&'r tokio_postgres::Row),
}

/// Accepts a value of any type, to tell NULL from the rest.
struct Present;

impl FromSql<'_> for Present {
    fn from_sql(_: &Type, _: &[u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

impl Row<'_> {
    /// The value of the column at `index`, counted from 0.
    pub fn get<T: Column>(&self, index: usize) -> DbResult<T> {
        T::read(self, index)
    }

    fn is_null(&self, index: usize) -> DbResult<bool> {
        Ok(match self {
            Self::Sqlite(row) => matches!(row.get_ref(index)?, rusqlite::types::ValueRef::Null),
            Self::Postgres(row) => row.try_get::<_, Option<Present>>(index)?.is_none(),
        })
    }
}

/// A type that a column can hold.
pub trait Column: Sized {
    /// Reads the column at `index`.
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self>;
}

macro_rules! native {
    ($($type:ty),*) => { $(
        impl Column for $type {
            fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
                Ok(match row {
                    Row::Sqlite(row) => row.get(index)?,
                    Row::Postgres(row) => row.try_get(index)?,
                })
            }
        }
    )* };
}
native!(i64, String, bool, Vec<u8>);

macro_rules! from_int {
    ($($type:ty = $convert:expr),* $(,)?) => { $(
        impl Column for $type {
            fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
                i64::read(row, index).map($convert)
            }
        }
    )* };
}
from_int! {
    Timestamp = Timestamp::from_millis,
    PermissionSet = PermissionSet::from_bits,
    UserId = UserId,
    ServerId = ServerId,
    ChannelId = ChannelId,
    RoleId = RoleId,
    MessageId = MessageId,
    FileId = FileId,
    SessionId = SessionId,
    PasskeyId = PasskeyId,
    EventId = EventId,
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
        if row.is_null(index)? {
            Ok(None)
        } else {
            T::read(row, index).map(Some)
        }
    }
}

/// Something that is read from a row: a tuple of columns, or a struct made by [`record!`](crate::record).
pub trait Record: Sized + Send {
    /// Reads all columns of the row.
    fn read(row: &Row<'_>) -> Result<Self, DbError>;
}

macro_rules! tuple {
    ($($letter:ident $index:tt),*) => {
        impl<$($letter: Column + Send),*> Record for ($($letter,)*) {
            fn read(row: &Row<'_>) -> Result<Self, DbError> {
                Ok(($(row.get::<$letter>($index)?,)*))
            }
        }
    };
}
tuple!(A 0);
tuple!(A 0, B 1);
tuple!(A 0, B 1, C 2);
tuple!(A 0, B 1, C 2, D 3);
tuple!(A 0, B 1, C 2, D 3, E 4);

/// A struct that is read from a row: the fields take the columns in order.
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $visibility:vis struct $name:ident { $($(#[$field_meta:meta])* $field_visibility:vis $field:ident : $type:ty),* $(,)? }) => {
        $(#[$meta])*
        $visibility struct $name { $($(#[$field_meta])* $field_visibility $field: $type),* }

        impl $crate::db::Record for $name {
            fn read(row: &$crate::db::Row<'_>) -> Result<Self, $crate::db::DbError> {
                let mut columns = 0..;
                let mut next = || columns.next().unwrap_or(usize::MAX);
                Ok(Self { $($field: row.get::<$type>(next())?),* })
            }
        }
    };
}
