//! How sign-ins go on and end.

use std::{net::SocketAddr, time::Duration};

use api::{
    http::{Body, Credentials},
    patience,
};
use serde_json::{Value, json};

use crate::{
    bridge::Does,
    world::{AT_PUBLIC_URL, PASSWORD, World, account, new_name},
};

fn token(tokens: &Value) -> Credentials {
    Credentials::Bearer(tokens["access_token"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn logging_out_ends_the_session_at_keycloak() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    let tokens = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    assert_eq!(world.keycloak.sessions(&name).await.len(), 1);
    let me = world.nobody().with(token(&tokens));
    me.post("/auth/logout", Value::Null).await.expect(204);
    assert_eq!(world.keycloak.sessions(&name).await, Vec::<String>::new());
    me.get("/users/@me").await.is_problem(401, "not_signed_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_at_keycloak_arrives_with_the_next_token() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    let mut tokens = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let refresh = async |tokens: &Value| {
        let body = json!({"refresh_token": tokens["refresh_token"]});
        world.nobody().post("/auth/refresh", body).await
    };
    world
        .keycloak
        .change(
            &name,
            json!({"firstName": "Augusta", "email": format!("{name}@new.example")}),
        )
        .await;
    tokens = refresh(&tokens).await.expect(200);
    assert_eq!(
        [&tokens["user"]["first_name"], &tokens["user"]["email"]],
        [&json!("Augusta"), &json!(format!("{name}@new.example"))]
    );
    // And the other way round.
    let me = world.nobody().with(token(&tokens));
    me.patch("/users/@me", json!({"last_name": "King"})).await.expect(200);
    assert_eq!(world.keycloak.user(&name).await["lastName"], "King");
    tokens = refresh(&tokens).await.expect(200);
    assert_eq!(tokens["user"]["last_name"], "King");
    // Keycloak is away: nobody is signed out for that, but nobody new comes in.
    world.bridge.now(Does::Refuse);
    tokens = refresh(&tokens).await.expect(200);
    let credentials = json!({"email": format!("{name}@new.example"), "password": PASSWORD});
    let refused = world.nobody().post("/auth/login", credentials).await;
    refused.is_problem(503, "identity_unavailable");
    world.bridge.now(Does::Pass);
    patience::until(Duration::from_secs(10), "Keycloak is asked again", async || {
        let answer = world
            .nobody()
            .get("//realms/beep/.well-known/openid-configuration")
            .await;
        (answer.status == 200).then_some(())
    })
    .await;
    world.keycloak.change(&name, json!({"enabled": false})).await;
    refresh(&tokens).await.is_problem(401, "refresh_token_invalid");
    // Separate processes hear of it within a moment.
    patience::until(Duration::from_secs(10), "the sign-in has ended", async || {
        let me = world.nobody().with(token(&tokens)).get("/users/@me").await;
        (me.status == 401).then(|| me.is_problem(401, "not_signed_in"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_up_without_a_session_goes_on_as_long_as_the_account() {
    let Some(world) = World::start(false).await else { return };
    let name = new_name();
    let mut tokens = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    world.keycloak.change(&name, json!({"lastName": "King"})).await;
    let body = json!({"refresh_token": tokens["refresh_token"]});
    tokens = world.nobody().post("/auth/refresh", body).await.expect(200);
    assert_eq!(tokens["user"]["last_name"], "King");
    world.keycloak.change(&name, json!({"enabled": false})).await;
    let body = json!({"refresh_token": tokens["refresh_token"]});
    world
        .nobody()
        .post("/auth/refresh", body)
        .await
        .is_problem(401, "refresh_token_invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_ends_at_keycloak_ends_here_at_once() {
    let _alone = AT_PUBLIC_URL.lock().await;
    let at = |url: &str| -> SocketAddr {
        format!("127.0.0.1:{}", url.rsplit(':').next().unwrap())
            .parse()
            .unwrap()
    };
    let Some(world) = World::start_together(true, |setup, keycloak| setup.at(at(&keycloak.public_url))).await else {
        return;
    };
    let name = new_name();
    let tokens = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
    let other = world.nobody().post("/auth/login", credentials).await.expect(200);
    let me = world.nobody().with(token(&tokens));
    me.get("/users/@me").await.expect(200);
    let sessions = world.keycloak.sessions(&name).await;
    assert_eq!(sessions.len(), 2);
    let (status, _) = world
        .keycloak
        .ask("DELETE", &format!("/sessions/{}", sessions[0]), None)
        .await;
    assert_eq!(status, 204);
    let alive = async || {
        let first = me.get("/users/@me").await.status == 200;
        let second = world.nobody().with(token(&other)).get("/users/@me").await.status == 200;
        usize::from(first) + usize::from(second)
    };
    patience::until(Duration::from_secs(10), "one of the two has ended", async || {
        (alive().await == 1).then_some(())
    })
    .await;
    let id = world.keycloak.user(&name).await["id"].as_str().unwrap().to_owned();
    world.keycloak.ask("POST", &format!("/users/{id}/logout"), None).await;
    patience::until(Duration::from_secs(10), "both have ended", async || {
        (alive().await == 0).then_some(())
    })
    .await;
    for body in ["", "logout_token=", "logout_token=a.b.c", "x=1"] {
        let form = Body::Raw("application/x-www-form-urlencoded", body.as_bytes().to_vec());
        let answer = world.nobody().send("POST", "/auth/backchannel-logout", form).await;
        answer.is_problem(400, "logout_token_invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_out_is_asked_who_they_are_at_once() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let mut browser = world.browser();
    for _ in 0..5 {
        let page = browser.sign_in("/", &name, PASSWORD).await;
        assert_eq!(page.location.as_deref(), Some("/"), "{}", page.text);
        assert_eq!(browser.post("/auth/logout", &json!({})).await.status, 204);
        // The session there is over when that is answered: the page asks, and lets in whoever answers.
        let page = browser.go("/api/v1/auth/providers/keycloak/start").await;
        assert!(
            page.location.is_none() && page.text.contains("name=\"password\""),
            "{page:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_in_by_a_session_that_ends_that_moment_is_asked_once_more() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let id = world.keycloak.user(&name).await["id"].as_str().unwrap().to_owned();
    let end = async || {
        let (status, _) = world.keycloak.ask("POST", &format!("/users/{id}/logout"), None).await;
        assert_eq!(status, 204);
    };
    let mut browser = world.browser();
    browser.sign_in("/", &name, PASSWORD).await;
    let start = "/api/v1/auth/providers/keycloak/start?return_to=/channels/1&language=fr";
    let page = browser.go(start).await;
    let back = page.location.expect("let in without a question");
    end().await;
    let page = browser.get(&back).await;
    let again = page.location.expect("asked once more");
    assert!(
        again.contains("/protocol/openid-connect/auth?") && again.contains("ui_locales=fr"),
        "{again}"
    );
    let page = browser.go(&again).await;
    let page = browser
        .submit(&page, &[("username", &name), ("password", PASSWORD)])
        .await;
    let back = page.location.expect("let in");
    let carried = browser.cookie("beep_travelling").unwrap().to_owned();
    assert_eq!(browser.get(&back).await.location.as_deref(), Some("/channels/1"));
    assert_eq!(browser.get("/api/v1/users/@me").await.status, 200);
    // Once, and not for ever: a code that is not good this time either is given up.
    let mut elsewhere = world.browser();
    elsewhere.put_cookie("beep_travelling", &carried);
    let page = elsewhere.get(&back).await;
    assert_eq!(page.location.as_deref(), Some("/sign-in?error=sign_in_given_up"));
}
