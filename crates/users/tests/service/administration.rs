//! What an administrator does on the machine itself.

use std::time::Duration;

use contracts::events::EventKind;
use futures::future::join_all;
use model::{Timestamp, UserId};
use platform::{auth::Secret, clock::Clock, db::NodeLease};
use serde_json::json;
use tokio::sync::Notify;
use users::{Account, AdminError, Administration, Newcomer};

use crate::world::{PASSWORD, World, worlds};

pub(crate) async fn administration(world: &World) -> Administration {
    let now: Timestamp = world.now();
    let clock = Clock::from_fn(move || now);
    // The world makes its ids under the first number: nobody else may.
    NodeLease::take(&world.db, &clock).await.unwrap();
    Administration::open(world.db.clone(), clock, "http://beep.test")
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_handed_out_to_whoever_is_named() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        for (who, new) in [
            (ada.email.as_str(), "another horse battery"),
            ("@Ada", "a third horse battery"),
        ] {
            let link = administration(&world).await.reset_link(who).await.unwrap();
            let token = link.strip_prefix("http://beep.test/reset-password#token=").unwrap();
            let body = json!({"token": token, "new_password": new});
            let closed = world.closed().await;
            closed.nobody().post("/auth/password/reset", body).await.expect(204);
            world.sign_in(&ada.email, new).await.expect(200);
        }
        for who in ["nobody@example.org", "nobody", ""] {
            let refused = administration(&world).await.reset_link(who).await;
            assert!(matches!(refused, Err(AdminError::NoSuchUser)), "{}: {who}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_everything_signs_in_without_codes_again() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let none = administration(&world).await.reset_second_factor("ada").await;
        assert!(matches!(none, Err(AdminError::NoSecondFactor)), "{}", world.kind);
        world.turn_totp_on(&ada).await;
        administration(&world).await.reset_second_factor("ada").await.unwrap();
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
    }
}

pub(crate) async fn disable(world: &World, who: &str) {
    administration(world).await.disable(who).await.unwrap();
}

pub(crate) async fn enable(world: &World, who: &str) {
    administration(world).await.enable(who).await.unwrap();
}

/// What whoever is disabled is answered.
pub(crate) async fn provoke(world: &World) {
    let dan = world.sign_up("dan").await;
    disable(world, "dan").await;
    world
        .sign_in(&dan.email, PASSWORD)
        .await
        .is_problem(403, "account_disabled");
}

fn newcomer(username: &str, password: Option<&str>) -> Newcomer {
    Newcomer {
        username: username.parse().unwrap(),
        email: format!("{username}@example.org").parse().unwrap(),
        first_name: "Eve".parse().unwrap(),
        last_name: "Newton".parse().unwrap(),
        password: password.map(|password| Secret::new(password.to_owned())),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_given_an_account_with_a_password_or_a_link() {
    for world in worlds().await {
        let admin = administration(&world).await;
        let none = admin.create(newcomer("eve", Some(PASSWORD))).await.unwrap();
        assert_eq!(none, None, "{}", world.kind);
        world.sign_in("eve@example.org", PASSWORD).await.expect(200);
        let link = admin.create(newcomer("isaac", None)).await.unwrap().unwrap();
        world
            .sign_in("isaac@example.org", "!")
            .await
            .is_problem(401, "invalid_credentials");
        let token = link.strip_prefix("http://beep.test/reset-password#token=").unwrap();
        let body = json!({"token": token, "new_password": PASSWORD});
        world.nobody().post("/auth/password/reset", body).await.expect(204);
        world.sign_in("isaac@example.org", PASSWORD).await.expect(200);
        let other = Newcomer {
            email: "another@example.org".parse().unwrap(),
            ..newcomer("eve", None)
        };
        assert!(
            matches!(admin.create(other).await, Err(AdminError::UsernameTaken)),
            "{}",
            world.kind
        );
        let other = Newcomer {
            username: "another".parse().unwrap(),
            ..newcomer("eve", None)
        };
        assert!(
            matches!(admin.create(other).await, Err(AdminError::EmailTaken)),
            "{}",
            world.kind
        );
        let weak = admin.create(newcomer("carl", Some("password1"))).await;
        assert!(matches!(weak, Err(AdminError::Password(_))), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_is_out_and_stays_out_until_enabled() {
    for world in worlds().await {
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        let admin = administration(&world).await;
        world.events().await;
        assert!(admin.disable("ada").await.unwrap(), "{}", world.kind);
        assert!(!admin.disable("ada").await.unwrap(), "{}: she is already", world.kind);
        world
            .refresh(&ada.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(403, "account_disabled");
        world
            .sign_in(&ada.email, "a guess")
            .await
            .is_problem(401, "invalid_credentials");
        world.refresh(&bob.refresh).await.expect(200);
        // What the command left is told by the Beep that runs.
        let telling = async {
            loop {
                let told = world.events().await;
                if let Some(event) = told.iter().find(|event| event.kind == EventKind::SessionRevoked) {
                    return event.user_id;
                }
                tokio::task::yield_now().await;
            }
        };
        let revoked = tokio::time::timeout(Duration::from_secs(20), telling).await.unwrap();
        assert_eq!(revoked, Some(ada.id), "{}", world.kind);
        assert!(admin.enable("@ada").await.unwrap(), "{}", world.kind);
        assert!(!admin.enable("ada").await.unwrap(), "{}: she is already", world.kind);
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
        let nobody = admin.disable("nobody").await;
        assert!(matches!(nobody, Err(AdminError::NoSuchUser)), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_before_it_is_told_that_an_account_is_disabled() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let (secret, _) = world.turn_totp_on(&ada).await;
        administration(&world).await.disable("ada").await.unwrap();
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(401, "second_factor_required");
        world
            .sign_in_with_code(&ada.email, &world.code(&secret))
            .await
            .is_problem(403, "account_disabled");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_listed_with_what_they_are() {
    for world in worlds().await {
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        world.turn_totp_on(&ada).await;
        let admin = administration(&world).await;
        assert!(admin.make_administrator(&ada.email).await.unwrap(), "{}", world.kind);
        assert!(!admin.make_administrator("ada").await.unwrap(), "{}", world.kind);
        admin.disable("bob").await.unwrap();
        let listed = admin.list(UserId(0), 10).await.unwrap();
        let told = |account: &Account| {
            (
                account.id,
                account.disabled_at.is_some(),
                account.administrator_since.is_some(),
                account.second_factor_since.is_some(),
                account.last_used_at.is_some(),
            )
        };
        let expected = [(ada.id, false, true, true, true), (bob.id, true, false, false, false)];
        assert_eq!(listed.iter().map(told).collect::<Vec<_>>(), expected, "{}", world.kind);
        assert_eq!(admin.list(ada.id, 10).await.unwrap().len(), 1, "{}", world.kind);
        assert!(admin.revoke_administrator("ada").await.unwrap(), "{}", world.kind);
        assert!(!admin.revoke_administrator("ada").await.unwrap(), "{}", world.kind);
        assert!(admin.list(UserId(0), 1).await.unwrap()[0].administrator_since.is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sign_ins_at_the_moment_of_the_disabling_none_survives() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let admin = administration(&world).await;
        // Once the first is in, the others are on their way.
        let first = Notify::new();
        let signing_in = join_all((0..4).map(|_| async {
            let answer = world.sign_in(&ada.email, PASSWORD).await;
            first.notify_one();
            answer
        }));
        let disabling = async {
            first.notified().await;
            admin.disable("ada").await
        };
        let (answers, disabled) = tokio::join!(signing_in, disabling);
        assert!(disabled.unwrap(), "{}", world.kind);
        for answer in answers {
            if answer.status == 403 {
                answer.is_problem(403, "account_disabled");
                continue;
            }
            let refresh = answer.expect(200)["refresh_token"].as_str().unwrap().to_owned();
            world.refresh(&refresh).await.is_problem(401, "refresh_token_invalid");
        }
        let listed = admin.list(UserId(0), 1).await.unwrap();
        assert_eq!(listed[0].last_used_at, None, "{}: no sign-in is left", world.kind);
    }
}
