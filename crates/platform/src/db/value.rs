//! Arguments of statements.

use model::{
    ChannelId, EventId, FileId, MessageId, PasskeyId, PermissionSet, RoleId, ServerId, SessionId, Timestamp, UserId,
};
use tokio_postgres::types::{IsNull, ToSql, Type};

/// An argument of a statement, possibly NULL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `BIGINT`.
    Int(Option<i64>),
    /// `TEXT`.
    Text(Option<String>),
    /// `BOOLEAN`.
    Bool(Option<bool>),
    /// `BYTEA`.
    Bytes(Option<Vec<u8>>),
}

macro_rules! from {
    ($($source:ty => $variant:ident($convert:expr),)*) => { $(
        impl From<$source> for Value {
            fn from(value: $source) -> Self {
                Self::$variant(Some($convert(value)))
            }
        }

        impl From<Option<$source>> for Value {
            fn from(value: Option<$source>) -> Self {
                Self::$variant(value.map($convert))
            }
        }
    )* };
}

from! {
    i64 => Int(std::convert::identity),
    String => Text(std::convert::identity),
    &str => Text(str::to_owned),
    bool => Bool(std::convert::identity),
    Vec<u8> => Bytes(std::convert::identity),
    Timestamp => Int(Timestamp::as_millis),
    PermissionSet => Int(PermissionSet::bits),
    UserId => Int(|id: UserId| id.0),
    ServerId => Int(|id: ServerId| id.0),
    ChannelId => Int(|id: ChannelId| id.0),
    RoleId => Int(|id: RoleId| id.0),
    MessageId => Int(|id: MessageId| id.0),
    FileId => Int(|id: FileId| id.0),
    SessionId => Int(|id: SessionId| id.0),
    PasskeyId => Int(|id: PasskeyId| id.0),
    EventId => Int(|id: EventId| id.0),
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        match self {
            Self::Int(value) => rusqlite::ToSql::to_sql(value),
            Self::Text(value) => rusqlite::ToSql::to_sql(value),
            Self::Bool(value) => rusqlite::ToSql::to_sql(value),
            Self::Bytes(value) => rusqlite::ToSql::to_sql(value),
        }
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Int(value) => value.to_sql_checked(ty, out),
            Self::Text(value) => value.to_sql_checked(ty, out),
            Self::Bool(value) => value.to_sql_checked(ty, out),
            Self::Bytes(value) => value.to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// The arguments of a statement: `args![server_id, "name", None::<i64>]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { [$($crate::db::Value::from($value)),*] };
}

/// The list of an `IN`, beginning with `$first`, and its arguments. The last value is repeated up to a power of two, which
/// changes nothing but keeps the number of different texts small: each is prepared and kept by every connection.
#[must_use]
pub fn in_list(first: usize, values: impl IntoIterator<Item = impl Into<Value>>) -> (String, Vec<Value>) {
    let mut values: Vec<Value> = values.into_iter().map(Into::into).collect();
    if let Some(last) = values.last().cloned() {
        values.resize(values.len().next_power_of_two(), last);
    }
    (tuples(first, 1, values.len()), values)
}

/// The placeholders of `rows` rows of `columns` columns: `($1,$2),($3,$4)`, beginning with `$first`.
#[must_use]
pub fn tuples(first: usize, rows: usize, columns: usize) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(rows * columns * 6);
    let mut number = first;
    for row in 0..rows {
        text.push_str(if row > 0 { ",(" } else { "(" });
        for column in 0..columns {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}${number}", if column > 0 { "," } else { "" });
            number += 1;
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_grow_by_powers_of_two() {
        assert_eq!(in_list(2, [7_i64]), ("($2)".to_owned(), vec![Value::Int(Some(7))]));
        let (text, values) = in_list(1, [7_i64, 8, 9]);
        assert_eq!(text, "($1,$2,$3,$4)");
        assert_eq!(values, [7, 8, 9, 9].map(Value::from));
        assert_eq!(in_list(1, (0..500_i64).collect::<Vec<_>>()).1.len(), 512);
    }
}
