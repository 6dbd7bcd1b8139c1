//! Accounts that end: begun, taken back, and erased, so that nothing of the person is left.

use std::{collections::BTreeSet, time::Duration};

use contracts::{
    events::EventKind,
    users::{BeginDeletionRequest, CancelDeletionRequest, users_client::UsersClient},
};
use model::{SessionId, Timestamp, limits};
use platform::{
    auth::Caller,
    rpc::{
        beep_code,
        testing::{Conformance, Shape},
    },
};
use serde_json::{Value, json};
use tonic::Status;

use crate::world::{PASSWORD, Person, World, form, new_account, person, worlds};

const GRACE: Duration = limits::ACCOUNT_DELETION_GRACE;

/// Whoever is at this person's device.
pub(crate) fn caller(person: &Person) -> Caller {
    Caller {
        user_id: person.id,
        session_id: SessionId(1),
    }
}

pub(crate) fn shown(password: &str, code: Option<&str>) -> BeginDeletionRequest {
    BeginDeletionRequest {
        password: password.to_owned(),
        code: code.map(str::to_owned),
        address: "192.0.2.7".to_owned(),
        carried: None,
    }
}

async fn calls(world: &World) -> Conformance {
    Conformance::start(Shape::Together, world.server.clone(), &world.app).await
}

async fn begin(calls: &Conformance, person: &Person, request: BeginDeletionRequest) -> Result<Timestamp, Status> {
    let mut client = UsersClient::new(calls.peer());
    let answer = calls
        .working_for(caller(person), client.begin_deletion(request))
        .await?;
    Ok(Timestamp::from_millis(answer.into_inner().deletion_at))
}

async fn cancel(calls: &Conformance, person: &Person) -> Result<(), Status> {
    let mut client = UsersClient::new(calls.peer());
    let asking = client.cancel_deletion(CancelDeletionRequest {});
    calls.working_for(caller(person), asking).await.map(|_| ())
}

/// Until the account of this person is no more.
async fn erased(world: &World, person: &Person) {
    let erased = async {
        let sql = "SELECT id FROM users WHERE id = $1 AND erased_at IS NOT NULL";
        while world
            .db
            .optional::<(i64,)>(sql, platform::args![person.id])
            .await
            .unwrap()
            .is_none()
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), erased).await;
    waited.unwrap_or_else(|_| panic!("{}: {} is never erased", world.kind, person.email));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_begins_is_signed_out_everywhere_told_by_mail_and_can_take_it_back() {
    for world in worlds().await {
        let calls = calls(&world).await;
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        assert_eq!(me.get("/users/@me").await.expect(200)["deletion_at"], Value::Null);
        me.patch("/users/@me/settings", json!({"language": "fr"}))
            .await
            .expect(200);
        let elsewhere = person(&world.sign_in(&ada.email, PASSWORD).await.expect(200));
        world.events().await;
        let at = begin(&calls, &ada, shown(PASSWORD, None)).await.unwrap();
        assert_eq!(at, world.now().plus(GRACE), "{}", world.kind);
        let events = world.events().await;
        let kinds: Vec<_> = events.iter().map(|event| event.kind).collect();
        let ended = EventKind::SessionRevoked;
        assert_eq!(kinds, [EventKind::UserUpdated, ended, ended], "{}", world.kind);
        let told: Value = serde_json::from_str(events[0].data.get()).unwrap();
        assert_eq!(told["deletion_at"], json!(at), "{}", world.kind);
        for gone in [&ada, &elsewhere] {
            let refused = world.refresh(&gone.refresh).await;
            refused.is_problem(401, "refresh_token_invalid");
        }
        let mail = world.mailbox.next_to(&ada.email).await;
        // 2027-01-15 and fourteen days.
        assert!(mail.says("sera effac") && mail.says("29 janvier 2027"), "{mail:?}");

        // Asked again, it is the same day, and nobody is told twice.
        world.pass(Duration::from_hours(24));
        let back = world.sign_in(&ada.email, PASSWORD).await.expect(200);
        assert_eq!(back["user"]["deletion_at"], json!(at), "{}", world.kind);
        assert_eq!(begin(&calls, &ada, shown(PASSWORD, None)).await.unwrap(), at);
        let back = world.sign_in(&ada.email, PASSWORD).await.expect(200);
        let back = person(&back);
        assert_eq!(world.mailbox.waiting(), 0, "{}", world.kind);

        world.events().await;
        cancel(&calls, &back).await.unwrap();
        let kinds: Vec<_> = world.events().await.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::UserUpdated], "{}", world.kind);
        let me = world.acting(&back).get("/users/@me").await.expect(200);
        assert_eq!(me["deletion_at"], Value::Null, "{}", world.kind);
        cancel(&calls, &back).await.unwrap();
        assert!(world.events().await.is_empty(), "{}: nothing was begun", world.kind);
        world.pass(GRACE * 2);
        let bob = world.sign_up("bob").await;
        begin(&calls, &bob, shown(PASSWORD, None)).await.unwrap();
        world.pass(GRACE);
        erased(&world, &bob).await;
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_proof_changes_nothing() {
    for world in worlds().await {
        let calls = calls(&world).await;
        let ada = world.sign_up("ada").await;
        let (secret, recovery) = world.turn_totp_on(&ada).await;
        let code = world.code(&secret);
        for (password, code, refusal) in [
            ("a guess", Some(code.as_str()), "wrong_password"),
            (&"x".repeat(3_000), None, "wrong_password"),
            (PASSWORD, None, "second_factor_required"),
            (PASSWORD, Some("000000"), "second_factor_wrong"),
        ] {
            let refused = begin(&calls, &ada, shown(password, code)).await.unwrap_err();
            assert_eq!(beep_code(&refused), Some(refusal), "{}", world.kind);
        }
        let me = world.acting(&ada).get("/users/@me").await.expect(200);
        assert_eq!(me["deletion_at"], Value::Null, "{}", world.kind);
        begin(&calls, &ada, shown(PASSWORD, Some(&recovery[0]))).await.unwrap();
        // A code is good for once, and the same request, made again, decides nothing.
        begin(&calls, &ada, shown(PASSWORD, Some(&recovery[0]))).await.unwrap();
    }
}

/// Someone who has left a trace in every table and in every column of their own.
async fn full_life(world: &World) -> Person {
    let ada = world.sign_up("ada-of-old").await;
    let me = world.acting(&ada);
    let profile = json!({
        "username": "lovelace", "biography": "Notes on engines.", "status": "away", "status_text": "computing",
    });
    me.patch("/users/@me", profile).await.expect(200);
    let settings = json!({"theme": "dark", "density": "compact", "language": "fr"});
    me.patch("/users/@me/settings", settings).await.expect(200);
    for picture in ["avatar", "banner"] {
        me.request(form(picture, "file", b"picture")).await.expect(200);
    }
    world.turn_totp_on(&ada).await;
    let me = world.sign_in_with_code(&ada.email, "none").await;
    me.is_problem(401, "second_factor_wrong");
    let mut tx = world.db.begin().await.unwrap();
    for sql in [
        "UPDATE users SET administrator_since = 1 WHERE id = $1",
        "INSERT INTO account_links (hash, purpose, user_id, email, expires_at) VALUES ('x', 'email', $1, 'next@example.org', 1)",
        "INSERT INTO email_changes (user_id, email, expires_at) VALUES ($1, 'next@example.org', 1)",
        "INSERT INTO identities (issuer, subject, user_id, created_at) VALUES ('http://there', 'lovelace', $1, 1)",
        "INSERT INTO pending_sign_ups (user_id, username, email, lease_until) VALUES ($1, 'lovelace', 'next@example.org', 1)",
        "INSERT INTO sign_in_grants (sign_in_id, subject, client, session, checked_at)
            SELECT id, 'lovelace', 'x', 'lovelace', 1 FROM sign_ins WHERE user_id = $1",
        // One that waits, and waits.
        "INSERT INTO mails (id, kind, address, user_id, attempts, due_at, created_at)
            VALUES (1, 'totp_on', 'ada-of-old@example.org', $1, 0, 4000000000000, 1)",
        "INSERT INTO passkeys (id, user_id, credential_id, credential, name, created_at)
            VALUES (1, $1, 'x', '{}', 'Phone of Ada', 1)",
    ] {
        tx.run(sql, platform::args![ada.id]).await.unwrap();
    }
    let forgotten = "INSERT INTO mails (id, kind, address, attempts, due_at, created_at)
        VALUES (2, 'password_forgotten', 'ada-of-old@example.org', 0, 4000000000000, 1)";
    tx.run(forgotten, []).await.unwrap();
    tx.commit().await.unwrap();
    ada
}

/// Tables and columns of the database, but for what the platform keeps for itself.
async fn columns(world: &World) -> Vec<(String, String, bool)> {
    let sql = if world.kind == "sqlite" {
        "SELECT m.name, p.name, p.type FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table'"
    } else {
        "SELECT table_name::text, column_name::text, data_type::text FROM information_schema.columns
         WHERE table_schema = 'public'"
    };
    let found: Vec<(String, String, String)> = world.db.all(sql, []).await.unwrap();
    let is_bytes = |kind: &str| ["BYTEA", "BLOB"].contains(&kind.to_uppercase().as_str());
    let all = found.into_iter();
    all.map(|(table, column, kind)| (table, column, is_bytes(&kind)))
        .collect()
}

/// All that stands in the database, by table and column: texts and numbers as they are, bytes as the text that they may be.
async fn all_that_is_kept(world: &World) -> Vec<(String, String)> {
    let mut kept = Vec::new();
    for (table, column, is_bytes) in columns(world).await {
        let shown = match (is_bytes, world.kind) {
            (true, "sqlite") => format!("hex({column})"),
            (true, _) => format!("encode({column}, 'hex')"),
            (false, _) => format!("CAST({column} AS TEXT)"),
        };
        let sql = format!("SELECT {shown} FROM {table} WHERE {column} IS NOT NULL");
        for (text,) in world.db.all::<(String,)>(&sql, []).await.unwrap() {
            let text = if is_bytes {
                String::from_utf8_lossy(&hex_bytes(&text)).into_owned()
            } else {
                text
            };
            kept.push((format!("{table}.{column}"), text));
        }
    }
    kept
}

fn hex_bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}

/// Where something stands that says who she was.
async fn traces(world: &World, id: &str) -> BTreeSet<String> {
    let words = [
        "ada",
        "byron",
        "lovelace",
        "engines",
        "computing",
        "example.org",
        "/pictures/",
        "correct horse",
    ];
    let mut found = BTreeSet::new();
    for (place, text) in all_that_is_kept(world).await {
        let text = text.to_lowercase();
        let is_of_her = words.iter().any(|word| text.contains(word))
            || (place != "users.id" && text == id)
            || text.starts_with(&format!("{id}/"));
        if is_of_her {
            found.insert(place);
        }
    }
    found
}

/// The columns of the user's row, as texts.
async fn row_of(world: &World, person: &Person) -> Vec<(String, Option<String>)> {
    let mut row = Vec::new();
    for (table, column, _) in columns(world).await {
        if table == "users" {
            let sql = format!("SELECT CAST({column} AS TEXT) FROM users WHERE id = $1");
            let (value,): (Option<String>,) = world.db.one(&sql, platform::args![person.id]).await.unwrap();
            row.push((column, value));
        }
    }
    row
}

fn differing<'a>(one: &'a [(String, Option<String>)], other: &[(String, Option<String>)]) -> BTreeSet<&'a str> {
    let both = one.iter().zip(other);
    both.filter(|(one, other)| one != other)
        .map(|(one, _)| one.0.as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_says_who_somebody_was_is_left_of_them() {
    for world in worlds().await {
        let calls = calls(&world).await;
        let kind = world.kind;
        let ada = full_life(&world).await;
        let nobody = person(&world.nobody().post("/auth/register", nameless()).await.expect(201));
        let (hers, blank) = (row_of(&world, &ada).await, row_of(&world, &nobody).await);
        // Whoever adds a column has it filled here, and emptied by the erasure; these change by it alone.
        let only_then = BTreeSet::from(["deletion_at", "erasing_until", "erased_at", "disabled_at"]);
        let all: BTreeSet<&str> = hers.iter().map(|(column, _)| column.as_str()).collect();
        let filled = differing(&hers, &blank);
        assert_eq!(
            &all - &only_then,
            filled.iter().copied().chain(["created_at"]).collect(),
            "{kind}"
        );
        let tables: BTreeSet<String> = columns(&world)
            .await
            .into_iter()
            .filter(|(_, column, _)| column == "user_id")
            .map(|(table, _, _)| format!("{table}.user_id"))
            .collect();
        let id = ada.id.to_string();
        let before = traces(&world, &id).await;
        assert!(tables.is_subset(&before), "{kind}: {tables:?} {before:?}");

        let recovery = "SELECT COUNT(*) FROM recovery_codes WHERE user_id = $1";
        let (codes,): (i64,) = world.db.one(recovery, platform::args![ada.id]).await.unwrap();
        assert!(codes > 0, "{kind}");
        for sql in [
            "UPDATE users SET deletion_at = $2, disabled_at = $2 WHERE id = $1",
            "UPDATE users SET deletion_at = $2 WHERE id = $1",
        ] {
            let who = if sql.contains("disabled") { &ada } else { &nobody };
            let mut tx = world.db.begin().await.unwrap();
            tx.run(sql, platform::args![who.id, world.now()]).await.unwrap();
            tx.commit().await.unwrap();
            erased(&world, who).await;
        }
        let (hers, blank) = (row_of(&world, &ada).await, row_of(&world, &nobody).await);
        let own = BTreeSet::from(["id", "username", "email", "created_at"]);
        assert_eq!(differing(&hers, &blank), own, "{kind}: {hers:?}");

        // Her names are kept from others, for a while; what is told of her has left the outbox by now, or soon.
        let only_names = BTreeSet::from(["former_usernames.user_id", "former_usernames.username"].map(str::to_owned));
        settles(&world, &id, &only_names).await;
        let taken = new_account("lovelace");
        let refused = world.nobody().post("/auth/register", taken.clone()).await;
        refused.is_problem(409, "username_taken");
        world.pass(limits::USERNAME_KEPT + Duration::from_hours(2));
        settles(&world, &id, &BTreeSet::new()).await;
        world.nobody().post("/auth/register", taken).await.expect(201);
        drop(calls);
    }
}

/// Somebody whose name, address and settings are like nobody's.
fn nameless() -> Value {
    json!({
        "first_name": "X", "last_name": "Y", "username": "nobody", "email": "x@y.test", "password": PASSWORD,
    })
}

/// Until her traces are these.
async fn settles(world: &World, id: &str, expected: &BTreeSet<String>) {
    let limit = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        let left = traces(world, id).await;
        if left == *expected {
            return;
        }
        assert!(tokio::time::Instant::now() < limit, "{}: {left:?}", world.kind);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_erased_is_shown_as_such_and_their_address_is_free() {
    for world in worlds().await {
        // Of two that look, one erases.
        world.another_instance().await;
        let calls = calls(&world).await;
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        let mut pictures = Vec::new();
        for person in [&ada, &bob] {
            for picture in ["avatar", "banner"] {
                let set = world.acting(person).request(form(picture, "file", b"the same")).await;
                let url = set.expect(200)[format!("{picture}_url")].clone();
                pictures.push(url.as_str().unwrap().to_owned());
            }
        }
        begin(&calls, &ada, shown(PASSWORD, None)).await.unwrap();
        world.pass(GRACE.saturating_sub(Duration::from_millis(1)));
        let back = person(&world.sign_in(&ada.email, PASSWORD).await.expect(200));
        world.events().await;
        world.pass(Duration::from_millis(1));
        erased(&world, &ada).await;
        let kinds: Vec<_> = world.events().await.iter().map(|event| event.kind).collect();
        let told = [
            EventKind::SessionRevoked,
            EventKind::UserUpdated,
            EventKind::UserDeleted,
        ];
        assert_eq!(kinds, told, "{}", world.kind);
        let refused = world.sign_in(&ada.email, PASSWORD).await;
        refused.is_problem(401, "invalid_credentials");
        let refused = world.refresh(&back.refresh).await;
        refused.is_problem(401, "refresh_token_invalid");
        // A token that nobody has revoked here is that of nobody.
        let refused = world.acting(&back).get("/users/@me").await;
        refused.is_problem(401, "not_signed_in");
        let late = cancel(&calls, &back).await.unwrap_err();
        assert_eq!(beep_code(&late), Some("not_signed_in"), "{}", world.kind);

        let bob = person(&world.sign_in(&bob.email, PASSWORD).await.expect(200));
        let others = world.acting(&bob);
        let shown = others.get(&format!("/users/{}", ada.id)).await.expect(200);
        assert_eq!(
            (&shown["display_name"], &shown["username"], &shown["avatar_url"]),
            (
                &json!("Deleted user"),
                &json!(format!("_deleted-{}", ada.id)),
                &Value::Null
            ),
            "{}",
            world.kind
        );
        for query in ["ada", "_del", "del"] {
            let found = others.get(&format!("/users?query={query}")).await.expect(200);
            assert_eq!(found["items"], json!([]), "{}: {query}", world.kind);
        }
        let account = json!({
            "first_name": "Ada", "last_name": "Byron", "username": "ada-again", "email": ada.email, "password": PASSWORD,
        });
        let anew = world.nobody().post("/auth/register", account).await.expect(201);
        assert_ne!(person(&anew).id, ada.id, "{}: somebody else", world.kind);
        for url in &pictures[..2] {
            world.store.until_gone(url).await;
        }
        assert_eq!(world.store.count(), 2, "{}: bob's", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_instance_left_that_died_another_one_does_after_its_lease() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let mut tx = world.db.begin().await.unwrap();
        let sql = "UPDATE users SET deletion_at = $2, erasing_until = $3 WHERE id = $1";
        let lease = world.now().plus(Duration::from_mins(2));
        tx.run(sql, platform::args![ada.id, world.now(), lease]).await.unwrap();
        tx.commit().await.unwrap();
        // Nobody knows how far it came: nobody gets in.
        let refused = world.sign_in(&ada.email, PASSWORD).await;
        refused.is_problem(401, "invalid_credentials");
        let bob = world.sign_up("bob").await;
        begin(&calls(&world).await, &bob, shown(PASSWORD, None)).await.unwrap();
        let mut tx = world.db.begin().await.unwrap();
        let now = "UPDATE users SET deletion_at = $2 WHERE id = $1";
        tx.run(now, platform::args![bob.id, world.now()]).await.unwrap();
        tx.commit().await.unwrap();
        erased(&world, &bob).await;
        let sql = "SELECT COUNT(*) FROM users WHERE id = $1 AND erased_at IS NULL";
        let (waits,): (i64,) = world.db.one(sql, platform::args![ada.id]).await.unwrap();
        assert_eq!(waits, 1, "{}: it is another one's", world.kind);
        world.pass(Duration::from_mins(2));
        erased(&world, &ada).await;
    }
}
