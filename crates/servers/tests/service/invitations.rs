//! Invitations: made, looked at, accepted, declined, revoked.

use contracts::events::{Audience, EventKind};
use model::{Permission, PermissionSet, UserId, limits};
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, ids, worlds};

/// What of an invitation is its code.
pub(crate) fn code(invitation: &Value) -> String {
    invitation["code"].as_str().expect("a code").to_owned()
}

/// Ada's private server, with Bob in it.
pub(crate) async fn private(world: &World) -> String {
    let server = id(&world.server("public").await);
    let path = format!("/servers/{server}");
    world
        .user(ADA)
        .patch(&path, json!({"visibility": "private"}))
        .await
        .expect(200);
    world.events().await;
    server
}

/// An invitation of Ada's.
pub(crate) async fn invite(world: &World, server: &str, body: Value) -> Value {
    let path = format!("/servers/{server}/invitations");
    world.user(ADA).post(&path, body).await.expect(201)
}

async fn accept(world: &World, user: i64, code: &str) -> platform::http::testing::Answer {
    let path = format!("/invitations/{code}/accept");
    world.user(user).post(&path, Value::Null).await
}

async fn ban(world: &World, server: &str, user: i64) {
    let sql = "INSERT INTO bans (server_id, user_id, banned_by, created_at) VALUES ($1, $2, $3, 0)";
    world.meddle(server, sql, &args![user, ADA]).await;
}

async fn uses(world: &World, code: &str) -> i64 {
    let sql = "SELECT uses FROM invitations WHERE code = $1";
    world.db.one::<(i64,)>(sql, args![code]).await.unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_lets_into_a_private_server() {
    for world in worlds().await {
        let server = private(&world).await;
        let made = invite(&world, &server, json!({"expires_in": 3_600, "max_uses": 2})).await;
        let code = code(&made);
        assert_eq!(made["url"], json!(format!("/invite/{code}")));
        assert_eq!(
            (&made["uses"], &made["max_uses"], &made["user"]),
            (&json!(0), &json!(2), &Value::Null)
        );
        assert_eq!(made["inviter"]["username"], "ada");
        assert!(made["expires_at"].is_string(), "{made}");
        let shown = json!({
            "id": server, "name": "Chess club", "description": "", "icon_url": null, "banner_url": null,
            "member_count": 2, "online_count": 0
        });
        let preview = json!({ "code": code, "server": shown });
        for actor in [world.nobody(), world.user(EVE), world.user(BOB)] {
            let seen = actor.get(&format!("/invitations/{code}")).await.expect(200);
            assert_eq!(seen, preview, "{}: nothing else", world.kind);
        }
        world.events().await;
        let joined = accept(&world, EVE, &code).await.expect(200);
        assert_eq!((&joined["id"], &joined["me"]["role_ids"]), (&json!(server), &json!([])));
        let events = world.events().await;
        let kinds: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
        let expected = [
            EventKind::ServerCreated,
            EventKind::MemberJoined,
            EventKind::InvitationAccepted,
        ];
        assert_eq!(kinds, expected, "{}", world.kind);
        assert_eq!(events[2].audience, Audience::User { user_id: UserId(ADA) });
        let told: Value = serde_json::from_str(events[2].data.get()).unwrap();
        assert_eq!((&told["code"], &told["uses"]), (&json!(code), &json!(1)));
        // Members use nothing.
        for member in [EVE, BOB, ADA] {
            accept(&world, member, &code).await.expect(200);
        }
        assert_eq!(uses(&world, &code).await, 1, "{}", world.kind);
        assert!(world.events().await.is_empty(), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn by_name_it_is_for_that_user_alone() {
    for world in worlds().await {
        let server = private(&world).await;
        let frank = 2_000;
        world.is_user(frank, "frank", "Frank");
        let made = invite(&world, &server, json!({"user_id": EVE.to_string(), "max_uses": 9})).await;
        assert_eq!(
            (&made["user"]["username"], &made["max_uses"]),
            (&json!("eve"), &json!(1))
        );
        let code = code(&made);
        let events = world.events().await;
        assert_eq!(events.len(), 1, "{}", world.kind);
        assert_eq!(events[0].kind, EventKind::InvitationReceived);
        assert_eq!(events[0].audience, Audience::User { user_id: UserId(EVE) });
        let mine = world.user(EVE).get("/users/@me/invitations").await.expect(200);
        assert_eq!(mine["items"], json!([made]), "{}", world.kind);
        assert_eq!(
            serde_json::from_str::<Value>(events[0].data.get()).unwrap(),
            made,
            "{}: told as it is listed",
            world.kind
        );
        for other in [frank, BOB] {
            let path = format!("/invitations/{code}");
            world
                .user(other)
                .get(&path)
                .await
                .is_problem(404, "invitation_not_found");
            accept(&world, other, &code)
                .await
                .is_problem(404, "invitation_not_found");
            let declined = world.user(other).post(&format!("{path}/decline"), Value::Null).await;
            declined.is_problem(404, "invitation_not_found");
        }
        let path = format!("/invitations/{code}");
        world.nobody().get(&path).await.is_problem(404, "invitation_not_found");
        accept(&world, EVE, &code).await.expect(200);
        // Once more, when the answer was lost.
        accept(&world, EVE, &code).await.expect(200);
        let mine = world.user(EVE).get("/users/@me/invitations").await.expect(200);
        assert_eq!(mine["items"], json!([]), "{}", world.kind);
        let left = world
            .user(EVE)
            .post(&format!("/servers/{server}/leave"), Value::Null)
            .await;
        left.expect(204);
        accept(&world, EVE, &code).await.is_problem(404, "invitation_not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn declined_it_is_no_more() {
    for world in worlds().await {
        let server = private(&world).await;
        let made = invite(&world, &server, json!({"user_id": EVE.to_string()})).await;
        let path = format!("/invitations/{}/decline", code(&made));
        world.events().await;
        world.user(EVE).post(&path, Value::Null).await.expect(204);
        let told: Vec<(EventKind, Audience)> = world
            .events()
            .await
            .iter()
            .map(|event| (event.kind, event.audience))
            .collect();
        let to = |user_id| {
            let audience = Audience::User {
                user_id: UserId(user_id),
            };
            (EventKind::InvitationDeclined, audience)
        };
        assert_eq!(told, [to(EVE), to(ADA)], "{}", world.kind);
        let again = world.user(EVE).post(&path, Value::Null).await;
        again.is_problem(404, "invitation_not_found");
        // A link is nobody's to decline.
        let link = code(&invite(&world, &server, json!({})).await);
        let declined = world
            .user(EVE)
            .post(&format!("/invitations/{link}/decline"), Value::Null)
            .await;
        declined.is_problem(404, "invitation_not_found");
        invite(&world, &server, json!({"user_id": EVE.to_string()})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_ended_never_was() {
    for world in worlds().await {
        let server = private(&world).await;
        let used_up = code(&invite(&world, &server, json!({"max_uses": 1})).await);
        let revoked = code(&invite(&world, &server, json!({})).await);
        let expired = code(&invite(&world, &server, json!({"expires_in": 1})).await);
        accept(&world, EVE, &used_up).await.expect(200);
        let left = world
            .user(EVE)
            .post(&format!("/servers/{server}/leave"), Value::Null)
            .await;
        left.expect(204);
        let gone = world.user(ADA).delete(&format!("/invitations/{revoked}")).await;
        gone.expect(204);
        let sql = "UPDATE invitations SET expires_at = 1 WHERE server_id = $1 AND code = $2";
        world.meddle(&server, sql, &args![expired.as_str()]).await;
        let mut answers = Vec::new();
        for code in [used_up.as_str(), &revoked, &expired, "neverneverne", "no code"] {
            let code = code.replace(' ', "%20");
            let path = format!("/invitations/{code}");
            let seen = [
                world.nobody().get(&path).await,
                world.user(EVE).get(&path).await,
                world.user(EVE).post(&format!("{path}/accept"), Value::Null).await,
                world.user(EVE).post(&format!("{path}/decline"), Value::Null).await,
                world.user(ADA).delete(&path).await,
            ];
            for answer in &seen {
                assert_eq!(
                    (answer.status, &answer.body["code"]),
                    (404, &json!("invitation_not_found")),
                    "{code}"
                );
            }
            answers.push(seen.map(|answer| answer.body["detail"].clone()));
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "{}: told apart", world.kind);
        let list = world.user(ADA).get(&format!("/servers/{server}/invitations")).await;
        assert_eq!(list.expect(200)["items"], json!([]), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_banned_are_told_nothing_of_a_private_server() {
    for world in worlds().await {
        let server = private(&world).await;
        ban(&world, &server, EVE).await;
        world.events().await;
        let named = code(&invite(&world, &server, json!({"user_id": EVE.to_string()})).await);
        let link = code(&invite(&world, &server, json!({})).await);
        let mine = world.user(EVE).get("/users/@me/invitations").await.expect(200);
        assert_eq!(mine["items"], json!([]), "{}", world.kind);
        for code in [&named, &link] {
            let path = format!("/invitations/{code}");
            world.user(EVE).get(&path).await.is_problem(404, "invitation_not_found");
            accept(&world, EVE, code).await.is_problem(404, "invitation_not_found");
        }
        assert_eq!(uses(&world, &link).await, 0, "{}", world.kind);
        let revoked = world.user(ADA).delete(&format!("/invitations/{named}")).await;
        revoked.expect(204);
        invite(&world, &server, json!({"user_id": EVE.to_string()})).await;
        world.user(ADA).delete(&format!("/servers/{server}")).await.expect(204);
        let kinds: Vec<EventKind> = world.events().await.iter().map(|event| event.kind).collect();
        assert_eq!(kinds, [EventKind::ServerDeleted], "{}: nothing was told", world.kind);
        // Of a public server they know anyway.
        let server = id(&world.server("public").await);
        let link = code(&invite(&world, &server, json!({})).await);
        ban(&world, &server, EVE).await;
        world.user(EVE).get(&format!("/invitations/{link}")).await.expect(200);
        accept(&world, EVE, &link).await.is_problem(403, "banned");
        assert_eq!(uses(&world, &link).await, 0, "{}: nothing is used", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_see_and_revoke_their_own_and_managers_all() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let list = format!("/servers/{server}/invitations");
        let of_ada = code(&invite(&world, &server, json!({})).await);
        let of_bob = code(&world.user(BOB).post(&list, json!({})).await.expect(201));
        let codes = async |user| {
            let items = world.user(user).get(&list).await.expect(200)["items"].take();
            items.as_array().unwrap().iter().map(code).collect::<Vec<_>>()
        };
        let mut all = codes(ADA).await;
        all.sort();
        let mut both = vec![of_ada.clone(), of_bob.clone()];
        both.sort();
        assert_eq!((all, codes(BOB).await), (both, vec![of_bob.clone()]), "{}", world.kind);
        let revoke = async |user, code: &str| world.user(user).delete(&format!("/invitations/{code}")).await;
        revoke(BOB, &of_ada).await.is_problem(404, "invitation_not_found");
        revoke(EVE, &of_ada).await.is_problem(404, "invitation_not_found");
        revoke(BOB, &of_bob).await.expect(204);
        world.may_everyone(&server, &[Permission::ManageInvitations]).await;
        assert_eq!(codes(BOB).await, std::slice::from_ref(&of_ada), "{}", world.kind);
        revoke(BOB, &of_ada).await.expect(204);
        let sql = "SELECT actor_id, action, target_id FROM audit_log
                   WHERE server_id = $1 AND action LIKE 'invitation.%' ORDER BY id";
        let log: Vec<(i64, String, String)> = world.db.all(sql, args![server.parse::<i64>().unwrap()]).await.unwrap();
        let entry = |actor, action: &str, code: &str| (actor, format!("invitation.{action}"), code.to_owned());
        let expected = [
            entry(ADA, "created", &of_ada),
            entry(BOB, "created", &of_bob),
            entry(BOB, "revoked", &of_bob),
            entry(BOB, "revoked", &of_ada),
        ];
        assert_eq!(log, expected, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_follow_each_other() {
    for world in worlds().await {
        let server = private(&world).await;
        let mut made = Vec::new();
        for _ in 0..5 {
            made.push(code(&invite(&world, &server, json!({})).await));
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let path = format!("/servers/{server}/invitations?limit=2{after}");
            let page = world.user(ADA).get(&path).await.expect(200);
            seen.extend(page["items"].as_array().unwrap().iter().map(code));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        seen.sort();
        made.sort();
        assert_eq!(seen, made, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_turns_private_is_closed() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/invitations");
        let bob = world.user(BOB);
        let link = code(&bob.post(&path, json!({})).await.expect(201));
        let named = code(&bob.post(&path, json!({"user_id": EVE.to_string()})).await.expect(201));
        world.events().await;
        let change = json!({"visibility": "private"});
        world
            .user(ADA)
            .patch(&format!("/servers/{server}"), change)
            .await
            .expect(200);
        let kinds: Vec<EventKind> = world.events().await.iter().map(|event| event.kind).collect();
        let expected = [
            EventKind::InvitationRevoked,
            EventKind::RoleUpdated,
            EventKind::ServerUpdated,
        ];
        assert_eq!(kinds, expected, "{}", world.kind);
        bob.post(&path, json!({})).await.is_problem(403, "missing_permission");
        for code in [link, named] {
            accept(&world, EVE, &code).await.is_problem(404, "invitation_not_found");
        }
        let roles = bob.get(&format!("/servers/{server}/roles")).await.expect(200);
        let permissions = roles["items"][0]["permissions"].clone();
        assert_eq!(permissions, json!(PermissionSet::PRIVATE_DEFAULT), "{}", world.kind);
        let sql = "SELECT action FROM audit_log WHERE server_id = $1 ORDER BY id DESC";
        let log: Vec<(String,)> = world.db.all(sql, args![server.parse::<i64>().unwrap()]).await.unwrap();
        assert_eq!(log[0].0, "role.updated", "{}", world.kind);
        // Who may invite by then goes on.
        invite(&world, &server, json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_hears_nothing_of_their_invitations() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/invitations");
        let link = code(&world.user(BOB).post(&path, json!({})).await.expect(201));
        let left = world
            .user(BOB)
            .post(&format!("/servers/{server}/leave"), Value::Null)
            .await;
        left.expect(204);
        world.events().await;
        accept(&world, EVE, &link).await.expect(200);
        let kinds: Vec<EventKind> = world.events().await.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            [EventKind::ServerCreated, EventKind::MemberJoined],
            "{}",
            world.kind
        );
        let gone = world.user(BOB).delete(&format!("/invitations/{link}")).await;
        gone.is_problem(404, "invitation_not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_another_way_answers_the_invitation() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        invite(&world, &server, json!({"user_id": EVE.to_string()})).await;
        let joined = world
            .user(EVE)
            .post(&format!("/servers/{server}/join"), Value::Null)
            .await;
        joined.expect(200);
        let mine = world.user(EVE).get("/users/@me/invitations").await.expect(200);
        assert_eq!(mine["items"], json!([]), "{}", world.kind);
        let list = world.user(ADA).get(&format!("/servers/{server}/invitations")).await;
        assert!(ids_of(&list.expect(200)).is_empty(), "{}", world.kind);
        assert_eq!(
            ids(&world.user(EVE).get("/users/@me/servers").await.expect(200)),
            [server]
        );
    }
}

fn ids_of(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(code).collect()
}

/// What every problem of these routes needs.
pub(crate) async fn what_invitations_refuse(world: &World, server: &str) {
    let path = format!("/servers/{server}/invitations");
    let ada = world.user(ADA);
    for (field, most) in [
        ("expires_in", limits::INVITATION_SECONDS_MAX),
        ("max_uses", limits::INVITATION_USES_MAX),
    ] {
        for number in [0, most + 1] {
            ada.post(&path, json!({ field: number }))
                .await
                .is_invalid(field, "out_of_range");
        }
    }
    let page = ada.get(&format!("{path}?limit=0")).await;
    page.is_invalid("limit", "out_of_range");
    for (user, status, problem) in [(7, 404, "user_not_found"), (BOB, 409, "already_member")] {
        let answer = ada.post(&path, json!({"user_id": user.to_string()})).await;
        answer.is_problem(status, problem);
    }
    let named = json!({"user_id": EVE.to_string()});
    let made = code(&ada.post(&path, named.clone()).await.expect(201));
    ada.post(&path, named).await.is_problem(409, "already_invited");
    ada.delete(&format!("/invitations/{made}")).await.expect(204);
    for (method, path) in [
        ("GET", format!("/invitations/{made}")),
        ("DELETE", format!("/invitations/{made}")),
        ("POST", format!("/invitations/{made}/accept")),
        ("POST", format!("/invitations/{made}/decline")),
    ] {
        ada.send(method, &path, Value::Null)
            .await
            .is_problem(404, "invitation_not_found");
    }
    world
        .meddle(server, "UPDATE roles SET permissions = 0 WHERE server_id = $1", &[])
        .await;
    let refused = world.user(BOB).post(&path, json!({})).await;
    refused.is_problem(403, "missing_permission");
    world.may_everyone(server, &[]).await;
    let link = code(&invite(world, server, json!({})).await);
    ban(world, server, EVE).await;
    accept(world, EVE, &link).await.is_problem(403, "banned");
    world.meddle(server, "DELETE FROM bans WHERE server_id = $1", &[]).await;
    for number in 1..limits::INVITATIONS_PER_SERVER {
        let sql = "INSERT INTO invitations (server_id, code, inviter_id, uses, created_at) VALUES ($1, $2, $3, 0, 0)";
        world.meddle(server, sql, &args![format!("c{number}"), ADA]).await;
    }
    ada.post(&path, json!({})).await.is_problem(409, "too_many_invitations");
}
