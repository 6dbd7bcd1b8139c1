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
