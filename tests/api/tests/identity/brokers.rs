//! Signing in by a provider of the realm: one of `OpenID` Connect that stands in for Google, and one of SAML 2.0.

use serde_json::{Value, json};

use crate::{
    browser::{Browser, Page},
    form::code,
    keycloak::Keycloak,
    world::{PASSWORD, World, account, new_name},
};

pub(crate) const PROVIDERS: [&str; 2] = ["google", "saml"];
/// The realm that is both of them.
const STAND_IN: &str = "google-stand-in";
/// The secret of the codes of [`code`].
const CODE_SECRET: &str = "aaaaaaaaaaaaaaaaaaaa";

async fn start() -> Option<World> {
    World::start_with(true, |setup| {
        setup.with("IDENTITY__KEYCLOAK__BROKERS", &PROVIDERS.join(","))
    })
    .await
}

/// Somebody whom the providers know, by this address, which they say to have looked at; the id there.
pub(crate) async fn add_there(keycloak: &Keycloak, name: &str, email: &str) -> String {
    let user = json!({
        "username": name, "email": email, "emailVerified": true, "firstName": "Grace", "lastName": "Hopper",
        "enabled": true, "credentials": [{"type": "password", "value": PASSWORD, "temporary": false}],
    });
    let (status, said) = keycloak.ask_of(STAND_IN, "POST", "/users", Some(user)).await;
    assert_eq!(status, 201, "{said}");
    let path = format!("/users?exact=true&username={name}");
    let (_, found) = keycloak.ask_of(STAND_IN, "GET", &path, None).await;
    found[0]["id"].as_str().unwrap().to_owned()
}

/// What a browser sends on by itself.
pub(crate) async fn sent_on(browser: &mut Browser, mut page: Page) -> Page {
    for message in ["SAMLRequest", "SAMLResponse"] {
        if page.location.is_none() && page.text.contains(&format!("name=\"{message}\"")) {
            let held = page.held(message);
            page = browser.submit(&page, &[(message, &held)]).await;
        }
    }
    page
}

/// Goes to Beep's button of the provider, and signs in there.
pub(crate) async fn come_by(browser: &mut Browser, provider: &str, name: &str) -> Page {
    let page = browser.go(&format!("/api/v1/auth/providers/{provider}/start")).await;
    let page = sent_on(browser, page).await;
    let page = browser
        .submit(&page, &[("username", name), ("password", PASSWORD)])
        .await;
    sent_on(browser, page).await
}

/// Goes back to Beep; where that leads.
async fn back(browser: &mut Browser, page: &Page) -> String {
    let callback = page.location.clone();
    let callback = callback.unwrap_or_else(|| panic!("{}: {}", page.url, page.text));
    browser.get(&callback).await.location.unwrap()
}

pub(crate) async fn me(browser: &mut Browser) -> Value {
    serde_json::from_str(&browser.get("/api/v1/users/@me").await.text).unwrap()
}

pub(crate) async fn linked(keycloak: &Keycloak, id: &str) -> usize {
    let (_, linked) = keycloak
        .ask("GET", &format!("/users/{id}/federated-identity"), None)
        .await;
    linked.as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_by_a_provider_is_nobody_until_they_say_who_and_the_same_person_ever_after() {
    let Some(world) = start().await else { return };
    for provider in PROVIDERS {
        let name = new_name();
        let email = format!("{name}@google.example");
        add_there(&world.keycloak, &name, &email).await;
        let mut browser = world.browser();
        let page = come_by(&mut browser, provider, &name).await;
        assert_eq!(back(&mut browser, &page).await, "/auth/complete", "{provider}");
        assert!(browser.cookie("beep_access").is_none() && browser.cookie("beep_refresh").is_none());
        assert_eq!(browser.get("/api/v1/users/@me").await.status, 401);
        let identity = world.keycloak.users(&format!("exact=true&email={email}")).await[0].clone();
        assert_eq!(identity["attributes"]["beep_user_id"], Value::Null, "{provider}");

        // Whoever does not go on, and comes again, is as new as before.
        let mut again = world.browser();
        let page = come_by(&mut again, provider, &name).await;
        assert_eq!(back(&mut again, &page).await, "/auth/complete", "{provider}");
        let page = again.post("/auth/complete", &json!({"username": new_name()})).await;
        assert_eq!(page.status, 201, "{}", page.text);
        let user = me(&mut again).await;
        assert_eq!((&user["email"], &user["first_name"]), (&json!(email), &json!("Grace")));
        let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
        assert_eq!(page.status, 409, "{}", page.text);

        let mut later = world.browser();
        let page = come_by(&mut later, provider, &name).await;
        assert_eq!(back(&mut later, &page).await, "/", "{provider}");
        assert_eq!(me(&mut later).await["id"], user["id"], "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_claims_somebodys_address_gets_nobody_into_their_account() {
    let Some(world) = start().await else { return };
    for provider in PROVIDERS {
        let (victim, imposter) = (new_name(), new_name());
        let email = format!("{victim}@beep.example");
        let signed_up = world
            .nobody()
            .post("/auth/register", account(&victim))
            .await
            .expect(201);
        let identity = world.keycloak.user(&victim).await;
        let id = identity["id"].as_str().unwrap();
        add_there(&world.keycloak, &imposter, &email).await;
        let mut browser = world.browser();
        let page = come_by(&mut browser, provider, &imposter).await;
        assert!(page.text.contains("linkAccount"), "{provider}: {}", page.text);
        let page = browser.submit(&page, &[("submitAction", "linkAccount")]).await;
        let page = browser.submit(&page, &[("password", "a guess, a guess")]).await;
        assert!(page.location.is_none(), "{provider}: {:?}", page.location);
        assert_eq!(linked(&world.keycloak, id).await, 0, "{provider}");
        // Nor does Beep's callback let in who has nothing to show.
        let page = browser.get("/api/v1/auth/callback").await;
        assert_eq!(page.location.as_deref(), Some("/sign-in?error=sign_in_not_begun"));
        assert!(browser.cookie("beep_access").is_none() && browser.cookie("beep_newcomer").is_none());
        assert_eq!(world.keycloak.user(&victim).await, identity, "{provider}");

        // The owner, who proves that the account is theirs, gets in.
        let mut owner = world.browser();
        let page = come_by(&mut owner, provider, &imposter).await;
        let page = owner.submit(&page, &[("submitAction", "linkAccount")]).await;
        let page = owner.submit(&page, &[("password", PASSWORD)]).await;
        assert_eq!(back(&mut owner, &page).await, "/", "{provider}");
        assert_eq!(me(&mut owner).await["id"], signed_up["user"]["id"], "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_factor_is_asked_for_also_of_who_comes_by_a_provider() {
    let Some(world) = start().await else { return };
    for provider in PROVIDERS {
        let (name, there) = (new_name(), new_name());
        world.keycloak.add(&name, PASSWORD, Some(CODE_SECRET)).await;
        let email = format!("{name}@keycloak.example");
        add_there(&world.keycloak, &there, &email).await;
        // Linked by who has shown password and code, once.
        let mut browser = world.browser();
        let page = come_by(&mut browser, provider, &there).await;
        let page = browser.submit(&page, &[("submitAction", "linkAccount")]).await;
        let page = browser.submit(&page, &[("password", PASSWORD)]).await;
        let page = browser.submit(&page, &[("otp", &code(0))]).await;
        assert_eq!(back(&mut browser, &page).await, "/auth/complete", "{provider}");
        let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
        assert_eq!(page.status, 201, "{}", page.text);

        let mut thief = world.browser();
        let page = come_by(&mut thief, provider, &there).await;
        let asked = page.location.is_none() && page.text.contains("name=\"otp\"");
        assert!(asked, "{provider}: {:?}: {}", page.location, page.text);
        let page = thief.submit(&page, &[("otp", "000000")]).await;
        assert!(page.location.is_none(), "{provider}: {:?}", page.location);
        let page = thief.submit(&page, &[("otp", &code(1))]).await;
        assert_eq!(back(&mut thief, &page).await, "/", "{provider}");
    }
}
