//! Signing in (A2): nobody learns who has an account, guessing is slow, and the owner gets in.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use futures::future::join_all;
use platform::http::testing::Answer;
use serde_json::json;

use crate::world::{PASSWORD, World, worlds};

const fn address(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, last))
}

async fn try_from(world: &World, from: IpAddr, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    world.nobody().at(from).post("/auth/login", body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_is_answered_as_a_wrong_password() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let wrong = world.sign_in(&ada.email, "not the password").await;
        let unknown = world.sign_in("nobody@example.org", "not the password").await;
        let headers = |answer: &Answer| {
            let mut headers = answer.headers.clone();
            headers.remove("x-request-id");
            headers
        };
        assert_eq!(headers(&wrong), headers(&unknown), "{}", world.kind);
        let wrong = wrong.is_problem(401, "invalid_credentials");
        assert_eq!(wrong, unknown.is_problem(401, "invalid_credentials"), "{}", world.kind);
        for strange in ["", "no address", &"x".repeat(10_000), "ada@example.org\u{0}"] {
            let answer = world.sign_in(strange, "not the password").await;
            assert_eq!(answer.is_problem(401, "invalid_credentials"), wrong, "{}", world.kind);
        }
        // Both are slowed alike, too.
        for email in [ada.email.as_str(), "nobody@example.org"] {
            for _ in 0..5 {
                world
                    .sign_in(email, "not the password")
                    .await
                    .is_problem(401, "invalid_credentials");
            }
            let slowed = world.sign_in(email, "not the password").await;
            assert_eq!(slowed.header("retry-after"), "1", "{}: {email}", world.kind);
            slowed.is_problem(429, "too_many_attempts");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_addresses_cost_the_same_work() {
    for world in worlds().await {
        // Two are hashed and sixty-four wait: more are refused, but only if each of them would be hashed, too.
        let emails: Vec<String> = (0..100).map(|number| format!("nobody-{number}@example.org")).collect();
        let answers = join_all(emails.iter().map(|email| world.sign_in(email, "not the password"))).await;
        let of = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert!(
            of(401) >= 66 && of(503) > 0 && of(401) + of(503) == 100,
            "{}",
            world.kind
        );
        for answer in answers.iter().filter(|answer| answer.status == 503) {
            assert_eq!(answer.body["code"], "overloaded");
            assert!(!answer.header("retry-after").is_empty());
        }
        // What nobody has looked at does not count as a guess.
        let refused = answers.iter().position(|answer| answer.status == 503).unwrap();
        for _ in 0..6 {
            world
                .sign_in(&emails[refused], "not the password")
                .await
                .is_problem(401, "invalid_credentials");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_is_slow_and_the_owner_gets_in_from_elsewhere() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        try_from(&world, address(1), &ada.email, PASSWORD).await.expect(200);
        for _ in 0..6 {
            let answer = try_from(&world, address(2), &ada.email, "a guess").await;
            answer.is_problem(401, "invalid_credentials");
        }
        // Not even the right password helps before the time is over.
        let answer = try_from(&world, address(2), &ada.email, PASSWORD).await;
        answer.is_problem(429, "too_many_attempts");
        try_from(&world, address(1), &ada.email, PASSWORD).await.expect(200);
        // From many addresses it becomes slow for all that are not known.
        for last in 10..40 {
            try_from(&world, address(last), &ada.email, "a guess").await;
        }
        let answer = try_from(&world, address(99), &ada.email, PASSWORD).await;
        let wait: u64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        answer.is_problem(429, "too_many_attempts");
        try_from(&world, address(1), &ada.email, PASSWORD).await.expect(200);
        world.pass(Duration::from_secs(wait));
        try_from(&world, address(99), &ada.email, PASSWORD).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_time_are_slowed_as_those_in_a_row() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let guesses = (0..64).map(|_| try_from(&world, address(2), &ada.email, "a guess"));
        let looked_at = join_all(guesses)
            .await
            .iter()
            .filter(|answer| answer.status == 401)
            .count();
        assert_eq!(looked_at, 6, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn weak_passwords_are_refused_and_long_ones_are_not() {
    for world in worlds().await {
        let try_with = async |username: &str, password: &str| {
            let account = crate::world::account_with(username, json!({"password": password}));
            world.nobody().post("/auth/register", account).await
        };
        for (password, code) in [
            ("1234567", "too_short"),
            (&*"ab".repeat(128).replacen('a', "aa", 1), "too_long"),
            ("password1", "too_common"),
            ("Password1", "too_common"),
            ("ada.byron", "too_common"),
            ("ada.byron@example.org", "too_common"),
            ("zzzzzzzzzz", "too_common"),
        ] {
            try_with("ada.byron", password).await.is_invalid("password", code);
        }
        // Characters count, not bytes.
        for (number, password) in ["c0rrect!", &"é½".repeat(128)].into_iter().enumerate() {
            let username = format!("ada-{number}");
            try_with(&username, password).await.expect(201);
            world
                .sign_in(&format!("{username}@example.org"), password)
                .await
                .expect(200);
        }
        try_with("ada", "c0rrec!").await.is_invalid("password", "too_short");
    }
}
