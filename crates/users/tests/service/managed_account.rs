//! Accounts whose identity is at Keycloak, as far as that can be seen without the real one.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Json, Router, body::Body, extract::State, routing::any};
use http::{Method, Request, StatusCode, Uri, header};
use model::UserId;
use platform::http::testing::{Answer, App};
use serde_json::{Value, json};

use crate::{
    manager::{NOWHERE, settings, stranger},
    world::{PASSWORD, World, form, worlds},
};

/// A Keycloak that finds the password right and the code missing or wrong, whatever is said.
async fn asking() -> String {
    let failures = Arc::new(AtomicU64::new(0));
    let answer = async |State(failures): State<Arc<AtomicU64>>, uri: Uri, body: String| {
        let ok = |body: Value| (StatusCode::OK, Json(body));
        match uri.path() {
            path if path.ends_with("/token") && body.contains("grant_type=password") => {
                failures.fetch_add(1, Ordering::SeqCst);
                let refused = json!({"error": "invalid_grant", "error_description": "Invalid user credentials"});
                (StatusCode::BAD_REQUEST, Json(refused))
            }
            path if path.ends_with("/token") => {
                ok(json!({"access_token": "x", "token_type": "Bearer", "expires_in": 300}))
            }
            path if path.contains("/attack-detection/") => {
                let count = failures.load(Ordering::SeqCst);
                ok(json!({"numFailures": count, "numSecondaryAuthFailures": count, "lastFailure": count}))
            }
            path if path.ends_with("/credentials") || path.ends_with("/federated-identity") => ok(json!([])),
            _ => ok(json!({"id": "linda", "username": "linda", "enabled": true})),
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(any(answer)).with_state(failures);
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

pub(crate) async fn link(app: &App, cookie: &str, body: Value) -> Answer {
    let request = Request::post("/api/v1/auth/link")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, cookie)
        .body(Body::from(body.to_string()))
        .unwrap();
    app.nobody().request(request).await
}

/// Every problem that accounts bring whose identity is at an identity manager.
pub(crate) async fn provoke_account(world: &World) {
    let away = world.managed(settings(NOWHERE, true)).await;
    let directory = world.managed(settings(&stranger().await, true)).await;
    let linda = world.sign_up("linda").await;
    let me = world.app.user(linda.id);
    let change = json!({"email": "linda@example.net", "current_password": PASSWORD});
    me.post("/users/@me/email", change).await.expect(202);
    let verify = json!({"token": world.mailbox.next_to("linda@example.net").await.token()});
    let forgotten = json!({"email": linda.email});
    world
        .nobody()
        .post("/auth/password/forgot", forgotten)
        .await
        .expect(202);
    let token = loop {
        let mail = world.mailbox.next_to(&linda.email).await;
        if mail.says("#token=") {
            break mail.token();
        }
    };
    let cookie = world.newcomer("linda", &linda.email);
    let own = |password: &str| json!({"email": linda.email, "password": password});
    link(&away, "", own(PASSWORD))
        .await
        .is_problem(409, "sign_in_not_begun");
    link(&away, &cookie, own("a guess"))
        .await
        .is_problem(401, "invalid_credentials");
    let tokens = link(&away, &cookie, own(PASSWORD)).await.expect(200);
    assert_eq!(tokens["user"]["id"], linda.id.to_string());
    let lucy = world.sign_up("lucy").await;
    let lucys = |code: Option<&str>| json!({"email": lucy.email, "password": PASSWORD, "code": code});
    link(&away, &cookie, lucys(None))
        .await
        .is_problem(409, "completed_already");
    let cookie = world.newcomer("lucy", &lucy.email);
    crate::administration::disable(world, "lucy").await;
    link(&away, &cookie, lucys(None))
        .await
        .is_problem(403, "account_disabled");
    crate::administration::enable(world, "lucy").await;
    let lucy = crate::world::person(&world.sign_in(&lucy.email, PASSWORD).await.expect(200));
    world.turn_totp_on(&lucy).await;
    link(&away, &cookie, lucys(None))
        .await
        .is_problem(401, "second_factor_required");
    link(&away, &cookie, lucys(Some("0")))
        .await
        .is_problem(401, "second_factor_wrong");
    for _ in 0..6 {
        link(&away, &cookie, own("a guess")).await;
    }
    link(&away, &cookie, own("a guess"))
        .await
        .is_problem(429, "too_many_attempts");

    let reset = json!({"token": token, "new_password": "another horse battery"});
    let shown = json!({
        "current_password": PASSWORD, "new_password": "another horse battery", "email": "new@example.org",
        "action": "set_up_totp"
    });
    let me = away.user(linda.id);
    for (method, path) in [
        ("GET", "/users/@me/security"),
        ("PUT", "/users/@me/password"),
        ("POST", "/users/@me/email"),
        ("POST", "/users/@me/security/actions"),
    ] {
        me.send(method, path, shown.clone())
            .await
            .is_problem(503, "identity_unavailable");
    }
    for (path, body) in [("/auth/password/reset", &reset), ("/auth/email/verify", &verify)] {
        away.nobody()
            .post(path, body.clone())
            .await
            .is_problem(503, "identity_unavailable");
    }
    directory
        .nobody()
        .post("/auth/password/reset", reset)
        .await
        .is_problem(409, "kept_elsewhere");
    of_proofs(world, linda.id, shown).await;
}

async fn of_proofs(world: &World, linda: UserId, shown: Value) {
    let asking = world.managed(settings(&asking().await, true)).await;
    let me = asking.user(linda);
    for (method, path) in [("PUT", "/users/@me/password"), ("POST", "/users/@me/email")] {
        let mut shown = shown.clone();
        me.send(method, path, shown.clone())
            .await
            .is_problem(403, "second_factor_required");
        shown["code"] = json!("000000");
        me.send(method, path, shown.clone())
            .await
            .is_problem(403, "second_factor_wrong");
        shown["current_password"] = json!("");
        me.send(method, path, shown)
            .await
            .is_problem(403, "sign_in_again_required");
    }
    let actions = async |body: Value| me.post("/users/@me/security/actions", body).await;
    actions(json!({"action": "remove"}))
        .await
        .is_invalid("credential_id", "required");
    actions(json!({"action": "remove", "credential_id": "x"}))
        .await
        .is_problem(404, "credential_not_found");
    actions(json!({"action": "set_up_totp", "return_to": "//evil.example"}))
        .await
        .is_invalid("return_to", "invalid_format");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_kept_here_and_set_while_keycloak_is_away() {
    for world in worlds().await {
        let away = world.managed(settings(NOWHERE, true)).await;
        let linda = world.sign_up("linda").await;
        let cookie = world.newcomer("linda", &linda.email);
        let own = json!({"email": linda.email, "password": PASSWORD});
        link(&away, &cookie, own).await.expect(200);
        let me = away.user(linda.id);
        let named = me.patch("/users/@me", json!({"first_name": "Lin"})).await;
        named.is_problem(503, "identity_unavailable");
        for (picture, field) in [("avatar", "avatar_url"), ("banner", "banner_url")] {
            let set = me.request(form(picture, "file", b"123")).await.expect(200);
            let url = set[field].as_str().unwrap();
            assert!(world.store.shape_of(url).is_some(), "{}", world.kind);
            let removed = me.delete(&format!("/users/@me/{picture}")).await.expect(200);
            assert_eq!(removed[field], Value::Null, "{}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_from_before_is_linked_once_both_are_shown() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let (secret, _) = world.turn_totp_on(&ada).await;
        world.pass(Duration::from_secs(30));
        let app = world.managed(settings(NOWHERE, true)).await;
        // The address alone is nothing, nor is the account of somebody else.
        let cookie = world.newcomer("subject", &ada.email);
        let shown = |password: &str, code: &str| json!({"email": ada.email, "password": password, "code": code});
        link(&app, &cookie, shown("a guess", &world.code(&secret)))
            .await
            .is_problem(401, "invalid_credentials");
        link(&app, &cookie, shown(PASSWORD, "000000"))
            .await
            .is_problem(401, "second_factor_wrong");
        link(&app, "beep_newcomer=x", shown(PASSWORD, &world.code(&secret)))
            .await
            .is_problem(409, "sign_in_not_begun");
        let before = world.refresh(&ada.refresh).await.expect(200);
        let linked = link(&app, &cookie, shown(PASSWORD, &world.code(&secret)))
            .await
            .expect(200);
        assert_eq!(linked["user"]["id"], ada.id.to_string(), "{}", world.kind);
        loop {
            let mail = world.mailbox.next_to(&ada.email).await;
            if mail.says("new way to sign in") {
                break;
            }
        }
        // What was before has ended: sign-ins, password and codes.
        let was = before["refresh_token"].as_str().unwrap();
        world.refresh(was).await.is_problem(401, "refresh_token_invalid");
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(401, "invalid_credentials");
        let again = world.newcomer("other", &ada.email);
        link(&app, &again, shown(PASSWORD, "000000"))
            .await
            .is_problem(401, "invalid_credentials");
    }
}

/// A Keycloak in which everybody has a password and an authenticator; with what was deleted there.
async fn with_codes() -> (String, Arc<Mutex<Vec<String>>>) {
    let deleted = Arc::new(Mutex::new(Vec::new()));
    let answer = async |State(deleted): State<Arc<Mutex<Vec<String>>>>, method: Method, uri: Uri| {
        let listed = json!([{"id": "1", "type": "password"}, {"id": "2", "type": "otp"}]);
        if method == Method::DELETE {
            deleted.lock().unwrap().push(uri.path().to_owned());
            return (StatusCode::NO_CONTENT, Json(Value::Null));
        }
        let answer = match uri.path() {
            path if path.ends_with("/token") => json!({"access_token": "x", "token_type": "Bearer", "expires_in": 300}),
            path if path.ends_with("/credentials") => listed,
            _ => json!({"id": "subject", "username": "ada", "enabled": true}),
        };
        (StatusCode::OK, Json(answer))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(any(answer)).with_state(Arc::clone(&deleted));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (url, deleted)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_removes_the_codes_that_keycloak_asks_for() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let (secret, _) = world.turn_totp_on(&ada).await;
        world.pass(Duration::from_secs(30));
        let (url, deleted) = with_codes().await;
        let administration = async |settings| {
            let now = world.now();
            let clock = platform::clock::Clock::from_fn(move || now);
            let opened = users::Administration::open(world.db.clone(), clock, "http://beep.test").await;
            opened.unwrap().with_keycloak(Some(settings))
        };
        let app = world.managed(settings(NOWHERE, true)).await;
        let cookie = world.newcomer("subject", &ada.email);
        let shown = json!({"email": ada.email, "password": PASSWORD, "code": world.code(&secret)});
        link(&app, &cookie, shown).await.expect(200);
        let there = administration(settings(&url, true)).await;
        there.reset_second_factor("ada").await.unwrap();
        assert_eq!(
            *deleted.lock().unwrap(),
            ["/admin/realms/beep/users/subject/credentials/2"],
            "{}",
            world.kind
        );
        there.reset_link("ada").await.unwrap();
        let away = administration(settings(NOWHERE, true)).await;
        let refused = away.reset_second_factor("ada").await.unwrap_err();
        assert!(matches!(refused, users::AdminError::Keycloak(_)), "{refused}");
        let directory = administration(settings(&stranger().await, true)).await;
        let refused = directory.reset_link("ada").await.unwrap_err();
        assert!(matches!(refused, users::AdminError::KeptByDirectory), "{refused}");
    }
}
