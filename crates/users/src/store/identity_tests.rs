//! Every statement about the identity manager on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{SessionId, UserId};
use platform::{
    db::Tx,
    testing::{assert_all_are_called, databases},
};

use super::{
    tests::{ADA, at, sign_up},
    *,
};

#[test]
fn every_function_is_called_here() {
    let modules = [
        ("identity", include_str!("identities.rs")),
        ("grant", include_str!("grants.rs")),
    ];
    assert_all_are_called(&modules, include_str!("identity_tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_identity_is_one_users() {
    for database in databases().await {
        let (kind, db) = (database.kind, &database.db);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let ada = sign_up(&mut tx).await;
        identity::add(&mut tx, "i", "s", ADA, at(0)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(identity::find(db, "i", "s").await.unwrap(), Some(ADA), "{kind}");
        assert_eq!(
            identity::find(db, "j", "s").await.unwrap(),
            None,
            "{kind}: another issuer"
        );
        for name in [&*ada.username, ada.email.expose()] {
            assert_eq!(
                identity::subject_of(db, "i", name).await.unwrap().as_deref(),
                Some("s"),
                "{kind}"
            );
        }
        for (user_id, subject) in [(ADA, Some("s")), (UserId(2), None)] {
            let found = identity::subject_of_user(db, "i", user_id).await.unwrap();
            assert_eq!(found.as_deref(), subject, "{kind}");
        }
        assert_eq!(identity::subject_of(db, "i", "x").await.unwrap(), None, "{kind}");
        let listed = identity::list_of_user(db, ADA).await.unwrap();
        assert_eq!(listed, [("i".to_owned(), "s".to_owned(), at(0))], "{kind}");
        assert!(
            identity::list_of_user(db, UserId(2)).await.unwrap().is_empty(),
            "{kind}"
        );
        for (subject, user_id) in [("s", UserId(2)), ("t", ADA)] {
            let mut tx = db.begin().await.unwrap();
            let again = identity::add(&mut tx, "i", subject, user_id, at(0)).await.unwrap_err();
            assert!(again.is_unique_on("identities"), "{kind}: {again}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_kept_for_who_signs_up() {
    for database in databases().await {
        let (kind, db) = (database.kind, &database.db);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let ada = sign_up(&mut tx).await;
        let other = "bob@example.org".parse().unwrap();
        assert_eq!(
            identity::taken(&mut tx, &ada.username, &other).await.unwrap(),
            (true, false),
            "{kind}"
        );
        assert_eq!(
            identity::taken(&mut tx, "bob", &ada.email).await.unwrap(),
            (false, true),
            "{kind}"
        );
        assert_eq!(
            identity::taken(&mut tx, "bob", &other).await.unwrap(),
            (false, false),
            "{kind}"
        );
        identity::reserve(&mut tx, UserId(5), ("bob", &other), at(10))
            .await
            .unwrap();
        assert!(identity::is_reserved(&mut tx, "bob").await.unwrap(), "{kind}");
        assert!(!identity::is_reserved(&mut tx, "eve").await.unwrap(), "{kind}");
        tx.commit().await.unwrap();
        let third = "eve@example.org".parse().unwrap();
        for (name, email) in [("bob", &third), ("eve", &other)] {
            let mut tx = db.begin().await.unwrap();
            let again = identity::reserve(&mut tx, UserId(6), (name, email), at(10))
                .await
                .unwrap_err();
            assert!(again.is_unique_on("pending_sign_ups"), "{kind}: {again}");
        }
        assert_eq!(identity::left(db, at(9), 5).await.unwrap(), [], "{kind}");
        assert_eq!(identity::left(db, at(10), 5).await.unwrap(), [UserId(5)], "{kind}");
        let mut tx = db.begin().await.unwrap();
        assert!(
            !identity::take_lease(&mut tx, UserId(5), at(9), at(20)).await.unwrap(),
            "{kind}"
        );
        assert!(
            identity::take_lease(&mut tx, UserId(5), at(10), at(20)).await.unwrap(),
            "{kind}"
        );
        assert!(
            !identity::take_lease(&mut tx, UserId(5), at(10), at(30)).await.unwrap(),
            "{kind}"
        );
        assert!(!identity::release(&mut tx, UserId(5), at(10)).await.unwrap(), "{kind}");
        assert!(identity::release(&mut tx, UserId(5), at(20)).await.unwrap(), "{kind}");
    }
}

/// Two sign-ins of Ada, of which the first stands on a session, and was granted first; what it stands on.
async fn two_sign_ins(tx: &mut Tx) -> Option<Grant> {
    let mut grant_of_7 = None;
    for id in [7, 8] {
        let new = NewSignIn {
            id: SessionId(id),
            user_id: ADA,
            user_agent: "",
            now: at(0),
            expires_at: at(100),
            refresh_hash: &[u8::try_from(id).unwrap()],
        };
        sign_in::add(tx, &new).await.unwrap();
        let grant = Grant {
            subject: "s".to_owned(),
            client: "c".to_owned(),
            session: (id == 7).then(|| "session".to_owned()),
            sealed: (id == 7).then(|| b"sealed".to_vec()),
            checked_at: at(0),
            granted_at: at(if id == 7 { 1 } else { 2 }),
        };
        grant::add(tx, SessionId(id), &grant).await.unwrap();
        grant_of_7.get_or_insert(grant);
    }
    grant_of_7
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_stands_on_a_session() {
    for database in databases().await {
        let (kind, db) = (database.kind, &database.db);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sign_up(&mut tx).await;
        let grant_of_7 = two_sign_ins(&mut tx).await;
        tx.commit().await.unwrap();
        let found = grant::find(db, SessionId(7), &[7]).await.unwrap();
        assert_eq!(found, grant_of_7.map(|grant| (ADA, grant)), "{kind}");
        assert_eq!(
            grant::find(db, SessionId(7), &[8]).await.unwrap(),
            None,
            "{kind}: another token"
        );
        for (session, stands) in [("session", true), ("another", false)] {
            assert_eq!(grant::is_stood_on(db, session).await.unwrap(), stands, "{kind}");
        }
        for (subject, session, named) in [
            (Some("s"), Some("session"), true),
            (Some("s"), None, true),
            (Some("s"), Some("another"), false),
            (Some("another"), None, false),
            (None, None, false),
        ] {
            let found = grant::is_named(db, subject, session).await.unwrap();
            assert_eq!(found, named, "{kind}: {subject:?} {session:?}");
        }
        assert_eq!(
            grant::session_of(db, ADA, SessionId(7)).await.unwrap().as_deref(),
            Some("session"),
            "{kind}"
        );
        assert_eq!(
            grant::session_of(db, UserId(2), SessionId(7)).await.unwrap(),
            None,
            "{kind}: another user"
        );
        let mut tx = db.begin().await.unwrap();
        grant::checked(&mut tx, SessionId(7), None, at(1)).await.unwrap();
        grant::checked(&mut tx, SessionId(7), Some(b"next"), at(2))
            .await
            .unwrap();
        let standing = grant::standing_on(&mut tx, Some("s"), Some("session"), at(0))
            .await
            .unwrap();
        assert_eq!(standing, [(ADA, SessionId(7))], "{kind}");
        let standing = grant::standing_on(&mut tx, Some("s"), None, at(1)).await.unwrap();
        assert_eq!(standing, [(ADA, SessionId(7))], "{kind}: the other was granted later");
        let standing = grant::standing_on(&mut tx, Some("s"), None, at(2)).await.unwrap();
        assert_eq!(standing.len(), 2, "{kind}");
        assert_eq!(
            grant::standing_on(&mut tx, None, Some("other"), at(2)).await.unwrap(),
            [],
            "{kind}"
        );
        assert!(grant::hear(&mut tx, "j", at(0), at(5)).await.unwrap(), "{kind}");
        assert!(
            !grant::hear(&mut tx, "j", at(5), at(9)).await.unwrap(),
            "{kind}: heard before"
        );
        assert!(
            grant::hear(&mut tx, "j", at(6), at(9)).await.unwrap(),
            "{kind}: forgotten"
        );
        tx.commit().await.unwrap();
        let (_, found) = grant::find(db, SessionId(7), &[7]).await.unwrap().unwrap();
        assert_eq!(
            (found.sealed.as_deref(), found.checked_at),
            (Some(&b"next"[..]), at(2)),
            "{kind}"
        );
        let mut tx = db.begin().await.unwrap();
        sign_in::remove(&mut tx, ADA, SessionId(7), at(3)).await.unwrap();
        assert_eq!(
            grant::standing_on(&mut tx, Some("s"), None, at(2)).await.unwrap().len(),
            1,
            "{kind}"
        );
    }
}
