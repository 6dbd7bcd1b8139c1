//! Signing in by Beep's own form.

use serde_json::json;

use crate::world::{PASSWORD, World, account, new_name};

/// How many sign in at the same moment, and how often.
const AT_ONCE: usize = 3;
const ROUNDS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_as_far_as_one_may_know() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let sign_in = async |email: &str, password: &str, code: Option<&str>| {
        let credentials = json!({"email": email, "password": password, "code": code});
        world.nobody().post("/auth/login", credentials).await
    };
    let email = format!("{name}@beep.example");
    let wrong = sign_in(&email, "a guess", None).await;
    wrong.is_problem(401, "invalid_credentials");
    let unknown = sign_in(&format!("{}@beep.example", new_name()), "a guess", None).await;
    unknown.is_problem(401, "invalid_credentials");
    let text = |answer: &api::http::Answer| {
        let mut body = answer.json();
        body["trace_id"] = json!(null);
        body
    };
    assert_eq!(text(&wrong), text(&unknown));
    sign_in(&email, PASSWORD, None).await.expect(200);

    // Somebody with codes, who is new to Beep.
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, Some("aaaaaaaaaaaaaaaaaaaa")).await;
    let email = format!("{name}@keycloak.example");
    // Whether the password is right, a stranger to Beep is not told.
    sign_in(&email, PASSWORD, None)
        .await
        .is_problem(401, "invalid_credentials");
}

/// The code of now, or of so many steps of thirty seconds later, by the secret of twenty times the letter a.
pub(crate) fn code(later: u64) -> String {
    let secret = totp_rs::Secret::try_from_base32("MFQWCYLBMFQWCYLBMFQWCYLBMFQWCYLB").unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    totp.generate(now + 30 * later).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_asked_for_once_the_password_was_right() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, Some("aaaaaaaaaaaaaaaaaaaa")).await;
    let mut browser = world.browser();
    let page = browser.sign_in_up_to_callback("/", &name, PASSWORD).await;
    let back = browser.submit(&page, &[("otp", &code(0))]).await.location.unwrap();
    assert_eq!(browser.get(&back).await.location.as_deref(), Some("/auth/complete"));
    let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
    assert_eq!(page.status, 201, "{}", page.text);

    let sign_in = async |password: &str, code: Option<&str>| {
        let email = format!("{name}@keycloak.example");
        let credentials = json!({"email": email, "password": password, "code": code});
        world.nobody().post("/auth/login", credentials).await
    };
    sign_in("a guess", None).await.is_problem(401, "invalid_credentials");
    sign_in("a guess", Some("000000"))
        .await
        .is_problem(401, "invalid_credentials");
    sign_in(PASSWORD, None).await.is_problem(401, "second_factor_required");
    sign_in(PASSWORD, Some("000000"))
        .await
        .is_problem(401, "second_factor_wrong");
    let next = code(1);
    sign_in(PASSWORD, Some(&next)).await.expect(200);
    sign_in(PASSWORD, Some(&next))
        .await
        .is_problem(401, "second_factor_wrong");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_slowed_down_before_keycloak_is_asked() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let sign_in = async |password: &str| {
        let credentials = json!({"email": format!("{name}@beep.example"), "password": password});
        world.nobody().post("/auth/login", credentials).await
    };
    for _ in 0..6 {
        sign_in("a guess").await.is_problem(401, "invalid_credentials");
    }
    sign_in(PASSWORD).await.is_problem(429, "too_many_attempts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newcomer_goes_on_with_who_they_want_to_be() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, None).await;
    let credentials = json!({"email": format!("{name}@keycloak.example"), "password": PASSWORD});
    let mut browser = world.browser();
    let page = browser.post("/auth/login", &credentials).await;
    assert_eq!(page.status, 409, "{}", page.text);
    let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    let page = browser.post("/auth/login", &credentials).await;
    assert_eq!(page.status, 200, "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_who_sign_in_to_one_account_at_the_same_moment_all_get_in() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let (nobody, right) = (
        world.nobody(),
        json!({"email": format!("{name}@beep.example"), "password": PASSWORD}),
    );
    for _ in 0..ROUNDS {
        let all = (0..AT_ONCE).map(|_| nobody.post("/auth/login", right.clone()));
        for answer in futures::future::join_all(all).await {
            answer.expect(200);
        }
    }
}
