//! Of roles and overwrites.

use model::{
    Permission::{BanMembers, ManageChannels, ManageMessages, ManageRoles},
    limits,
};
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, World, id};

/// Everything, in a server of its own.
pub(super) async fn provoke(world: &World) {
    let server = world.server("public").await;
    let (server, general) = (id(&server), id(&server["channels"][0]));
    what_is_not_there(world, &server, &general).await;
    what_is_not_allowed(world, &server, &general).await;
    what_is_too_high(world, &server, &general).await;
    what_is_not_valid(world, &server, &general).await;
    what_is_too_much(world, &server, &general).await;
}

async fn what_is_not_there(world: &World, server: &str, general: &str) {
    let ada = world.user(ADA);
    for (method, path, body) in [
        ("POST", "roles", json!({})),
        ("PATCH", "roles", json!({"roles": []})),
        ("PATCH", "roles/1", json!({})),
        ("DELETE", "roles/1", Value::Null),
        ("GET", "roles/1/permissions", Value::Null),
        ("GET", "channels/1/overwrites", Value::Null),
        ("PUT", "channels/1/overwrites/1", json!({})),
        ("DELETE", "channels/1/overwrites/1", Value::Null),
        ("GET", "channels/1/permissions/1", Value::Null),
    ] {
        let answer = ada.send(method, &format!("/servers/1/{path}"), body.clone()).await;
        answer.is_problem(404, "server_not_found");
        let code = match path {
            "roles" => continue,
            path if path.starts_with("roles") => "role_not_found",
            _ => "channel_not_found",
        };
        let answer = ada.send(method, &format!("/servers/{server}/{path}"), body).await;
        answer.is_problem(404, code);
    }
    let channel = format!("/servers/{server}/channels/{general}");
    for (kind, code) in [("role", "role_not_found"), ("member", "member_not_found")] {
        let answer = ada
            .put(&format!("{channel}/overwrites/1"), json!({ "kind": kind }))
            .await;
        answer.is_problem(404, code);
    }
    let answer = ada.get(&format!("{channel}/permissions/1")).await;
    answer.is_problem(404, "member_not_found");
}

async fn what_is_not_allowed(world: &World, server: &str, general: &str) {
    let bob = world.user(BOB);
    let overwrite = format!("channels/{general}/overwrites/{server}");
    for (method, path, body) in [
        ("POST", "roles".to_owned(), json!({"name": "x"})),
        ("PATCH", "roles".to_owned(), json!({"roles": []})),
        ("PATCH", format!("roles/{server}"), json!({})),
        ("DELETE", format!("roles/{server}"), Value::Null),
        ("GET", format!("roles/{server}/permissions"), Value::Null),
        ("GET", format!("channels/{general}/overwrites"), Value::Null),
        ("PUT", overwrite.clone(), json!({"kind": "role"})),
        ("DELETE", overwrite, Value::Null),
        ("GET", format!("channels/{general}/permissions/{ADA}"), Value::Null),
    ] {
        let answer = bob.send(method, &format!("/servers/{server}/{path}"), body).await;
        answer.is_problem(403, "missing_permission");
    }
    let everyone = format!("/servers/{server}/roles/{server}");
    let ada = world.user(ADA);
    ada.delete(&everyone).await.is_problem(409, "everyone_role");
    for change in [
        json!({"name": "x"}),
        json!({"color": "#000000"}),
        json!({"hoisted": true}),
        json!({"mentionable": true}),
    ] {
        ada.patch(&everyone, change).await.is_problem(409, "everyone_role");
    }
}

async fn what_is_too_high(world: &World, server: &str, general: &str) {
    let bob = world.user(BOB);
    let (roles, overwrites) = (
        format!("/servers/{server}/roles"),
        format!("/servers/{server}/channels/{general}/overwrites"),
    );
    let member = format!("/servers/{server}/members/{BOB}");
    let high = world.role(server, &[ManageRoles, ManageChannels]).await;
    let low = world.role(server, &[BanMembers]).await;
    world
        .overwrite([server, general], "role", &low, [&[ManageMessages], &[]])
        .await;
    world.overwrite([server, general], "role", &high, [&[], &[]]).await;
    world
        .overwrite([server, general], "member", &BOB.to_string(), [&[], &[]])
        .await;
    world.may_everyone(server, &[ManageRoles]).await;
    bob.post(&roles, json!({"name": "x"}))
        .await
        .is_problem(403, "role_too_high");
    world.holds(server, BOB, &[&high]).await;
    let itself = format!("{roles}/{high}");
    for answer in [
        bob.patch(&itself, json!({})).await,
        bob.delete(&itself).await,
        bob.patch(&roles, json!({"roles": [{"id": high, "position": 1}]})).await,
        bob.patch(&member, json!({"role_ids": []})).await,
        bob.put(&format!("{overwrites}/{high}"), json!({"kind": "role"})).await,
        bob.delete(&format!("{overwrites}/{high}")).await,
    ] {
        answer.is_problem(403, "role_too_high");
    }
    for answer in [
        bob.put(&format!("{overwrites}/{ADA}"), json!({"kind": "member"})).await,
        bob.delete(&format!("{overwrites}/{BOB}")).await,
    ] {
        answer.is_problem(403, "member_too_high");
    }
    let itself = format!("{roles}/{low}");
    for answer in [
        bob.post(&roles, json!({"name": "x", "permissions": ["ban_members"]}))
            .await,
        bob.patch(&itself, json!({"permissions": []})).await,
        bob.delete(&itself).await,
        bob.patch(&member, json!({"role_ids": [high, low]})).await,
        bob.put(&format!("{overwrites}/{low}"), json!({"kind": "role"})).await,
        bob.delete(&format!("{overwrites}/{low}")).await,
    ] {
        answer.is_problem(403, "cannot_grant");
    }
    let ada = world.user(ADA);
    ada.patch(&format!("{roles}/{server}"), json!({"permissions": []}))
        .await
        .expect(200);
    let private = json!({"name": "x", "kind": "text", "private": true});
    let answer = bob.post(&format!("/servers/{server}/channels"), private).await;
    answer.is_problem(403, "cannot_grant");
}

async fn what_is_not_valid(world: &World, server: &str, general: &str) {
    let ada = world.user(ADA);
    let roles = format!("/servers/{server}/roles");
    let name = json!({"name": "x".repeat(limits::ROLE_NAME_MAX + 1), "color": "red", "permissions": ["fly"]});
    let answer = ada.post(&roles, name).await;
    for (field, code) in [
        ("name", "too_long"),
        ("color", "invalid_format"),
        ("permissions.0", "unknown_permission"),
    ] {
        let errors = answer.body["errors"].as_array().unwrap();
        let wrong = |error: &&Value| error["field"] == field && error["code"] == code;
        assert!(errors.iter().any(|error| wrong(&error)), "{}", answer.body);
    }
    let role = world.role(server, &[]).await;
    let name = json!({"name": "x".repeat(limits::ROLE_NAME_MAX + 1)});
    ada.patch(&format!("{roles}/{role}"), name)
        .await
        .is_invalid("name", "too_long");
    for field in ["name", "hoisted", "mentionable", "permissions"] {
        let answer = ada.patch(&format!("{roles}/{role}"), json!({ field: null })).await;
        answer.is_invalid(field, "required");
    }
    let answer = ada.patch(&roles, json!({"roles": [{"id": role, "position": 0}]})).await;
    answer.is_invalid("roles.0.position", "out_of_range");
    let overwrite = format!("/servers/{server}/channels/{general}/overwrites/{role}");
    ada.put(&overwrite, json!({})).await.is_invalid("kind", "required");
}

async fn what_is_too_much(world: &World, server: &str, general: &str) {
    let ada = world.user(ADA);
    let many = |of: usize| i64::try_from(of).unwrap();
    let general_id: i64 = general.parse().unwrap();
    world
        .meddle(server, "DELETE FROM overwrites WHERE server_id = $1", &[])
        .await;
    for number in 1..=many(limits::OVERWRITES_PER_CHANNEL) {
        let sql = "INSERT INTO overwrites (server_id, channel_id, target_id, is_member, allowed, denied)
                   VALUES ($1, $2, $3, FALSE, 0, 0)";
        world.meddle(server, sql, &args![general_id, number]).await;
    }
    let overwrite = format!("/servers/{server}/channels/{general}/overwrites/{BOB}");
    let answer = ada.put(&overwrite, json!({"kind": "member"})).await;
    answer.is_problem(409, "too_many_overwrites");
    for number in 1..=many(limits::ROLES_PER_SERVER) {
        let sql = "INSERT INTO roles (server_id, id, name, color, position, hoisted, permissions)
                   VALUES ($1, $2, 'x', NULL, $2, FALSE, 0)";
        world.meddle(server, sql, &args![number]).await;
    }
    let answer = ada
        .post(&format!("/servers/{server}/roles"), json!({"name": "x"}))
        .await;
    answer.is_problem(409, "too_many_roles");
}
