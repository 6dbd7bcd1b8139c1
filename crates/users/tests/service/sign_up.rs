//! Signing up (A1): one account for each name and address, however many want it.

use axum::body::Body;
use futures::future::join_all;
use http::{Request, header};
use serde_json::{Value, json};

use crate::world::{account_with, new_account, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_is_signed_in_and_has_what_was_given() {
    for world in worlds().await {
        let account = account_with("Ada_L", json!({"first_name": "  Ada ", "email": "Ada@Example.ORG"}));
        let answer = world.nobody().post("/auth/register", account).await;
        let cookies: Vec<String> = answer
            .headers
            .get_all("set-cookie")
            .iter()
            .map(|value| value.to_str().unwrap().to_owned())
            .collect();
        assert_eq!(cookies.len(), 3, "{cookies:?}");
        for hidden in ["beep_access=", "beep_refresh="] {
            let cookie = cookies.iter().find(|cookie| cookie.starts_with(hidden)).unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite"), "{cookie}");
        }
        let tokens = answer.expect(201);
        let user = &tokens["user"];
        for (field, value) in [
            ("username", "ada_l"),
            ("first_name", "Ada"),
            ("display_name", "Ada Byron"),
            ("email", "ada@example.org"),
            ("status", "online"),
        ] {
            assert_eq!(user[field], value, "{}", world.kind);
        }
        assert!(!tokens.to_string().contains("correct horse"), "the password comes back");
        let me = world.nobody().with_token(tokens["access_token"].as_str().unwrap());
        assert_eq!(me.get("/users/@me").await.expect(200), *user);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_account_has_the_language_that_whoever_signs_up_prefers() {
    for world in worlds().await {
        for (number, (lines, language)) in [
            (vec![], "en"),
            (vec!["en;q=0.8, fr-FR;q=0.9"], "fr"),
            (vec!["fr;q=0.3, en"], "en"),
            (vec!["de", "fr;q=0.2"], "fr"),
            (vec!["de, it"], "en"),
        ]
        .into_iter()
        .enumerate()
        {
            let mut request = Request::post("/api/v1/auth/register").header(header::CONTENT_TYPE, "application/json");
            for line in &lines {
                request = request.header(header::ACCEPT_LANGUAGE, *line);
            }
            let account = new_account(&format!("user-{number}"));
            let request = request.body(Body::from(account.to_string())).unwrap();
            let tokens = world.nobody().request(request).await.expect(201);
            let me = world.nobody().with_token(tokens["access_token"].as_str().unwrap());
            let settings = me.get("/users/@me/settings").await.expect(200);
            assert_eq!(settings["language"], language, "{}: {lines:?}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_want_the_same_name_or_address_at_once_one_gets_it() {
    for world in worlds().await {
        for (taken, code) in [("username", "username_taken"), ("email", "email_taken")] {
            let attempts = (0..64).map(|number| {
                let mut account = new_account(&format!("{taken}-{number}"));
                account[taken] = if taken == "email" {
                    "one@example.org".into()
                } else {
                    "The-One".into()
                };
                world.nobody().post("/auth/register", account)
            });
            let answers = join_all(attempts).await;
            assert_eq!(
                answers.iter().filter(|answer| answer.status == 201).count(),
                1,
                "{}",
                world.kind
            );
            for refused in answers.into_iter().filter(|answer| answer.status != 201) {
                let problem = refused.is_problem(409, code);
                assert_eq!(
                    (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
                    (&json!(taken), &json!("taken"))
                );
            }
            let accounts: (i64,) = world
                .db
                .one(
                    "SELECT COUNT(*) FROM users WHERE username = 'the-one' OR email = 'one@example.org'",
                    [],
                )
                .await
                .unwrap();
            assert_eq!(accounts.0, if taken == "email" { 2 } else { 1 }, "{}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_addresses_are_taken_in_every_case() {
    for world in worlds().await {
        world.sign_up("ada").await;
        let again = account_with("bob", json!({"username": "ADA"}));
        world
            .nobody()
            .post("/auth/register", again)
            .await
            .is_problem(409, "username_taken");
        let again = account_with("bob", json!({"email": "ADA@EXAMPLE.ORG"}));
        world
            .nobody()
            .post("/auth/register", again)
            .await
            .is_problem(409, "email_taken");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_told_all_at_once() {
    for world in worlds().await {
        let problem = world
            .nobody()
            .post("/auth/register", json!({}))
            .await
            .is_problem(422, "invalid");
        let told: Vec<(&Value, &Value)> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| (&error["field"], &error["code"]))
            .collect();
        let expected = [
            ("first_name", "required"),
            ("last_name", "required"),
            ("username", "required"),
            ("email", "required"),
            ("password", "required"),
        ]
        .map(|(field, code)| (json!(field), json!(code)));
        assert_eq!(
            told,
            expected.iter().map(|(field, code)| (field, code)).collect::<Vec<_>>()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_can_sign_up_the_providers_say_so() {
    for world in worlds().await {
        let open = world.nobody().get("/auth/providers").await.expect(200);
        // Its address is not encrypted: browsers ask for no passkeys there.
        let expected = json!({"items": [], "password": true, "passkeys": false, "registration": true});
        assert_eq!(open, expected);
        let encrypted = world.encrypted().await;
        assert_eq!(
            encrypted.nobody().get("/auth/providers").await.expect(200)["passkeys"],
            true
        );
        let closed = world.closed().await;
        assert_eq!(
            closed.nobody().get("/auth/providers").await.expect(200)["registration"],
            false
        );
        let refused = closed.nobody().post("/auth/register", new_account("ada")).await;
        refused.is_problem(403, "registration_closed");
        world.sign_up("ada").await;
    }
}
