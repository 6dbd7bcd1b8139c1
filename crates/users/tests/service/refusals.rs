//! Every problem that the contract names happens, and no other.

use std::{collections::BTreeMap, time::Duration};

use axum::body::Body;
use http::{Request, header};
use model::limits::{PICTURE_BYTES, USERNAME_MAX};
use serde_json::json;

use crate::world::{PASSWORD, Person, World, account_with, form, new_account, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_problem_happens() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let parameters = BTreeMap::from([
            ("user_id", ada.id.to_string()),
            ("session_id", "1".to_owned()),
            ("passkey_id", "1".to_owned()),
            ("provider_id", "google".to_owned()),
        ]);
        world.app.provoke_the_common(ada.id, &parameters).await;
        of_signing_up_and_in(&world, &ada).await;
        of_profiles(&world, &ada).await;
        of_pictures(&world, &ada).await;
        of_second_factors(&world).await;
        crate::manager::provoke(&world, &ada).await;
        crate::managed_account::provoke_account(&world).await;
        crate::providers::provoke(&world).await;
        crate::passkey_attacks::provoke(&world).await;
        of_links(&world).await;
        crate::administration::provoke(&world).await;
        world.app.assert_every_problem_was_seen();
    }
}

async fn of_signing_up_and_in(world: &World, ada: &Person) {
    let sign_up = async |account| world.nobody().post("/auth/register", account).await;
    sign_up(account_with("bob", json!({"username": "ada"})))
        .await
        .is_problem(409, "username_taken");
    sign_up(account_with("bob", json!({"email": ada.email})))
        .await
        .is_problem(409, "email_taken");
    sign_up(account_with("bob", json!({"username": ""})))
        .await
        .is_invalid("username", "required");
    let closed = world.closed().await;
    let refused = closed.nobody().post("/auth/register", new_account("bob")).await;
    refused.is_problem(403, "registration_closed");
    for _ in 0..6 {
        world
            .sign_in(&ada.email, "a guess")
            .await
            .is_problem(401, "invalid_credentials");
    }
    world
        .sign_in(&ada.email, PASSWORD)
        .await
        .is_problem(429, "too_many_attempts");
    world.refresh("x").await.is_problem(401, "refresh_token_invalid");
    let forged = Request::post("/api/v1/auth/refresh")
        .header(header::COOKIE, format!("beep_refresh={}", ada.refresh))
        .body(Body::empty())
        .unwrap();
    world
        .nobody()
        .request(forged)
        .await
        .is_problem(403, "csrf_token_invalid");
    world.pass(Duration::from_secs(1));
}

async fn of_profiles(world: &World, ada: &Person) {
    let me = world.acting(ada);
    me.get("/users/1").await.is_problem(404, "user_not_found");
    for (query, code) in [
        ("", "required"),
        ("query=%20@", "required"),
        ("query=a%07", "invalid_character"),
    ] {
        me.get(&format!("/users?{query}")).await.is_invalid("query", code);
    }
    let long = "x".repeat(USERNAME_MAX + 1);
    me.get(&format!("/users?query={long}"))
        .await
        .is_invalid("query", "too_long");
    me.delete("/users/@me/sessions/1")
        .await
        .is_problem(404, "session_not_found");
    me.patch("/users/@me", json!({"status": "?"}))
        .await
        .is_invalid("status", "invalid_format");
    world.sign_up("bob").await;
    me.patch("/users/@me", json!({"username": "bob"}))
        .await
        .is_problem(409, "username_taken");
    for username in ["lovelace", "ada"] {
        me.patch("/users/@me", json!({"username": username})).await.expect(200);
    }
    me.patch("/users/@me", json!({"username": "countess"}))
        .await
        .is_problem(429, "username_changed_often");
    me.patch("/users/@me/settings", json!({"theme": "?"}))
        .await
        .is_invalid("theme", "invalid_format");
}

async fn of_second_factors(world: &World) {
    let bob = world.sign_up("bobby").await;
    let me = world.acting(&bob);
    let password = json!({"current_password": PASSWORD});
    let new = json!({"current_password": PASSWORD, "new_password": "short"});
    me.put("/users/@me/password", new)
        .await
        .is_invalid("new_password", "too_short");
    let routes = [
        ("DELETE", "/users/@me/totp"),
        ("POST", "/users/@me/totp/recovery-codes"),
    ];
    for (method, path) in routes {
        me.send(method, path, password.clone())
            .await
            .is_problem(409, "totp_off");
    }
    let confirm = async |code: &str| me.post("/users/@me/totp/confirm", json!({"code": code})).await;
    confirm("123456").await.is_problem(409, "totp_not_begun");
    world.turn_totp_on(&bob).await;
    me.post("/users/@me/totp", password.clone())
        .await
        .is_problem(409, "totp_on");
    world
        .sign_in(&bob.email, PASSWORD)
        .await
        .is_problem(401, "second_factor_required");
    world
        .sign_in_with_code(&bob.email, "0")
        .await
        .is_problem(401, "second_factor_wrong");
    for (method, path) in routes {
        let wrong = json!({"current_password": PASSWORD, "code": "0"});
        me.send(method, path, password.clone())
            .await
            .is_problem(403, "second_factor_required");
        me.send(method, path, wrong)
            .await
            .is_problem(403, "second_factor_wrong");
    }
    let eve = world.sign_up("evelyn").await;
    let me = world.acting(&eve);
    me.post("/users/@me/totp", password).await.expect(200);
    let confirm = async |code: &str| me.post("/users/@me/totp/confirm", json!({"code": code})).await;
    for _ in 0..6 {
        confirm("0").await.is_problem(422, "wrong_code");
    }
    confirm("0").await.is_problem(429, "too_many_attempts");
    let guess = json!({"current_password": "a guess", "new_password": "another horse battery"});
    let routes = [
        ("PUT", "/users/@me/password"),
        ("POST", "/users/@me/totp"),
        ("DELETE", "/users/@me/totp"),
        ("POST", "/users/@me/totp/recovery-codes"),
    ];
    for (method, path) in routes {
        me.send(method, path, guess.clone())
            .await
            .is_problem(403, "wrong_password");
    }
    for (method, path) in routes.into_iter().cycle().take(8) {
        me.send(method, path, guess.clone()).await;
        if me.send(method, path, guess.clone()).await.status == 429 {
            break;
        }
    }
    for (method, path) in routes {
        me.send(method, path, guess.clone())
            .await
            .is_problem(429, "too_many_attempts");
    }
}

async fn of_pictures(world: &World, ada: &Person) {
    let me = world.acting(ada);
    for picture in ["avatar", "banner"] {
        for code in ["picture_too_large", "picture_type_unsupported", "picture_not_readable"] {
            me.request(form(picture, "file", code.as_bytes()))
                .await
                .is_problem(422, code);
        }
        me.request(form(picture, "picture", b"x"))
            .await
            .is_invalid("file", "required");
        me.request(form(picture, "file", &vec![0; PICTURE_BYTES]))
            .await
            .expect(200);
        me.request(form(picture, "file", &vec![0; PICTURE_BYTES + 1]))
            .await
            .is_problem(413, "body_too_large");
        let with = |kind: &str, body: &'static str| {
            Request::put(format!("/api/v1/users/@me/{picture}"))
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body))
                .unwrap()
        };
        let broken = with("multipart/form-data; boundary=b", "--b\r\nnonsense");
        me.request(broken).await.is_problem(400, "malformed_multipart");
        me.request(with("image/png", "x"))
            .await
            .is_problem(415, "unsupported_media_type");
    }
}

async fn of_links(world: &World) {
    let closed = world.closed().await;
    let forgot = json!({"email": "ada@example.org"});
    let unsent = closed.nobody().post("/auth/password/forgot", forgot.clone()).await;
    unsent.is_problem(409, "mail_not_configured");
    let lea = world.sign_up("lea").await;
    let change = |email: &str| json!({"email": email, "current_password": PASSWORD});
    let unsent = closed
        .user(lea.id)
        .post("/users/@me/email", change("new@example.org"))
        .await;
    unsent.is_problem(409, "mail_not_configured");
    let me = world.acting(&lea);
    me.post("/users/@me/email", change("nobody"))
        .await
        .is_invalid("email", "invalid_format");
    let guess = json!({"email": "new@example.org", "current_password": "a guess"});
    me.post("/users/@me/email", guess)
        .await
        .is_problem(403, "wrong_password");
    me.post("/users/@me/email", change("new@example.org")).await.expect(202);
    let first = world.mailbox.next_to("new@example.org").await.token();
    let max = world.sign_up("max").await;
    world
        .acting(&max)
        .post("/users/@me/email", change("new@example.org"))
        .await
        .expect(202);
    let second = world.mailbox.next_to("new@example.org").await.token();
    let verify = async |token: &str| world.nobody().post("/auth/email/verify", json!({"token": token})).await;
    verify(&first).await.expect(204);
    verify(&first).await.is_problem(410, "link_expired");
    verify(&second).await.is_problem(409, "email_taken");
    for number in 0..3 {
        me.post("/users/@me/email", change(&format!("{number}@example.org")))
            .await;
    }
    me.post("/users/@me/email", change("3@example.org"))
        .await
        .is_problem(429, "too_many_attempts");
    world.turn_totp_on(&lea).await;
    me.post("/users/@me/email", change("3@example.org"))
        .await
        .is_problem(403, "second_factor_required");
    let wrong = json!({"email": "3@example.org", "current_password": PASSWORD, "code": "0"});
    me.post("/users/@me/email", wrong)
        .await
        .is_problem(403, "second_factor_wrong");
    let ask = async || {
        world
            .nobody()
            .post("/auth/password/forgot", json!({"email": "new@example.org"}))
            .await
    };
    ask().await.expect(202);
    let token = loop {
        let mail = world.mailbox.next_to("new@example.org").await;
        if mail.says("reset-password") {
            break mail.token();
        }
    };
    let reset = async |token: &str, password: &str, code: serde_json::Value| {
        let body = json!({"token": token, "new_password": password, "code": code});
        world.nobody().post("/auth/password/reset", body).await
    };
    reset("x", PASSWORD, json!(null)).await.is_problem(410, "link_expired");
    reset(&token, "short", json!(null))
        .await
        .is_invalid("new_password", "too_short");
    reset(&token, PASSWORD, json!(null))
        .await
        .is_problem(401, "second_factor_required");
    for _ in 0..5 {
        reset(&token, PASSWORD, json!("0"))
            .await
            .is_problem(401, "second_factor_wrong");
    }
    reset(&token, PASSWORD, json!("0"))
        .await
        .is_problem(429, "too_many_attempts");
    for _ in 0..60 {
        ask().await;
    }
    ask().await.is_problem(429, "too_many_attempts");
}
