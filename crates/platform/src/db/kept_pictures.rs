//! The table `kept_pictures`, in which each service has its own rows: see [`crate::pictures`].

use model::Timestamp;

use super::{Db, DbError, DbResult, Migration, TenantTx, Tx, in_list};
use crate::args;

pub(crate) const MIGRATIONS: &[Migration] = crate::migrations!["V1__kept_pictures"];

/// A picture that is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LetGo {
    pub(crate) key: String,
    /// Whether it was deleted before.
    pub(crate) again: bool,
}

/// The key of a picture by its address.
fn key_of(url: &str) -> &str {
    let name = url.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

/// A picture is about to be kept. Unless somebody shows it until then, it is deleted.
pub(crate) async fn note(tx: &mut Tx, service: &str, key: &str, until: Timestamp) -> DbResult<()> {
    const SQL: &str = "INSERT INTO kept_pictures (service, key, owner, let_go_at) VALUES ($1, $2, '', $3)";
    tx.run(SQL, args![service, key, until]).await?;
    Ok(())
}

impl Tx {
    /// From now on `owner` shows the picture of this address, or none; whichever it showed before is deleted after the commit.
    /// [`DbError::Conflict`] when the picture was kept so long ago that it is being deleted.
    pub async fn show_picture(
        &mut self,
        service: &str,
        owner: &str,
        url: Option<&str>,
        now: Timestamp,
    ) -> DbResult<()> {
        const LET_GO: &str = "UPDATE kept_pictures SET owner = '', let_go_at = $3
            WHERE service = $1 AND owner = $2 AND let_go_at IS NULL AND key <> $4";
        const SHOW: &str = "UPDATE kept_pictures SET owner = $2, let_go_at = NULL
            WHERE service = $1 AND key = $3 AND (let_go_at > 0 OR let_go_at IS NULL AND owner = $2)";
        let key = url.map(key_of);
        self.run(LET_GO, args![service, owner, now, key.unwrap_or_default()])
            .await?;
        match key {
            Some(key) if self.run(SHOW, args![service, owner, key]).await? == 0 => {
                Err(DbError::Conflict("the picture is not kept any more".to_owned()))
            }
            _ => Ok(()),
        }
    }
}

impl TenantTx {
    /// The same for what belongs to a tenant: see [`Tx::show_picture`].
    pub async fn show_picture(
        &mut self,
        service: &str,
        owner: &str,
        url: Option<&str>,
        now: Timestamp,
    ) -> DbResult<()> {
        self.whole().show_picture(service, owner, url, now).await
    }
}

/// Whether any picture is to be deleted: what was let go until `now`, and again what was deleted until `before`.
pub(crate) async fn is_any_due(db: &Db, service: &str, now: Timestamp, before: Timestamp) -> DbResult<bool> {
    const SQL: &str = "SELECT key FROM kept_pictures
        WHERE service = $1 AND let_go_at <= $2 AND (deleted_at IS NULL OR deleted_at <= $3) LIMIT 1";
    let found: Option<(String,)> = db.optional(SQL, args![service, now, before]).await?;
    Ok(found.is_some())
}

/// Up to `limit` of them. From now on nobody can show them.
pub(crate) async fn take_due(
    tx: &mut Tx,
    service: &str,
    now: Timestamp,
    before: Timestamp,
    limit: i64,
) -> DbResult<Vec<LetGo>> {
    const SQL: &str = "UPDATE kept_pictures SET let_go_at = 0
        WHERE service = $1 AND let_go_at <= $2 AND key IN (
            SELECT key FROM kept_pictures
            WHERE service = $1 AND let_go_at <= $2 AND (deleted_at IS NULL OR deleted_at <= $3)
            ORDER BY let_go_at, key LIMIT $4)
        RETURNING key, deleted_at";
    let taken: Vec<(String, Option<Timestamp>)> = tx.all(SQL, args![service, now, before, limit]).await?;
    let let_go = taken.into_iter().map(|(key, deleted_at)| LetGo {
        key,
        again: deleted_at.is_some(),
    });
    Ok(let_go.collect())
}

/// They were deleted. What was so for the second time is forgotten.
pub(crate) async fn deleted(tx: &mut Tx, service: &str, all: &[LetGo], now: Timestamp) -> DbResult<()> {
    let keys = |again: bool| all.iter().filter(move |picture| picture.again == again);
    if keys(true).next().is_some() {
        let (these, mut values) = in_list(2, keys(true).map(|picture| picture.key.as_str()));
        values.insert(0, service.into());
        let sql = format!("DELETE FROM kept_pictures WHERE service = $1 AND key IN {these}");
        tx.run(&sql, values).await?;
    }
    if keys(false).next().is_some() {
        let (these, mut values) = in_list(3, keys(false).map(|picture| picture.key.as_str()));
        values.splice(0..0, [service.into(), now.into()]);
        let sql = format!("UPDATE kept_pictures SET deleted_at = $2 WHERE service = $1 AND key IN {these}");
        tx.run(&sql, values).await?;
    }
    Ok(())
}
