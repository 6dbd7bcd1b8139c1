//! Who may do what: every route, and what each kind of caller is answered.

mod routes;

use std::collections::BTreeSet;

use model::Permission;
use platform::http::testing::Answer;
use serde_json::{Value, json};

use routes::routes;

use crate::invitations::{code, invite};
use crate::world::{ADA, BOB, EVE, World, id, worlds};

/// What a caller is answered: a good status, or a problem.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Done(u16),
    Refused(u16, &'static str),
    Lacks(Permission),
}

use Outcome::{Done, Lacks, Refused};

/// What one who is not a member is answered, of a public and of a private server.
const HIDDEN: [Outcome; 2] = [Refused(404, "server_not_found"); 2];

/// A route with an example of its use.
struct Route {
    method: &'static str,
    path: &'static str,
    body: Value,
    signed_out: Outcome,
    /// One who is no member, of a public server and of a private one.
    stranger: [Outcome; 2],
    member: Outcome,
    /// The same of a private server, where that differs.
    member_of_private: Option<Outcome>,
    owner: Outcome,
}

fn route(
    method: &'static str,
    path: &'static str,
    body: Value,
    stranger: [Outcome; 2],
    member: Outcome,
    owner: Outcome,
) -> Route {
    Route {
        method,
        path,
        body,
        signed_out: Refused(401, "not_signed_in"),
        stranger,
        member,
        member_of_private: None,
        owner,
    }
}

#[track_caller]
fn check(answer: Answer, outcome: Outcome, what: &str) {
    let body = answer.body.clone();
    match outcome {
        Done(status) => assert_eq!(answer.status, status, "{what}: {body}"),
        Refused(status, code) => assert_eq!((answer.status, &body["code"]), (status, &json!(code)), "{what}: {body}"),
        Lacks(permission) => {
            assert_eq!(
                (answer.status, &body["code"]),
                (403, &json!("missing_permission")),
                "{what}: {body}"
            );
            assert!(
                body["detail"].as_str().unwrap().contains(permission.name()),
                "{what}: {body}"
            );
        }
    }
}

/// A server of its own for each trial, so that none spoils another: Ada's, with Bob.
async fn fresh(world: &World, visibility: &str) -> (String, String, String) {
    let server = world.server("public").await;
    if visibility == "private" {
        let path = format!("/servers/{}", id(&server));
        world
            .user(ADA)
            .patch(&path, json!({"visibility": "private"}))
            .await
            .expect(200);
    }
    let link = invite(world, &id(&server), json!({})).await;
    (id(&server), id(&server["channels"][0]), code(&link))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_each_caller_as_it_should() {
    for world in worlds().await {
        for Route {
            method,
            path,
            body,
            signed_out,
            stranger,
            member,
            member_of_private,
            owner,
        } in routes()
        {
            for (index, visibility) in ["public", "private"].into_iter().enumerate() {
                let member = member_of_private.filter(|_| visibility == "private").unwrap_or(member);
                for (who, actor, outcome) in [
                    ("signed out", world.nobody(), signed_out),
                    ("a stranger", world.user(EVE), stranger[index]),
                    ("a member", world.user(BOB), member),
                    ("the owner", world.user(ADA), owner),
                ] {
                    let (server, channel, code) = fresh(&world, visibility).await;
                    let filled = path.replace("{server_id}", &server).replace("{channel_id}", &channel);
                    let filled = filled
                        .replace("{user_id}", &BOB.to_string())
                        .replace("{role_id}", &server)
                        .replace("{code}", &code);
                    let answer = actor.send(method, &filled, body.clone()).await;
                    check(
                        answer,
                        outcome,
                        &format!("{}: {method} {path}, {visibility}, {who}", world.kind),
                    );
                    // Nobody may own too many of the servers that these trials leave behind.
                    let gone = world.user(ADA).delete(&format!("/servers/{server}")).await.status;
                    assert!(matches!(gone, 204 | 404));
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_former_member_is_a_stranger() {
    for world in worlds().await {
        for Route {
            method,
            path,
            body,
            stranger,
            ..
        } in routes()
        {
            let (server, channel, code) = fresh(&world, "private").await;
            world
                .user(BOB)
                .post(&format!("/servers/{server}/leave"), Value::Null)
                .await
                .expect(204);
            let filled = path.replace("{server_id}", &server).replace("{channel_id}", &channel);
            let filled = filled
                .replace("{user_id}", &ADA.to_string())
                .replace("{role_id}", &server)
                .replace("{code}", &code);
            let answer = world.user(BOB).send(method, &filled, body).await;
            check(
                answer,
                stranger[1],
                &format!("{}: {method} {path}, former member", world.kind),
            );
            world.user(ADA).delete(&format!("/servers/{server}")).await.expect(204);
        }
    }
}

#[test]
fn every_route_has_a_row() {
    let rows: BTreeSet<(String, String)> = routes()
        .iter()
        .map(|route| {
            // An overwrite's target may be a role, as it is here.
            let path = route.path.replace("/overwrites/{role_id}", "/overwrites/{target_id}");
            (route.method.to_lowercase(), format!("/api/v1{path}"))
        })
        .collect();
    let contract = serde_json::to_value(servers::contract()).unwrap();
    let paths = contract["paths"].as_object().unwrap();
    let documented = paths.iter().flat_map(|(path, item)| {
        item.as_object()
            .unwrap()
            .keys()
            .map(move |method| (method.clone(), path.clone()))
    });
    assert_eq!(documented.collect::<BTreeSet<_>>(), rows);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_in_the_path_opens_nothing() {
    for world in worlds().await {
        let (mine, ..) = fresh(&world, "private").await;
        let theirs = world
            .user(EVE)
            .post("/servers", json!({"name": "x", "visibility": "private"}))
            .await
            .expect(201);
        // Ada's server with a channel of Eve's.
        let path = format!("/servers/{mine}/channels/{}", id(&theirs["channels"][0]));
        world.user(ADA).get(&path).await.is_problem(404, "channel_not_found");
        world
            .user(ADA)
            .patch(&path, json!({"name": "x"}))
            .await
            .is_problem(404, "channel_not_found");
        world.user(ADA).delete(&path).await.is_problem(404, "channel_not_found");
        let seen = world
            .user(EVE)
            .get(&format!("/servers/{}", id(&theirs)))
            .await
            .expect(200);
        assert_eq!(seen["channels"], theirs["channels"], "{}", world.kind);
    }
}
