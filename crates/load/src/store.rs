//! What would take hours through the public API is written into the database of a Beep that does not run.

use platform::db::{Db, Value, tuples};

/// Rows of one statement.
const ROWS: usize = 500;

/// A public server to be found, which nobody has been in.
pub(crate) struct Listing {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) members: i64,
}

/// Adds public servers as a version of Beep that did not index them would have left them.
pub(crate) async fn add_servers(db: &Db, servers: &[Listing]) -> anyhow::Result<()> {
    let rows = servers.iter().zip(1_i64..).map(|(server, id)| {
        [
            Value::from(id),
            1.into(),
            server.name.as_str().into(),
            server.description.as_str().into(),
            "public".into(),
            1.into(),
            server.members.into(),
            0.into(),
        ]
    });
    let head = "servers (server_id, version, name, description, visibility, owner_id, member_count, created_at)";
    insert(db, head, &rows.collect::<Vec<_>>()).await
}

/// Messages of one author in channels of a server, in turn, from the first number on.
pub(crate) async fn add_messages(
    db: &Db,
    (server_id, author_id): (i64, i64),
    channels: &[i64],
    amount: usize,
    content: impl Fn(usize) -> String,
) -> anyhow::Result<()> {
    // Ids of a time long ago, one for each millisecond.
    let id = |number: usize| i64::try_from(number + 1).unwrap_or(i64::MAX) << 22;
    let seq = |number: usize| i64::try_from(number / channels.len() + 1).unwrap_or(i64::MAX);
    let head = "messages (server_id, channel_id, id, seq, author_id, content, created_at)";
    for from in (0..amount).step_by(100 * ROWS) {
        let to = (from + 100 * ROWS).min(amount);
        let row = |number: usize| {
            [
                Value::from(server_id),
                channels[number % channels.len()].into(),
                id(number).into(),
                seq(number).into(),
                author_id.into(),
                content(number).as_str().into(),
                seq(number).into(),
            ]
        };
        insert(db, head, &(from..to).map(row).collect::<Vec<_>>()).await?;
    }
    let last = |at: usize| (amount + channels.len() - 1 - at) / channels.len();
    let counter = |(at, channel): (usize, &i64)| {
        let last = i64::try_from(last(at)).unwrap_or(i64::MAX);
        [server_id.into(), (*channel).into(), last.into()]
    };
    let counters: Vec<[Value; 3]> = channels.iter().enumerate().map(counter).collect();
    insert(db, "channel_counters (server_id, channel_id, last_seq)", &counters).await
}

/// What the database does by itself after a while when many rows are new.
pub(crate) async fn settle(db: &Db) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    tx.run("ANALYZE", []).await?;
    Ok(tx.commit().await?)
}

/// Adds users who cannot sign in, as members of a server, each with one of its roles.
pub(crate) async fn add_members(db: &Db, server_id: i64, amount: i64, roles: &[i64]) -> anyhow::Result<()> {
    let name = |id: i64| format!("member{id}");
    let users: Vec<[Value; 8]> = (1..=amount)
        .map(|id| {
            let name = name(id);
            [
                id.into(),
                name.as_str().into(),
                format!("{name}@example.org").into(),
                "Member".into(),
                id.to_string().into(),
                "".into(),
                "en".into(),
                0.into(),
            ]
        })
        .collect();
    let head = "users (id, username, email, first_name, last_name, password_hash, language, created_at)";
    insert(db, head, &users).await?;
    let rows: Vec<[Value; 6]> = (1..=amount)
        .map(|id| {
            let shown = format!("Member {id}");
            [
                server_id.into(),
                id.into(),
                0.into(),
                name(id).into(),
                shown.as_str().into(),
                shown.to_lowercase().into(),
            ]
        })
        .collect();
    let columns = "members (server_id, user_id, joined_at, username, display_name, display_name_fold)";
    insert(db, columns, &rows).await?;
    let given: Vec<[Value; 3]> = (1..=amount)
        .zip(roles.iter().cycle())
        .map(|(id, role)| [server_id.into(), id.into(), (*role).into()])
        .collect();
    insert(db, "member_roles (server_id, user_id, role_id)", &given).await?;
    let mut tx = db.begin().await?;
    let count = "UPDATE servers SET member_count = member_count + $2 WHERE server_id = $1";
    tx.run(count, [server_id.into(), amount.into()]).await?;
    Ok(tx.commit().await?)
}

async fn insert<const COLUMNS: usize>(db: &Db, head: &str, rows: &[[Value; COLUMNS]]) -> anyhow::Result<()> {
    let mut tx = db.begin().await?;
    for rows in rows.chunks(ROWS) {
        let sql = format!("INSERT INTO {head} VALUES {}", tuples(1, rows.len(), COLUMNS));
        tx.run(&sql, rows.concat()).await?;
    }
    Ok(tx.commit().await?)
}
