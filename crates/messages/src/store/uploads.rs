//! Uploads under way: unfinished rows of `attachments`, the table `upload_parts`, and `uploaders`.

use model::{ChannelId, FileId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantReader, TenantTx, Tx},
};

use super::attachments::{Attachment, columns};

platform::record! {
    /// A part of an upload.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub(crate) struct Part {
        pub(crate) start: i64,
        pub(crate) length: i64,
        /// The request that sent it.
        pub(crate) attempt: i64,
    }
}

/// What a user keeps, in all servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept {
    /// Of all files, those under way with what was announced.
    pub(crate) bytes: i64,
    /// Uploads that are not finished.
    pub(crate) unfinished: i64,
}

/// What a finished file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) size: i64,
    pub(crate) content_type: String,
    pub(crate) width: Option<i64>,
    pub(crate) height: Option<i64>,
    pub(crate) placeholder: Option<String>,
    pub(crate) has_thumbnail: bool,
}

/// Holds the user until `tx` ends, so that nobody else counts what they keep, and counts it.
pub(crate) async fn count_kept(tx: &mut Tx, user_id: UserId) -> DbResult<Kept> {
    const HOLD: &str = "INSERT INTO uploaders (user_id, uploads) VALUES ($1, 1)
        ON CONFLICT (user_id) DO UPDATE SET uploads = uploaders.uploads + 1";
    const BYTES: &str = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM attachments WHERE uploader_id = $1";
    const UNFINISHED: &str = "SELECT COUNT(*) FROM attachments
        WHERE uploader_id = $1 AND message_id IS NULL AND content_type IS NULL";
    tx.run(HOLD, args![user_id]).await?;
    let (bytes,) = tx.one::<(i64,)>(BYTES, args![user_id]).await?;
    let (unfinished,) = tx.one::<(i64,)>(UNFINISHED, args![user_id]).await?;
    Ok(Kept { bytes, unfinished })
}

/// Adds an upload of which nothing has arrived.
pub(crate) async fn add(tx: &mut Tx, new: &Attachment) -> DbResult<()> {
    const SQL: &str = "INSERT INTO attachments
        (server_id, id, channel_id, uploader_id, name, size, received, expires_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)";
    let arguments = args![
        new.server_id,
        new.id,
        new.channel_id,
        new.uploader_id,
        &*new.name,
        new.size,
        new.expires_at
    ];
    tx.run(SQL, arguments).await.map(|_| ())
}

/// An upload or unsent file of the user in the channel.
pub(crate) async fn lookup(
    tenant: TenantReader<'_>,
    channel_id: ChannelId,
    id: FileId,
    uploader_id: UserId,
    now: Timestamp,
) -> DbResult<Option<Attachment>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM attachments WHERE server_id = $1 AND channel_id = $2 AND id = $3 AND uploader_id = $4
        AND message_id IS NULL AND expires_at > $5"
    );
    tenant.optional(SQL, args![channel_id, id, uploader_id, now]).await
}

/// Adds a part to what has arrived, if it begins where that ends; `false` when it does not, or the upload is gone.
pub(crate) async fn add_part(tx: &mut TenantTx, id: FileId, part: Part) -> DbResult<bool> {
    const ARRIVED: &str = "UPDATE attachments SET received = received + $4
        WHERE server_id = $1 AND id = $2 AND received = $3 AND received + $4 <= size
        AND message_id IS NULL AND content_type IS NULL";
    const PART: &str = "INSERT INTO upload_parts (server_id, attachment_id, start, length, attempt)
        VALUES ($1, $2, $3, $4, $5)";
    if tx.run(ARRIVED, args![id, part.start, part.length]).await? == 0 {
        return Ok(false);
    }
    tx.run(PART, args![id, part.start, part.length, part.attempt]).await?;
    Ok(true)
}

/// Announces another size for an upload that is not finished: of a form it is known at its end only.
pub(crate) async fn resize(tx: &mut Tx, upload: &Attachment, size: i64) -> DbResult<bool> {
    const SQL: &str = "UPDATE attachments SET size = $3
        WHERE server_id = $1 AND id = $2 AND received <= $3 AND content_type IS NULL";
    Ok(tx.run(SQL, args![upload.server_id, upload.id, size]).await? == 1)
}

/// The parts of an upload, in their order.
pub(crate) async fn parts(tenant: TenantReader<'_>, id: FileId) -> DbResult<Vec<Part>> {
    const SQL: &str = "SELECT start, length, attempt FROM upload_parts
        WHERE server_id = $1 AND attachment_id = $2 ORDER BY start";
    tenant.all(SQL, args![id]).await
}

/// How many parts an upload has.
pub(crate) async fn count_parts(tenant: TenantReader<'_>, id: FileId) -> DbResult<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM upload_parts WHERE server_id = $1 AND attachment_id = $2";
    let (count,) = tenant.one::<(i64,)>(SQL, args![id]).await?;
    Ok(count)
}

/// The upload is a file now; `None` when it is gone. Its parts are forgotten.
pub(crate) async fn finish(tx: &mut TenantTx, id: FileId, facts: &Facts) -> DbResult<Option<Attachment>> {
    const SQL: &str = concat!(
        "UPDATE attachments SET size = $3, content_type = $4, width = $5, height = $6, placeholder = $7, has_thumbnail = $8
        WHERE server_id = $1 AND id = $2 AND received = size AND content_type IS NULL RETURNING ",
        columns!()
    );
    const PARTS: &str = "DELETE FROM upload_parts WHERE server_id = $1 AND attachment_id = $2";
    let arguments = args![
        id,
        facts.size,
        &*facts.content_type,
        facts.width,
        facts.height,
        facts.placeholder.clone(),
        facts.has_thumbnail
    ];
    let finished = tx.optional::<Attachment>(SQL, arguments).await?;
    if finished.is_some() {
        tx.run(PARTS, args![id]).await?;
    }
    Ok(finished)
}
