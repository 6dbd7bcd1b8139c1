//! The table `messages`.

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantReader, TenantTx, Tx, Value, in_list, tuples},
};

use super::sizes;
use crate::{mentions::Mentions, message_kind::MessageKind};

platform::record! {
    /// A message.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Message {
        pub(crate) server_id: ServerId,
        pub(crate) channel_id: ChannelId,
        pub(crate) id: MessageId,
        pub(crate) seq: i64,
        pub(crate) author_id: UserId,
        pub(crate) content: String,
        pub(crate) nonce: Option<String>,
        pub(crate) created_at: Timestamp,
        pub(crate) edited_at: Option<Timestamp>,
        pub(crate) kind: MessageKind,
        /// The message that it answers; it may be gone.
        pub(crate) reply_to_id: Option<MessageId>,
        /// What it mentions.
        pub(crate) mentions: Mentions,
        pub(crate) pinned_at: Option<Timestamp>,
        /// Whether anybody has ever reacted to it.
        pub(crate) reacted: bool,
        /// How many files it has.
        pub(crate) attachment_count: i64,
    }
}

/// The columns of [`Message`], in order.
macro_rules! columns {
    () => {
        "server_id, channel_id, id, seq, author_id, content, nonce, created_at, edited_at, kind,
        reply_to_id, mentions, pinned_at, reacted, attachment_count"
    };
}

/// The number of message `$4`. Of one that is not there (any more): what the nearest ids beside its own leave room for.
/// Numbers of neighbours may be exchanged, so that several are looked at.
macro_rules! place {
    ($number:literal, $beside:literal, $nowhere:literal) => {
        concat!(
            "COALESCE((SELECT seq FROM messages WHERE server_id = $1 AND channel_id = $2 AND id = $4),
            (SELECT ",
            $number,
            " FROM (SELECT seq FROM messages WHERE server_id = $1 AND channel_id = $2 AND ",
            $beside,
            " LIMIT 16) AS beside), ",
            $nowhere,
            ")"
        )
    };
}

/// Which part of a channel's messages.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// The newest.
    Newest,
    /// The newest before this one.
    Before(MessageId),
    /// This one, and the newest before it.
    UpTo(MessageId),
    /// The oldest after this one.
    After(MessageId),
}

/// Adds messages, as long as no constraint stands against any; answers how many were added.
pub(crate) async fn add_all(tx: &mut Tx, messages: &[Message]) -> DbResult<u64> {
    let (mut rest, mut added) = (messages, 0);
    for size in sizes(messages.len()) {
        let (now, later) = rest.split_at(size);
        rest = later;
        let sql = format!(
            "INSERT INTO messages (server_id, channel_id, id, seq, author_id, content, nonce, created_at, kind,
             reply_to_id, mentions, attachment_count) VALUES {} ON CONFLICT DO NOTHING",
            tuples(1, size, 12)
        );
        let values: Vec<_> = now
            .iter()
            .flat_map(|m| {
                args![
                    m.server_id,
                    m.channel_id,
                    m.id,
                    m.seq,
                    m.author_id,
                    &*m.content,
                    m.nonce.as_deref(),
                    m.created_at,
                    m.kind,
                    m.reply_to_id,
                    m.mentions.to_column(),
                    m.attachment_count
                ]
            })
            .collect();
        added += tx.run(&sql, values).await?;
    }
    Ok(added)
}

/// An attempt to send, by whom and where.
pub(crate) type Attempt<'a> = (ServerId, ChannelId, UserId, &'a str);

/// The messages that these attempts have stored before.
pub(crate) async fn find_by_nonces(tx: &mut Tx, attempts: &[Attempt<'_>]) -> DbResult<Vec<Message>> {
    let (mut rest, mut found) = (attempts, Vec::new());
    for size in sizes(attempts.len()) {
        let (now, later) = rest.split_at(size);
        rest = later;
        // PostgreSQL takes arguments in VALUES for texts, unless the first row says otherwise.
        let first = "(CAST($1 AS BIGINT),CAST($2 AS BIGINT),CAST($3 AS BIGINT),CAST($4 AS TEXT))";
        let others = if size > 1 {
            format!(",{}", tuples(5, size - 1, 4))
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT {} FROM messages WHERE (server_id, channel_id, author_id, nonce) IN (VALUES {first}{others})",
            columns!()
        );
        let values: Vec<_> = now
            .iter()
            .flat_map(|(server, channel, author, nonce)| args![*server, *channel, *author, *nonce])
            .collect();
        found.extend(tx.all::<Message>(&sql, values).await?);
    }
    Ok(found)
}

/// Messages of a channel, newest first, at most `limit`. The order is that of their numbers: ids from two processes differ
/// from it within a millisecond.
pub(crate) async fn list(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    part: Part,
    limit: i64,
) -> DbResult<Vec<Message>> {
    const NEWEST: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE server_id = $1 AND channel_id = $2 ORDER BY seq DESC LIMIT $3"
    );
    const BEFORE: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE server_id = $1 AND channel_id = $2 AND seq < ",
        place!("MAX(seq) + 1", "id < $4 ORDER BY id DESC", "0"),
        " ORDER BY seq DESC LIMIT $3"
    );
    const UP_TO: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE server_id = $1 AND channel_id = $2 AND seq <= ",
        place!("MAX(seq)", "id < $4 ORDER BY id DESC", "0"),
        " ORDER BY seq DESC LIMIT $3"
    );
    const AFTER: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE server_id = $1 AND channel_id = $2 AND seq > ",
        place!("MIN(seq) - 1", "id > $4 ORDER BY id", "9223372036854775807"),
        " ORDER BY seq LIMIT $3"
    );
    match part {
        Part::Newest => tenant.all(NEWEST, args![channel_id, limit]).await,
        Part::Before(id) => tenant.all(BEFORE, args![channel_id, limit, id]).await,
        Part::UpTo(id) => tenant.all(UP_TO, args![channel_id, limit, id]).await,
        Part::After(id) => {
            let mut messages = tenant.all(AFTER, args![channel_id, limit, id]).await?;
            messages.reverse();
            Ok(messages)
        }
    }
}

/// The messages of a channel with the numbers after `after`, up to `up_to`, in their order.
pub(crate) async fn list_by_number(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    after: i64,
    up_to: i64,
) -> DbResult<Vec<Message>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE server_id = $1 AND channel_id = $2 AND seq > $3 AND seq <= $4 ORDER BY seq"
    );
    tenant.all(SQL, args![channel_id, after, up_to]).await
}

/// One message.
pub(crate) async fn lookup(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    id: MessageId,
) -> DbResult<Option<Message>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM messages WHERE server_id = $1 AND channel_id = $2 AND id = $3"
    );
    tenant.optional(SQL, args![channel_id, id]).await
}

/// These messages of a channel, as far as they are there.
pub(crate) async fn lookup_many(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    ids: &[MessageId],
) -> DbResult<Vec<Message>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(3, ids.iter().copied());
    let sql = format!(
        "SELECT {} FROM messages WHERE server_id = $1 AND channel_id = $2 AND id IN {these}",
        columns!()
    );
    let arguments: Vec<Value> = std::iter::once(channel_id.into()).chain(values).collect();
    tenant.all(&sql, arguments).await
}

/// The messages at these places of the server, as far as they are there.
pub(crate) async fn lookup_places(
    tenant: TenantReader<'_>,
    places: &[(ChannelId, MessageId)],
) -> DbResult<Vec<Message>> {
    let (mut rest, mut found) = (places, Vec::new());
    for size in sizes(places.len()) {
        let (now, later) = rest.split_at(size);
        rest = later;
        // PostgreSQL takes arguments in VALUES for texts, unless the first row says otherwise.
        let first = "(CAST($2 AS BIGINT),CAST($3 AS BIGINT))";
        let others = if size > 1 {
            format!(",{}", tuples(4, size - 1, 2))
        } else {
            String::new()
        };
        let sql = format!(
            "SELECT {} FROM messages WHERE server_id = $1 AND (channel_id, id) IN (VALUES {first}{others})",
            columns!()
        );
        let values: Vec<Value> = now.iter().flat_map(|(channel, id)| args![*channel, *id]).collect();
        found.extend(tenant.all::<Message>(&sql, values).await?);
    }
    Ok(found)
}

/// The number of the last message up to which all are gone or told of by `seq`: the channel's last, if none is left after it.
pub(crate) async fn last_seen_by(tx: &mut TenantTx, channel_id: ChannelId, seq: i64) -> DbResult<i64> {
    const SQL: &str = "SELECT CASE WHEN EXISTS (SELECT 1 FROM messages
            WHERE server_id = $1 AND channel_id = $2 AND seq > $3) THEN $3 ELSE last_seq END
        FROM channel_counters WHERE server_id = $1 AND channel_id = $2";
    let last = tx.optional::<(i64,)>(SQL, args![channel_id, seq]).await?;
    Ok(last.map_or(seq, |(last,)| last))
}

/// The last message of a channel that is there, by its number and id.
pub(crate) async fn last(tx: &mut TenantTx, channel_id: ChannelId) -> DbResult<Option<(i64, MessageId)>> {
    const SQL: &str = "SELECT seq, id FROM messages WHERE server_id = $1 AND channel_id = $2 ORDER BY seq DESC LIMIT 1";
    tx.optional(SQL, args![channel_id]).await
}

/// Gives an author's message another content; what Beep says of them is not theirs to change. Only what has a file may be
/// without a text.
pub(crate) async fn edit(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    id: MessageId,
    author_id: UserId,
    (content, mentions): (&str, &Mentions),
    now: Timestamp,
) -> DbResult<Option<Message>> {
    const SQL: &str = concat!(
        "UPDATE messages SET content = $5, edited_at = $6, mentions = $7
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND author_id = $4 AND kind = 'default'
        AND ($5 <> '' OR attachment_count > 0) RETURNING ",
        columns!()
    );
    tx.optional(
        SQL,
        args![channel_id, id, author_id, content, now, mentions.to_column()],
    )
    .await
}

/// One file less: `None` when the message would have neither text nor file, or is not there.
pub(crate) async fn lose_attachment(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    id: MessageId,
) -> DbResult<Option<Message>> {
    const SQL: &str = concat!(
        "UPDATE messages SET attachment_count = attachment_count - 1
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND (content <> '' OR attachment_count > 1) RETURNING ",
        columns!()
    );
    tx.optional(SQL, args![channel_id, id]).await
}

/// Removes a message and answers its number.
pub(crate) async fn remove(tx: &mut TenantTx, channel_id: ChannelId, id: MessageId) -> DbResult<Option<i64>> {
    const SQL: &str = "DELETE FROM messages WHERE server_id = $1 AND channel_id = $2 AND id = $3 RETURNING seq";
    Ok(tx
        .optional::<(i64,)>(SQL, args![channel_id, id])
        .await?
        .map(|(seq,)| seq))
}

/// Removes these messages of a channel and answers the id and the number of each that was there.
pub(crate) async fn remove_many(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    ids: &[MessageId],
) -> DbResult<Vec<(MessageId, i64)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(3, ids.iter().copied());
    let sql =
        format!("DELETE FROM messages WHERE server_id = $1 AND channel_id = $2 AND id IN {these} RETURNING id, seq");
    let arguments: Vec<Value> = std::iter::once(channel_id.into()).chain(values).collect();
    tx.all(&sql, arguments).await
}

/// Removes up to `most` messages of an author that were sent within this time, its end included, in any channel; answers
/// the channel, the id and the number of each.
pub(crate) async fn remove_of_author(
    tx: &mut TenantTx,
    author_id: UserId,
    (since, until): (Timestamp, Timestamp),
    most: i64,
) -> DbResult<Vec<(ChannelId, MessageId, i64)>> {
    const SQL: &str = "DELETE FROM messages WHERE (server_id, channel_id, id) IN
        (SELECT server_id, channel_id, id FROM messages
         WHERE server_id = $1 AND author_id = $2 AND created_at >= $3 AND created_at <= $4 LIMIT $5)
        RETURNING channel_id, id, seq";
    tx.all(SQL, args![author_id, since, until, most]).await
}

/// Removes up to `most` messages of a channel, or of the whole server, and answers how many there were.
pub(crate) async fn remove_some(tx: &mut TenantTx, channel_id: Option<ChannelId>, most: i64) -> DbResult<u64> {
    // By the whole key: otherwise each step would look at all messages of the server.
    const OF_SERVER: &str = "DELETE FROM messages WHERE (server_id, channel_id, id) IN
        (SELECT server_id, channel_id, id FROM messages WHERE server_id = $1 LIMIT $2)";
    const OF_CHANNEL: &str = "DELETE FROM messages WHERE (server_id, channel_id, id) IN
        (SELECT server_id, channel_id, id FROM messages WHERE server_id = $1 AND channel_id = $2 LIMIT $3)";
    match channel_id {
        None => tx.run(OF_SERVER, args![most]).await,
        Some(id) => tx.run(OF_CHANNEL, args![id, most]).await,
    }
}
