//! Every statement about passkeys on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{PasskeyId, UserId};
use platform::testing::{assert_all_are_called, databases};

use super::{
    tests::{ADA, at, sign_up},
    *,
};

const BOB: UserId = UserId(2);

#[test]
fn every_function_is_called_here() {
    let modules = [("passkey", include_str!("passkeys.rs"))];
    assert_all_are_called(&modules, include_str!("passkey_tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn passkeys_are_added_used_and_removed() {
    for database in databases().await {
        let kind = database.kind;
        database.db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        sign_up(&mut tx).await;
        let row = |id: i64| PasskeyRow {
            id: PasskeyId(id),
            user_id: ADA,
            credential: "{}".to_owned(),
            name: format!("Key {id}"),
            created_at: at(u64::try_from(id).unwrap()),
            last_used_at: None,
        };
        for id in [8, 7] {
            passkey::add(&mut tx, &row(id), &[u8::try_from(id).unwrap()])
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(
            passkey::list(&database.db, ADA).await.unwrap(),
            [row(7), row(8)],
            "{kind}"
        );
        assert!(passkey::list(&database.db, BOB).await.unwrap().is_empty(), "{kind}");

        let mut tx = database.db.begin().await.unwrap();
        assert!(
            passkey::add(&mut tx, &row(9), &[7]).await.is_err(),
            "{kind}: the device has made it once"
        );
        drop(tx);
        let mut tx = database.db.begin().await.unwrap();
        assert_eq!(passkey::find(&mut tx, ADA, &[7]).await.unwrap(), Some(row(7)), "{kind}");
        assert_eq!(passkey::find(&mut tx, BOB, &[7]).await.unwrap(), None, "{kind}");
        assert_eq!(passkey::find(&mut tx, ADA, &[9]).await.unwrap(), None, "{kind}");
        assert!(
            passkey::set_used(&mut tx, &row(7), "{1}", at(20)).await.unwrap(),
            "{kind}"
        );
        assert!(
            !passkey::set_used(&mut tx, &row(7), "{2}", at(21)).await.unwrap(),
            "{kind}: it was used meanwhile"
        );
        let used = passkey::find(&mut tx, ADA, &[7]).await.unwrap().unwrap();
        assert_eq!(
            (used.credential.as_str(), used.last_used_at),
            ("{1}", Some(at(20))),
            "{kind}"
        );

        assert!(!passkey::remove(&mut tx, BOB, PasskeyId(7)).await.unwrap(), "{kind}");
        assert!(passkey::remove(&mut tx, ADA, PasskeyId(7)).await.unwrap(), "{kind}");
        assert!(!passkey::remove(&mut tx, ADA, PasskeyId(7)).await.unwrap(), "{kind}");
        assert!(!passkey::remove_all(&mut tx, BOB).await.unwrap(), "{kind}");
        assert!(passkey::remove_all(&mut tx, ADA).await.unwrap(), "{kind}");
        assert!(!passkey::remove_all(&mut tx, ADA).await.unwrap(), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_challenge_is_answered_once_while_it_could_be() {
    for database in databases().await {
        let kind = database.kind;
        database.db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        let answered = async |tx: &mut platform::db::Tx, hash: &[u8], until, now| {
            passkey::answer(tx, hash, at(until), at(now)).await.unwrap()
        };
        assert!(answered(&mut tx, b"one", 10, 0).await, "{kind}");
        assert!(!answered(&mut tx, b"one", 10, 9).await, "{kind}");
        assert!(answered(&mut tx, b"two", 20, 9).await, "{kind}");
        // Forgotten when its time is over: nobody takes it any more.
        assert!(answered(&mut tx, b"one", 20, 10).await, "{kind}");
        assert!(!answered(&mut tx, b"two", 20, 10).await, "{kind}");
    }
}
