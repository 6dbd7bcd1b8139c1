//! What is kept of one user in all servers, page by page: of `messages` and `attachments`.

use model::{ChannelId, FileId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{Db, DbResult, TenantReader},
};

use super::attachments::{Attachment, columns};

/// Up to `limit` servers after that one in which the user has written, by id.
pub(crate) async fn list_servers(db: &Db, user_id: UserId, after: ServerId, limit: i64) -> DbResult<Vec<ServerId>> {
    // One look at an index for each server that has channels with messages.
    const SQL: &str = "SELECT server_id FROM
            (SELECT DISTINCT server_id FROM channel_counters WHERE server_id > $2) AS written
        WHERE EXISTS (SELECT 1 FROM messages WHERE messages.server_id = written.server_id AND author_id = $1)
        ORDER BY server_id LIMIT $3";
    let found = db.all::<(ServerId,)>(SQL, args![user_id, after, limit]).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

platform::record! {
    /// Where a message is.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Place {
        pub(crate) created_at: Timestamp,
        pub(crate) channel_id: ChannelId,
        pub(crate) id: MessageId,
    }
}

/// Up to `limit` messages of the server that the user has written after that one, in the order of time.
pub(crate) async fn list_messages(
    tenant: TenantReader<'_>,
    user_id: UserId,
    (created_at, id): (Timestamp, MessageId),
    limit: i64,
) -> DbResult<Vec<Place>> {
    const SQL: &str = "SELECT created_at, channel_id, id FROM messages
        WHERE server_id = $1 AND author_id = $2 AND created_at >= $3 AND (created_at > $3 OR id > $4)
        AND kind = 'default' ORDER BY created_at, id LIMIT $5";
    tenant.all(SQL, args![user_id, created_at, id, limit]).await
}

/// Up to `limit` finished files of the user after that one, in any server, by size and id.
pub(crate) async fn list_files(
    db: &Db,
    user_id: UserId,
    (size, id): (i64, FileId),
    limit: i64,
) -> DbResult<Vec<Attachment>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM attachments WHERE uploader_id = $1 AND size >= $2 AND (size > $2 OR id > $3)
        AND content_type IS NOT NULL ORDER BY size, id LIMIT $4"
    );
    db.all(SQL, args![user_id, size, id, limit]).await
}
