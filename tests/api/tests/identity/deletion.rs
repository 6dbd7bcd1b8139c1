//! The end of an account whose identity is at Keycloak: it goes, unless a directory keeps it.

use std::time::Duration;

use api::{
    http::{Caller, Credentials},
    patience,
};
use serde_json::{Value, json};

use crate::{
    account::student,
    world::{PASSWORD, World, account, new_name},
};

/// A student of the school's directory whom no other test of these knows, and their password there.
const STUDENT: (&str, &str) = ("zoe.noel", "zoe.noel-secret");
/// How soon an account is erased without a time of grace.
const WITHIN: Duration = Duration::from_secs(30);
const DELETION: &str = "/users/@me/deletion";

async fn start() -> Option<World> {
    World::start_together(true, |setup, _| setup.without_grace()).await
}

/// Until others see that this user is no more.
async fn is_erased(others: &Caller, id: &Value) {
    let path = format!("/users/{}", id.as_str().unwrap());
    patience::until(WITHIN, "the account is erased", async || {
        let profile = others.get(&path).await.expect(200);
        (profile["display_name"] == "Deleted user").then_some(())
    })
    .await;
}

async fn signed_up(world: &World, name: &str) -> (Value, Caller) {
    let tokens = world.nobody().post("/auth/register", account(name)).await.expect(201);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    (
        tokens["user"]["id"].clone(),
        world.nobody().with(Credentials::Bearer(token)),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_identity_goes_with_its_account() {
    let Some(world) = start().await else { return };
    let (name, other) = (new_name(), new_name());
    let ((id, me), (_, others)) = (signed_up(&world, &name).await, signed_up(&world, &other).await);
    let guess = json!({"current_password": "a guess"});
    me.post(DELETION, guess).await.is_problem(403, "wrong_password");
    let shown = json!({"current_password": PASSWORD});
    me.post(DELETION, shown).await.expect(202);
    me.get("/users/@me").await.is_problem(401, "not_signed_in");
    is_erased(&others, &id).await;
    let left = world.keycloak.users(&format!("exact=true&username={name}")).await;
    assert_eq!(left, Vec::<Value>::new());
    let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
    let refused = world.nobody().post("/auth/login", credentials).await;
    refused.is_problem(401, "invalid_credentials");
    // The address is free, there and here.
    let mut anew = account(&new_name());
    anew["email"] = json!(format!("{name}@beep.example"));
    let again = world.nobody().post("/auth/register", anew).await.expect(201);
    assert_ne!(again["user"]["id"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_school_keeps_stays_at_the_school() {
    let Some(world) = start().await else { return };
    let (user, mut browser) = student(&world, STUDENT).await;
    let (_, others) = signed_up(&world, &new_name()).await;
    let page = browser.post(DELETION, &json!({"current_password": STUDENT.1})).await;
    assert_eq!(page.status, 202, "{}", page.text);
    is_erased(&others, &user["id"]).await;
    world.keycloak.user(STUDENT.0).await;
    assert_eq!(world.keycloak.sessions(STUDENT.0).await, Vec::<String>::new());
    // Whoever comes again is new here.
    let credentials = json!({"email": user["email"], "password": STUDENT.1});
    let back = world.nobody().post("/auth/login", credentials).await;
    back.is_problem(409, "newcomer");
}
