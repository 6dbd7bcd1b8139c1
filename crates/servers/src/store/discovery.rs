//! What discovery asks; it crosses servers.
//!
//! There are two ways to the best of what fits. When few fit, they are taken from an index of names or words and sorted;
//! when many do, the servers are walked through from the largest until a page of them fits. The first takes time with
//! all that fit, the second with all that do not; counting up to [`FEW`] says which it is.

use std::fmt::Write as _;

use model::{ServerId, UserId, search_key::KeyRange};
use platform::{
    args,
    db::{Db, DbResult, Value, in_list},
};

use super::servers::{self, ServerRow};

/// From so many on it is walked. With a hundred thousand servers both ways are as long then.
pub(crate) const FEW: i64 = 2_000;

/// After which server a page begins, by number of members, most first, and then id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) member_count: i64,
    pub(crate) server_id: ServerId,
}

impl Place {
    /// Before all servers.
    pub(crate) const START: Self = Self {
        member_count: i64::MAX,
        server_id: ServerId(0),
    };
}

/// How many names and words there are, as far as they were counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// In this range of names.
    pub(crate) names: Vec<i64>,
    /// In this range of words, in names and in descriptions alone.
    pub(crate) words: Vec<[i64; 2]>,
}

/// Counts the names and words of public servers in these ranges, names up to [`FEW`].
pub(crate) async fn count(db: &Db, names: &[KeyRange], words: &[KeyRange], up_to: i64) -> DbResult<Counts> {
    let (mut sql, mut bound) = (String::new(), Bound::default());
    let limit = FEW + 1;
    for (at, range) in names.iter().enumerate() {
        let within = bound.within("name_key", range);
        let _ = write!(
            sql,
            "{}SELECT CAST({at} AS BIGINT), COUNT(*) FROM (SELECT 1 FROM servers WHERE {within} LIMIT {limit}) counted{at}",
            if at > 0 { " UNION ALL " } else { "" }
        );
    }
    for (at, range) in words.iter().enumerate() {
        let within = bound.within("word", range);
        for (part, in_name) in [(0, "TRUE"), (1, "FALSE")] {
            let number = names.len() + 2 * at + part;
            let _ = write!(
                sql,
                "{}SELECT CAST({number} AS BIGINT), COUNT(*) FROM
                     (SELECT 1 FROM server_words WHERE in_name = {in_name} AND {within} LIMIT {up_to}) counted{number}",
                if number > 0 { " UNION ALL " } else { "" }
            );
        }
    }
    let mut found: Vec<(i64, i64)> = db.all(&format!("{sql} ORDER BY 1"), bound.values).await?;
    let of_words = found.split_off(names.len());
    Ok(Counts {
        names: found.into_iter().map(|(_, count)| count).collect(),
        words: of_words.chunks_exact(2).map(|pair| [pair[0].1, pair[1].1]).collect(),
    })
}

/// Up to `limit` public servers, those with most members first.
pub(crate) async fn list_all(db: &Db, after: Place, limit: usize) -> DbResult<Vec<ServerRow>> {
    read(db, "servers s", "TRUE", Bound::default(), after, limit).await
}

/// The same of those whose name is in the range. `few`: whether there are few.
pub(crate) async fn list_named(
    db: &Db,
    names: &KeyRange,
    few: bool,
    after: Place,
    limit: usize,
) -> DbResult<Vec<ServerRow>> {
    let mut bound = Bound::default();
    if few {
        let within = bound.within("name_key", names);
        let from = format!(
            "(SELECT server_id FROM servers WHERE {within} LIMIT {}) few CROSS JOIN servers s",
            FEW + 1
        );
        read(db, &from, "s.server_id = few.server_id", bound, after, limit).await
    } else {
        // A condition that no index of names can serve.
        let within = bound.within("s.name_key", names);
        let condition = format!("CASE WHEN {within} THEN 1 ELSE 0 END = 1");
        read(db, "servers s", &condition, bound, after, limit).await
    }
}

/// Where the words of a search must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// All in the name.
    Name,
    /// Not all in the name.
    Anywhere,
}

/// The same of those that have a word in each of these ranges and whose name is not in that one. `rare` is a word that few
/// have there, if there is one.
pub(crate) async fn list_worded(
    db: &Db,
    place: Where,
    words: &[KeyRange],
    not_named: &KeyRange,
    rare: Option<usize>,
    (after, limit): (Place, usize),
) -> DbResult<Vec<ServerRow>> {
    let mut bound = Bound::default();
    let ranges: Vec<String> = words.iter().map(|word| bound.within("w.word", word)).collect();
    // 2 for a word in the name, 1 for one that is in the description alone; the sum of all is NULL if one is missing.
    let standing = |within: &String| {
        format!(
            "(SELECT MAX(CASE WHEN w.in_name THEN 2 ELSE 1 END) FROM server_words w
              WHERE w.server_id = s.server_id AND {within})"
        )
    };
    let sum = ranges.iter().map(standing).collect::<Vec<_>>().join(" + ");
    let (all, compares) = (2 * words.len(), if place == Where::Name { "=" } else { "<" });
    let named = bound.within("s.name_key", not_named);
    let mut condition = format!("CASE WHEN {named} THEN 1 ELSE 0 END = 0 AND ({sum}) {compares} {all}");
    let from = rare.map(|rare| {
        let within = &ranges[rare];
        let part = |in_name| format!("SELECT w.server_id FROM server_words w WHERE w.in_name = {in_name} AND {within}");
        match place {
            Where::Name => format!("(SELECT DISTINCT * FROM ({}) named)", part("TRUE")),
            Where::Anywhere => format!("({} UNION {})", part("TRUE"), part("FALSE")),
        }
    });
    if from.is_some() {
        condition.insert_str(0, "s.server_id = few.server_id AND ");
    }
    let from = from.map_or_else(
        || "servers s".to_owned(),
        |few| format!("{few} few CROSS JOIN servers s"),
    );
    read(db, &from, &condition, bound, after, limit).await
}

/// Which of these servers the user is a member of.
pub(crate) async fn list_joined(db: &Db, user_id: UserId, servers: &[ServerId]) -> DbResult<Vec<ServerId>> {
    if servers.is_empty() {
        return Ok(Vec::new());
    }
    let (these, mut values) = in_list(2, servers.iter().copied());
    values.insert(0, user_id.into());
    let sql = format!("SELECT server_id FROM members WHERE user_id = $1 AND server_id IN {these}");
    let joined: Vec<(ServerId,)> = db.all(&sql, values).await?;
    Ok(joined.into_iter().map(|(id,)| id).collect())
}

async fn read(
    db: &Db,
    from: &str,
    condition: &str,
    mut bound: Bound,
    after: Place,
    limit: usize,
) -> DbResult<Vec<ServerRow>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let [count, id, limit] = args![after.member_count, after.server_id, limit].map(|value| bound.bind(value));
    let columns = servers::COLUMNS_OF_S;
    let sql = format!(
        "SELECT {columns} FROM {from}
         WHERE {condition} AND s.visibility = 'public'
           AND s.member_count <= {count} AND (s.member_count < {count} OR s.server_id > {id})
         ORDER BY s.member_count DESC, s.server_id LIMIT {limit}"
    );
    db.all(&sql, bound.values).await
}

/// The arguments of a statement as it is put together.
#[derive(Default)]
struct Bound {
    values: Vec<Value>,
}

impl Bound {
    /// Its placeholder.
    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn within(&mut self, column: &str, range: &KeyRange) -> String {
        let (from, to) = (self.bind(range.from.clone()), self.bind(range.to.clone()));
        format!("{column} >= {from} AND {column} < {to}")
    }
}
