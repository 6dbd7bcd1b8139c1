//! The table `kept_pictures`, in which each service has its own rows: see [`crate::pictures`].

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use model::Timestamp;

use super::{Db, DbError, DbResult, Migration, TenantTx, Tx, Value, in_list};
use crate::args;

pub(crate) const MIGRATIONS: &[Migration] = crate::migrations!["V1__kept_pictures", "V2__shared_pictures"];

/// Pictures of one statement, at most; a power of two.
const AT_ONCE: usize = 512;

/// A picture that is to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LetGo {
    pub(crate) key: String,
    /// Whether it was deleted before.
    pub(crate) again: bool,
}

/// The key of a picture by its address.
#[must_use]
pub fn key_of(url: &str) -> &str {
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

    /// Something that showed the pictures of the keys `before` shows those of `after` from now on. Those that nothing shows any
    /// more are deleted after the commit. Answers which of the new ones are counted: those that the service keeps under a row; what
    /// it has kept without one stays for ever. [`DbError::Conflict`] when a new one was kept, or let go of, so long ago that it is
    /// being deleted.
    pub async fn exchange_pictures(
        &mut self,
        service: &str,
        before: &BTreeSet<String>,
        after: &BTreeSet<String>,
        now: Timestamp,
    ) -> DbResult<Vec<String>> {
        const ONE_MORE: &str = "UPDATE kept_pictures SET
                holders = CASE WHEN let_go_at = 0 THEN 0 ELSE holders + 1 END,
                let_go_at = CASE WHEN let_go_at = 0 THEN 0 ELSE NULL END
            WHERE service = $1 AND key = $2 RETURNING let_go_at";
        let mut counted = Vec::new();
        // The order of the keys is the order of the locks, so that two who exchange some never deadlock.
        for key in before.symmetric_difference(after) {
            if before.contains(key) {
                let fewer = BTreeMap::from([(key.clone(), 1)]);
                self.let_go_of_pictures(service, &fewer, now).await?;
                continue;
            }
            let let_go_at: Option<(Option<Timestamp>,)> = self.optional(ONE_MORE, args![service, key.as_str()]).await?;
            match let_go_at {
                Some((None,)) => counted.push(key.clone()),
                Some((Some(_),)) => return Err(DbError::Conflict("the picture is not kept any more".to_owned())),
                None => {}
            }
        }
        Ok(counted)
    }

    /// So many things fewer show the pictures of these keys. Those that nothing shows any more are deleted after the commit.
    pub async fn let_go_of_pictures(
        &mut self,
        service: &str,
        fewer: &BTreeMap<String, i64>,
        now: Timestamp,
    ) -> DbResult<()> {
        let (mut rest, mut left) = (fewer.iter(), fewer.len());
        while left > 0 {
            // Powers of two, so that there are few different texts: each is prepared and kept by every connection.
            let size = AT_ONCE.min(1 << left.ilog2());
            left -= size;
            let mut values: Vec<Value> = args![service, now].into();
            for (key, count) in rest.by_ref().take(size) {
                values.extend(args![key.as_str(), -count]);
            }
            self.run(&one_fewer_each(size), values).await?;
        }
        Ok(())
    }
}

/// An insert, for it locks in the order of its values. Its rows are there already, and where one is not, there is nothing to lose.
fn one_fewer_each(rows: usize) -> String {
    let mut sql = "INSERT INTO kept_pictures (service, key, owner, let_go_at, holders) VALUES ".to_owned();
    for row in 0..rows {
        let comma = if row > 0 { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(sql, "{comma}($1,${},'',$2,${})", 3 + 2 * row, 4 + 2 * row);
    }
    sql.push_str(
        " ON CONFLICT (service, key) DO UPDATE SET holders = kept_pictures.holders + excluded.holders,
            let_go_at = CASE WHEN kept_pictures.holders + excluded.holders > 0 THEN NULL ELSE excluded.let_go_at END",
    );
    sql
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

    /// The same for what belongs to a tenant: see [`Tx::exchange_pictures`].
    pub async fn exchange_pictures(
        &mut self,
        service: &str,
        before: &BTreeSet<String>,
        after: &BTreeSet<String>,
        now: Timestamp,
    ) -> DbResult<Vec<String>> {
        self.whole().exchange_pictures(service, before, after, now).await
    }

    /// The same for what belonged to a tenant: see [`Tx::let_go_of_pictures`].
    pub async fn let_go_of_pictures(
        &mut self,
        service: &str,
        fewer: &BTreeMap<String, i64>,
        now: Timestamp,
    ) -> DbResult<()> {
        self.whole().let_go_of_pictures(service, fewer, now).await
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
