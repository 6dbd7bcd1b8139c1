//! Every statement about mails and links on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{Email, UserId};
use platform::testing::{assert_all_are_called, databases};

use super::{
    tests::{ADA, at, sign_up},
    *,
};

#[test]
fn every_function_is_called_here() {
    let modules = [("mail", include_str!("mails.rs")), ("link", include_str!("links.rs"))];
    assert_all_are_called(&modules, include_str!("mail_tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_is_claimed_by_one_until_its_time_is_over() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for (id, now) in [(1, at(5)), (2, at(3))] {
            let new = NewMail {
                id,
                kind: "k",
                address: "a@b.co",
                user_id: Some(ADA),
                now,
            };
            mail::add(&mut tx, &new).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert!(
            !mail::any_due(db, at(2)).await.unwrap() && mail::any_due(db, at(3)).await.unwrap(),
            "{kind}"
        );
        let mut tx = db.begin().await.unwrap();
        let first = mail::claim(&mut tx, at(5), at(20)).await.unwrap().unwrap();
        assert_eq!(
            (first.id, first.attempts, first.user_id, first.created_at),
            (2, 1, Some(ADA), at(3)),
            "{kind}"
        );
        assert_eq!(
            mail::claim(&mut tx, at(5), at(20)).await.unwrap().unwrap().id,
            1,
            "{kind}"
        );
        assert!(mail::claim(&mut tx, at(19), at(40)).await.unwrap().is_none(), "{kind}");
        mail::put_off(&mut tx, 1, 1, at(30)).await.unwrap();
        let again = mail::claim(&mut tx, at(20), at(40)).await.unwrap().unwrap();
        assert_eq!((again.id, again.attempts), (2, 2), "{kind}");
        // Who had it before cannot remove or put off what another has.
        mail::remove(&mut tx, 2, 1).await.unwrap();
        mail::put_off(&mut tx, 2, 1, at(0)).await.unwrap();
        assert!(mail::claim(&mut tx, at(29), at(50)).await.unwrap().is_none(), "{kind}");
        mail::remove(&mut tx, 2, 2).await.unwrap();
        assert_eq!(
            mail::claim(&mut tx, at(90), at(99)).await.unwrap().unwrap().id,
            1,
            "{kind}"
        );
        assert!(mail::claim(&mut tx, at(90), at(99)).await.unwrap().is_none(), "{kind}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_good_for_once_for_its_purpose_and_its_time() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        sign_up(&mut tx).await;
        let give = async |tx: &mut platform::db::Tx, hash: &[u8], purpose| {
            let new = NewLink {
                hash,
                purpose,
                user_id: ADA,
                email: "new@b.co",
                now: at(0),
                expires_at: at(10),
            };
            link::add(tx, &new).await.unwrap();
        };
        for hash in [b"1", b"2", b"3"] {
            give(&mut tx, hash, Purpose::Password).await;
        }
        let email: Email = "new@b.co".parse().unwrap();
        link::begin_change(&mut tx, ADA, &email, at(10)).await.unwrap();
        give(&mut tx, b"4", Purpose::Email).await;
        tx.commit().await.unwrap();
        assert_eq!(
            link::find_change(db, ADA, at(9)).await.unwrap(),
            Some((email.clone(), at(10))),
            "{kind}"
        );
        assert_eq!(link::find_change(db, ADA, at(10)).await.unwrap(), None, "{kind}");
        assert_eq!(
            link::find(db, Purpose::Password, b"1", at(9)).await.unwrap(),
            Some(ADA),
            "{kind}"
        );
        assert_eq!(
            link::find(db, Purpose::Password, b"1", at(10)).await.unwrap(),
            None,
            "{kind}"
        );
        assert_eq!(
            link::find(db, Purpose::Email, b"1", at(9)).await.unwrap(),
            None,
            "{kind}"
        );
        let mut tx = db.begin().await.unwrap();
        assert_eq!(
            link::take(&mut tx, Purpose::Email, b"1", at(9)).await.unwrap(),
            None,
            "{kind}"
        );
        assert_eq!(
            link::take(&mut tx, Purpose::Password, b"1", at(10)).await.unwrap(),
            None,
            "{kind}"
        );
        let taken = link::take(&mut tx, Purpose::Password, b"1", at(9)).await.unwrap();
        assert_eq!(taken, Some((ADA, email.clone())), "{kind}");
        assert_eq!(
            link::take(&mut tx, Purpose::Password, b"1", at(9)).await.unwrap(),
            None,
            "{kind}"
        );
        assert!(link::cancel_change(&mut tx, ADA).await.unwrap(), "{kind}");
        assert!(!link::cancel_change(&mut tx, ADA).await.unwrap(), "{kind}");
        assert_eq!(
            link::take(&mut tx, Purpose::Email, b"4", at(9)).await.unwrap(),
            None,
            "{kind}: cancelled"
        );
        assert!(
            link::take(&mut tx, Purpose::Password, b"2", at(9))
                .await
                .unwrap()
                .is_some(),
            "{kind}"
        );
        link::remove_all(&mut tx, ADA).await.unwrap();
        assert_eq!(
            link::take(&mut tx, Purpose::Password, b"3", at(9)).await.unwrap(),
            None,
            "{kind}"
        );
        let changed = user::set_email(&mut tx, ADA, &email).await.unwrap().unwrap();
        assert_eq!(changed.email, email, "{kind}");
        assert!(
            user::set_email(&mut tx, UserId(2), &email).await.unwrap().is_none(),
            "{kind}"
        );
        tx.commit().await.unwrap();
    }
}
