//! The table `users`.

use model::{
    Email, PersonName, Timestamp, UserId,
    search_key::{KeyRange, fold},
};
use platform::{
    args,
    db::{Db, DbResult, Tx, in_list},
};

platform::record! {
    /// A user, without the password's hash.
    #[derive(Debug, Clone)]
    pub(super) struct UserRow {
        id: UserId,
        username: String,
        email: String,
        first_name: String,
        last_name: String,
        biography: String,
        status: String,
        status_text: String,
        avatar_url: Option<String>,
        banner_url: Option<String>,
        language: String,
        theme: String,
        density: String,
        created_at: Timestamp,
        deletion_at: Option<Timestamp>,
        erased_at: Option<Timestamp>,
    }
}

/// The columns of [`UserRow`], in order.
macro_rules! columns {
    () => {
        "id, username, email, first_name, last_name, biography, status, status_text, avatar_url, banner_url, \
         language, theme, density, created_at, deletion_at, erased_at"
    };
}

pub(super) use columns;

/// A user, without the password's hash.
#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) username: String,
    pub(crate) email: Email,
    pub(crate) first_name: PersonName,
    pub(crate) last_name: PersonName,
    pub(crate) biography: String,
    pub(crate) status: String,
    pub(crate) status_text: String,
    pub(crate) avatar_url: Option<String>,
    pub(crate) banner_url: Option<String>,
    pub(crate) language: String,
    pub(crate) theme: String,
    pub(crate) density: String,
    pub(crate) created_at: Timestamp,
    /// When the account is to be erased.
    pub(crate) deletion_at: Option<Timestamp>,
    /// Since when there is none any more.
    pub(crate) erased_at: Option<Timestamp>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            username: row.username,
            email: Email::trusted(row.email),
            first_name: PersonName::trusted(row.first_name),
            last_name: PersonName::trusted(row.last_name),
            biography: row.biography,
            status: row.status,
            status_text: row.status_text,
            avatar_url: row.avatar_url,
            banner_url: row.banner_url,
            language: row.language,
            theme: row.theme,
            density: row.density,
            created_at: row.created_at,
            deletion_at: row.deletion_at,
            erased_at: row.erased_at,
        }
    }
}

/// A user to be.
pub(crate) struct NewUser<'a> {
    pub(crate) id: UserId,
    pub(crate) username: &'a str,
    pub(crate) email: &'a Email,
    pub(crate) first_name: &'a PersonName,
    pub(crate) last_name: &'a PersonName,
    pub(crate) password_hash: &'a str,
    pub(crate) language: &'a str,
    pub(crate) created_at: Timestamp,
}

/// What changes; `None` stays as it is.
#[derive(Debug, Default)]
pub(crate) struct UserChange {
    pub(crate) username: Option<String>,
    pub(crate) first_name: Option<PersonName>,
    pub(crate) last_name: Option<PersonName>,
    pub(crate) biography: Option<String>,
    pub(crate) status: Option<&'static str>,
    pub(crate) status_text: Option<String>,
    pub(crate) language: Option<&'static str>,
    pub(crate) theme: Option<&'static str>,
    pub(crate) density: Option<&'static str>,
}

/// Adds a user. [`platform::db::DbError::Unique`] names the index that stands against it.
pub(crate) async fn add(tx: &mut Tx, new: &NewUser<'_>) -> DbResult<User> {
    const SQL: &str = concat!(
        "INSERT INTO users (id, username, email, first_name, last_name, password_hash, language, created_at, username_key)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING ",
        columns!()
    );
    let values = args![
        new.id,
        new.username,
        new.email.expose(),
        new.first_name.expose(),
        new.last_name.expose(),
        new.password_hash,
        new.language,
        new.created_at,
        key(new.username),
    ];
    Ok(tx.one::<UserRow>(SQL, values).await?.into())
}

/// The user.
pub(crate) async fn lookup(db: &Db, id: UserId) -> DbResult<Option<User>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM users WHERE id = $1");
    Ok(db.optional::<UserRow>(SQL, args![id]).await?.map(User::from))
}

/// The users of these ids, as many as there are.
pub(crate) async fn lookup_many(db: &Db, ids: &[UserId]) -> DbResult<Vec<User>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(1, ids.iter().copied());
    let sql = format!("SELECT {} FROM users WHERE id IN {these}", columns!());
    Ok(db
        .all::<UserRow>(&sql, values)
        .await?
        .into_iter()
        .map(User::from)
        .collect())
}

/// The users of these names, in lower case, as many as there are.
pub(crate) async fn lookup_named(db: &Db, usernames: &[String]) -> DbResult<Vec<User>> {
    if usernames.is_empty() {
        return Ok(Vec::new());
    }
    let (these, values) = in_list(1, usernames.iter().map(String::as_str));
    let sql = format!(
        "SELECT {} FROM users WHERE username IN {these} AND erased_at IS NULL ORDER BY username",
        columns!()
    );
    let found: Vec<UserRow> = db.all(&sql, values).await?;
    Ok(found.into_iter().map(User::from).collect())
}

/// By what a username is found.
fn key(username: &str) -> Vec<u8> {
    username.as_bytes().to_vec()
}

/// Gives a key to up to `limit` users who have none, and answers how many they were.
pub(crate) async fn add_keys(tx: &mut Tx, limit: i64) -> DbResult<usize> {
    let sql = "SELECT id, username FROM users WHERE username_key IS NULL AND erased_at IS NULL ORDER BY id LIMIT $1";
    let without: Vec<(UserId, String)> = tx.all(sql, args![limit]).await?;
    for (id, username) in &without {
        // Who changes theirs meanwhile has a key.
        let sql = "UPDATE users SET username_key = $2 WHERE id = $1 AND username_key IS NULL AND erased_at IS NULL";
        tx.run(sql, args![*id, key(username)]).await?;
    }
    Ok(without.len())
}

/// Up to `limit` users whose username begins so, after that one: by username.
pub(crate) async fn search(db: &Db, prefix: &str, after: &str, limit: usize) -> DbResult<Vec<User>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM users WHERE username_key >= $1 AND username_key < $2 AND username_key > $3
         ORDER BY username_key LIMIT $4"
    );
    let KeyRange { from, to } = KeyRange::beginning_with(fold(prefix).as_bytes());
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found: Vec<UserRow> = db.all(SQL, args![from, to, key(after), limit]).await?;
    Ok(found.into_iter().map(User::from).collect())
}

/// The user of that e-mail address, and the hash of their password.
pub(crate) async fn find_by_email(db: &Db, email: &Email) -> DbResult<Option<(UserId, String)>> {
    db.optional(
        "SELECT id, password_hash FROM users WHERE email = $1",
        args![email.expose()],
    )
    .await
}

/// Changes what is to be changed, and answers the user as they are then. A username that somebody has stands against it:
/// [`platform::db::DbError::Unique`].
pub(crate) async fn change(tx: &mut Tx, id: UserId, change: &UserChange) -> DbResult<Option<User>> {
    const SQL: &str = concat!(
        "UPDATE users SET first_name = COALESCE($2, first_name), last_name = COALESCE($3, last_name),
            biography = COALESCE($4, biography), status = COALESCE($5, status), status_text = COALESCE($6, status_text),
            language = COALESCE($7, language), theme = COALESCE($8, theme), density = COALESCE($9, density),
            username = COALESCE($10, username), username_key = COALESCE($11, username_key)
        WHERE id = $1 AND erased_at IS NULL RETURNING ",
        columns!()
    );
    let values = args![
        id,
        change.first_name.as_ref().map(PersonName::expose),
        change.last_name.as_ref().map(PersonName::expose),
        change.biography.as_deref(),
        change.status,
        change.status_text.as_deref(),
        change.language,
        change.theme,
        change.density,
        change.username.as_deref(),
        change.username.as_deref().map(key),
    ];
    Ok(tx.optional::<UserRow>(SQL, values).await?.map(User::from))
}

/// A picture of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    Avatar,
    Banner,
}

impl Picture {
    /// All of them.
    pub(crate) const ALL: [Self; 2] = [Self::Avatar, Self::Banner];

    /// What the platform calls the one who shows it: see [`platform::pictures`].
    pub(crate) fn owner(self, id: UserId) -> String {
        let name = match self {
            Self::Avatar => "avatar",
            Self::Banner => "banner",
        };
        format!("{id}/{name}")
    }
}

/// Sets or removes a picture.
pub(crate) async fn set_picture(
    tx: &mut Tx,
    id: UserId,
    picture: Picture,
    url: Option<&str>,
) -> DbResult<Option<User>> {
    const AVATAR: &str = concat!(
        "UPDATE users SET avatar_url = $2 WHERE id = $1 AND erased_at IS NULL RETURNING ",
        columns!()
    );
    const BANNER: &str = concat!(
        "UPDATE users SET banner_url = $2 WHERE id = $1 AND erased_at IS NULL RETURNING ",
        columns!()
    );
    let sql = match picture {
        Picture::Avatar => AVATAR,
        Picture::Banner => BANNER,
    };
    Ok(tx.optional::<UserRow>(sql, args![id, url]).await?.map(User::from))
}

/// The hash of the user's password.
pub(crate) async fn password_hash(db: &Db, id: UserId) -> DbResult<Option<String>> {
    let found: Option<(String,)> = db
        .optional("SELECT password_hash FROM users WHERE id = $1", args![id])
        .await?;
    Ok(found.map(|(hash,)| hash))
}

/// Whether this is still the hash of the user's password; if so, it stays until this transaction ends.
pub(crate) async fn hold_password(tx: &mut Tx, id: UserId, hash: &str) -> DbResult<bool> {
    const SQL: &str = "UPDATE users SET password_hash = $2 WHERE id = $1 AND password_hash = $2";
    Ok(tx.run(SQL, args![id, hash]).await? > 0)
}

/// Sets the hash of the user's password.
pub(crate) async fn set_password(tx: &mut Tx, id: UserId, hash: &str) -> DbResult<()> {
    tx.run(
        "UPDATE users SET password_hash = $2 WHERE id = $1 AND erased_at IS NULL",
        args![id, hash],
    )
    .await?;
    Ok(())
}

/// Takes over names and e-mail as the identity manager has them; `None` when they are as they were.
/// [`platform::db::DbError::Unique`] when another user has the address.
pub(crate) async fn take_over(
    tx: &mut Tx,
    id: UserId,
    (first_name, last_name): (&PersonName, &PersonName),
    email: &Email,
) -> DbResult<Option<User>> {
    const SQL: &str = concat!(
        "UPDATE users SET first_name = $2, last_name = $3, email = $4
        WHERE id = $1 AND erased_at IS NULL AND (first_name <> $2 OR last_name <> $3 OR email <> $4) RETURNING ",
        columns!()
    );
    let values = args![id, first_name.expose(), last_name.expose(), email.expose()];
    Ok(tx.optional::<UserRow>(SQL, values).await?.map(User::from))
}

/// Sets the user's e-mail address, and answers the user as they are then. An address that somebody has stands against it:
/// [`platform::db::DbError::Unique`].
pub(crate) async fn set_email(tx: &mut Tx, id: UserId, email: &Email) -> DbResult<Option<User>> {
    const SQL: &str = concat!(
        "UPDATE users SET email = $2 WHERE id = $1 AND erased_at IS NULL RETURNING ",
        columns!()
    );
    Ok(tx
        .optional::<UserRow>(SQL, args![id, email.expose()])
        .await?
        .map(User::from))
}
