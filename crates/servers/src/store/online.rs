//! The tables `reporting_gateways` and `online_counts`; they cross servers.

use std::collections::{BTreeMap, HashMap};

use model::{ServerId, Timestamp};
use platform::{
    args,
    db::{Db, DbResult, Tx, Value, in_list, tuples},
};

/// The gateway lives; whether it was known.
pub(crate) async fn touch(tx: &mut Tx, gateway_id: i64, now: Timestamp) -> DbResult<bool> {
    let sql = "UPDATE reporting_gateways SET reported_at = $2 WHERE gateway_id = $1";
    Ok(tx.run(sql, args![gateway_id, now]).await? > 0)
}

/// The gateway is known from now on, and has said nothing yet.
pub(crate) async fn begin(tx: &mut Tx, gateway_id: i64, now: Timestamp) -> DbResult<()> {
    let sql = "INSERT INTO reporting_gateways (gateway_id, reported_at) VALUES ($1, $2)
               ON CONFLICT (gateway_id) DO UPDATE SET reported_at = excluded.reported_at";
    tx.run(sql, args![gateway_id, now]).await?;
    let sql = "DELETE FROM online_counts WHERE gateway_id = $1";
    tx.run(sql, args![gateway_id]).await.map(|_| ())
}

/// The gateway counts so many in these servers now.
pub(crate) async fn put(tx: &mut Tx, gateway_id: i64, online: &BTreeMap<ServerId, i64>) -> DbResult<()> {
    let gone: Vec<ServerId> = online
        .iter()
        .filter(|(_, count)| **count <= 0)
        .map(|(id, _)| *id)
        .collect();
    if !gone.is_empty() {
        let (these, mut values) = in_list(2, gone);
        values.insert(0, gateway_id.into());
        let sql = format!("DELETE FROM online_counts WHERE gateway_id = $1 AND server_id IN {these}");
        tx.run(&sql, values).await?;
    }
    let there: Vec<_> = online.iter().filter(|(_, count)| **count > 0).collect();
    let mut rest = there.as_slice();
    while !rest.is_empty() {
        // By powers of two: few different texts, which each connection prepares and keeps.
        let (rows, others) = rest.split_at(1 << rest.len().ilog2());
        rest = others;
        let row = |(id, count): &(&ServerId, &i64)| [Value::from(**id), gateway_id.into(), (**count).into()];
        let values: Vec<Value> = rows.iter().flat_map(row).collect();
        let sql = format!(
            "INSERT INTO online_counts (server_id, gateway_id, online) VALUES {}
             ON CONFLICT (server_id, gateway_id) DO UPDATE SET online = excluded.online",
            tuples(1, rows.len(), 3)
        );
        tx.run(&sql, values).await?;
    }
    Ok(())
}

/// Forgets gateways that have said nothing since then.
pub(crate) async fn forget_silent(tx: &mut Tx, since: Timestamp) -> DbResult<()> {
    let sql = "DELETE FROM reporting_gateways WHERE reported_at < $1 RETURNING gateway_id";
    for (gateway_id,) in tx.all::<(i64,)>(sql, args![since]).await? {
        let sql = "DELETE FROM online_counts WHERE gateway_id = $1";
        tx.run(sql, args![gateway_id]).await?;
    }
    Ok(())
}

/// How many are online in these servers, where anybody is: the most that one of the gateways counts that have said
/// something since then.
pub(crate) async fn list(db: &Db, servers: &[ServerId], since: Timestamp) -> DbResult<HashMap<ServerId, i64>> {
    if servers.is_empty() {
        return Ok(HashMap::new());
    }
    let (these, mut values) = in_list(2, servers.iter().copied());
    values.insert(0, since.into());
    let sql = format!(
        "SELECT c.server_id, MAX(c.online) FROM online_counts c
         JOIN reporting_gateways g ON g.gateway_id = c.gateway_id
         WHERE g.reported_at >= $1 AND c.server_id IN {these} GROUP BY c.server_id"
    );
    let counts: Vec<(ServerId, i64)> = db.all(&sql, values).await?;
    Ok(counts.into_iter().collect())
}
