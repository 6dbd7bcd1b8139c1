//! Every statement about second factors on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::UserId;
use platform::testing::{assert_all_are_called, databases};

use super::{
    tests::{ADA, at, sign_up},
    *,
};

#[test]
fn every_function_is_called_here() {
    let modules = [("second_factor", include_str!("second_factors.rs"))];
    assert_all_are_called(&modules, include_str!("second_factor_tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_begun_confirmed_used_and_removed() {
    for database in databases().await {
        let kind = database.kind;
        database.db.migrate("users", MIGRATIONS).await.unwrap();
        let mut tx = database.db.begin().await.unwrap();
        sign_up(&mut tx).await;
        assert_eq!(second_factor::find(&mut tx, ADA).await.unwrap(), None, "{kind}");
        assert!(
            second_factor::begin(&mut tx, ADA, b"one", at(0)).await.unwrap(),
            "{kind}"
        );
        assert!(
            second_factor::begin(&mut tx, ADA, b"two", at(1)).await.unwrap(),
            "{kind}"
        );
        let begun = second_factor::find(&mut tx, ADA).await.unwrap().unwrap();
        assert_eq!(
            (begun.sealed.as_slice(), begun.begun_at, begun.confirmed_at),
            (&b"two"[..], at(1), None),
            "{kind}"
        );
        let confirm = async |tx: &mut platform::db::Tx, sealed: &[u8]| {
            second_factor::confirm(tx, ADA, sealed, 7, at(2)).await.unwrap()
        };
        assert!(
            !second_factor::accept_step(&mut tx, ADA, b"two", 9).await.unwrap(),
            "{kind}: not confirmed"
        );
        assert!(!confirm(&mut tx, b"one").await, "{kind}");
        assert!(
            confirm(&mut tx, b"two").await && !confirm(&mut tx, b"two").await,
            "{kind}"
        );
        assert!(
            !second_factor::begin(&mut tx, ADA, b"three", at(3)).await.unwrap(),
            "{kind}"
        );
        for (step, accepted) in [(6, false), (7, false), (8, true), (8, false), (7, false), (10, true)] {
            let now = second_factor::accept_step(&mut tx, ADA, b"two", step).await.unwrap();
            assert_eq!(now, accepted, "{kind}: {step}");
        }
        assert!(
            !second_factor::accept_step(&mut tx, ADA, b"one", 11).await.unwrap(),
            "{kind}"
        );
        assert!(
            !second_factor::accept_step(&mut tx, UserId(2), b"two", 11)
                .await
                .unwrap(),
            "{kind}"
        );
        second_factor::replace_recovery_codes(&mut tx, ADA, &[[1; 32], [2; 32]])
            .await
            .unwrap();
        second_factor::replace_recovery_codes(&mut tx, ADA, &[[3; 32], [4; 32]])
            .await
            .unwrap();
        assert!(
            !second_factor::take_recovery_code(&mut tx, ADA, &[1; 32]).await.unwrap(),
            "{kind}"
        );
        assert!(
            !second_factor::take_recovery_code(&mut tx, UserId(2), &[3; 32])
                .await
                .unwrap(),
            "{kind}"
        );
        assert!(
            second_factor::take_recovery_code(&mut tx, ADA, &[3; 32]).await.unwrap(),
            "{kind}"
        );
        assert_eq!(
            second_factor::recovery_codes(&mut tx, ADA).await.unwrap(),
            [[4; 32]],
            "{kind}"
        );
        tx.commit().await.unwrap();
        let overview = second_factor::overview(&database.db, ADA).await.unwrap();
        assert_eq!(overview, Some((at(2), 1)), "{kind}");
        let mut tx = database.db.begin().await.unwrap();
        assert!(second_factor::remove(&mut tx, ADA).await.unwrap(), "{kind}");
        assert!(!second_factor::remove(&mut tx, ADA).await.unwrap(), "{kind}");
        second_factor::begin(&mut tx, ADA, b"four", at(4)).await.unwrap();
        assert!(
            !second_factor::remove(&mut tx, ADA).await.unwrap(),
            "{kind}: it was not confirmed"
        );
        tx.commit().await.unwrap();
        assert_eq!(
            second_factor::overview(&database.db, ADA).await.unwrap(),
            None,
            "{kind}"
        );
    }
}
