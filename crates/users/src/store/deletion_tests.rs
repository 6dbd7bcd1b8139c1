//! Accounts that end, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{Email, PersonName, UserId};
use platform::{
    db::Tx,
    testing::{assert_all_are_called, databases},
};

use super::{
    tests::{ADA, at, sign_up},
    *,
};

const BOB: UserId = UserId(2);

#[test]
fn every_function_is_called_here() {
    let modules = [("deletion", include_str!("deletions.rs"))];
    assert_all_are_called(&modules, include_str!("deletion_tests.rs"));
}

async fn bob_signs_up(tx: &mut Tx) {
    let (name, email): (PersonName, Email) = ("Bob".parse().unwrap(), "bob@example.org".parse().unwrap());
    let new = NewUser {
        id: BOB,
        username: "bob",
        email: &email,
        first_name: &name,
        last_name: &name,
        password_hash: "hash",
        language: "fr",
        created_at: at(0),
    };
    user::add(tx, &new).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_begun_once_and_taken_back() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sign_up(&mut tx).await;
        assert_eq!(
            deletion::cancel(&mut tx, ADA).await.unwrap(),
            Cancelled::NotBegun,
            "{kind}"
        );
        assert_eq!(
            deletion::begin(&mut tx, ADA, at(50)).await.unwrap(),
            Begun::Now(at(50)),
            "{kind}"
        );
        let again = deletion::begin(&mut tx, ADA, at(60)).await.unwrap();
        assert_eq!((again, again.at()), (Begun::Before(at(50)), Some(at(50))), "{kind}");
        assert_eq!(deletion::cancel(&mut tx, ADA).await.unwrap(), Cancelled::Done, "{kind}");
        assert_eq!(
            deletion::cancel(&mut tx, ADA).await.unwrap(),
            Cancelled::NotBegun,
            "{kind}"
        );
        let nobody = deletion::begin(&mut tx, BOB, at(50)).await.unwrap();
        assert_eq!((nobody, nobody.at()), (Begun::TooLate, None), "{kind}");
        assert_eq!(
            deletion::cancel(&mut tx, BOB).await.unwrap(),
            Cancelled::TooLate,
            "{kind}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_erases_what_is_due_and_another_one_after_its_lease() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sign_up(&mut tx).await;
        bob_signs_up(&mut tx).await;
        assert_eq!(account::standing(&mut tx, ADA).await.unwrap(), Standing::Good, "{kind}");
        for (who, when) in [(ADA, at(50)), (BOB, at(40))] {
            deletion::begin(&mut tx, who, when).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert!(deletion::due(db, at(39), 9).await.unwrap().is_empty(), "{kind}");
        assert_eq!(
            deletion::due(db, at(50), 9).await.unwrap(),
            [BOB, ADA],
            "{kind}: the earliest first"
        );
        assert_eq!(deletion::due(db, at(50), 1).await.unwrap(), [BOB], "{kind}");

        let mut tx = db.begin().await.unwrap();
        assert!(
            !deletion::take_lease(&mut tx, ADA, at(49), at(70)).await.unwrap(),
            "{kind}: too early"
        );
        assert!(
            deletion::take_lease(&mut tx, ADA, at(50), at(70)).await.unwrap(),
            "{kind}"
        );
        assert!(
            !deletion::take_lease(&mut tx, ADA, at(69), at(90)).await.unwrap(),
            "{kind}: taken"
        );
        assert_eq!(account::standing(&mut tx, ADA).await.unwrap(), Standing::Gone, "{kind}");
        assert_eq!(
            deletion::cancel(&mut tx, ADA).await.unwrap(),
            Cancelled::TooLate,
            "{kind}"
        );
        assert_eq!(
            deletion::begin(&mut tx, ADA, at(99)).await.unwrap(),
            Begun::TooLate,
            "{kind}"
        );
        tx.commit().await.unwrap();
        assert_eq!(deletion::due(db, at(69), 9).await.unwrap(), [BOB], "{kind}");
        assert_eq!(
            deletion::due(db, at(70), 9).await.unwrap(),
            [BOB, ADA],
            "{kind}: the lease is over"
        );

        let mut tx = db.begin().await.unwrap();
        assert!(
            deletion::take_lease(&mut tx, ADA, at(70), at(90)).await.unwrap(),
            "{kind}"
        );
        // What cannot be done now is put off, by who holds the lease.
        deletion::put_off(&mut tx, ADA, at(91), at(71)).await.unwrap();
        deletion::put_off(&mut tx, ADA, at(90), at(75)).await.unwrap();
        for (now, taken) in [(74, false), (75, true)] {
            let again = deletion::take_lease(&mut tx, ADA, at(now), at(90)).await.unwrap();
            assert_eq!(again, taken, "{kind}: {now}");
        }
        let late = deletion::erase(&mut tx, ADA, at(70), at(71)).await.unwrap();
        assert!(late.is_none(), "{kind}: another one has it");
        let erased = deletion::erase(&mut tx, ADA, at(90), at(71)).await.unwrap().unwrap();
        assert_eq!(
            (
                erased.display_name().as_str(),
                erased.username.as_str(),
                erased.erased_at
            ),
            ("Deleted user", "_deleted-1", Some(at(71))),
            "{kind}"
        );
        let again = deletion::erase(&mut tx, ADA, at(90), at(72)).await.unwrap();
        assert!(again.is_none(), "{kind}: once");
        assert_eq!(account::standing(&mut tx, ADA).await.unwrap(), Standing::Gone, "{kind}");
        tx.commit().await.unwrap();
        assert_eq!(deletion::due(db, at(999), 9).await.unwrap(), [BOB], "{kind}");
        nobody_is_found(db, kind).await;
        bob_goes_at_the_same_time(db, kind).await;
    }
}

/// Whoever was erased is not listed, found or changed.
async fn nobody_is_found(db: &platform::db::Db, kind: &str) {
    let listed = account::list(db, UserId(0), 9).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.id).collect::<Vec<_>>(), [BOB], "{kind}");
    assert!(
        user::lookup_named(db, &["_deleted-1".to_owned()])
            .await
            .unwrap()
            .is_empty(),
        "{kind}"
    );
    let mut tx = db.begin().await.unwrap();
    assert_eq!(user::add_keys(&mut tx, 9).await.unwrap(), 0, "{kind}: no key again");
    let change = UserChange {
        biography: Some("still here".to_owned()),
        ..UserChange::default()
    };
    assert!(user::change(&mut tx, ADA, &change).await.unwrap().is_none(), "{kind}");
    assert!(
        user::set_picture(&mut tx, ADA, Picture::Avatar, Some("/p"))
            .await
            .unwrap()
            .is_none(),
        "{kind}"
    );
    let email: Email = "ada@example.org".parse().unwrap();
    assert!(user::set_email(&mut tx, ADA, &email).await.unwrap().is_none(), "{kind}");
    let name: PersonName = "Ada".parse().unwrap();
    let taken = user::take_over(&mut tx, ADA, (&name, &name), &email).await.unwrap();
    assert!(taken.is_none(), "{kind}");
    user::set_password(&mut tx, ADA, "hash").await.unwrap();
    tx.commit().await.unwrap();
    let hash = user::password_hash(db, ADA).await.unwrap().unwrap();
    assert_ne!(hash, "hash", "{kind}");
}

async fn bob_goes_at_the_same_time(db: &platform::db::Db, kind: &str) {
    let mut tx = db.begin().await.unwrap();
    deletion::take_lease(&mut tx, BOB, at(71), at(90)).await.unwrap();
    deletion::erase(&mut tx, BOB, at(90), at(71)).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let (ada, bob) = ((ADA, at(71)), (BOB, at(71)));
    for (since, after, limit, expected) in [
        (at(0), UserId(0), 9, vec![ada, bob]),
        (at(0), UserId(0), 1, vec![ada]),
        (at(71), ADA, 9, vec![bob]),
        (at(71), BOB, 9, vec![]),
        (at(72), UserId(0), 9, vec![]),
    ] {
        let listed = deletion::list_erased(db, since, after, limit).await.unwrap();
        assert_eq!(listed, expected, "{kind}: {since} {after} {limit}");
    }
}
