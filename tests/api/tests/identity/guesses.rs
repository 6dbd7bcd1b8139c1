//! What guessing tells, and how soon it is slow: who has an account, which password or code is right. (With the embedded identity:
//! `passwords.rs`, `reset.rs` and `second_factor.rs` in the tests of the users service.)

use std::time::{Duration, Instant};

use api::http::{Answer, Caller};
use serde_json::{Value, json};

use crate::{
    account::student,
    browser::Browser,
    form::code,
    world::{PASSWORD, World, account, new_name},
};

/// A student of the school's directory whom no other test of these knows, and their password there.
const STUDENT: (&str, &str) = ("lea.petit", "lea.petit-secret");
/// No guess is answered sooner, whoever it is about.
const AT_LEAST: Duration = Duration::from_millis(400);
/// So many guesses at an account are answered before it is slow.
const FREE: usize = 6;
const CODE_SECRET: &str = "aaaaaaaaaaaaaaaaaaaa";
/// What Beep asks Keycloak for when somebody signs in by its form.
const ASKED: [&str; 2] = [
    "GET /admin/realms/beep/attack-detection/brute-force/users/",
    "POST /realms/beep/protocol/openid-connect/token",
];

/// All that an answer says, but for what is another each time.
fn said(answer: &Answer) -> (u16, Vec<(String, String)>, Value) {
    let mut body = answer.json();
    body["trace_id"] = Value::Null;
    let headers = answer.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let counted = |name: &str| ["x-request-id", "date"].contains(&name) || name.contains("ratelimit");
    let mut headers: Vec<_> = headers.filter(|(name, _)| !counted(name)).collect();
    headers.sort();
    (answer.status, headers, body)
}

async fn sign_in(nobody: &Caller, email: &str, password: &str, code: Option<&str>) -> Answer {
    let credentials = json!({"email": email, "password": password, "code": code});
    nobody.post("/auth/login", credentials).await
}

/// Somebody with codes, whom Beep knows.
async fn with_codes(world: &World) -> (String, Browser) {
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, Some(CODE_SECRET)).await;
    let mut browser = world.browser();
    let page = browser.sign_in_up_to_callback("/", &name, PASSWORD).await;
    let page = browser.submit(&page, &[("otp", &code(0))]).await;
    browser.get(&page.location.unwrap()).await;
    let page = browser.post("/auth/complete", &json!({"username": new_name()})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    (format!("{name}@keycloak.example"), browser)
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_who_has_an_account() {
    let Some((world, _mailbox)) = World::start_with_mail(true).await else {
        return;
    };
    let nobody = world.nobody();
    let (known, disabled, at_keycloak) = (new_name(), new_name(), new_name());
    for name in [&known, &disabled] {
        nobody.post("/auth/register", account(name)).await.expect(201);
    }
    world.keycloak.change(&disabled, json!({"enabled": false})).await;
    world.keycloak.add(&at_keycloak, PASSWORD, None).await;
    let (of_codes, _) = with_codes(&world).await;
    let (pupil, _) = student(&world, STUDENT).await;
    let unknown = format!("{}@beep.example", new_name());
    let emails = [
        unknown.clone(),
        format!("{known}@beep.example"),
        format!("{disabled}@beep.example"),
        format!("{at_keycloak}@keycloak.example"),
        of_codes,
        pupil["email"].as_str().unwrap().to_owned(),
    ];
    // Of whoever does not have the password nothing is said; what Keycloak is asked is the same, once it is asked.
    let expected = said(&sign_in(&nobody, &unknown, "a guess", None).await);
    assert_eq!((expected.0, &expected.2["code"]), (401, &json!("invalid_credentials")));
    for email in &emails {
        for code in [None, Some("123456")] {
            let before = ASKED.map(|what| world.bridge.times(what));
            let begun = Instant::now();
            let answer = sign_in(&nobody, email, "a guess", code).await;
            assert!(begun.elapsed() >= AT_LEAST, "{email}: {:?}", begun.elapsed());
            assert_eq!(said(&answer), expected, "{email} {code:?}");
            let asked = ASKED.map(|what| world.bridge.times(what));
            // Before and after; after, until Keycloak has counted it, for a moment at most.
            let times = asked[0] - before[0];
            assert!(
                (2..10).contains(&times) && asked[1] == before[1] + 1,
                "{email}: {before:?} {asked:?}"
            );
        }
    }
    // Nor by a forgotten password: not even whether the school keeps it.
    let forgotten = async |email: &str| nobody.post("/auth/password/forgot", json!({"email": email})).await;
    let expected = said(&forgotten(&unknown).await);
    assert_eq!(expected.0, 202);
    for email in &emails {
        assert_eq!(said(&forgotten(email).await), expected, "{email}");
    }
    // Nor by how soon it is slow.
    let known = new_name();
    nobody.post("/auth/register", account(&known)).await.expect(201);
    for email in [format!("{}@beep.example", new_name()), format!("{known}@beep.example")] {
        let mut guesses = 0;
        let slowed = loop {
            let answer = sign_in(&nobody, &email, "a guess", None).await;
            if answer.status != 401 {
                break answer;
            }
            guesses += 1;
        };
        slowed.is_problem(429, "too_many_attempts");
        assert_eq!(guesses, FREE, "{email}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_is_slow_and_a_right_password_opens_nothing_by_itself() {
    let Some(world) = World::start(true).await else { return };
    let nobody = world.nobody();
    let (email, _) = with_codes(&world).await;
    // Whoever has the password alone is given nothing with which to go on: no token, no cookie.
    let answer = sign_in(&nobody, &email, PASSWORD, None).await;
    answer.is_problem(401, "second_factor_required");
    assert_eq!(answer.header("set-cookie"), "");
    assert!(!answer.text().contains("token\""), "{}", answer.text());
    let mut guesses = 0;
    let slowed = loop {
        let answer = sign_in(&nobody, &email, PASSWORD, Some("000000")).await;
        assert_eq!(answer.header("set-cookie"), "");
        if answer.status != 401 {
            break answer;
        }
        assert_eq!(answer.code(), "second_factor_wrong");
        guesses += 1;
    };
    slowed.is_problem(429, "too_many_attempts");
    assert_eq!(guesses, FREE);
    // The right one is as slow.
    let answer = sign_in(&nobody, &email, PASSWORD, Some(&code(1))).await;
    answer.is_problem(429, "too_many_attempts");
}
