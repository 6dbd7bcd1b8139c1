//! The table `attachments`: files that are finished, and whose they are. What is under way: `uploads`.

use model::{ChannelId, FileId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantReader, TenantTx, Tx, Value, in_list},
};

platform::record! {
    /// A file, or an upload that shall become one.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct Attachment {
        pub(crate) server_id: ServerId,
        pub(crate) id: FileId,
        pub(crate) channel_id: ChannelId,
        pub(crate) uploader_id: UserId,
        pub(crate) name: String,
        pub(crate) size: i64,
        pub(crate) received: i64,
        /// `None` until it is finished.
        pub(crate) content_type: Option<String>,
        pub(crate) width: Option<i64>,
        pub(crate) height: Option<i64>,
        pub(crate) placeholder: Option<String>,
        pub(crate) has_thumbnail: bool,
        /// When it goes, unless it was sent.
        pub(crate) expires_at: Timestamp,
        /// The message that it was sent with.
        pub(crate) message_id: Option<MessageId>,
        pub(crate) is_spoiler: bool,
    }
}

/// The columns of [`Attachment`], in order.
macro_rules! columns {
    () => {
        "server_id, id, channel_id, uploader_id, name, size, received, content_type, width, height, placeholder,
        has_thumbnail, expires_at, message_id, is_spoiler"
    };
}
pub(super) use columns;

/// One file.
pub(crate) async fn lookup(tenant: TenantReader<'_>, id: FileId) -> DbResult<Option<Attachment>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM attachments WHERE server_id = $1 AND id = $2"
    );
    tenant.optional(SQL, args![id]).await
}

/// The files of these messages of a channel, each message's in their order.
pub(crate) async fn list_of(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    message_ids: &[MessageId],
) -> DbResult<Vec<Attachment>> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(3, message_ids.iter().copied());
    let sql = format!(
        "SELECT {} FROM attachments WHERE server_id = $1 AND channel_id = $2 AND message_id IN {these}
         ORDER BY message_id, position",
        columns!()
    );
    let arguments: Vec<Value> = std::iter::once(channel_id.into()).chain(values).collect();
    tenant.all(&sql, arguments).await
}

/// The same for one message, within a transaction that writes for several servers.
pub(crate) async fn of_message(
    tx: &mut Tx,
    (server_id, channel_id): (ServerId, ChannelId),
    message_id: MessageId,
) -> DbResult<Vec<Attachment>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM attachments WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 ORDER BY position"
    );
    tx.all(SQL, args![server_id, channel_id, message_id]).await
}

/// The same within a transaction on one server.
pub(crate) async fn left_of(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    message_id: MessageId,
) -> DbResult<Vec<Attachment>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM attachments WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 ORDER BY position"
    );
    tx.all(SQL, args![channel_id, message_id]).await
}

/// Gives a message a finished file of its author that waits to be sent in this channel; `None` when there is none.
pub(crate) async fn send(
    tx: &mut Tx,
    (server_id, channel_id): (ServerId, ChannelId),
    (message_id, author_id): (MessageId, UserId),
    (id, position, is_spoiler): (FileId, i64, bool),
    now: Timestamp,
) -> DbResult<Option<Attachment>> {
    const SQL: &str = concat!(
        "UPDATE attachments SET message_id = $5, position = $6, is_spoiler = $7
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND uploader_id = $4 AND message_id IS NULL
        AND content_type IS NOT NULL AND expires_at > $8 RETURNING ",
        columns!()
    );
    let arguments = args![
        server_id, channel_id, id, author_id, message_id, position, is_spoiler, now
    ];
    tx.optional(SQL, arguments).await
}

/// Takes back what [`send`] did: the message is not stored.
pub(crate) async fn take_back(
    tx: &mut Tx,
    (server_id, channel_id): (ServerId, ChannelId),
    message_id: MessageId,
) -> DbResult<()> {
    const SQL: &str = "UPDATE attachments SET message_id = NULL
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3";
    tx.run(SQL, args![server_id, channel_id, message_id]).await.map(|_| ())
}

/// Removes an upload or an unsent file of the user; `false` when there is none.
pub(crate) async fn remove_unsent(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    id: FileId,
    uploader_id: UserId,
) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM attachments
        WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND uploader_id = $4 AND message_id IS NULL";
    Ok(tx.run(SQL, args![channel_id, id, uploader_id]).await? == 1)
}

/// Removes one file of a message; `false` when it is not there.
pub(crate) async fn remove_sent(
    tx: &mut TenantTx,
    (channel_id, message_id): (ChannelId, MessageId),
    id: FileId,
) -> DbResult<bool> {
    const SQL: &str = "DELETE FROM attachments
        WHERE server_id = $1 AND channel_id = $2 AND message_id = $3 AND id = $4";
    Ok(tx.run(SQL, args![channel_id, message_id, id]).await? == 1)
}

/// Removes the files of messages that are gone, and answers which they were.
pub(crate) async fn remove_of(
    tx: &mut TenantTx,
    channel_id: ChannelId,
    message_ids: &[MessageId],
) -> DbResult<Vec<FileId>> {
    if message_ids.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(3, message_ids.iter().copied());
    let sql = format!(
        "DELETE FROM attachments WHERE server_id = $1 AND channel_id = $2 AND message_id IN {these} RETURNING id"
    );
    let arguments: Vec<Value> = std::iter::once(channel_id.into()).chain(values).collect();
    let gone = tx.all::<(FileId,)>(&sql, arguments).await?;
    Ok(gone.into_iter().map(|(id,)| id).collect())
}

/// Removes up to `most` files of a channel, or of the whole server, sent or not, and answers which they were.
pub(crate) async fn remove_some(tx: &mut TenantTx, channel_id: Option<ChannelId>, most: i64) -> DbResult<Vec<FileId>> {
    const OF_SERVER: &str = "DELETE FROM attachments WHERE (server_id, id) IN
        (SELECT server_id, id FROM attachments WHERE server_id = $1 LIMIT $2) RETURNING id";
    const OF_CHANNEL: &str = "DELETE FROM attachments WHERE (server_id, id) IN
        (SELECT server_id, id FROM attachments WHERE server_id = $1 AND channel_id = $2 LIMIT $3) RETURNING id";
    let gone = match channel_id {
        None => tx.all::<(FileId,)>(OF_SERVER, args![most]).await?,
        Some(channel_id) => tx.all(OF_CHANNEL, args![channel_id, most]).await?,
    };
    Ok(gone.into_iter().map(|(id,)| id).collect())
}

/// Removes up to `most` files, of any server, that were not sent in their time.
pub(crate) async fn remove_expired(tx: &mut Tx, now: Timestamp, most: i64) -> DbResult<Vec<(ServerId, FileId)>> {
    const SQL: &str = "DELETE FROM attachments WHERE message_id IS NULL AND (server_id, id) IN
        (SELECT server_id, id FROM attachments WHERE message_id IS NULL AND expires_at <= $1 LIMIT $2)
        RETURNING server_id, id";
    tx.all(SQL, args![now, most]).await
}
