//! What members are called in a server.

use contracts::events::{Audience, EventKind};
use model::{Permission, ServerId, UserId};
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, id, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn a_nickname_is_shown_found_and_told() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/members");
        let bob = world.user(BOB);
        world.events().await;
        let named = bob
            .patch(&format!("{path}/{BOB}"), json!({"nickname": "  Röbi "}))
            .await
            .expect(200);
        assert_eq!(named["nickname"], "Röbi", "{}", world.kind);
        let events = world.events().await;
        let server_id = ServerId(server.parse().unwrap());
        let told = (events.len(), events[0].kind, events[0].audience, events[0].user_id);
        assert_eq!(
            told,
            (
                1,
                EventKind::MemberUpdated,
                Audience::Server { server_id },
                Some(UserId(BOB))
            ),
            "{}",
            world.kind
        );
        let mut data: Value = serde_json::from_str(events[0].data.get()).unwrap();
        assert_eq!(data["member_count"].take(), 2, "{}", world.kind);
        data.as_object_mut().unwrap().remove("member_count");
        assert_eq!(data, named, "{}", world.kind);
        let found = bob.get(&format!("{path}?query=robi")).await.expect(200);
        assert_eq!(found["items"], json!([named]), "{}", world.kind);
        bob.patch(&format!("{path}/{BOB}"), json!({"nickname": "Röbi"}))
            .await
            .expect(200);
        bob.patch(&format!("{path}/{BOB}"), json!({})).await.expect(200);
        assert!(
            world.events().await.is_empty(),
            "{}: nothing new is not told",
            world.kind
        );
        let own = bob
            .patch(&format!("{path}/{BOB}"), json!({"nickname": null}))
            .await
            .expect(200);
        assert_eq!(own["nickname"], Value::Null, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_of_those_below_and_the_target_is_changed() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/members");
        world
            .user(EVE)
            .post(&format!("/servers/{server}/join"), Value::Null)
            .await
            .expect(200);
        let (bob, eve) = (world.user(BOB), world.user(EVE));
        let name = json!({"nickname": "x"});
        world.may_everyone(&server, &[Permission::ManageNicknames]).await;
        for target in [EVE, ADA] {
            bob.patch(&format!("{path}/{target}"), name.clone())
                .await
                .is_problem(403, "member_too_high");
        }
        let [high, low] = [world.role(&server, &[]).await, world.role(&server, &[]).await];
        world.holds(&server, BOB, &[&high]).await;
        world.holds(&server, EVE, &[&low]).await;
        let named = bob.patch(&format!("{path}/{EVE}"), name.clone()).await.expect(200);
        assert_eq!(
            (&named["user"]["id"], &named["nickname"]),
            (&json!(EVE.to_string()), &json!("x"))
        );
        let me = bob.get(&format!("{path}/{BOB}")).await.expect(200);
        assert_eq!(me["nickname"], Value::Null, "{}: not who did it", world.kind);
        eve.patch(&format!("{path}/{BOB}"), name.clone())
            .await
            .is_problem(403, "member_too_high");
        // Equals do not, and the owner may, and is nobody's target.
        world.holds(&server, EVE, &[&high]).await;
        bob.patch(&format!("{path}/{EVE}"), json!({"nickname": "y"}))
            .await
            .is_problem(403, "member_too_high");
        world.user(ADA).patch(&format!("{path}/{BOB}"), name).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_needs_a_right_and_no_time_out() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/members/{BOB}");
        let bob = world.user(BOB);
        let nothing = json!({"permissions": []});
        let everyone = format!("/servers/{server}/roles/{server}");
        world.user(ADA).patch(&everyone, nothing).await.expect(200);
        let refused = bob.patch(&path, json!({"nickname": "x"})).await;
        let problem = refused.is_problem(403, "missing_permission");
        assert!(
            problem["detail"].as_str().unwrap().contains("change_nickname"),
            "{problem}"
        );
        world.may_everyone(&server, &[]).await;
        bob.patch(&path, json!({"nickname": "x"})).await.expect(200);
        let time_out = "UPDATE members SET timeout_until = $3 WHERE server_id = $1 AND user_id = $2";
        let late = i64::from(u32::MAX) * 1_000;
        world.meddle(&server, time_out, &args![BOB, late]).await;
        bob.patch(&path, json!({"nickname": "y"}))
            .await
            .is_problem(403, "missing_permission");
    }
}
