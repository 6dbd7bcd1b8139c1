//! Changing one's password (U4).

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use contracts::events::{Audience, EventKind};
use futures::future::join_all;
use platform::http::testing::Answer;
use serde_json::json;

use crate::world::{PASSWORD, Person, World, person, worlds};

const NEW: &str = "another horse battery";

const fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, last))
}

async fn change(world: &World, person: &Person, current: &str, new: &str, end_others: bool) -> Answer {
    let body = json!({"current_password": current, "new_password": new, "end_other_sessions": end_others});
    world.acting(person).put("/users/@me/password", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_password_counts_from_now_on_and_the_old_one_no_more() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        world.events().await;
        change(&world, &ada, PASSWORD, NEW, false).await.expect(204);
        let own = Audience::User { user_id: ada.id };
        let told: Vec<_> = world
            .events()
            .await
            .iter()
            .map(|event| (event.kind, event.audience))
            .collect();
        assert_eq!(told, [(EventKind::UserSecurityChanged, own)], "{}", world.kind);
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(401, "invalid_credentials");
        world.sign_in(&ada.email, NEW).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_sign_ins_end_if_that_is_wished_and_this_one_stays() {
    for world in worlds().await {
        let here = world.sign_up("ada").await;
        let there = person(&world.sign_in(&here.email, PASSWORD).await.expect(200));
        let eve = world.sign_up("eve").await;
        change(&world, &here, PASSWORD, NEW, false).await.expect(204);
        let there = person(&world.refresh(&there.refresh).await.expect(200));
        world.events().await;
        change(&world, &here, NEW, PASSWORD, true).await.expect(204);
        let ended: Vec<_> = world
            .events()
            .await
            .iter()
            .filter_map(|event| event.session_id)
            .collect();
        assert_eq!(ended.len(), 1, "{}", world.kind);
        world
            .refresh(&there.refresh)
            .await
            .is_problem(401, "refresh_token_invalid");
        world.refresh(&here.refresh).await.expect(200);
        world.refresh(&eve.refresh).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_changes_it_without_the_present_one_and_guessing_it_is_slow() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        for guess in ["a guess", "", &"x".repeat(5_000)] {
            change(&world, &ada, guess, NEW, true)
                .await
                .is_problem(403, "wrong_password");
        }
        for _ in 0..4 {
            change(&world, &ada, "a guess", NEW, true)
                .await
                .is_problem(403, "wrong_password");
        }
        let slowed = change(&world, &ada, PASSWORD, NEW, true).await;
        assert_eq!(slowed.header("retry-after"), "1", "{}", world.kind);
        slowed.is_problem(429, "too_many_attempts");
        // A guess here counts as one at the door: there are not twice as many.
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(429, "too_many_attempts");
        world.pass(Duration::from_secs(1));
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_weak_one_is_refused_as_when_one_signs_up() {
    for world in worlds().await {
        let ada = world.sign_up("ada.byron").await;
        for (new, code) in [
            ("1234567", "too_short"),
            ("Password1", "too_common"),
            ("ada.byron", "too_common"),
            ("", "required"),
        ] {
            change(&world, &ada, PASSWORD, new, false)
                .await
                .is_invalid("new_password", code);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_changes_and_of_a_change_and_sign_ins_at_once_no_old_password_survives() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let changes = (0..4).map(|number| {
            let new = format!("{NEW} {number}");
            let (world, ada) = (&world, &ada);
            let body = json!({"current_password": PASSWORD, "new_password": new, "end_other_sessions": true});
            async move {
                world
                    .acting(ada)
                    .at(address(number))
                    .put("/users/@me/password", body)
                    .await
                    .status
            }
        });
        let body = json!({"email": ada.email, "password": PASSWORD});
        let sign_ins = (10..18).map(|number| world.nobody().at(address(number)).post("/auth/login", body.clone()));
        let (statuses, signed_in) = tokio::join!(join_all(changes), join_all(sign_ins));
        assert_eq!(
            statuses.iter().filter(|status| **status == 204).count(),
            1,
            "{}: {statuses:?}",
            world.kind
        );
        // Whoever got in by the old password was ended with all others.
        for answer in signed_in.iter().filter(|answer| answer.status == 200) {
            let there = person(&answer.body);
            world
                .refresh(&there.refresh)
                .await
                .is_problem(401, "refresh_token_invalid");
        }
    }
}
