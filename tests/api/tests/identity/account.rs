//! One's own account, whose password and address Keycloak keeps.

use api::http::{Answer, Body, Caller, Credentials};
use serde_json::{Value, json};

use crate::{
    keycloak::Keycloak,
    world::{PASSWORD, World, account, new_name},
};

/// A student of the school's directory whom no other test knows, and their password there.
const STUDENT: (&str, &str) = ("francois.lefevre", "francois.lefevre-secret");
const NEW: &str = "another horse battery";

fn with(world: &World, tokens: &Value) -> Caller {
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    world.nobody().with(Credentials::Bearer(token))
}

async fn sign_in(world: &World, email: &str, password: &str, code: Option<&str>) -> Answer {
    let credentials = json!({"email": email, "password": password, "code": code});
    world.nobody().post("/auth/login", credentials).await
}

async fn refresh(world: &World, tokens: &Value) -> Answer {
    let body = json!({"refresh_token": tokens["refresh_token"]});
    world.nobody().post("/auth/refresh", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_counts_at_keycloak_and_ends_the_other_sessions_at_both() {
    let Some((world, mailbox)) = World::start_with_mail(true).await else {
        return;
    };
    let name = new_name();
    let email = format!("{name}@beep.example");
    let other = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let own = sign_in(&world, &email, PASSWORD, None).await.expect(200);
    assert_eq!(world.keycloak.sessions(&name).await.len(), 2);
    let me = with(&world, &own);
    let security = me.get("/users/@me/security").await.expect(200);
    for (field, told) in [
        ("kept_by", json!("identity_manager")),
        ("proof", json!("password")),
        ("password", json!(true)),
        ("credentials", json!([])),
        ("providers", json!([])),
    ] {
        assert_eq!(security[field], told, "{security}");
    }
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new, "end_other_sessions": true});
        me.send("PUT", "/users/@me/password", Body::Json(body)).await
    };
    change("a guess", NEW).await.is_problem(403, "wrong_password");
    change(PASSWORD, "password").await.is_problem(422, "invalid");
    sign_in(&world, &email, NEW, None)
        .await
        .is_problem(401, "invalid_credentials");
    change(PASSWORD, NEW).await.expect(204);
    assert!(mailbox.next_to(&email).await.says("was changed"));
    // What was asked to see whether the password is right has ended, too.
    assert_eq!(world.keycloak.sessions(&name).await.len(), 1);
    refresh(&world, &other).await.is_problem(401, "refresh_token_invalid");
    refresh(&world, &own).await.expect(200);
    sign_in(&world, &email, PASSWORD, None)
        .await
        .is_problem(401, "invalid_credentials");
    sign_in(&world, &email, NEW, None).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_own_password_are_slowed_down() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    let own = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let me = with(&world, &own);
    let guess = json!({"current_password": "a guess", "new_password": NEW});
    let mut codes = Vec::new();
    for _ in 0..8 {
        codes.push(
            me.send("PUT", "/users/@me/password", Body::Json(guess.clone()))
                .await
                .code(),
        );
    }
    assert!(codes.contains(&"too_many_attempts".to_owned()), "{codes:?}");
}

/// The student, who has an account here; with the browser in which they are signed in.
pub(crate) async fn student(world: &World, name: (&str, &str)) -> (Value, crate::browser::Browser) {
    forget(&world.keycloak, name.0).await;
    let mut browser = world.browser();
    browser.sign_in("/", name.0, name.1).await;
    let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    (
        serde_json::from_str::<Value>(&page.text).unwrap()["user"].clone(),
        browser,
    )
}

async fn forget(keycloak: &Keycloak, name: &str) {
    for user in keycloak.users(&format!("exact=true&username={name}")).await {
        let path = format!("/users/{}", user["id"].as_str().unwrap());
        keycloak.ask("DELETE", &path, None).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_school_keeps_is_not_changed_here() {
    let Some((world, mailbox)) = World::start_with_mail(true).await else {
        return;
    };
    let (user, mut browser) = student(&world, STUDENT).await;
    let email = user["email"].as_str().unwrap();
    let page = browser.get("/api/v1/users/@me/security").await;
    let security: Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(security["kept_by"], "directory", "{security}");
    let body = json!({"current_password": STUDENT.1, "new_password": NEW, "email": "new@beep.example"});
    let page = browser.put("/users/@me/password", &body).await;
    assert!(page.status == 409 && page.text.contains("school"), "{}", page.text);
    let page = browser.post("/users/@me/email", &body).await;
    assert!(
        page.status == 409 && page.text.contains("kept_elsewhere"),
        "{}",
        page.text
    );
    let forgotten = json!({"email": email});
    world
        .nobody()
        .post("/auth/password/forgot", forgotten)
        .await
        .expect(202);
    let mail = mailbox.next_to(email).await;
    assert!(mail.says("of your school") && !mail.says("#token="), "{}", mail.content);
    // The password of the directory still counts.
    sign_in(&world, email, STUDENT.1, None).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_at_keycloak_and_ends_all_sessions() {
    let Some((world, mailbox)) = World::start_with_mail(true).await else {
        return;
    };
    let name = new_name();
    let email = format!("{name}@beep.example");
    let own = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let nobody = world.nobody();
    nobody
        .post("/auth/password/forgot", json!({"email": email}))
        .await
        .expect(202);
    let token = mailbox.next_to(&email).await.token();
    let reset = async |password: &str| {
        nobody
            .post(
                "/auth/password/reset",
                json!({"token": token, "new_password": password}),
            )
            .await
    };
    reset("password").await.is_problem(422, "invalid");
    reset(NEW).await.expect(204);
    reset("a third horse battery").await.is_problem(410, "link_expired");
    assert_eq!(world.keycloak.sessions(&name).await, Vec::<String>::new());
    refresh(&world, &own).await.is_problem(401, "refresh_token_invalid");
    with(&world, &own)
        .get("/users/@me")
        .await
        .is_problem(401, "not_signed_in");
    sign_in(&world, &email, PASSWORD, None)
        .await
        .is_problem(401, "invalid_credentials");
    sign_in(&world, &email, NEW, None).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_counts_at_keycloak_once_it_is_confirmed() {
    let Some((world, mailbox)) = World::start_with_mail(true).await else {
        return;
    };
    let name = new_name();
    let (email, new) = (format!("{name}@beep.example"), format!("{name}@new.example"));
    let own = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let me = with(&world, &own);
    let begin = async |email: &str, password: &str| {
        let body = json!({"email": email, "current_password": password});
        me.post("/users/@me/email", body).await
    };
    begin(&new, "a guess").await.is_problem(403, "wrong_password");
    begin(&new, PASSWORD).await.expect(202);
    let token = mailbox.next_to(&new).await.token();
    assert_eq!(world.keycloak.user(&name).await["email"], email);
    let verify = async |token: &str| {
        let body = json!({"token": token});
        world.nobody().post("/auth/email/verify", body).await
    };
    verify(&token).await.expect(204);
    let known = world.keycloak.user(&name).await;
    assert_eq!((&known["email"], &known["emailVerified"]), (&json!(new), &json!(true)));
    assert_eq!(refresh(&world, &own).await.expect(200)["user"]["email"], new);
    sign_in(&world, &new, PASSWORD, None).await.expect(200);
    // An address that somebody has whom Keycloak alone knows.
    let there = new_name();
    world.keycloak.add(&there, PASSWORD, None).await;
    let of_another = format!("{there}@keycloak.example");
    begin(&of_another, PASSWORD).await.expect(202);
    let token = mailbox.next_to(&of_another).await.token();
    verify(&token).await.is_problem(409, "email_taken");
    assert_eq!(world.keycloak.user(&name).await["email"], new);
    assert_eq!(me.get("/users/@me").await.expect(200)["email"], new);
}
