//! Every problem that the contract names happens, and no other.

mod roles;

use std::collections::BTreeMap;

use model::{Permission, UserId, limits};
use platform::args;
use serde_json::{Value, json};

use crate::departures::what_deletion_refuses;
use crate::invitations::what_invitations_refuse;
use crate::world::{ADA, BOB, EVE, World, id, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_problem_happens() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server, channel) = (id(&server), id(&server["channels"][0]));
        let parameters = BTreeMap::from([
            ("server_id", server.clone()),
            ("channel_id", channel.clone()),
            ("user_id", BOB.to_string()),
            ("code", "neverneverne".to_owned()),
            ("role_id", server.clone()),
            ("target_id", server.clone()),
        ]);
        world.app.provoke_the_common(UserId(ADA), &parameters).await;
        what_is_not_there(&world, &server).await;
        what_is_not_allowed(&world, &server, &channel).await;
        what_is_not_valid(&world, &server, &channel).await;
        what_invitations_refuse(&world, &server).await;
        what_deletion_refuses(&world).await;
        what_is_too_much(&world, &server).await;
        roles::provoke(&world).await;
        world.app.assert_every_problem_was_seen();
    }
}

async fn what_is_not_there(world: &World, server: &str) {
    let ada = world.user(ADA);
    for (method, path, body) in [
        ("GET", "/servers/1", Value::Null),
        ("PATCH", "/servers/1", json!({})),
        ("DELETE", "/servers/1", Value::Null),
        ("PUT", "/servers/1/icon", Value::Null),
        ("DELETE", "/servers/1/icon", Value::Null),
        ("PUT", "/servers/1/banner", Value::Null),
        ("DELETE", "/servers/1/banner", Value::Null),
        ("POST", "/servers/1/join", Value::Null),
        ("POST", "/servers/1/leave", Value::Null),
        ("GET", "/servers/1/members", Value::Null),
        ("GET", "/servers/1/members/1", Value::Null),
        ("PATCH", "/servers/1/members/1", json!({})),
        ("DELETE", "/servers/1/members/1", Value::Null),
        ("GET", "/servers/1/bans", Value::Null),
        ("GET", "/servers/1/bans/1", Value::Null),
        ("PUT", "/servers/1/bans/1", json!({})),
        ("DELETE", "/servers/1/bans/1", Value::Null),
        ("GET", "/servers/1/audit-log", Value::Null),
        ("GET", "/servers/1/roles", Value::Null),
        ("GET", "/servers/1/invitations", Value::Null),
        ("POST", "/servers/1/invitations", json!({})),
        ("GET", "/servers/1/permissions/@me", Value::Null),
        ("GET", "/servers/1/channels", Value::Null),
        ("POST", "/servers/1/channels", json!({})),
        ("PATCH", "/servers/1/channels", json!({"channels": []})),
        ("GET", "/servers/1/channels/1", Value::Null),
        ("PATCH", "/servers/1/channels/1", json!({})),
        ("DELETE", "/servers/1/channels/1", Value::Null),
        ("GET", "/servers/1/channels/1/members", Value::Null),
    ] {
        ada.send(method, path, body).await.is_problem(404, "server_not_found");
    }
    let channel = format!("/servers/{server}/channels/1");
    ada.get(&channel).await.is_problem(404, "channel_not_found");
    ada.patch(&channel, json!({}))
        .await
        .is_problem(404, "channel_not_found");
    ada.delete(&channel).await.is_problem(404, "channel_not_found");
    ada.get(&format!("{channel}/members"))
        .await
        .is_problem(404, "channel_not_found");
    let member = format!("/servers/{server}/members/{EVE}");
    ada.get(&member).await.is_problem(404, "member_not_found");
    ada.patch(&member, json!({})).await.is_problem(404, "member_not_found");
    ada.delete(&member).await.is_problem(404, "member_not_found");
    let ban = format!("/servers/{server}/bans/{EVE}");
    ada.get(&ban).await.is_problem(404, "ban_not_found");
    ada.delete(&ban).await.is_problem(404, "ban_not_found");
    let nobody = format!("/servers/{server}/bans/4711");
    ada.put(&nobody, json!({})).await.is_problem(404, "user_not_found");
}

async fn what_is_not_allowed(world: &World, server: &str, channel: &str) {
    let bob = world.user(BOB);
    let path = format!("/servers/{server}");
    for (method, path, body) in [
        ("PATCH", path.clone(), json!({"name": "x"})),
        ("DELETE", path.clone(), Value::Null),
        ("POST", format!("{path}/channels"), json!({"name": "x", "kind": "text"})),
        ("PATCH", format!("{path}/channels"), json!({"channels": []})),
        ("PATCH", format!("{path}/channels/{channel}"), json!({"name": "x"})),
        ("DELETE", format!("{path}/channels/{channel}"), Value::Null),
        ("PATCH", format!("{path}/members/{ADA}"), json!({"nickname": "x"})),
        ("DELETE", format!("{path}/members/{ADA}"), Value::Null),
        ("GET", format!("{path}/bans"), Value::Null),
        ("GET", format!("{path}/bans/{EVE}"), Value::Null),
        ("PUT", format!("{path}/bans/{EVE}"), json!({})),
        ("DELETE", format!("{path}/bans/{EVE}"), Value::Null),
        ("GET", format!("{path}/audit-log"), Value::Null),
        ("PUT", format!("{path}/icon"), Value::Null),
        ("DELETE", format!("{path}/icon"), Value::Null),
        ("PUT", format!("{path}/banner"), Value::Null),
        ("DELETE", format!("{path}/banner"), Value::Null),
    ] {
        bob.send(method, &path, body)
            .await
            .is_problem(403, "missing_permission");
    }
    let left = world.user(ADA).post(&format!("{path}/leave"), Value::Null).await;
    left.is_problem(409, "owner_cannot_leave");
    world.may_everyone(server, &[Permission::ManageNicknames]).await;
    bob.patch(&format!("{path}/members/{ADA}"), json!({"nickname": "x"}))
        .await
        .is_problem(403, "member_too_high");
    let rights = [Permission::KickMembers, Permission::BanMembers];
    world.may_everyone(server, &rights).await;
    bob.delete(&format!("{path}/members/{ADA}"))
        .await
        .is_problem(403, "member_too_high");
    bob.put(&format!("{path}/bans/{ADA}"), json!({}))
        .await
        .is_problem(403, "member_too_high");
    world.may_everyone(server, &[Permission::Administrator]).await;
    let soon = platform::clock::Clock::system()
        .now()
        .plus(std::time::Duration::from_mins(1));
    let body = json!({"timeout_until": soon});
    let timed_out = world.user(ADA).patch(&format!("{path}/members/{BOB}"), body).await;
    timed_out.is_problem(403, "member_is_administrator");
    world.may_everyone(server, &[]).await;
    let ban = "INSERT INTO bans (server_id, user_id, banned_by, created_at) VALUES ($1, $2, $3, 0)";
    world.meddle(server, ban, &args![EVE, ADA]).await;
    let joined = world.user(EVE).post(&format!("{path}/join"), Value::Null).await;
    joined.is_problem(403, "banned");
    world.meddle(server, "DELETE FROM bans WHERE server_id = $1", &[]).await;
}

async fn what_is_not_valid(world: &World, server: &str, channel: &str) {
    let ada = world.user(ADA);
    let path = format!("/servers/{server}");
    let long = |most: usize| "x".repeat(most + 1);
    let name = long(limits::SERVER_NAME_MAX);
    let answer = ada
        .post("/servers", json!({"name": name, "visibility": "public"}))
        .await;
    answer.is_invalid("name", "too_long");
    ada.patch(&path, json!({"name": name}))
        .await
        .is_invalid("name", "too_long");
    let name = long(limits::CHANNEL_NAME_MAX);
    let channels = format!("{path}/channels");
    let answer = ada.post(&channels, json!({"name": name, "kind": "text"})).await;
    answer.is_invalid("name", "too_long");
    let answer = ada
        .patch(&channels, json!({"channels": [{"id": "1", "position": 0}]}))
        .await;
    answer.is_invalid("channels.0.id", "unknown_channel");
    let answer = ada.patch(&format!("{channels}/{channel}"), json!({"name": name})).await;
    answer.is_invalid("name", "too_long");
    let nickname = json!({"nickname": long(limits::NICKNAME_MAX)});
    ada.patch(&format!("{path}/members/{BOB}"), nickname)
        .await
        .is_invalid("nickname", "too_long");
    let reason = long(limits::REASON_MAX);
    for path in [format!("{path}/members/{BOB}"), format!("{path}/bans/{EVE}")] {
        let answer = ada.delete(&format!("{path}?reason={reason}")).await;
        answer.is_invalid("reason", "too_long");
        let answer = ada.delete(&format!("{path}?reason=a&reason=b")).await;
        answer.is_problem(400, "malformed_query");
    }
    let ban = format!("{path}/bans/{EVE}");
    for (body, field, code) in [
        (json!({"reason": reason}), "reason", "too_long"),
        (
            json!({"delete_messages_seconds": 604_801}),
            "delete_messages_seconds",
            "out_of_range",
        ),
    ] {
        ada.put(&ban, body).await.is_invalid(field, code);
    }
    ada.get(&format!("{path}/bans?limit=0"))
        .await
        .is_invalid("limit", "out_of_range");
    crate::pictures::refused(world, server).await;
    let audit_log = format!("{path}/audit-log");
    for (query, field, code) in [
        ("?action=x", "action", "invalid_format"),
        ("?actor_id=x", "actor_id", "invalid_format"),
        ("?before=x", "before", "invalid_format"),
    ] {
        ada.get(&format!("{audit_log}{query}")).await.is_invalid(field, code);
    }
    let term = long(limits::QUERY_MAX);
    for list in [
        "/servers/discover".to_owned(),
        format!("{path}/members"),
        format!("{path}/channels/{channel}/members"),
    ] {
        let answer = ada.get(&format!("{list}?query={term}")).await;
        answer.is_invalid("query", "too_long");
    }
}

async fn what_is_too_much(world: &World, server: &str) {
    let fill = async |servers: usize, owned: usize| {
        let mut tx = world.db.begin().await.unwrap();
        let sql = "INSERT INTO user_totals (user_id, servers, owned) VALUES ($1, $2, $3)
                   ON CONFLICT (user_id) DO UPDATE SET servers = $2, owned = $3";
        let number = |of: usize| i64::try_from(of).unwrap();
        tx.run(sql, args![EVE, number(servers), number(owned)]).await.unwrap();
        tx.commit().await.unwrap();
    };
    let eve = world.user(EVE);
    let new = json!({"name": "x", "visibility": "public"});
    fill(limits::SERVERS_PER_USER, 0).await;
    let joined = eve.post(&format!("/servers/{server}/join"), Value::Null).await;
    joined.is_problem(409, "too_many_servers");
    let mine = world
        .user(ADA)
        .get(&format!("/servers/{server}/invitations"))
        .await
        .expect(200);
    let link = mine["items"][0]["code"].as_str().unwrap().to_owned();
    let accepted = eve.post(&format!("/invitations/{link}/accept"), Value::Null).await;
    accepted.is_problem(409, "too_many_servers");
    let founded = eve.post("/servers", new.clone()).await;
    founded.is_problem(409, "too_many_servers");
    fill(0, 0).await;
    eve.post(&format!("/servers/{server}/join"), Value::Null)
        .await
        .expect(200);
    fill(limits::SERVERS_OWNED_PER_USER, limits::SERVERS_OWNED_PER_USER).await;
    let gift = json!({"owner_id": EVE.to_string()});
    let given = world.user(ADA).patch(&format!("/servers/{server}"), gift).await;
    given.is_problem(409, "too_many_owned_servers");
    let founded = eve.post("/servers", new).await;
    founded.is_problem(409, "too_many_owned_servers");
    let channels = format!("/servers/{server}/channels");
    let channel = json!({"name": "x", "kind": "text"});
    let present = world.user(ADA).get(&channels).await.expect(200)["items"]
        .as_array()
        .unwrap()
        .len();
    for _ in present..limits::CHANNELS_PER_SERVER {
        world.user(ADA).post(&channels, channel.clone()).await.expect(201);
    }
    let one_more = world.user(ADA).post(&channels, channel).await;
    one_more.is_problem(409, "too_many_channels");
}
