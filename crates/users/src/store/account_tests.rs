//! What administrators see and decide, and names that were left, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::UserId;
use platform::testing::{assert_all_are_called, databases};

use super::{
    tests::{ADA, at, sign_up},
    *,
};

#[test]
fn every_function_is_called_here() {
    let modules = [
        ("account", include_str!("accounts.rs")),
        ("former_username", include_str!("former_usernames.rs")),
    ];
    assert_all_are_called(&modules, include_str!("account_tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_listed_disabled_and_made_administrators() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sign_up(&mut tx).await;
        assert_eq!(account::standing(&mut tx, ADA).await.unwrap(), Standing::Good, "{kind}");
        assert_eq!(
            account::standing(&mut tx, UserId(2)).await.unwrap(),
            Standing::Gone,
            "{kind}"
        );
        assert!(
            !account::set_disabled(&mut tx, ADA, None).await.unwrap(),
            "{kind}: was not"
        );
        assert!(
            account::set_disabled(&mut tx, ADA, Some(at(5))).await.unwrap(),
            "{kind}"
        );
        assert!(
            !account::set_disabled(&mut tx, ADA, Some(at(6))).await.unwrap(),
            "{kind}: was"
        );
        assert_eq!(
            account::standing(&mut tx, ADA).await.unwrap(),
            Standing::Disabled,
            "{kind}"
        );
        assert!(
            !account::set_administrator(&mut tx, ADA, None).await.unwrap(),
            "{kind}: was not"
        );
        assert!(
            account::set_administrator(&mut tx, ADA, Some(at(7))).await.unwrap(),
            "{kind}"
        );
        assert!(
            !account::set_administrator(&mut tx, ADA, Some(at(8))).await.unwrap(),
            "{kind}: was"
        );
        tx.commit().await.unwrap();
        let listed = account::list(db, UserId(0), 10).await.unwrap();
        let ada = listed.first().unwrap();
        assert_eq!(
            (
                ada.id,
                ada.disabled_at,
                ada.administrator_since,
                ada.last_used_at,
                ada.second_factor_since
            ),
            (ADA, Some(at(5)), Some(at(7)), None, None),
            "{kind}"
        );
        assert!(
            account::list(db, ADA, 10).await.unwrap().is_empty(),
            "{kind}: after her"
        );
        let standing = account::marks(db, ADA).await.unwrap();
        assert_eq!(standing, Some((Some(at(5)), Some(at(7)))), "{kind}");
        assert_eq!(account::marks(db, UserId(2)).await.unwrap(), None, "{kind}");
        let mut tx = db.begin().await.unwrap();
        assert!(account::set_disabled(&mut tx, ADA, None).await.unwrap(), "{kind}");
        assert!(account::set_administrator(&mut tx, ADA, None).await.unwrap(), "{kind}");
        assert_eq!(account::standing(&mut tx, ADA).await.unwrap(), Standing::Good, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_were_left_are_remembered_for_a_while() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sign_up(&mut tx).await;
        assert_eq!(
            former_username::hold(&mut tx, ADA).await.unwrap().as_deref(),
            Some("ada"),
            "{kind}"
        );
        assert_eq!(former_username::hold(&mut tx, UserId(2)).await.unwrap(), None, "{kind}");
        former_username::leave(&mut tx, ADA, "ada", at(20), at(0))
            .await
            .unwrap();
        former_username::leave(&mut tx, ADA, "lovelace", at(10), at(0))
            .await
            .unwrap();
        let left = former_username::left_since(&mut tx, ADA, at(9)).await.unwrap();
        assert_eq!(left, [at(10), at(20)], "{kind}: the earliest first");
        assert_eq!(
            former_username::left_since(&mut tx, ADA, at(10)).await.unwrap(),
            [at(20)],
            "{kind}"
        );
        let bob = UserId(2);
        for (user, name, since, kept) in [
            (bob, "ada", at(19), true),
            (bob, "ada", at(20), false),
            (ADA, "ada", at(19), false),
            (bob, "byron", at(0), false),
        ] {
            let asked = former_username::is_kept_from(&mut tx, user, name, since).await.unwrap();
            assert_eq!(asked, kept, "{kind}: {user} {name} {since}");
        }
        former_username::leave(&mut tx, ADA, "byron", at(30), at(15))
            .await
            .unwrap();
        let left = former_username::left_since(&mut tx, ADA, at(0)).await.unwrap();
        assert_eq!(left, [at(20), at(30)], "{kind}: older ones are forgotten");
        tx.commit().await.unwrap();
        let listed = former_username::list_since(db, ADA, at(20)).await.unwrap();
        assert_eq!(listed, [at(30)], "{kind}");
        let listed = former_username::list(db, ADA).await.unwrap();
        let expected = [("ada".to_owned(), at(20)), ("byron".to_owned(), at(30))];
        assert_eq!(listed, expected, "{kind}");
        assert!(former_username::list(db, bob).await.unwrap().is_empty(), "{kind}");
        let mut tx = db.begin().await.unwrap();
        former_username::forget(&mut tx, at(30)).await.unwrap();
        let left = former_username::left_since(&mut tx, ADA, at(0)).await.unwrap();
        assert_eq!(left, [at(30)], "{kind}");
        former_username::forget(&mut tx, at(31)).await.unwrap();
        let left = former_username::left_since(&mut tx, ADA, at(0)).await.unwrap();
        assert!(left.is_empty(), "{kind}");
    }
}
