//! Every statement on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::time::Duration;

use model::{Email, PersonName, SessionId, Timestamp, UserId};
use platform::testing::{assert_all_are_called, databases};

use super::*;

pub(super) const ADA: UserId = UserId(1);

pub(super) fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).plus(Duration::from_secs(seconds))
}

fn email() -> Email {
    "ada@example.org".parse().unwrap()
}

pub(super) async fn sign_up(tx: &mut platform::db::Tx) -> User {
    let (first, last): (PersonName, PersonName) = ("Ada".parse().unwrap(), "Byron".parse().unwrap());
    let new = NewUser {
        id: ADA,
        username: "ada",
        email: &email(),
        first_name: &first,
        last_name: &last,
        password_hash: "hash",
        language: "en",
        created_at: at(0),
    };
    user::add(tx, &new).await.unwrap()
}

#[test]
fn every_function_is_called_here() {
    let modules = [
        ("user", include_str!("users.rs")),
        ("sign_in", include_str!("sign_ins.rs")),
    ];
    assert_all_are_called(&modules, include_str!("tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_picture_of_a_user_is_set_and_removed_without_the_other() {
    for database in databases().await {
        let (db, kind) = (&database.db, &database.kind);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sign_up(&mut tx).await;
        for (picture, url, left) in [
            (Picture::Avatar, Some("/a"), (Some("/a"), None)),
            (Picture::Banner, Some("/b"), (Some("/a"), Some("/b"))),
            (Picture::Avatar, None, (None, Some("/b"))),
            (Picture::Banner, None, (None, None)),
        ] {
            let user = user::set_picture(&mut tx, ADA, picture, url).await.unwrap().unwrap();
            assert_eq!((user.avatar_url.as_deref(), user.banner_url.as_deref()), left, "{kind}");
            let nobody = user::set_picture(&mut tx, UserId(2), picture, url).await;
            assert!(nobody.unwrap().is_none(), "{kind}");
        }
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_added_found_and_changed() {
    for database in databases().await {
        database.db.migrate("users", MIGRATIONS).await.unwrap();
        let db = &database.db;
        let mut tx = db.begin().await.unwrap();
        let added = sign_up(&mut tx).await;
        assert_eq!(
            (added.status.as_str(), added.theme.as_str(), added.density.as_str()),
            ("online", "system", "cosy")
        );
        let change = UserChange {
            biography: Some("x".to_owned()),
            theme: Some("dark"),
            ..UserChange::default()
        };
        let changed = user::change(&mut tx, ADA, &change).await.unwrap().unwrap();
        assert_eq!(
            (
                changed.biography.as_str(),
                changed.theme.as_str(),
                changed.username.as_str()
            ),
            ("x", "dark", "ada")
        );
        assert!(user::change(&mut tx, UserId(2), &change).await.unwrap().is_none());
        tx.commit().await.unwrap();
        assert_eq!(user::lookup(db, ADA).await.unwrap().unwrap().biography, "x");
        assert!(user::lookup(db, UserId(2)).await.unwrap().is_none());
        let many: Vec<UserId> = (0..300).map(UserId).collect();
        assert_eq!(
            user::lookup_many(db, &many).await.unwrap().len(),
            1,
            "{}",
            database.kind
        );
        assert!(user::lookup_many(db, &[]).await.unwrap().is_empty());
        let named = ["ada", "bob"].map(str::to_owned);
        assert_eq!(
            user::lookup_named(db, &named).await.unwrap().len(),
            1,
            "{}",
            database.kind
        );
        assert!(user::lookup_named(db, &[]).await.unwrap().is_empty());
        assert_eq!(
            user::search(db, "AD", "", 2).await.unwrap().len(),
            1,
            "{}",
            database.kind
        );
        assert!(
            user::search(db, "ad", "ada", 2).await.unwrap().is_empty(),
            "{}",
            database.kind
        );
        assert!(
            user::search(db, "a_", "", 2).await.unwrap().is_empty(),
            "{}",
            database.kind
        );
        let mut tx = db.begin().await.unwrap();
        let renamed = UserChange {
            username: Some("a-d.z".to_owned()),
            ..UserChange::default()
        };
        user::change(&mut tx, ADA, &renamed).await.unwrap();
        tx.commit().await.unwrap();
        for (prefix, found) in [("ada", 0), ("a-", 1), ("a-d.z", 1), ("a-d.zz", 0), ("b", 0)] {
            let users = user::search(db, prefix, "", 2).await.unwrap();
            assert_eq!(users.len(), found, "{}: {prefix}", database.kind);
        }
        let found = user::find_by_email(db, &email()).await.unwrap();
        assert_eq!(found, Some((ADA, "hash".to_owned())), "{}", database.kind);
        let mut tx = db.begin().await.unwrap();
        assert!(
            user::hold_password(&mut tx, ADA, "hash").await.unwrap(),
            "{}",
            database.kind
        );
        user::set_password(&mut tx, ADA, "other").await.unwrap();
        let moved = user::set_email(&mut tx, ADA, &"ada@b.co".parse().unwrap())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(moved.email.expose(), "ada@b.co", "{}", database.kind);
        assert!(
            !user::hold_password(&mut tx, ADA, "hash").await.unwrap(),
            "{}",
            database.kind
        );
        tx.commit().await.unwrap();
        assert_eq!(user::password_hash(db, ADA).await.unwrap().as_deref(), Some("other"));
        assert_eq!(user::password_hash(db, UserId(2)).await.unwrap(), None);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_are_added_exchanged_listed_and_ended() {
    for database in databases().await {
        database.db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        sign_up(&mut tx).await;
        for number in 1..=3_u64 {
            let new = NewSignIn {
                id: SessionId(i64::try_from(number).unwrap()),
                user_id: ADA,
                user_agent: "x",
                now: at(number),
                expires_at: at(100),
                refresh_hash: b"first",
            };
            sign_in::add(&mut tx, &new).await.unwrap();
        }
        let exchange = Exchange {
            id: SessionId(1),
            presented: b"first",
            next: b"second",
            now: at(10),
            expires_at: at(110),
            exchanged_after: at(5),
        };
        assert_eq!(
            sign_in::exchange(&mut tx, &exchange).await.unwrap(),
            Exchanged::Done(ADA)
        );
        let late = Exchange {
            next: b"third",
            now: at(30),
            exchanged_after: at(25),
            ..exchange
        };
        assert_eq!(sign_in::exchange(&mut tx, &late).await.unwrap(), Exchanged::Reused(ADA));
        assert!(sign_in::remove(&mut tx, ADA, SessionId(2), at(40)).await.unwrap());
        assert!(!sign_in::remove(&mut tx, UserId(2), SessionId(1), at(40)).await.unwrap());
        let ended = sign_in::remove_all_but(&mut tx, UserId(2), None, at(45)).await.unwrap();
        assert!(ended.is_empty(), "{}: nobody else's", database.kind);
        let ended = sign_in::remove_oldest(&mut tx, ADA, at(50), 1).await.unwrap();
        assert_eq!(ended, [SessionId(3)], "{}: used longest ago", database.kind);
        tx.commit().await.unwrap();
        let mut ended = sign_in::list_ended(&database.db, at(50)).await.unwrap();
        ended.sort_unstable();
        assert_eq!(ended, [SessionId(2), SessionId(3)], "{}", database.kind);
        let list = sign_in::list(&database.db, ADA, at(50)).await.unwrap();
        assert_eq!(
            list.iter().map(|sign_in| sign_in.id).collect::<Vec<_>>(),
            [SessionId(1)]
        );
        assert!(
            sign_in::list(&database.db, ADA, at(200)).await.unwrap().is_empty(),
            "{}",
            database.kind
        );
        let mut tx = database.db.begin().await.unwrap();
        let kept = sign_in::remove_all_but(&mut tx, ADA, Some(SessionId(1)), at(60))
            .await
            .unwrap();
        let ended = sign_in::remove_all_but(&mut tx, ADA, None, at(60)).await.unwrap();
        assert_eq!((kept, ended), (Vec::new(), vec![SessionId(1)]), "{}", database.kind);
    }
}

/// Who was there before the third migration.
#[tokio::test(flavor = "multi_thread")]
async fn older_users_are_found_after_an_upgrade_in_the_order_of_their_names() {
    for database in databases().await {
        let db = &database.db;
        db.migrate("users", &MIGRATIONS[..2]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        // In the order of languages, signs count for nothing: a language would put `a-c` between the others.
        for (id, username) in [(1, "ab"), (2, "a-c"), (3, "ad"), (4, "a_b"), (5, "b")] {
            let sql =
                "INSERT INTO users (id, username, email, first_name, last_name, password_hash, language, created_at)
                       VALUES ($1, $2, $2, 'x', 'y', 'z', 'en', 0)";
            tx.run(sql, platform::args![UserId(id), username]).await.unwrap();
        }
        tx.commit().await.unwrap();
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let counts = [
            user::add_keys(&mut tx, 3).await.unwrap(),
            user::add_keys(&mut tx, 3).await.unwrap(),
            user::add_keys(&mut tx, 3).await.unwrap(),
        ];
        assert_eq!(counts, [3, 2, 0], "{}", database.kind);
        tx.commit().await.unwrap();
        let mut found = Vec::new();
        while let Some(user) = user::search(db, "A", found.last().map_or("", String::as_str), 1)
            .await
            .unwrap()
            .pop()
        {
            found.push(user.username);
        }
        assert_eq!(found, ["a-c", "a_b", "ab", "ad"], "{}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_identity_manager_says_is_taken_over() {
    for database in databases().await {
        database.db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        let ada = sign_up(&mut tx).await;
        let (first, last) = (&ada.last_name, &ada.first_name);
        let changed = user::take_over(&mut tx, ADA, (first, last), &ada.email).await.unwrap();
        assert_eq!(
            changed.unwrap().first_name.expose(),
            first.expose(),
            "{}",
            database.kind
        );
        let same = user::take_over(&mut tx, ADA, (first, last), &ada.email).await.unwrap();
        assert!(same.is_none(), "{}: nothing has changed", database.kind);
    }
}
