//! Signing out where Keycloak is the identity manager: it ends there first, and here whatever happens there.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, routing::any};
use http::{Method, Uri};
use model::{SessionId, UserId};
use platform::{db::Db, http::testing::App};
use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::{
    manager::{complete, settings},
    world::{World, worlds},
};

/// How long to wait for what ends by itself.
const WITHIN: Duration = Duration::from_secs(20);

/// A Keycloak that looks how many sign-ins there are when it is told to end a session.
struct There {
    db: Db,
    sign_ins: Mutex<Vec<usize>>,
    asked: Notify,
    hangs: bool,
}

async fn sign_ins(db: &Db) -> usize {
    let found: Vec<(SessionId,)> = db.all("SELECT id FROM sign_ins", []).await.unwrap();
    found.len()
}

async fn answer(State(there): State<Arc<There>>, method: Method, uri: Uri) -> Json<Value> {
    if method == Method::DELETE {
        assert_eq!(uri.path(), "/admin/realms/beep/sessions/there");
        let now = sign_ins(&there.db).await;
        there.sign_ins.lock().unwrap().push(now);
        there.asked.notify_one();
        if there.hangs {
            std::future::pending::<()>().await;
        }
    }
    Json(json!({"access_token": "x", "token_type": "Bearer", "expires_in": 300}))
}

/// Carol, who is signed in by a session there, and the path of that; with Keycloak and the service.
async fn signed_in(world: &World, hangs: bool) -> (Arc<There>, App, UserId, String) {
    let there = Arc::new(There {
        db: world.db.clone(),
        sign_ins: Mutex::default(),
        asked: Notify::new(),
        hangs,
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(any(answer)).with_state(Arc::clone(&there));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    let app = world.managed(settings(&url, true)).await;
    let cookie = world.newcomer("subject", "carol@example.org");
    let tokens = complete(&app, &cookie, json!({"username": "carol"})).await.expect(201);
    world.meddle("UPDATE sign_in_grants SET session = 'there'", &[]).await;
    assert_eq!(sign_ins(&world.db).await, 1, "{}", world.kind);
    let (id, _) = tokens["refresh_token"].as_str().unwrap().split_once('.').unwrap();
    let carol = UserId(tokens["user"]["id"].as_str().unwrap().parse().unwrap());
    (there, app, carol, format!("/users/@me/sessions/{id}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_told_that_it_is_over_is_not_let_in_by_what_is_left_there() {
    for world in worlds().await {
        let (there, app, carol, session) = signed_in(&world, false).await;
        app.user(carol).delete(&session).await.expect(204);
        assert_eq!(
            *there.sign_ins.lock().unwrap(),
            [1],
            "{}: it ended here first",
            world.kind
        );
        assert_eq!(sign_ins(&world.db).await, 0, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_has_left_also_where_keycloak_does_not_answer_and_nobody_waits() {
    for world in worlds().await {
        let (there, app, carol, session) = signed_in(&world, true).await;
        tokio::select! {
            answer = app.user(carol).delete(&session) => panic!("{}", answer.status),
            () = there.asked.notified() => {}
        }
        // The page is closed; nobody hears the answer.
        let ended = async {
            while sign_ins(&world.db).await > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(WITHIN, ended).await.expect("it has ended here");
    }
}
