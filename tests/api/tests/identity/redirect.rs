//! Signing in by Keycloak's pages.

use serde_json::{Value, json};

use crate::{
    browser::escaped,
    keycloak::Keycloak,
    world::{PASSWORD, World, new_name},
};

/// A student of the school's directory, and their password there.
const STUDENT: (&str, &str) = ("chloe.durand", "chloe.durand-secret");

/// Whoever has run before left the student known.
async fn forget(keycloak: &Keycloak, name: &str) {
    for user in keycloak.users(&format!("exact=true&username={name}")).await {
        let path = format!("/users/{}", user["id"].as_str().unwrap());
        keycloak.ask("DELETE", &path, None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_says_who_they_want_to_be_and_comes_back_known() {
    let Some(world) = World::start(false).await else { return };
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, None).await;
    let listed = world.nobody().get("/auth/providers").await.expect(200);
    assert_eq!(listed["password"], false);
    let ids: Vec<&str> = listed["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["keycloak", "google"]);

    let mut browser = world.browser();
    let page = browser.sign_in("/channels/1", &name, PASSWORD).await;
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/auth/complete")));
    assert!(browser.cookie("beep_access").is_none() && browser.cookie("beep_travelling").is_none());
    assert!(
        world.keycloak.user(&name).await["attributes"]["beep_user_id"].is_null(),
        "not known before"
    );
    let refused = browser.post("/auth/complete", &json!({"username": "!"})).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let username = new_name();
    let page = browser.post("/auth/complete", &json!({"username": username})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    let user: Value = serde_json::from_str::<Value>(&page.text).unwrap()["user"].clone();
    assert_eq!(
        [&user["username"], &user["first_name"], &user["email"]],
        [
            &json!(username),
            &json!("Ada"),
            &json!(format!("{name}@keycloak.example"))
        ]
    );
    assert_eq!(
        world.keycloak.user(&name).await["attributes"]["beep_user_id"],
        json!([user["id"]])
    );
    assert_eq!(browser.get("/api/v1/users/@me").await.status, 200);

    let mut again = world.browser();
    let page = again.sign_in("/channels/1?x=2", &name, PASSWORD).await;
    assert_eq!((page.status, page.location.as_deref()), (303, Some("/channels/1?x=2")));
    let me: Value = serde_json::from_str(&again.get("/api/v1/users/@me").await.text).unwrap();
    assert_eq!(me["id"], user["id"]);
    // In a browser that Keycloak knows, without a password.
    let page = again.go("/api/v1/auth/providers/keycloak/start").await;
    let back = page.location.unwrap();
    assert_eq!(again.get(&back).await.location.as_deref(), Some("/"));
    // What was carried by the first browser is of no use any more.
    let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
    assert_eq!(page.status, 409, "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_who_is_somebody_else_is_forgotten_by_keycloak_too() {
    let Some(world) = World::start(false).await else { return };
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, None).await;
    let mut browser = world.browser();
    browser.sign_in("/", &name, PASSWORD).await;
    assert_eq!(world.keycloak.sessions(&name).await.len(), 1);
    // Who has no cookie ends nothing.
    let stranger = world.browser().ask("DELETE", "/api/v1/auth/complete", None).await;
    assert_eq!(stranger.status, 409);
    assert_eq!(world.keycloak.sessions(&name).await.len(), 1);
    let page = browser.ask("DELETE", "/api/v1/auth/complete", None).await;
    assert_eq!(page.status, 204, "{}", page.text);
    assert!(browser.cookie("beep_newcomer").is_none());
    assert_eq!(world.keycloak.sessions(&name).await.len(), 0);
    // Keycloak asks who it is.
    let page = browser.go("/api/v1/auth/providers/keycloak/start").await;
    assert!(
        page.location.is_none() && page.text.contains("name=\"password\""),
        "{}",
        page.url
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_student_of_the_directory_comes_in() {
    let Some(world) = World::start(true).await else { return };
    forget(&world.keycloak, STUDENT.0).await;
    let mut browser = world.browser();
    let page = browser.sign_in("/", STUDENT.0, STUDENT.1).await;
    assert_eq!(page.location.as_deref(), Some("/auth/complete"));
    let told: Value = serde_json::from_str(&browser.get("/api/v1/auth/complete").await.text).unwrap();
    let expected = json!({
        "first_name": "Chloé", "last_name": "Durand", "email": "chloe.durand@polytech.example",
        "username": "chloe.durand", "return_to": "/"
    });
    assert_eq!(told, expected);
    let stranger = world.browser().get("/api/v1/auth/complete").await;
    assert_eq!(stranger.status, 409, "{}", stranger.text);
    let username = new_name();
    let page = browser.post("/auth/complete", &json!({"username": username})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    assert_eq!(browser.get("/api/v1/auth/complete").await.status, 409, "it is over");
    let user: Value = serde_json::from_str::<Value>(&page.text).unwrap()["user"].clone();
    let known = world.keycloak.user(STUDENT.0).await;
    assert_eq!(known["attributes"]["beep_user_id"], json!([user["id"]]));
    assert_eq!(
        [&user["first_name"], &user["email"]],
        [&known["firstName"], &known["email"]]
    );
    // By Beep's own form, too.
    let credentials = json!({"email": user["email"], "password": STUDENT.1});
    let signed_in = world.nobody().post("/auth/login", credentials).await.expect(200);
    assert_eq!(signed_in["user"]["id"], user["id"]);
    forget(&world.keycloak, STUDENT.0).await;
}

/// What the sign-in screen is told.
fn error(page: &crate::browser::Page) -> Option<&str> {
    page.location.as_deref()?.strip_prefix("/sign-in?error=")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_begun_here_does_not_sign_in() {
    let Some(world) = World::start(false).await else { return };
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, None).await;
    let mut attacker = world.browser();
    let back = attacker
        .sign_in_up_to_callback("/", &name, PASSWORD)
        .await
        .location
        .unwrap();

    // A browser that began nothing, and one that began something else.
    let mut victim = world.browser();
    let page = victim.get(&back).await;
    assert_eq!(error(&page), Some("sign_in_not_begun"));
    victim.get("/api/v1/auth/providers/keycloak/start").await;
    let page = victim.get(&back).await;
    assert_eq!(error(&page), Some("sign_in_not_begun"), "another state");
    // The attacker's code with the victim's own state: neither the challenge nor the nonce fits.
    let started = victim.get("/api/v1/auth/providers/keycloak/start").await;
    let state = started.field("state").unwrap();
    let own = back.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let page = victim.get(&back.replace(own, &state)).await;
    // They are asked who they are, once.
    let state = page.field("state").unwrap();
    assert!(
        page.location.unwrap().contains("/protocol/openid-connect/auth?"),
        "another challenge"
    );
    let page = victim.get(&back.replace(own, &state)).await;
    assert_eq!(error(&page), Some("sign_in_given_up"), "another challenge");
    assert!(victim.cookie("beep_access").is_none() && victim.cookie("beep_newcomer").is_none());

    // Another issuer (RFC 9207).
    let mut mixed = world.browser();
    let back = mixed
        .sign_in_up_to_callback("/", &name, PASSWORD)
        .await
        .location
        .unwrap();
    assert!(back.contains("iss="), "{back}");
    let issuer = back.split("iss=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let page = mixed
        .get(&back.replace(&issuer, &escaped("https://evil.example")))
        .await;
    assert_eq!(error(&page), Some("sign_in_not_begun"));
    // What was carried is gone with the first try.
    assert_eq!(error(&mixed.get(&back).await), Some("sign_in_not_begun"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_once() {
    let Some(world) = World::start(false).await else { return };
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, None).await;
    let mut browser = world.browser();
    let back = browser
        .sign_in_up_to_callback("/", &name, PASSWORD)
        .await
        .location
        .unwrap();
    let carried = browser.cookie("beep_travelling").unwrap().to_owned();
    let page = browser.get(&back).await;
    assert_eq!(page.location.as_deref(), Some("/auth/complete"));
    let mut thief = world.browser();
    thief.put_cookie("beep_travelling", &carried);
    let page = thief.get(&back).await;
    let page = thief.go(&page.location.unwrap()).await;
    assert!(
        page.location.is_none() && page.text.contains("name=\"password\""),
        "{page:?}"
    );
    assert!(thief.cookie("beep_access").is_none() && thief.cookie("beep_newcomer").is_none());
    // Changed on the way.
    let mut changed = world.browser();
    changed.put_cookie("beep_travelling", &carried.chars().rev().collect::<String>());
    assert_eq!(error(&changed.get(&back).await), Some("sign_in_not_begun"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_comes_back_to_pages_of_beep_alone() {
    let Some(world) = World::start(false).await else { return };
    let nobody = world.nobody();
    for bad in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "/api/v1/users/@me",
        "javascript:alert(1)",
    ] {
        let path = format!("/auth/providers/keycloak/start?return_to={}", escaped(bad));
        nobody.get(&path).await.is_problem(422, "invalid");
    }
    nobody
        .get("/auth/providers/facebook/start")
        .await
        .is_problem(404, "provider_not_found");
    let google = nobody.get("/auth/providers/google/start").await;
    assert!(
        google.header("location").contains("kc_idp_hint=google"),
        "{}",
        google.header("location")
    );
    let cookie = google.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly; SameSite=Lax; Path=/api/v1/auth; Max-Age=600"),
        "{cookie}"
    );
    // Given up at Keycloak.
    let mut browser = world.browser();
    let started = browser.get("/api/v1/auth/providers/keycloak/start").await;
    let state = started.field("state").unwrap();
    let page = browser
        .get(&format!("/api/v1/auth/callback?error=access_denied&state={state}"))
        .await;
    assert_eq!(error(&page), Some("sign_in_given_up"));
}
