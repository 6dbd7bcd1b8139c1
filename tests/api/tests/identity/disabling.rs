//! An account that an administrator of Beep disables: nothing of it is left open, neither here nor at Keycloak.

use std::{process::Output, time::Duration};

use api::{
    http::{Caller, Credentials},
    patience,
};
use serde_json::{Value, json};

use crate::{
    account::student,
    bridge::Does,
    world::{PASSWORD, World, account, new_name},
};

/// A student of the school's directory whom no other test of these knows, and their password there.
const STUDENT: (&str, &str) = ("parti.bientot", "parti.bientot-secret");
/// How soon a disabled user is out.
const WITHIN: Duration = Duration::from_secs(5);

/// `beep admin …`, as it is given on the machine of the users service.
pub(crate) async fn admin(world: &World, act: &str, name: &str) -> Output {
    let part = world.beep.instances_of("users").first().copied().map(str::to_owned);
    let part = part.unwrap_or_else(|| world.beep.parts()[0].to_owned());
    let mut command = world.beep.command(&part, &["admin", act, name]);
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

async fn done(world: &World, act: &str, name: &str) {
    let output = admin(world, act, name).await;
    assert!(output.status.success(), "{output:?}");
}

fn bearer(tokens: &Value) -> Credentials {
    Credentials::Bearer(tokens["access_token"].as_str().unwrap().to_owned())
}

/// Until Beep has heard what the command has done.
async fn is_out(me: &Caller) {
    patience::until(WITHIN, "the sign-in is over", async || {
        (me.get("/users/@me").await.status == 401).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_in_beep_is_out_at_keycloak_too_until_they_are_enabled() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    let nobody = world.nobody();
    let signed_up = nobody.post("/auth/register", account(&name)).await.expect(201);
    // In a browser, too, where Keycloak would let them in without asking.
    let mut browser = world.browser();
    browser.sign_in("/", &name, PASSWORD).await;
    assert_eq!(world.keycloak.sessions(&name).await.len(), 2);
    done(&world, "disable", &name).await;
    assert_eq!(world.keycloak.sessions(&name).await, Vec::<String>::new());
    assert_eq!(world.keycloak.user(&name).await["enabled"], false);

    let refresh = json!({"refresh_token": signed_up["refresh_token"]});
    let refused = nobody.post("/auth/refresh", refresh).await;
    refused.is_problem(401, "refresh_token_invalid");
    is_out(&nobody.with(bearer(&signed_up))).await;
    let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
    let refused = nobody.post("/auth/login", credentials.clone()).await;
    refused.is_problem(403, "account_disabled");
    // Who does not have the password learns nothing of it.
    let guess = json!({"email": format!("{name}@beep.example"), "password": "a guess"});
    let refused = nobody.post("/auth/login", guess).await;
    refused.is_problem(401, "invalid_credentials");
    let page = browser.go("/api/v1/auth/providers/keycloak/start").await;
    assert!(
        page.location.is_none() && page.text.contains("name=\"password\""),
        "{}",
        page.text
    );
    let page = browser
        .submit(&page, &[("username", &name), ("password", PASSWORD)])
        .await;
    assert!(
        page.location.is_none() && page.text.contains("Account is disabled"),
        "{}",
        page.text
    );

    done(&world, "enable", &name).await;
    assert_eq!(world.keycloak.user(&name).await["enabled"], true);
    nobody.post("/auth/login", credentials).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_while_keycloak_is_away_is_out_here_and_there_once_it_is_done_again() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    let signed_up = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    world.bridge.now(Does::Refuse);
    let output = admin(&world, "disable", &name).await;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && said.contains("Do it again when Keycloak answers"),
        "{said}"
    );
    let me = world.nobody().with(bearer(&signed_up));
    let refresh = json!({"refresh_token": signed_up["refresh_token"]});
    let refused = world.nobody().post("/auth/refresh", refresh).await;
    refused.is_problem(401, "refresh_token_invalid");
    is_out(&me).await;
    assert_eq!(world.keycloak.sessions(&name).await.len(), 1);
    world.bridge.now(Does::Pass);
    done(&world, "disable", &name).await;
    assert_eq!(world.keycloak.sessions(&name).await, Vec::<String>::new());
    assert_eq!(world.keycloak.user(&name).await["enabled"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_the_school_keeps_the_sessions_end_and_beep_lets_nobody_in() {
    let Some(world) = World::start(true).await else { return };
    let (user, mut browser) = student(&world, STUDENT).await;
    assert!(!world.keycloak.sessions(STUDENT.0).await.is_empty());
    let username = user["username"].as_str().unwrap();
    done(&world, "disable", username).await;
    assert_eq!(world.keycloak.sessions(STUDENT.0).await, Vec::<String>::new());
    // What else of the school stands on it is not Beep's to close.
    assert_eq!(world.keycloak.user(STUDENT.0).await["enabled"], true);
    let back = browser.sign_in("/", STUDENT.0, STUDENT.1).await;
    assert_eq!(back.location.as_deref(), Some("/sign-in?error=account_disabled"));
    // Nor is a session left open in a browser that was not let in.
    assert_eq!(world.keycloak.sessions(STUDENT.0).await, Vec::<String>::new());
    done(&world, "enable", username).await;
    let back = browser.sign_in("/", STUDENT.0, STUDENT.1).await;
    assert_eq!(back.location.as_deref(), Some("/"));
}
