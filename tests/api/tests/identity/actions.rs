//! What is changed by Keycloak's own pages about how somebody signs in.

use serde_json::{Value, json};
use totp_rs::{Builder, Secret};

use crate::{
    browser::{Browser, Page},
    world::{PASSWORD, World, account, new_name},
};

const NEW: &str = "another horse battery";
const SECURITY: &str = "/settings/security";

/// Somebody whom Keycloak and Beep know, and the browser in which they are signed in.
pub(crate) async fn somebody(world: &World) -> (String, Browser) {
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, None).await;
    let mut browser = world.browser();
    browser.sign_in("/", &name, PASSWORD).await;
    let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    (name, browser)
}

/// What Beep makes of it that the browser was sent back.
pub(crate) async fn back(browser: &mut Browser, page: &Page) -> String {
    let callback = page
        .location
        .clone()
        .unwrap_or_else(|| panic!("{}: {}", page.url, page.text));
    browser.get(&callback).await.location.unwrap()
}

async fn security(browser: &mut Browser) -> Value {
    let page = browser.get("/api/v1/users/@me/security").await;
    serde_json::from_str(&page.text).unwrap()
}

/// The code of now or of so many steps later, by a secret as Keycloak's page holds it.
fn code(secret: &str, later: u64) -> String {
    let mut bits: String = secret
        .bytes()
        .flat_map(|byte| (0..8).rev().map(move |at| if byte >> at & 1 == 1 { '1' } else { '0' }))
        .collect();
    while !bits.len().is_multiple_of(5) {
        bits.push('0');
    }
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let fives = bits.as_bytes().chunks(5);
    let base32: String = fives
        .map(|five| {
            let number = usize::from_str_radix(std::str::from_utf8(five).unwrap(), 2).unwrap();
            char::from(letters[number])
        })
        .collect();
    let totp = Builder::new()
        .with_secret(Secret::try_from_base32(base32).unwrap())
        .build()
        .unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    totp.generate(now + 30 * later).to_string()
}

/// Sets up an authenticator; its secret.
async fn set_up_totp(browser: &mut Browser) -> String {
    let page = browser
        .begin(&json!({"action": "set_up_totp", "return_to": SECURITY}))
        .await;
    let secret = page.held("totpSecret");
    let page = browser
        .submit(&page, &[("totp", &code(&secret, 0)), ("userLabel", "Phone")])
        .await;
    assert_eq!(back(browser, &page).await, format!("{SECURITY}?security=changed"));
    secret
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authenticator_is_set_up_at_keycloak_and_asked_for_at_every_door() {
    let Some((world, mailbox)) = World::start_with_mail(true).await else {
        return;
    };
    let (name, mut browser) = somebody(&world).await;
    let email = format!("{name}@keycloak.example");
    // Somebody who changes their mind has changed nothing.
    let page = browser
        .begin(&json!({"action": "set_up_totp", "return_to": SECURITY}))
        .await;
    let page = browser.submit(&page, &[("totp", ""), ("cancel-aia", "true")]).await;
    assert_eq!(
        back(&mut browser, &page).await,
        format!("{SECURITY}?security=unchanged")
    );
    let secret = set_up_totp(&mut browser).await;
    assert!(mailbox.next_to(&email).await.says("Codes are asked for"));
    let told = security(&mut browser).await;
    assert_eq!(told["second_factor"]["totp"], true, "{told}");
    let phone = &told["credentials"][0];
    assert_eq!((&phone["kind"], &phone["name"]), (&json!("totp"), &json!("Phone")));

    // To change the password, a code is needed.
    let change = async |browser: &mut Browser, code: Option<&str>| {
        let body = json!({"current_password": PASSWORD, "new_password": NEW, "code": code});
        browser.put("/users/@me/password", &body).await
    };
    for (code, said) in [
        (None, "second_factor_required"),
        (Some("000000"), "second_factor_wrong"),
    ] {
        let page = change(&mut browser, code).await;
        assert!(page.status == 403 && page.text.contains(said), "{}", page.text);
    }
    // A link by mail sets the password, and the code is asked for as before.
    let nobody = world.nobody();
    let forgotten = json!({"email": email});
    nobody.post("/auth/password/forgot", forgotten).await.expect(202);
    let token = mailbox.next_to(&email).await.token();
    let reset = json!({"token": token, "new_password": NEW});
    nobody.post("/auth/password/reset", reset).await.expect(204);
    assert_eq!(browser.get("/api/v1/users/@me").await.status, 401);
    let credentials = json!({"email": email, "password": NEW});
    let refused = nobody.post("/auth/login", credentials).await;
    refused.is_problem(401, "second_factor_required");
    let mut fresh = world.browser();
    let page = fresh.sign_in_up_to_callback("/", &name, NEW).await;
    assert!(
        page.location.is_none() && page.text.contains("name=\"otp\""),
        "{}",
        page.text
    );
    let page = fresh.submit(&page, &[("otp", &code(&secret, 1))]).await;
    assert_eq!(back(&mut fresh, &page).await, "/");
    // Only what is one's own is removed.
    let foreign = json!({"action": "remove", "credential_id": "0b1f"});
    let page = fresh.post("/users/@me/security/actions", &foreign).await;
    assert_eq!(page.status, 404, "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_once_more_may_set_a_password_and_nobody_else_by_it() {
    let Some(world) = World::start(false).await else { return };
    let (name, mut browser) = somebody(&world).await;
    assert_eq!(security(&mut browser).await["proof"], "sign_in_again");
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    let page = browser.put("/users/@me/password", &body).await;
    assert!(
        page.status == 403 && page.text.contains("sign_in_again_required"),
        "{}",
        page.text
    );
    let again = json!({"action": "sign_in_again", "return_to": SECURITY});
    // Without being asked for the password, it does not count: the address was changed on the way. (The sign-in before must
    // be older than what clocks are rounded by.)
    tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    let begun = browser.post("/users/@me/security/actions", &again).await;
    let begun: Value = serde_json::from_str(&begun.text).unwrap();
    let page = browser.go(begun["location"].as_str().unwrap()).await;
    let location = back(&mut browser, &page).await;
    assert!(location.contains("prompt=login"), "{location}");
    let page = browser.go(&location.replace("prompt=login", "prompt=none")).await;
    assert_eq!(back(&mut browser, &page).await, format!("{SECURITY}?security=failed"));
    assert!(browser.cookie("beep_fresh").is_none());

    let page = browser.begin(&again).await;
    let page = browser.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(
        back(&mut browser, &page).await,
        format!("{SECURITY}?security=confirmed")
    );
    // In the sign-in of somebody else it is of no use, nor in another one of the same person.
    let carried = browser.cookie("beep_fresh").unwrap().to_owned();
    let (_, mut thief) = somebody(&world).await;
    let mut elsewhere = world.browser();
    elsewhere.sign_in("/", &name, PASSWORD).await;
    for other in [&mut thief, &mut elsewhere] {
        other.put_cookie("beep_fresh", &carried);
        let page = other.put("/users/@me/password", &json!({"new_password": NEW})).await;
        assert!(page.text.contains("sign_in_again_required"), "{}", page.text);
    }
    let page = browser.put("/users/@me/password", &json!({"new_password": NEW})).await;
    assert_eq!(page.status, 204, "{}", page.text);
    let mut later = world.browser();
    let page = later.sign_in("/channels/1", &name, NEW).await;
    assert_eq!(page.location.as_deref(), Some("/channels/1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_must_be_who_has_gone() {
    let Some(world) = World::start(false).await else { return };
    let (_, mut ada) = somebody(&world).await;
    let (_, mut bob) = somebody(&world).await;
    let action = json!({"action": "set_up_totp", "return_to": SECURITY});
    let another = format!("{SECURITY}?security=another_account");
    // Ada's callback, replayed in Bob's sign-in.
    let page = ada.begin(&action).await;
    let secret = page.held("totpSecret");
    let page = ada
        .submit(&page, &[("totp", &code(&secret, 0)), ("userLabel", "x")])
        .await;
    bob.put_cookie("beep_travelling", ada.cookie("beep_travelling").unwrap());
    assert_eq!(back(&mut bob, &page).await, another);
    assert_eq!(security(&mut bob).await["credentials"], json!([]));

    // At Keycloak, somebody else is signed in than in Beep.
    let begun = bob
        .post(
            "/users/@me/security/actions",
            &json!({"action": "sign_in_again", "return_to": SECURITY}),
        )
        .await;
    let begun: Value = serde_json::from_str(&begun.text).unwrap();
    let (name, mut mixed) = somebody(&world).await;
    for cookie in ["beep_access", "beep_refresh", "beep_csrf", "beep_travelling"] {
        mixed.put_cookie(cookie, bob.cookie(cookie).unwrap());
    }
    let page = mixed.go(begun["location"].as_str().unwrap()).await;
    let page = mixed.through(&page.location.unwrap()).await;
    let page = mixed
        .submit(&page, &[("username", &name), ("password", PASSWORD)])
        .await;
    assert_eq!(back(&mut mixed, &page).await, another, "{name}");
    assert!(mixed.cookie("beep_fresh").is_none());
    // An action is begun by Beep's own page alone.
    mixed.put_cookie("beep_csrf", "forged");
    let page = mixed
        .ask(
            "POST",
            "/api/v1/users/@me/security/actions",
            Some(("text/plain", action.to_string())),
        )
        .await;
    assert!(page.status >= 400, "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_google_alone_sets_a_first_password_after_signing_in_there_once_more() {
    let Some(world) = World::start(true).await else { return };
    let gaelle = ("gaelle", "gaelle-secret");
    let name = new_name();
    for user in world.keycloak.users("exact=true&email=gaelle@google.example").await {
        let path = format!("/users/{}", user["id"].as_str().unwrap());
        world.keycloak.ask("DELETE", &path, None).await;
    }
    let mut browser = world.browser();
    let page = browser.go("/api/v1/auth/providers/google/start").await;
    let page = browser
        .submit(&page, &[("username", gaelle.0), ("password", gaelle.1)])
        .await;
    // Keycloak asks nothing: Beep does.
    assert_eq!(back(&mut browser, &page).await, "/auth/complete");
    let page = browser.post("/auth/complete", &json!({"username": name})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    let told = security(&mut browser).await;
    assert_eq!(
        (&told["password"], &told["proof"], &told["providers"]),
        (&json!(false), &json!("sign_in_again"), &json!(["google"]))
    );
    let first = json!({"new_password": NEW});
    let page = browser.put("/users/@me/password", &first).await;
    assert!(page.text.contains("sign_in_again_required"), "{}", page.text);
    let page = browser
        .begin(&json!({"action": "sign_in_again", "return_to": SECURITY}))
        .await;
    let page = browser.submit(&page, &[("password", gaelle.1)]).await;
    assert_eq!(
        back(&mut browser, &page).await,
        format!("{SECURITY}?security=confirmed")
    );
    let page = browser.put("/users/@me/password", &first).await;
    assert_eq!(page.status, 204, "{}", page.text);
    let credentials = json!({"email": "gaelle@google.example", "password": NEW});
    world.nobody().post("/auth/login", credentials).await.expect(200);
    assert_eq!(security(&mut browser).await["proof"], "password");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_was_begun_on_the_way_ends_with_it() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    let mut browser = world.browser();
    let page = browser.post("/auth/register", &account(&name)).await;
    assert_eq!(page.status, 201, "{}", page.text);
    let before = world.keycloak.sessions(&name).await;
    let page = browser
        .begin(&json!({"action": "sign_in_again", "return_to": SECURITY}))
        .await;
    let page = browser
        .submit(&page, &[("username", &name), ("password", PASSWORD)])
        .await;
    assert_eq!(
        back(&mut browser, &page).await,
        format!("{SECURITY}?security=confirmed")
    );
    // Whoever comes to this computer next would be let in by Keycloak's page.
    assert_eq!(world.keycloak.sessions(&name).await, before);
}
