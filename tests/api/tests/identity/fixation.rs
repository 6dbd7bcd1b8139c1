//! A browser in which somebody else has left their cookies.

use serde_json::{Value, json};

use crate::{
    browser::Browser,
    world::{PASSWORD, World, account, new_name},
};

const COOKIES: [&str; 3] = ["beep_access", "beep_refresh", "beep_csrf"];

async fn whose(browser: &mut Browser) -> Value {
    let page = browser.get("/api/v1/users/@me").await;
    serde_json::from_str::<Value>(&page.text).unwrap()["username"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_in_a_browser_is_not_what_one_is_signed_in_with() {
    let Some(world) = World::start(true).await else { return };
    let (left_by, name) = (new_name(), new_name());
    let mut attacker = world.browser();
    attacker.post("/auth/register", &account(&left_by)).await;
    world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
    for by_form in [true, false] {
        let mut victim = world.browser();
        for cookie in COOKIES {
            victim.put_cookie(cookie, attacker.cookie(cookie).unwrap());
        }
        if by_form {
            let page = victim.post("/auth/login", &credentials).await;
            assert_eq!(page.status, 200, "{}", page.text);
        } else {
            let page = victim.sign_in("/", &name, PASSWORD).await;
            assert_eq!(page.location.as_deref(), Some("/"), "{}", page.text);
        }
        for cookie in COOKIES {
            assert_ne!(victim.cookie(cookie), attacker.cookie(cookie), "{cookie}");
        }
        assert_eq!(whose(&mut victim).await, name.as_str());
        assert_eq!(whose(&mut attacker).await, left_by.as_str());
    }
}
