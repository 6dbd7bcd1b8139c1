//! The table `server_words`, and what of `servers` discovery finds a server by.

use std::fmt::Write as _;

use model::ServerId;
use platform::{
    args,
    db::{DbResult, TenantTx, Tx, Value, in_list},
};

use crate::visibility::Visibility;

/// Rows of one statement at most.
const ROWS: usize = 256;

/// What a server is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// Its whole name.
    pub(crate) name_key: Vec<u8>,
    /// The words of its name and description, and of each whether it is in the name. No word is there twice.
    pub(crate) words: Vec<(Vec<u8>, bool)>,
}

/// Has the server found by this and nothing else; not at all when it is `None`.
pub(crate) async fn put(tx: &mut TenantTx, found: Option<&Found>, rules: i64) -> DbResult<()> {
    let key = found.map(|found| found.name_key.clone());
    tx.run(
        "UPDATE servers SET name_key = $2, words_version = $3 WHERE server_id = $1",
        args![key, rules],
    )
    .await?;
    tx.run("DELETE FROM server_words WHERE server_id = $1", []).await?;
    let server_id = tx.server_id();
    let words = found.into_iter().flat_map(|found| &found.words);
    let rows: Vec<_> = words.map(|(word, in_name)| (server_id, word, *in_name)).collect();
    for rows in rows.chunks(ROWS) {
        // `$1` is the transaction's.
        let (sql, values) = insert(rows);
        tx.run(&sql, &values[1..]).await?;
    }
    Ok(())
}

/// Takes up to `limit` servers, in the order of their ids, whose words were found by older rules than these. They are
/// held until the transaction ends, and have no words.
pub(crate) async fn take_outdated(tx: &mut Tx, rules: i64, limit: i64) -> DbResult<Vec<Outdated>> {
    let sql = "UPDATE servers SET words_version = $1, name_key = NULL
               WHERE words_version < $1 AND server_id IN
                   (SELECT server_id FROM servers WHERE words_version < $1 ORDER BY server_id LIMIT $2)
               RETURNING server_id, name, description, visibility";
    let outdated: Vec<Outdated> = tx.all(sql, args![rules, limit]).await?;
    if !outdated.is_empty() {
        let (these, ids) = in_list(1, outdated.iter().map(|(id, ..)| *id));
        tx.run(&format!("DELETE FROM server_words WHERE server_id IN {these}"), ids)
            .await?;
    }
    Ok(outdated)
}

/// A server, its name, its description and who finds it.
pub(crate) type Outdated = (ServerId, String, String, Visibility);

/// Has servers that were taken found by this.
pub(crate) async fn add(tx: &mut Tx, found: &[(ServerId, Found)]) -> DbResult<()> {
    for (server_id, found) in found {
        let sql = "UPDATE servers SET name_key = $2 WHERE server_id = $1";
        tx.run(sql, args![*server_id, found.name_key.clone()]).await?;
    }
    let rows: Vec<_> = found
        .iter()
        .flat_map(|(id, found)| found.words.iter().map(|(word, in_name)| (*id, word, *in_name)))
        .collect();
    for rows in rows.chunks(ROWS) {
        let (sql, values) = insert_many(rows);
        tx.run(&sql, values).await?;
    }
    Ok(())
}

type WordRow<'a> = (ServerId, &'a Vec<u8>, bool);

/// The statement that inserts these rows of one server, which is `$1`. The last row is repeated up to a power of two,
/// which changes nothing but keeps the number of different texts small.
fn insert(rows: &[WordRow<'_>]) -> (String, Vec<Value>) {
    let mut sql = String::from("INSERT INTO server_words (server_id, word, in_name) VALUES ");
    let mut values: Vec<Value> = rows.first().map(|row| row.0.into()).into_iter().collect();
    for (at, row) in padded(rows).enumerate() {
        let comma = if at > 0 { "," } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(sql, "{comma}($1,${},${})", 2 * at + 2, 2 * at + 3);
        values.extend([row.1.clone().into(), row.2.into()]);
    }
    sql.push_str(" ON CONFLICT DO NOTHING");
    (sql, values)
}

/// The same for rows of several servers.
fn insert_many(rows: &[WordRow<'_>]) -> (String, Vec<Value>) {
    let values: Vec<Value> = padded(rows)
        .flat_map(|row| [row.0.into(), row.1.clone().into(), row.2.into()])
        .collect();
    let tuples = platform::db::tuples(1, values.len() / 3, 3);
    let sql = format!("INSERT INTO server_words (server_id, word, in_name) VALUES {tuples} ON CONFLICT DO NOTHING");
    (sql, values)
}

fn padded<'a, 'b>(rows: &'b [WordRow<'a>]) -> impl Iterator<Item = &'b WordRow<'a>> {
    let missing = rows.len().next_power_of_two() - rows.len();
    rows.iter().chain(rows.last().into_iter().cycle().take(missing))
}
