//! Somebody else is signed in at Keycloak in the same browser: nothing is ever changed about how they sign in.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, Page},
    world::{PASSWORD, World, account, new_name},
};

const SECURITY: &str = "/settings/security";
const ACTION: &str = "CONFIGURE_TOTP";

/// Ada, signed in to Beep by its own form, in a browser in which Bob is signed in at Keycloak.
struct Mixed {
    ada: String,
    bob: String,
    browser: Browser,
}

async fn mixed(world: &World) -> Mixed {
    let (ada, bob) = (new_name(), new_name());
    let mut browser = world.browser();
    world.keycloak.add(&bob, PASSWORD, None).await;
    browser.sign_in("/", &bob, PASSWORD).await;
    let page = browser.post("/auth/register", &account(&ada)).await;
    assert_eq!(page.status, 201, "{}", page.text);
    Mixed { ada, bob, browser }
}

/// Where the page goes on to. It stays in this browser.
async fn on(browser: &mut Browser, page: &Page) -> Page {
    let location = page.location.clone();
    browser
        .get(&location.unwrap_or_else(|| panic!("{}: {}", page.url, page.text)))
        .await
}

async fn begun(browser: &mut Browser, action: &Value) -> String {
    let page = browser.post("/users/@me/security/actions", action).await;
    let begun: Value = serde_json::from_str(&page.text).unwrap();
    begun["location"].as_str().unwrap().to_owned()
}

/// What the user signs in with beside the password.
async fn factors(world: &World, name: &str) -> Vec<Value> {
    let id = world.keycloak.user(name).await["id"].as_str().unwrap().to_owned();
    let path = format!("/users/{id}/credentials");
    let (_, all) = world.keycloak.ask("GET", &path, None).await;
    let mut all = all.as_array().unwrap().clone();
    all.retain(|one| one["type"] != "password");
    all
}

fn set_up() -> Value {
    json!({"action": "set_up_totp", "return_to": SECURITY})
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_up_is_never_set_up_for_somebody_else_who_is_signed_in_there() {
    let Some(world) = World::start(true).await else { return };
    let Mixed { ada, bob, mut browser } = mixed(&world).await;
    // Keycloak asks who it is, as if nobody were there, and proposes Ada.
    let page = browser.begin(&set_up()).await;
    assert!(!page.text.contains("totpSecret"), "{}", page.text);
    assert_eq!(page.held("username"), ada);
    assert_eq!(world.keycloak.sessions(&bob).await, Vec::<String>::new());
    // Whoever signs in as somebody else all the same has changed nothing, and is not left signed in.
    let page = browser
        .submit(&page, &[("username", &bob), ("password", PASSWORD)])
        .await;
    let page = on(&mut browser, &page).await;
    assert_eq!(
        page.location,
        Some(format!("{SECURITY}?security=another_account")),
        "{}",
        page.text
    );
    assert_eq!(world.keycloak.sessions(&bob).await, Vec::<String>::new());
    // As oneself it goes on, on one's own account.
    let page = browser.begin(&set_up()).await;
    let page = browser.submit(&page, &[("password", PASSWORD)]).await;
    let page = follow(&mut browser, page).await;
    assert_eq!(page.held("totpSecret").len(), 20, "{}", page.text);
    assert_eq!(factors(&world, &bob).await, Vec::<Value>::new());
}

/// Through Beep's callback, and on.
async fn follow(browser: &mut Browser, page: Page) -> Page {
    let callback = page
        .location
        .clone()
        .unwrap_or_else(|| panic!("{}: {}", page.url, page.text));
    browser.through(&callback).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_there_between_two_legs_gets_nothing_done_to_them() {
    let Some(world) = World::start(true).await else { return };
    let Mixed { bob, mut browser, .. } = mixed(&world).await;
    let page = browser.begin(&set_up()).await;
    let page = browser.submit(&page, &[("password", PASSWORD)]).await;
    // Beep has seen that it is Ada, and leads to what Keycloak is to do.
    let leg = on(&mut browser, &page).await;
    let leg = leg.location.unwrap();
    assert!(leg.contains(&format!("kc_action={ACTION}")), "{leg}");
    // In another browser, as whoever holds the address has it: Bob's, and one in which nobody is signed in.
    let mut bobs = world.browser();
    bobs.sign_in("/", &bob, PASSWORD).await;
    for other in [&mut bobs, &mut world.browser()] {
        let page = other.get(&leg).await;
        let location = page.location.unwrap();
        assert!(location.contains("/auth/callback?error=login_required"), "{location}");
        // What Keycloak would have shown to them was not handed on.
        assert!(!page.text.contains("<form"), "{}", page.text);
    }
    // In this browser, Bob signs in at Keycloak in another tab: Ada's session there is over.
    let identity = bobs.cookie("KEYCLOAK_IDENTITY").unwrap().to_owned();
    let session = bobs.cookie("KEYCLOAK_SESSION").unwrap().to_owned();
    let (own, own_session) = (
        browser.cookie("KEYCLOAK_IDENTITY").unwrap().to_owned(),
        browser.cookie("KEYCLOAK_SESSION").unwrap().to_owned(),
    );
    browser.put_cookie("KEYCLOAK_IDENTITY", &identity);
    browser.put_cookie("KEYCLOAK_SESSION", &session);
    let page = browser.get(&leg).await;
    let page = on(&mut browser, &page).await;
    assert_eq!(page.location, Some(format!("{SECURITY}?security=failed")));
    assert_eq!(factors(&world, &bob).await, Vec::<Value>::new());
    // The session in which it was to be done is over with it: what the address begins asks who one is, and does not pass.
    browser.put_cookie("KEYCLOAK_IDENTITY", &own);
    browser.put_cookie("KEYCLOAK_SESSION", &own_session);
    let page = browser.get(&leg).await;
    let location = page.location.unwrap_or_else(|| panic!("{}", page.text));
    assert!(location.contains("/auth/callback?error=login_required"), "{location}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_begun_there_by_an_address_that_beep_did_not_make() {
    let Some(world) = World::start(true).await else { return };
    let Mixed { bob, mut browser, .. } = mixed(&world).await;
    let sign_in = browser.get("/api/v1/auth/providers/keycloak/start").await;
    let sign_in = sign_in.location.unwrap();
    let look = begun(&mut browser, &set_up()).await;
    assert!(look.contains("prompt=none") && !look.contains("kc_action"), "{look}");
    let state = look
        .split('&')
        .find_map(|pair| pair.strip_prefix("state="))
        .unwrap()
        .to_owned();
    let plain = look.replace("&prompt=none", "");
    for (what, address) in [
        ("an action", format!("{plain}&kc_action={ACTION}")),
        ("on the way in", format!("{sign_in}&kc_action={ACTION}")),
        ("written otherwise", format!("{plain}&kc%5Faction={ACTION}")),
        ("in other letters", format!("{plain}&KC_ACTION={ACTION}")),
        (
            "twice",
            format!("{plain}&kc_action={ACTION}&kc_action=delete_credential:x"),
        ),
        ("behind another mark", format!("{plain}&x=1;kc_action={ACTION}")),
        (
            "in an object",
            format!("{plain}&request=eyJhbGciOiJub25lIn0.eyJrY19hY3Rpb24iOiJDT05GSUdVUkVfVE9UUCJ9."),
        ),
        ("elsewhere", format!("{plain}&request_uri=https://evil.example/x")),
        (
            "with a state twice",
            format!("{plain}&kc_action={ACTION}&state={state}"),
        ),
    ] {
        let page = browser.get(&address).await;
        assert!(
            page.status == 409 && page.text.contains("sign_in_not_begun"),
            "{what}: {} {:?}",
            page.status,
            page.location
        );
    }
    let (address, query) = plain.split_once('?').unwrap();
    let form = (
        "application/x-www-form-urlencoded",
        format!("{query}&kc_action={ACTION}"),
    );
    let page = browser.ask("POST", address, Some(form)).await;
    assert_eq!(page.status, 409, "{}", page.text);
    // The way in itself is open: Bob is there.
    let page = browser.go(&sign_in).await;
    assert!(page.location.is_some_and(|location| location.contains("code=")));
    assert_eq!(factors(&world, &bob).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_they_are_is_not_shown_by_the_session_of_somebody_else() {
    let Some(world) = World::start(false).await else { return };
    let Mixed { ada, mut browser, .. } = mixed(&world).await;
    let again = json!({"action": "sign_in_again", "return_to": SECURITY});
    let page = browser.begin(&again).await;
    assert_eq!(page.held("username"), ada);
    let page = browser.submit(&page, &[("password", PASSWORD)]).await;
    let page = on(&mut browser, &page).await;
    assert_eq!(page.location, Some(format!("{SECURITY}?security=confirmed")));
    assert!(browser.cookie("beep_fresh").is_some());
}
