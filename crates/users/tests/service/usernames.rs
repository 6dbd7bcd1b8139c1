//! Usernames change now and then, and nobody poses as somebody else.

use std::time::Duration;

use futures::future::join_all;
use model::limits::{USERNAME_CHANGES_WITHIN, USERNAME_KEPT};
use platform::http::testing::Answer;
use serde_json::json;

use crate::world::{PASSWORD, Person, World, account_with, person, worlds};

const DAY: Duration = Duration::from_hours(24);

async fn rename(world: &World, person: &Person, username: &str) -> Answer {
    world
        .acting(person)
        .patch("/users/@me", json!({"username": username}))
        .await
}

/// After so long a time, whoever was signed in signs in again.
async fn after(world: &World, time: Duration, who: &Person) -> Person {
    world.pass(time);
    person(&world.sign_in(&who.email, PASSWORD).await.expect(200))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_username_changes_twice_in_fourteen_days() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        rename(&world, &ada, "lovelace").await.expect(200);
        // It is the same name: nothing has changed.
        rename(&world, &ada, "Lovelace").await.expect(200);
        let ada = after(&world, DAY, &ada).await;
        rename(&world, &ada, "byron").await.expect(200);
        let refused = rename(&world, &ada, "countess").await;
        let wait = USERNAME_CHANGES_WITHIN.saturating_sub(DAY);
        assert_eq!(
            refused.header("retry-after"),
            wait.as_secs().to_string(),
            "{}",
            world.kind
        );
        refused.is_problem(429, "username_changed_often");
        // The rest of the profile is not held up, and a refused change changes nothing.
        let changed = world.acting(&ada).patch("/users/@me", json!({"biography": "x"})).await;
        assert_eq!(changed.expect(200)["username"], "byron", "{}", world.kind);
        let ada = after(&world, wait, &ada).await;
        rename(&world, &ada, "countess").await.expect(200);
        rename(&world, &ada, "another")
            .await
            .is_problem(429, "username_changed_often");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_told_how_often_it_can_be_changed_and_when_again() {
    for world in worlds().await {
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        let left = async |who: &Person| world.acting(who).get("/users/@me/username").await.expect(200);
        let none = json!(null);
        assert_eq!(
            left(&ada).await,
            json!({"changes_left": 2, "next_change_at": none}),
            "{}",
            world.kind
        );
        rename(&world, &ada, "lovelace").await.expect(200);
        let first = world.now();
        assert_eq!(
            left(&ada).await,
            json!({"changes_left": 1, "next_change_at": none}),
            "{}",
            world.kind
        );
        let ada = after(&world, DAY, &ada).await;
        rename(&world, &ada, "byron").await.expect(200);
        let again = first.plus(USERNAME_CHANGES_WITHIN);
        assert_eq!(
            left(&ada).await,
            json!({"changes_left": 0, "next_change_at": again}),
            "{}",
            world.kind
        );
        let bob = after(&world, Duration::ZERO, &bob).await;
        assert_eq!(
            left(&bob).await["changes_left"],
            2,
            "{}: nobody else's count",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_changes_at_once_as_many_succeed_as_may() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let names: Vec<String> = (0..8).map(|number| format!("ada-{number}")).collect();
        let answers = join_all(names.iter().map(|name| rename(&world, &ada, name))).await;
        let done = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(done, 2, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_left_is_kept_from_others_for_thirty_days() {
    for world in worlds().await {
        let (ada, bob) = (world.sign_up("ada").await, world.sign_up("bob").await);
        rename(&world, &ada, "lovelace").await.expect(200);
        rename(&world, &bob, "ada").await.is_problem(409, "username_taken");
        let eve = account_with("eve", json!({"username": "ada"}));
        world
            .nobody()
            .post("/auth/register", eve)
            .await
            .is_problem(409, "username_taken");
        // She herself may have it back, and whoever she is not called any more waits.
        rename(&world, &ada, "ada").await.expect(200);
        rename(&world, &bob, "lovelace").await.is_problem(409, "username_taken");
        let moment = Duration::from_millis(1);
        let bob = after(&world, USERNAME_KEPT.saturating_sub(moment), &bob).await;
        rename(&world, &bob, "lovelace").await.is_problem(409, "username_taken");
        world.pass(moment);
        rename(&world, &bob, "lovelace").await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_a_name_at_the_moment_when_it_is_given_up() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let mut others = Vec::new();
        for number in 0..6 {
            others.push(world.sign_up(&format!("other-{number}")).await);
        }
        let wishes = others.iter().map(|other| async {
            // Each asks until it is over, so that one of them meets the moment.
            let mut statuses = Vec::new();
            for _ in 0..8 {
                statuses.push(rename(&world, other, "ada").await.status);
            }
            statuses
        });
        let (renamed, answers) = tokio::join!(rename(&world, &ada, "lovelace"), join_all(wishes));
        renamed.expect(200);
        assert!(
            answers.iter().flatten().all(|status| *status == 409),
            "{}: {answers:?}",
            world.kind
        );
    }
}
