//! An account elsewhere is linked from the settings, and unlinked.

use api::mailbox::Mailbox;
use serde_json::{Value, json};

use crate::{
    actions::{back, somebody},
    brokers::{PROVIDERS, add_there, come_by, linked, me, sent_on},
    browser::{Browser, Page},
    world::{PASSWORD, World, new_name},
};

const SECURITY: &str = "/settings/security";

async fn start() -> Option<(World, Mailbox)> {
    World::start_with_mail_and(true, |setup| {
        setup.with("IDENTITY__KEYCLOAK__BROKERS", &PROVIDERS.join(","))
    })
    .await
}

fn linking(provider: &str) -> Value {
    json!({"action": "link_provider", "provider_id": provider, "return_to": SECURITY})
}

/// Somebody whom Beep knows: their id at Keycloak, and their browser.
async fn somebody_known(world: &World) -> (String, Browser) {
    let (name, browser) = somebody(world).await;
    let identity = world.keycloak.user(&name).await;
    (identity["id"].as_str().unwrap().to_owned(), browser)
}

/// Somebody whom the provider knows, with an address that nobody has here.
async fn somebody_there(world: &World) -> String {
    let there = new_name();
    add_there(&world.keycloak, &there, &format!("{there}@google.example")).await;
    there
}

/// Begins to link, and goes to the provider, or to what a browser sends on to it by itself.
async fn up_to_provider(browser: &mut Browser, provider: &str) -> Page {
    browser.forget_elsewhere();
    let page = browser.begin(&linking(provider)).await;
    browser.submit(&page, &[("continue", "Continue")]).await
}

/// Links the account there; where that leads.
async fn link(browser: &mut Browser, provider: &str, there: &str) -> String {
    let page = up_to_provider(browser, provider).await;
    let page = sent_on(browser, page).await;
    let page = browser
        .submit(&page, &[("username", there), ("password", PASSWORD)])
        .await;
    let page = sent_on(browser, page).await;
    back(browser, &page).await
}

async fn own_providers(browser: &mut Browser) -> Vec<(String, bool, Value)> {
    let page = browser.get("/api/v1/users/@me/providers").await;
    assert_eq!(page.status, 200, "{}", page.text);
    let listed: Value = serde_json::from_str(&page.text).unwrap();
    let items = listed["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            let id = item["id"].as_str().unwrap().to_owned();
            (id, item["linked"].as_bool().unwrap(), item["account"].clone())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_elsewhere_opens_the_account_once_linked_and_no_more_once_unlinked() {
    let Some((world, mailbox)) = start().await else { return };
    for provider in PROVIDERS {
        let (name, mut browser) = somebody(&world).await;
        let email = format!("{name}@keycloak.example");
        let own = me(&mut browser).await;
        let there = somebody_there(&world).await;
        let none = PROVIDERS.map(|id| (id.to_owned(), false, Value::Null));
        assert_eq!(own_providers(&mut browser).await, none, "{provider}");

        let landed = link(&mut browser, provider, &there).await;
        assert_eq!(landed, format!("{SECURITY}?security=changed"), "{provider}");
        assert!(mailbox.next_to(&email).await.says("was linked to your account"));
        let listed = own_providers(&mut browser).await;
        let expected = PROVIDERS.map(|id| (id.to_owned(), id == provider));
        let short: Vec<_> = listed.iter().map(|(id, linked, _)| (id.clone(), *linked)).collect();
        assert_eq!(short, expected);
        if provider == "google" {
            assert_eq!(listed[0].2, there.as_str());
        }
        let page = browser.post("/users/@me/security/actions", &linking(provider)).await;
        assert!(
            page.status == 409 && page.text.contains("provider_linked"),
            "{}",
            page.text
        );

        let mut other = world.browser();
        let page = come_by(&mut other, provider, &there).await;
        assert_eq!(back(&mut other, &page).await, "/", "{provider}");
        assert_eq!(me(&mut other).await["id"], own["id"], "{provider}");

        // Whoever has the browser alone takes nothing away.
        let path = format!("/users/@me/providers/{provider}");
        for (shown, said) in [
            (json!({}), "sign_in_again_required"),
            (json!({"current_password": "a guess"}), "wrong_password"),
        ] {
            let page = browser.delete(&path, &shown).await;
            assert!(page.status == 403 && page.text.contains(said), "{}", page.text);
        }
        let page = browser.delete(&path, &json!({"current_password": PASSWORD})).await;
        assert_eq!(page.status, 204, "{}", page.text);
        assert!(mailbox.next_to(&email).await.says("was unlinked from your account"));
        assert_eq!(own_providers(&mut browser).await, none, "{provider}");
        let page = browser.delete(&path, &json!({"current_password": PASSWORD})).await;
        assert!(
            page.status == 404 && page.text.contains("provider_not_found"),
            "{}",
            page.text
        );
        let mut later = world.browser();
        let page = come_by(&mut later, provider, &there).await;
        assert_eq!(back(&mut later, &page).await, "/auth/complete", "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_elsewhere_that_is_somebody_elses_is_not_linked_and_that_is_said() {
    let Some((world, _)) = start().await else { return };
    for provider in PROVIDERS {
        let (adas, mut ada) = somebody_known(&world).await;
        let (bobs, mut bob) = somebody_known(&world).await;
        let there = somebody_there(&world).await;
        let landed = link(&mut ada, provider, &there).await;
        assert_eq!(landed, format!("{SECURITY}?security=changed"), "{provider}");
        let landed = link(&mut bob, provider, &there).await;
        assert_eq!(landed, format!("{SECURITY}?security=linked_elsewhere"), "{provider}");
        assert_eq!(linked(&world.keycloak, &bobs).await, 0, "{provider}");
        assert_eq!(linked(&world.keycloak, &adas).await, 1, "{provider}");
        // What went wrong before is not told of what is called off.
        let page = bob.begin(&linking(provider)).await;
        let page = bob.submit(&page, &[("cancel-aia", "true")]).await;
        assert_eq!(back(&mut bob, &page).await, format!("{SECURITY}?security=unchanged"));
        let another = somebody_there(&world).await;
        let landed = link(&mut bob, provider, &another).await;
        assert_eq!(landed, format!("{SECURITY}?security=changed"), "{provider}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_has_begun_to_link_is_linked_in_their_browser_alone() {
    let Some((world, _)) = start().await else { return };
    for provider in PROVIDERS {
        let (eves, mut eve) = somebody_known(&world).await;
        let (adas, mut ada) = somebody_known(&world).await;
        let (eve_there, ada_there) = (somebody_there(&world).await, somebody_there(&world).await);
        // Eve shows the provider who she is, and has Ada's browser bring it to Keycloak: Eve would sign in as Ada.
        let page = up_to_provider(&mut eve, provider).await;
        let page = sent_on(&mut eve, page).await;
        let answer = eve
            .submit_once(&page, &[("username", &eve_there), ("password", PASSWORD)])
            .await;
        brought_in_vain(&mut ada, &answer).await;
        // Eve has Ada's browser show the provider who Ada is: Ada would sign in as Eve.
        let page = up_to_provider(&mut eve, provider).await;
        let page = if provider == "google" {
            ada.go(&page.url).await
        } else {
            sent_on(&mut ada, page).await
        };
        let answer = ada
            .submit_once(&page, &[("username", &ada_there), ("password", PASSWORD)])
            .await;
        brought_in_vain(&mut ada, &answer).await;
        // Nor does the address lead there by which Keycloak was to begin.
        let begun = eve.post("/users/@me/security/actions", &linking(provider)).await;
        let begun: Value = serde_json::from_str(&begun.text).unwrap();
        let page = eve.go(begun["location"].as_str().unwrap()).await;
        let leg = eve.get(&page.location.unwrap()).await.location.unwrap();
        assert!(leg.contains(&format!("kc_action=idp_link%3A{provider}")), "{leg}");
        let page = ada.get(&leg).await;
        let location = page.location.unwrap();
        assert!(location.contains("/auth/callback?error=login_required"), "{location}");
        // Nor the way that Keycloak has besides, which asks nobody.
        let public = &world.keycloak.public_url;
        let page = ada
            .get(&format!(
                "{public}/realms/beep/broker/{provider}/link?client_id=beep-web"
            ))
            .await;
        assert_eq!(page.status, 404, "{}", page.text);
        for id in [&eves, &adas] {
            assert_eq!(linked(&world.keycloak, id).await, 0, "{provider}");
        }
    }
}

/// Has another browser bring to Keycloak what the provider answered: it does not take it.
async fn brought_in_vain(browser: &mut Browser, answer: &Page) {
    let page = if let Some(location) = answer.location.clone() {
        browser.go(&location).await
    } else {
        let response = answer.held("SAMLResponse");
        browser.submit(answer, &[("SAMLResponse", &response)]).await
    };
    let Some(location) = page.location else {
        assert!(page.status >= 400, "{}: {}", page.url, page.text);
        return;
    };
    assert!(location.contains("error="), "{location}");
    let page = browser.get(&location).await;
    assert_eq!(page.location.as_deref(), Some("/sign-in?error=sign_in_not_begun"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_google_alone_keeps_it() {
    let Some((world, _)) = start().await else { return };
    let there = somebody_there(&world).await;
    let mut browser = world.browser();
    let page = come_by(&mut browser, "google", &there).await;
    assert_eq!(back(&mut browser, &page).await, "/auth/complete");
    let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    let again = json!({"action": "sign_in_again", "return_to": SECURITY});
    let page = browser.begin(&again).await;
    let page = browser.submit(&page, &[("password", PASSWORD)]).await;
    assert_eq!(
        back(&mut browser, &page).await,
        format!("{SECURITY}?security=confirmed")
    );
    let path = "/users/@me/providers/google";
    let page = browser.delete(path, &json!({})).await;
    assert!(page.status == 409 && page.text.contains("last_way_in"), "{}", page.text);
    // With another one, it goes: shown by having signed in once more.
    let second = somebody_there(&world).await;
    let landed = link(&mut browser, "saml", &second).await;
    assert_eq!(landed, format!("{SECURITY}?security=changed"));
    let page = browser.delete(path, &json!({})).await;
    assert_eq!(page.status, 204, "{}", page.text);
    let page = browser.delete("/users/@me/providers/saml", &json!({})).await;
    assert!(page.status == 409 && page.text.contains("last_way_in"), "{}", page.text);
}
