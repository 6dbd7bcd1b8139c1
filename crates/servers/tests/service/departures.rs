//! Accounts that end: what stands against it, and what becomes of servers and memberships.

use std::{sync::Arc, time::Duration};

use contracts::{
    events::{Audience, Event, EventKind},
    users::DeletedUser,
};
use model::{EventId, UserId};
use platform::{args, bus::EventBus};
use serde_json::{Value, json};

use crate::world::{ADA, BOB, ERASED_AT, EVE, World, id, worlds};

const DELETION: &str = "/users/@me/deletion";

/// Every refusal of the users service comes through, and those of this one.
pub(crate) async fn what_deletion_refuses(world: &World) {
    let eve = world.user(EVE);
    for (status, code) in [
        (403, "wrong_password"),
        (403, "sign_in_again_required"),
        (403, "second_factor_required"),
        (403, "second_factor_wrong"),
        (409, "kept_elsewhere"),
        (429, "too_many_attempts"),
        (503, "identity_unavailable"),
    ] {
        let refused = eve.post(DELETION, json!({ "current_password": code })).await;
        if [429, 503].contains(&status) {
            assert_eq!(refused.header("retry-after"), "77", "{code}");
        }
        refused.is_problem(status, code);
    }
    let refused = world.user(ADA).post(DELETION, json!({})).await;
    refused.is_problem(409, "owns_servers");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_begun_by_whoever_owns_no_server() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        world
            .user(ADA)
            .post("/servers", json!({"name": "Go", "visibility": "private"}))
            .await
            .expect(201);
        let shown = json!({"current_password": "correct horse battery", "code": "123456"});
        let refused = world.user(ADA).post(DELETION, shown.clone()).await;
        let owned = |name: &str| json!({"field": "servers", "code": "owned", "detail": name});
        assert_eq!(
            refused.body["errors"],
            json!([owned("Chess club"), owned("Go")]),
            "{}",
            world.kind
        );
        refused.is_problem(409, "owns_servers");
        assert!(
            world.users.shown.lock().unwrap().is_empty(),
            "{}: nobody was asked",
            world.kind
        );

        let begun = world.user(BOB).post(DELETION, shown).await.expect(202);
        assert_eq!(
            begun,
            json!({"erased_at": "2030-03-17T17:46:40.000Z"}),
            "{}",
            world.kind
        );
        let asked = world.users.shown.lock().unwrap().pop().unwrap();
        assert_eq!(
            (asked.password.as_str(), asked.code.as_deref(), asked.carried.as_deref()),
            ("correct horse battery", Some("123456"), None),
            "{}",
            world.kind
        );
        assert!(asked.address.parse::<std::net::IpAddr>().is_ok(), "{asked:?}");
        // Whoever shows it by the page of an identity manager types nothing.
        let carried = http::Request::post("/api/v1/users/@me/deletion")
            .header("cookie", "beep_fresh=sealed")
            .header("content-type", "application/json")
            .body(axum::body::Body::from("{}"))
            .unwrap();
        world.user(BOB).request(carried).await.expect(202);
        let asked = world.users.shown.lock().unwrap().pop().unwrap();
        assert_eq!(
            (asked.password.as_str(), asked.carried.as_deref()),
            ("", Some("sealed")),
            "{}",
            world.kind
        );
        // Nothing else happens yet.
        let members = world
            .user(ADA)
            .get(&format!("/servers/{server}/members"))
            .await
            .expect(200);
        assert_eq!(members["items"].as_array().unwrap().len(), 2, "{}", world.kind);
        world.user(BOB).delete(DELETION).await.expect(204);
        assert_eq!(
            world.users.cancelled.load(std::sync::atomic::Ordering::SeqCst),
            1,
            "{}",
            world.kind
        );
    }
}

/// What is left of a profile.
fn profile(user: i64) -> Value {
    json!({
        "id": user.to_string(), "username": format!("_deleted-{user}"), "display_name": "Deleted user", "avatar_url": null,
    })
}

/// The users service says that this account was erased.
fn erase(world: &World, user: i64) {
    world.is_user(user, &format!("_deleted-{user}"), "Deleted user");
    let deleted = DeletedUser {
        user_id: user,
        erased_at: ERASED_AT,
        profile_json: profile(user).to_string(),
    };
    world.users.deleted.lock().unwrap().push(deleted);
}

async fn tell(world: &World, user: i64) {
    let event = Event::new(
        EventId(user),
        EventKind::UserDeleted,
        Audience::Services,
        &profile(user),
    )
    .unwrap();
    let event = Event {
        user_id: Some(UserId(user)),
        ..event
    };
    world.bus.publish(Arc::new(event)).await.unwrap();
}

/// Waits until nothing is kept of the user.
async fn has_left(world: &World, user: i64) {
    let gone = async {
        loop {
            let sql = "SELECT user_id FROM user_totals WHERE user_id = $1
                       UNION ALL SELECT user_id FROM members WHERE user_id = $1
                       UNION ALL SELECT user_id FROM invitations WHERE user_id = $1";
            if world.db.all::<(i64,)>(sql, args![user]).await.unwrap().is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), gone).await;
    waited.unwrap_or_else(|_| panic!("{}: {user} never leaves", world.kind));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_no_more_leaves_their_servers_and_hands_their_own_on() {
    for world in worlds().await {
        let kind = world.kind;
        let (ada, bob, eve) = (world.user(ADA), world.user(BOB), world.user(EVE));
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        eve.post(&format!("{path}/join"), Value::Null).await.expect(200);
        let role = world.role(&server, &[]).await;
        world.holds(&server, EVE, &[&role]).await;
        let alone = id(&world.server("private").await);
        let bobs = bob
            .post("/servers", json!({"name": "Bob's", "visibility": "public"}))
            .await;
        let bobs = format!("/servers/{}", id(&bobs.expect(201)));
        ada.post(&format!("{bobs}/join"), Value::Null).await.expect(200);
        let nickname = json!({"nickname": "Countess"});
        bob.patch(&format!("{bobs}/members/{ADA}"), nickname).await.expect(200);
        let private = bob
            .post("/servers", json!({"name": "Secret", "visibility": "private"}))
            .await;
        let private = format!("/servers/{}", id(&private.expect(201)));
        let invited = json!({"user_id": ADA.to_string()});
        bob.post(&format!("{private}/invitations"), invited).await.expect(201);
        world.events().await;

        erase(&world, ADA);
        tell(&world, ADA).await;
        has_left(&world, ADA).await;
        let mut told = Vec::new();
        for event in world.events().await {
            if event.kind == EventKind::UserUpdated {
                assert_eq!(
                    serde_json::from_str::<Value>(event.data.get()).unwrap(),
                    profile(ADA),
                    "{kind}"
                );
            }
            told.push((event.kind, event.audience));
        }
        let everybody = |server: &str| Audience::Server {
            server_id: server.parse().unwrap(),
        };
        // They see who left as the messages show them, before there is nobody around them any more.
        let of_server = |kind| told.iter().position(|one| *one == (kind, everybody(&server)));
        assert!(
            of_server(EventKind::UserUpdated) < of_server(EventKind::MemberLeft),
            "{kind}: {told:?}"
        );
        for expected in [
            (EventKind::UserUpdated, everybody(&server)),
            (EventKind::ServerUpdated, everybody(&server)),
            (EventKind::MemberLeft, everybody(&server)),
            (EventKind::ServerDeleted, everybody(&alone)),
            (EventKind::MemberLeft, everybody(bobs.trim_start_matches("/servers/"))),
        ] {
            assert!(told.contains(&expected), "{kind}: {expected:?} in {told:?}");
        }
        // Eve holds a role, though Bob is there longer.
        let after = eve.get(&path).await.expect(200);
        assert_eq!(
            (&after["owner_id"], &after["member_count"]),
            (&json!(EVE.to_string()), &json!(2)),
            "{kind}"
        );
        let log = eve.get(&format!("{path}/audit-log")).await.expect(200);
        let entry = &log["items"][0];
        assert_eq!(entry["action"], "server.transferred", "{kind}");
        assert_eq!(entry["actor"]["display_name"], "Deleted user", "{kind}: {entry}");
        let owned = "SELECT owned FROM user_totals WHERE user_id = $1";
        assert_eq!(world.db.one::<(i64,)>(owned, args![EVE]).await.unwrap(), (1,), "{kind}");
        let gone = "SELECT COUNT(*) FROM servers WHERE server_id = $1";
        let alone: i64 = alone.parse().unwrap();
        assert_eq!(
            world.db.one::<(i64,)>(gone, args![alone]).await.unwrap(),
            (0,),
            "{kind}: nobody was left"
        );
        let log = bob.get(&format!("{bobs}/audit-log")).await.expect(200);
        assert!(!log.to_string().contains("Countess"), "{kind}: {log}");
        assert_eq!(log["items"][0]["action"], "member.nickname_updated", "{kind}");
        assert_eq!(bob.get(&bobs).await.expect(200)["member_count"], 1, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_end_nobody_told_of_is_found_at_the_next_start() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        world
            .user(EVE)
            .post(&format!("/servers/{server}/join"), Value::Null)
            .await
            .expect(200);
        // Two pages, and one whom nothing is kept of.
        for user in [BOB, EVE, 4_000] {
            erase(&world, user);
        }
        world.start_another().await;
        has_left(&world, BOB).await;
        has_left(&world, EVE).await;
        let members = world
            .user(ADA)
            .get(&format!("/servers/{server}/members"))
            .await
            .expect(200);
        assert_eq!(members["items"].as_array().unwrap().len(), 1, "{}", world.kind);
        // Told of now, nothing is left to do.
        world.events().await;
        tell(&world, BOB).await;
        tell(&world, 5_000).await;
        has_left(&world, BOB).await;
    }
}
