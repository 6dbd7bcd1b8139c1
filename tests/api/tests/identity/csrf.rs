//! What a foreign page makes a browser send while somebody is on their way in: nothing of it is done, and nobody is signed in to an
//! account of the attacker's. (Of every other route: `tests/surface/browser.rs`.)

use api::http::{Body, Caller, Credentials};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    world::{PASSWORD, World, account, new_name},
};

/// Headers that a browser adds for a page of somebody else's, and some that no page of Beep's sends.
const FOREIGN: [(&str, &str); 6] = [
    ("origin", "https://evil.example"),
    ("origin", "null"),
    ("origin", "http://localhost:1"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
    ("sec-fetch-site", "none"),
];
/// What a form can send, which needs nobody's leave.
const FORMS: [&str; 3] = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
];

/// What the browser carries, with these headers.
fn sending(world: &World, browser: &Browser, headers: &[(&'static str, &str)]) -> Caller {
    let carried = format!("beep_newcomer={}", browser.cookie("beep_newcomer").unwrap());
    let cookie = ("cookie", carried);
    let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned()));
    world
        .nobody()
        .with(Credentials::Browser(std::iter::once(cookie).chain(headers).collect()))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_new_is_made_to_say_nothing_by_a_foreign_page() {
    let Some(world) = World::start(true).await else { return };
    let (name, own) = (new_name(), new_name());
    world.keycloak.add(&name, PASSWORD, None).await;
    world.nobody().post("/auth/register", account(&own)).await.expect(201);
    let mut browser = world.browser();
    let page = browser.sign_in("/", &name, PASSWORD).await;
    assert_eq!(page.location.as_deref(), Some("/auth/complete"));
    let chosen = json!({"username": new_name()});
    let linked = json!({"email": format!("{own}@beep.example"), "password": PASSWORD});
    let wishes = [
        ("POST", "/auth/complete", chosen.clone()),
        ("POST", "/auth/link", linked),
        ("DELETE", "/auth/complete", Value::Null),
    ];
    for (method, path, body) in &wishes {
        for foreign in FOREIGN {
            let body = if body.is_null() {
                Body::Empty
            } else {
                Body::Json(body.clone())
            };
            let answer = sending(&world, &browser, &[foreign]).send(method, path, body).await;
            answer.is_problem(403, "csrf_token_invalid");
            assert_eq!(answer.header("set-cookie"), "", "{method} {path} {foreign:?}");
        }
    }
    // As a form, from a browser that does not say where it comes from.
    for (_, path, body) in &wishes[..2] {
        for kind in FORMS {
            let body = Body::Raw(kind, body.to_string().into_bytes());
            let answer = sending(&world, &browser, &[]).send("POST", path, body).await;
            answer.is_problem(415, "unsupported_media_type");
        }
    }
    // Nothing was made, linked or ended.
    let known = world.keycloak.user(&name).await;
    assert!(known["attributes"]["beep_user_id"].is_null(), "{known}");
    assert_eq!(world.keycloak.sessions(&name).await.len(), 1);
    let public_url = world.keycloak.public_url.clone();
    let own_page = [("origin", public_url.as_str()), ("sec-fetch-site", "same-origin")];
    let answer = sending(&world, &browser, &own_page)
        .post("/auth/complete", chosen)
        .await;
    answer.expect(201);
}

async fn whose(browser: &mut Browser) -> Value {
    let page = browser.get("/api/v1/users/@me").await;
    serde_json::from_str::<Value>(&page.text).unwrap()["username"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sign_in_of_an_attacker_is_nobody_elses() {
    let Some(world) = World::start(true).await else { return };
    let (attacker, newcomer, victim) = (new_name(), new_name(), new_name());
    for name in [&attacker, &victim] {
        world.nobody().post("/auth/register", account(name)).await.expect(201);
    }
    world.keycloak.add(&newcomer, PASSWORD, None).await;
    // Who has an account here, and who has none yet.
    for name in [&attacker, &newcomer] {
        let prepared = async || {
            let mut browser = world.browser();
            let page = browser.sign_in_up_to_callback("/", name, PASSWORD).await;
            page.location.unwrap()
        };
        // Signed out, on their way in, and signed in as who they are.
        let (mut out, mut on_the_way, mut signed_in) = (world.browser(), world.browser(), world.browser());
        on_the_way.get("/api/v1/auth/providers/keycloak/start").await;
        signed_in.sign_in("/", &victim, PASSWORD).await;
        for browser in [&mut out, &mut on_the_way] {
            let page = browser.get(&prepared().await).await;
            assert_eq!(page.location.as_deref(), Some("/sign-in?error=sign_in_not_begun"));
            for cookie in ["beep_access", "beep_refresh", "beep_newcomer"] {
                assert!(browser.cookie(cookie).is_none(), "{cookie}");
            }
            assert_eq!(browser.get("/api/v1/auth/complete").await.status, 409);
        }
        let before = signed_in.cookie("beep_access").unwrap().to_owned();
        let page = signed_in.get(&prepared().await).await;
        assert_eq!(page.location.as_deref(), Some("/sign-in?error=sign_in_not_begun"));
        assert_eq!(signed_in.cookie("beep_access"), Some(before.as_str()));
        assert_eq!(whose(&mut signed_in).await, victim.as_str());
    }
}
