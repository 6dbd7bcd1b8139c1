//! Kicks, bans and time-outs: whom they hit, whom they cannot hit, and what they leave behind.

use contracts::{
    events::{Audience, EventKind, Sweep},
    servers::ListBansRequest,
};
use futures::future::join_all;
use model::{Permission, PermissionSet, Timestamp, UserId};
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, worlds};

const MODERATION: [Permission; 4] = [
    Permission::KickMembers,
    Permission::BanMembers,
    Permission::TimeOutMembers,
    Permission::ViewAuditLog,
];

/// Gives somebody a role of their own at this height.
pub(crate) async fn promote(world: &World, server: &str, user: i64, position: i64, permissions: &[Permission]) {
    let role = "INSERT INTO roles (server_id, id, name, color, position, hoisted, permissions)
                VALUES ($1, $2, 'mod', NULL, $3, FALSE, $4)";
    let (role_id, permissions) = (user * 100 + position, PermissionSet::of(permissions));
    world.meddle(server, role, &args![role_id, position, permissions]).await;
    let hold = "INSERT INTO member_roles (server_id, user_id, role_id) VALUES ($1, $2, $3)";
    world.meddle(server, hold, &args![user, role_id]).await;
}

/// Ada's public server with Bob, who moderates, and Eve.
async fn moderated(world: &World) -> String {
    let server = id(&world.server("public").await);
    join(world, &server, EVE).await;
    promote(world, &server, BOB, 5, &MODERATION).await;
    server
}

async fn join(world: &World, server: &str, user: i64) -> Value {
    let path = format!("/servers/{server}/join");
    world.user(user).post(&path, Value::Null).await.expect(200)
}

fn in_an_hour() -> String {
    let now = platform::clock::Clock::system().now();
    now.plus(std::time::Duration::from_hours(1)).to_string()
}

/// Every way to act on a member.
fn acts(server: &str, target: i64) -> [(&'static str, String, Value); 3] {
    let member = format!("/servers/{server}/members/{target}");
    [
        ("PATCH", member.clone(), json!({"timeout_until": in_an_hour()})),
        ("DELETE", member, Value::Null),
        ("PUT", format!("/servers/{server}/bans/{target}"), json!({})),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kick_ends_the_membership_of_the_target_and_lets_them_back() {
    for world in worlds().await {
        let server = moderated(&world).await;
        world.events().await;
        let path = format!("/servers/{server}/members/{EVE}?reason=spam");
        world.user(BOB).delete(&path).await.expect(204);
        let told: Vec<_> = world.events().await;
        let kinds: Vec<(EventKind, Option<UserId>)> = told.iter().map(|event| (event.kind, event.user_id)).collect();
        let eve = Some(UserId(EVE));
        assert_eq!(
            kinds,
            [(EventKind::MemberLeft, eve), (EventKind::ServerDeleted, eve)],
            "{}",
            world.kind
        );
        assert_eq!(told[1].audience, Audience::User { user_id: UserId(EVE) });
        let seen = world.user(BOB).get(&format!("/servers/{server}")).await.expect(200);
        assert_eq!(seen["member_count"], 2, "{}: not who did it", world.kind);
        world
            .user(EVE)
            .get(&format!("/servers/{server}/channels"))
            .await
            .is_problem(404, "server_not_found");
        assert_eq!(join(&world, &server, EVE).await["member_count"], 3, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_on_themselves_the_owner_or_whoever_does_not_stand_below() {
    for world in worlds().await {
        let server = moderated(&world).await;
        // An equal, who is an administrator; and no right at all.
        promote(&world, &server, EVE, 5, &[Permission::Administrator]).await;
        for target in [ADA, BOB, EVE] {
            for (method, path, body) in acts(&server, target) {
                let refused = world.user(BOB).send(method, &path, body).await;
                refused.is_problem(403, "member_too_high");
            }
        }
        // Nor does an administrator, and nobody ever the owner.
        for target in [ADA, BOB, EVE] {
            for (method, path, body) in acts(&server, target) {
                let refused = world.user(EVE).send(method, &path, body).await;
                refused.is_problem(403, "member_too_high");
            }
        }
        for (method, path, body) in acts(&server, ADA) {
            world
                .user(ADA)
                .send(method, &path, body)
                .await
                .is_problem(403, "member_too_high");
        }
        // The owner cannot time an administrator out, but remove them.
        let [(method, path, body), kick, _] = acts(&server, EVE);
        world
            .user(ADA)
            .send(method, &path, body)
            .await
            .is_problem(403, "member_is_administrator");
        world.user(ADA).send(kick.0, &kick.1, kick.2).await.expect(204);
        assert_eq!(
            world
                .user(ADA)
                .get(&format!("/servers/{server}/members/{BOB}"))
                .await
                .status,
            200
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_act_needs_its_right_and_says_which() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        join(&world, &server, EVE).await;
        let rights = [
            Permission::TimeOutMembers,
            Permission::KickMembers,
            Permission::BanMembers,
        ];
        // All the others do not help.
        for (act, needed) in rights.into_iter().enumerate() {
            let others: Vec<Permission> = Permission::ALL
                .iter()
                .copied()
                .filter(|other| ![needed, Permission::Administrator].contains(other))
                .collect();
            promote(&world, &server, BOB, 5, &others).await;
            let (method, path, body) = acts(&server, EVE)[act].clone();
            let refused = world.user(BOB).send(method, &path, body).await;
            let problem = refused.is_problem(403, "missing_permission");
            assert_eq!(problem["permission"], needed.name(), "{}", world.kind);
            for sql in [
                "DELETE FROM member_roles WHERE server_id = $1",
                "DELETE FROM roles WHERE server_id = $1 AND id <> $1",
            ] {
                world.meddle(&server, sql, &[]).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_banned_are_out_until_the_ban_is_lifted() {
    for world in worlds().await {
        let server = moderated(&world).await;
        let path = format!("/servers/{server}");
        let (bob, eve) = (world.user(BOB), world.user(EVE));
        let body = json!({"reason": " spam ", "delete_messages_seconds": 3_600});
        world.events().await;
        let ban = bob.put(&format!("{path}/bans/{EVE}"), body).await.expect(200);
        assert_eq!(
            (&ban["user"]["username"], &ban["reason"], &ban["banned_by"]["username"]),
            (&json!("eve"), &json!("spam"), &json!("bob")),
            "{}",
            world.kind
        );
        let events = world.events().await;
        let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
        let expected = [EventKind::MemberLeft, EventKind::ServerDeleted, EventKind::MemberBanned];
        assert_eq!(kinds, expected, "{}", world.kind);
        assert_eq!(
            events[2].audience,
            Audience::Services,
            "{}: no client learns of it",
            world.kind
        );
        let sweep: Sweep = serde_json::from_str(events[2].data.get()).unwrap();
        assert_eq!(
            (sweep.author_id, sweep.since.plus(std::time::Duration::from_hours(1))),
            (UserId(EVE), sweep.banned_at)
        );
        eve.get(&format!("{path}/channels"))
            .await
            .is_problem(404, "server_not_found");
        eve.post(&format!("{path}/join"), Value::Null)
            .await
            .is_problem(403, "banned");
        let list = bob.get(&format!("{path}/bans")).await.expect(200);
        assert_eq!(list["items"], json!([ban]), "{}", world.kind);
        assert_eq!(bob.get(&format!("{path}/bans/{EVE}")).await.expect(200), ban);
        // For messages, which may have missed the event.
        let request = |since: Timestamp| ListBansRequest {
            since: since.as_millis(),
            limit: 5,
            ..ListBansRequest::default()
        };
        let answer = world
            .peer()
            .list_bans(request(sweep.banned_at))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.bans.len(), 1, "{}", world.kind);
        let found = (
            answer.bans[0].user_id,
            answer.bans[0].delete_since,
            answer.bans[0].created_at,
        );
        assert_eq!(found, (EVE, sweep.since.as_millis(), sweep.banned_at.as_millis()));
        // Of a private server they do not learn that it is there.
        world
            .user(ADA)
            .patch(&path, json!({"visibility": "private"}))
            .await
            .expect(200);
        eve.post(&format!("{path}/join"), Value::Null)
            .await
            .is_problem(404, "server_not_found");
        world
            .user(ADA)
            .patch(&path, json!({"visibility": "public"}))
            .await
            .expect(200);
        bob.delete(&format!("{path}/bans/{EVE}?reason=sorry")).await.expect(204);
        bob.delete(&format!("{path}/bans/{EVE}"))
            .await
            .is_problem(404, "ban_not_found");
        join(&world, &server, EVE).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_member_can_be_banned_and_who_does_not_exist_cannot() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/bans");
        world.events().await;
        world
            .user(ADA)
            .put(&format!("{path}/{EVE}"), json!({}))
            .await
            .expect(200);
        assert!(
            world.events().await.is_empty(),
            "{}: nobody sees a difference",
            world.kind
        );
        world
            .user(EVE)
            .post(&format!("/servers/{server}/join"), Value::Null)
            .await
            .is_problem(403, "banned");
        world
            .user(ADA)
            .put(&format!("{path}/4711"), json!({}))
            .await
            .is_problem(404, "user_not_found");
        // Again, for another reason.
        let again = json!({"reason": "spam"});
        world.user(ADA).put(&format!("{path}/{EVE}"), again).await.expect(200);
        let list = world.user(ADA).get(&path).await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{}", world.kind);
        assert_eq!(list["items"][0]["reason"], "spam", "{}", world.kind);
        // By pages.
        for number in 0..3 {
            world.is_user(5_000 + number, &format!("u{number}"), "U");
            world
                .user(ADA)
                .put(&format!("{path}/{}", 5_000 + number), json!({}))
                .await
                .expect(200);
        }
        let first = world.user(ADA).get(&format!("{path}?limit=3")).await.expect(200);
        let next = first["next"].as_str().unwrap();
        let second = world
            .user(ADA)
            .get(&format!("{path}?limit=3&after={next}"))
            .await
            .expect(200);
        assert_eq!(second["items"][0]["user"]["id"], "5002", "{}", world.kind);
        assert_eq!(second["next"], Value::Null, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_is_not_shed_by_leaving_nor_by_being_removed() {
    for world in worlds().await {
        let server = moderated(&world).await;
        let path = format!("/servers/{server}");
        let member = format!("{path}/members/{EVE}");
        let (bob, eve) = (world.user(BOB), world.user(EVE));
        let until = in_an_hour();
        world.events().await;
        let body = json!({"timeout_until": until, "reason": "spam"});
        let timed_out = bob.patch(&member, body.clone()).await.expect(200);
        assert_eq!(timed_out["timeout_until"], json!(until), "{}", world.kind);
        let events = world.events().await;
        assert_eq!(
            (events.len(), events[0].kind),
            (1, EventKind::MemberUpdated),
            "{}",
            world.kind
        );
        assert_eq!(events[0].user_id, Some(UserId(EVE)), "{}: not who did it", world.kind);
        assert!(events[0].tenant_version.is_some());
        let me = bob.get(&format!("{path}/members/{BOB}")).await.expect(200);
        assert_eq!(me["timeout_until"], Value::Null, "{}", world.kind);
        bob.patch(&member, body).await.expect(200);
        assert!(
            world.events().await.is_empty(),
            "{}: nothing new is not told",
            world.kind
        );
        for leave in ["leave", "kick", "ban"] {
            match leave {
                "leave" => drop(eve.post(&format!("{path}/leave"), Value::Null).await.expect(204)),
                "kick" => drop(bob.delete(&member).await.expect(204)),
                _ => {
                    bob.put(&format!("{path}/bans/{EVE}"), json!({})).await.expect(200);
                    bob.delete(&format!("{path}/bans/{EVE}")).await.expect(204);
                }
            }
            let back = join(&world, &server, EVE).await;
            assert_eq!(back["me"]["timeout_until"], json!(until), "{}: {leave}", world.kind);
            let may = back["permissions"].as_array().unwrap();
            assert!(!may.contains(&json!("send_messages")), "{}: {may:?}", world.kind);
        }
        let ended = bob.patch(&member, json!({"timeout_until": null})).await.expect(200);
        assert_eq!(ended["timeout_until"], Value::Null, "{}", world.kind);
        eve.post(&format!("{path}/leave"), Value::Null).await.expect(204);
        assert_eq!(join(&world, &server, EVE).await["me"]["timeout_until"], Value::Null);
        // One that has ended meanwhile is not there any more.
        let ended = "INSERT INTO time_outs (server_id, user_id, ends_at) VALUES ($1, $2, 5)";
        eve.post(&format!("{path}/leave"), Value::Null).await.expect(204);
        world.meddle(&server, ended, &args![EVE]).await;
        assert_eq!(join(&world, &server, EVE).await["me"]["timeout_until"], Value::Null);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_timed_out_moderates_nobody_and_does_not_free_themselves() {
    for world in worlds().await {
        let server = moderated(&world).await;
        promote(
            &world,
            &server,
            BOB,
            6,
            &[Permission::ManageServer, Permission::ManageChannels],
        )
        .await;
        let own = format!("/servers/{server}/members/{BOB}");
        let body = json!({"timeout_until": in_an_hour()});
        world.user(ADA).patch(&own, body).await.expect(200);
        let bob = world.user(BOB);
        for (method, path, body) in acts(&server, EVE) {
            bob.send(method, &path, body)
                .await
                .is_problem(403, "missing_permission");
        }
        bob.patch(&own, json!({"timeout_until": null}))
            .await
            .is_problem(403, "missing_permission");
        // Rights of the server as a whole are gone with the rest.
        let settings = bob.patch(&format!("/servers/{server}"), json!({"name": "x"})).await;
        settings.is_problem(403, "missing_permission");
        let channel = json!({"name": "x", "kind": "text"});
        let created = bob.post(&format!("/servers/{server}/channels"), channel).await;
        created.is_problem(403, "missing_permission");
        bob.get(&format!("/servers/{server}/audit-log"))
            .await
            .is_problem(403, "missing_permission");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn overwrites_go_with_their_member_and_caches_are_told() {
    for world in worlds().await {
        let server = moderated(&world).await;
        let channels = world
            .user(ADA)
            .get(&format!("/servers/{server}/channels"))
            .await
            .expect(200);
        let channel: i64 = id(&channels["items"][0]).parse().unwrap();
        let sql = "INSERT INTO overwrites (server_id, channel_id, target_id, is_member, allowed, denied)
                   VALUES ($1, $2, $3, TRUE, 0, 0)";
        world.meddle(&server, sql, &args![channel, EVE]).await;
        world.events().await;
        world
            .user(BOB)
            .delete(&format!("/servers/{server}/members/{EVE}"))
            .await
            .expect(204);
        let events = world.events().await;
        let changed = events
            .iter()
            .find(|event| event.kind == EventKind::ChannelUpdated)
            .unwrap();
        let left = events.iter().find(|event| event.kind == EventKind::MemberLeft).unwrap();
        assert_eq!(changed.tenant_version, left.tenant_version, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_joins_while_they_are_banned_is_out_in_the_end() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let (path, events) = (format!("/servers/{server}"), world.events().await);
        drop(events);
        let acts = (0..64_i64).map(|number| {
            let (world, path) = (&world, &path);
            async move {
                if number == 32 {
                    let ban = format!("{path}/bans/{EVE}");
                    return world.user(ADA).put(&ban, json!({})).await.status;
                }
                let act = if number % 2 == 0 { "join" } else { "leave" };
                world.user(EVE).post(&format!("{path}/{act}"), Value::Null).await.status
            }
        });
        let statuses = join_all(acts).await;
        let known = |status: &u16| matches!(status, 200 | 204 | 403 | 404);
        assert!(statuses.iter().all(known), "{}: {statuses:?}", world.kind);
        world
            .user(EVE)
            .get(&format!("{path}/channels"))
            .await
            .is_problem(404, "server_not_found");
        let seen = world.user(ADA).get(&path).await.expect(200);
        assert_eq!(seen["member_count"], 2, "{}", world.kind);
        let sql = "SELECT servers FROM user_totals WHERE user_id = $1";
        let totals: Vec<(i64,)> = world.db.all(sql, args![EVE]).await.unwrap();
        assert!(totals.is_empty() || totals == [(0,)], "{}: {totals:?}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kicked_and_banned_by_many_at_once_is_once() {
    for world in worlds().await {
        let server = moderated(&world).await;
        world.events().await;
        let acts = (0..64_usize).map(|number| {
            let (world, (method, path, body)) = (&world, acts(&server, EVE)[1 + number % 2].clone());
            async move { world.user(BOB).send(method, &path, body).await.status }
        });
        let statuses = join_all(acts).await;
        assert!(
            statuses.iter().all(|status| matches!(status, 200 | 204 | 404)),
            "{}: {statuses:?}",
            world.kind
        );
        let left = world.events().await;
        let left = left.iter().filter(|event| event.kind == EventKind::MemberLeft).count();
        assert_eq!(left, 1, "{}", world.kind);
        let seen = world.user(ADA).get(&format!("/servers/{server}")).await.expect(200);
        assert_eq!(seen["member_count"], 2, "{}", world.kind);
    }
}
