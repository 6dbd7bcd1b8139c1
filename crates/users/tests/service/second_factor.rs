//! The second factor (A3): asked for at each door, and each code good for once.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

use contracts::events::{Audience, EventKind};
use futures::future::join_all;
use serde_json::{Value, json};

use crate::world::{PASSWORD, Person, World, person, worlds};

const STEP: Duration = Duration::from_secs(30);

async fn security(world: &World, person: &Person) -> Value {
    world.acting(person).get("/users/@me/security").await.expect(200)["second_factor"].clone()
}

fn shown(code: &str) -> Value {
    json!({"current_password": PASSWORD, "code": code})
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_asked_for_once_it_is_confirmed() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        let off = json!({"totp": false, "since": null, "recovery_codes_left": 0});
        assert_eq!(security(&world, &ada).await, off, "{}", world.kind);
        let begun = me
            .post("/users/@me/totp", json!({"current_password": PASSWORD}))
            .await
            .expect(200);
        let secret = begun["secret"].as_str().unwrap();
        assert!(begun["otpauth_url"].as_str().unwrap().contains(secret));
        assert!(begun["qr_svg"].as_str().unwrap().contains("<svg"));
        // Begun is not confirmed.
        assert_eq!(security(&world, &ada).await, off, "{}", world.kind);
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
        let wrong = json!({"code": "000000"});
        me.post("/users/@me/totp/confirm", wrong)
            .await
            .is_problem(422, "wrong_code");
        world.events().await;
        let right = json!({"code": world.code(secret)});
        let confirmed = me.post("/users/@me/totp/confirm", right).await.expect(200);
        let own = Audience::User { user_id: ada.id };
        let told: Vec<_> = world
            .events()
            .await
            .iter()
            .map(|event| (event.kind, event.audience))
            .collect();
        assert_eq!(told, [(EventKind::UserSecurityChanged, own)], "{}", world.kind);
        assert_eq!(confirmed["recovery_codes"].as_array().unwrap().len(), 10);
        let on = security(&world, &ada).await;
        assert_eq!(
            (&on["totp"], &on["recovery_codes_left"]),
            (&json!(true), &json!(10)),
            "{}",
            world.kind
        );
        assert!(on["since"].is_string());
        // The sign-ins that are there go on; each new one needs a code.
        world.refresh(&ada.refresh).await.expect(200);
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(401, "second_factor_required");
        world
            .sign_in_with_code(&ada.email, " ")
            .await
            .is_problem(401, "second_factor_required");
        world
            .sign_in_with_code(&ada.email, "000000")
            .await
            .is_problem(401, "second_factor_wrong");
        let wrong = json!({"email": ada.email, "password": "a guess", "code": world.code(secret)});
        world
            .nobody()
            .post("/auth/login", wrong)
            .await
            .is_problem(401, "invalid_credentials");
        world.pass(STEP);
        let code = world.code(secret);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        world.sign_in_with_code(&ada.email, &spaced).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_once_also_of_many_at_once_and_also_at_another_door() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let (secret, _) = world.turn_totp_on(&ada).await;
        let code = world.code(&secret);
        let at = |last| IpAddr::V4(Ipv4Addr::new(198, 51, 100, last));
        let body = json!({"email": ada.email, "password": PASSWORD, "code": code});
        let attempts = (0..16).map(|last| world.nobody().at(at(last)).post("/auth/login", body.clone()));
        let answers = join_all(attempts).await;
        let of = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
        assert_eq!((of(200), of(401)), (1, 15), "{}", world.kind);
        world
            .acting(&ada)
            .send("DELETE", "/users/@me/totp", shown(&code))
            .await
            .is_problem(403, "second_factor_wrong");
        // Nor is the code of an earlier step, though a clock may be wrong by one.
        world.pass(STEP);
        let next = world.code(&secret);
        world.pass(STEP);
        world
            .sign_in_with_code(&ada.email, &world.code(&secret))
            .await
            .expect(200);
        world
            .sign_in_with_code(&ada.email, &next)
            .await
            .is_problem(401, "second_factor_wrong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_that_confirmed_it_signs_nobody_in() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        let begun = me
            .post("/users/@me/totp", json!({"current_password": PASSWORD}))
            .await
            .expect(200);
        let code = world.code(begun["secret"].as_str().unwrap());
        me.post("/users/@me/totp/confirm", json!({"code": code}))
            .await
            .expect(200);
        world
            .sign_in_with_code(&ada.email, &code)
            .await
            .is_problem(401, "second_factor_wrong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_is_good_for_once_and_of_many_at_once_one_passes() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let (secret, codes) = world.turn_totp_on(&ada).await;
        let (_, others) = world.turn_totp_on(&eve).await;
        world
            .sign_in_with_code(&ada.email, &others[0])
            .await
            .is_problem(401, "second_factor_wrong");
        let typed = codes[0].to_uppercase().replace('-', "");
        world.sign_in_with_code(&ada.email, &typed).await.expect(200);
        world
            .sign_in_with_code(&ada.email, &codes[0])
            .await
            .is_problem(401, "second_factor_wrong");
        let at = |last| IpAddr::V4(Ipv4Addr::new(198, 51, 100, last));
        let body = json!({"email": ada.email, "password": PASSWORD, "code": codes[1]});
        let attempts = (0..16).map(|last| world.nobody().at(at(last)).post("/auth/login", body.clone()));
        let answers = join_all(attempts).await;
        assert_eq!(
            answers.iter().filter(|answer| answer.status == 200).count(),
            1,
            "{}",
            world.kind
        );
        assert_eq!(security(&world, &ada).await["recovery_codes_left"], 8, "{}", world.kind);
        // New ones take the place of the old ones.
        world.pass(STEP);
        let me = world.acting(&ada);
        let renewed = me
            .post("/users/@me/totp/recovery-codes", shown(&world.code(&secret)))
            .await
            .expect(200);
        world.pass(Duration::from_mins(1));
        world
            .sign_in_with_code(&ada.email, &codes[2])
            .await
            .is_problem(401, "second_factor_wrong");
        let new = renewed["recovery_codes"][0].as_str().unwrap();
        world.sign_in_with_code(&ada.email, new).await.expect(200);
        assert_eq!(security(&world, &ada).await["recovery_codes_left"], 9, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_codes_is_slow_from_one_address_and_from_everywhere() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let (secret, codes) = world.turn_totp_on(&ada).await;
        for _ in 0..6 {
            world
                .sign_in_with_code(&ada.email, "000000")
                .await
                .is_problem(401, "second_factor_wrong");
        }
        // Neither the right one nor a recovery code helps before the time is over, nor the other doors.
        for code in [world.code(&secret), codes[0].clone()] {
            world
                .sign_in_with_code(&ada.email, &code)
                .await
                .is_problem(429, "too_many_attempts");
            let answer = world.acting(&ada).send("DELETE", "/users/@me/totp", shown(&code)).await;
            answer.is_problem(429, "too_many_attempts");
        }
        world.pass(Duration::from_secs(1));
        let body = json!({"email": ada.email, "password": PASSWORD, "code": "000000"});
        let mut slowed = 0;
        for last in 0..60 {
            let from = world.nobody().at(IpAddr::V4(Ipv4Addr::new(203, 0, 113, last)));
            slowed += u32::from(from.post("/auth/login", body.clone()).await.status == 429);
        }
        assert!(slowed >= 30, "{}: {slowed} of 60 were slowed", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_what_confirms_it_is_slow_too() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        me.post("/users/@me/totp", json!({"current_password": PASSWORD}))
            .await
            .expect(200);
        for _ in 0..6 {
            me.post("/users/@me/totp/confirm", json!({"code": "000000"}))
                .await
                .is_problem(422, "wrong_code");
        }
        me.post("/users/@me/totp/confirm", json!({"code": "000000"}))
            .await
            .is_problem(429, "too_many_attempts");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_long_ago_or_by_another_begin_confirms_nothing() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        // With a token of the moment: time passes.
        let me = world.app.user(ada.id);
        let confirm = async |code: String| me.post("/users/@me/totp/confirm", json!({"code": code})).await;
        confirm("123456".to_owned()).await.is_problem(409, "totp_not_begun");
        let begin = async || {
            let begun = me
                .post("/users/@me/totp", json!({"current_password": PASSWORD}))
                .await
                .expect(200);
            begun["secret"].as_str().unwrap().to_owned()
        };
        let first = begin().await;
        let second = begin().await;
        assert_ne!(first, second);
        confirm(world.code(&first)).await.is_problem(422, "wrong_code");
        world.pass(Duration::from_mins(15));
        confirm(world.code(&second)).await.is_problem(409, "totp_not_begun");
        let third = begin().await;
        world.pass(Duration::from_mins(15) - Duration::from_millis(1));
        confirm(world.code(&third)).await.expect(200);
        confirm(world.code(&third)).await.is_problem(409, "totp_not_begun");
        let again = me.post("/users/@me/totp", json!({"current_password": PASSWORD})).await;
        again.is_problem(409, "totp_on");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_by_password_and_code_alone() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        let end = async |body: Value| me.send("DELETE", "/users/@me/totp", body).await;
        end(shown("123456")).await.is_problem(409, "totp_off");
        let (secret, codes) = world.turn_totp_on(&ada).await;
        end(json!({"current_password": PASSWORD}))
            .await
            .is_problem(403, "second_factor_required");
        end(shown("000000")).await.is_problem(403, "second_factor_wrong");
        let wrong = json!({"current_password": "a guess", "code": world.code(&secret)});
        end(wrong).await.is_problem(403, "wrong_password");
        // The code was not used up by the wrong password.
        end(shown(&world.code(&secret))).await.expect(204);
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
        let off = json!({"totp": false, "since": null, "recovery_codes_left": 0});
        assert_eq!(security(&world, &ada).await, off, "{}", world.kind);
        // Old recovery codes do not come back with a new second factor.
        world.turn_totp_on(&ada).await;
        world
            .sign_in_with_code(&ada.email, &codes[0])
            .await
            .is_problem(401, "second_factor_wrong");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_secret_nor_recovery_codes_stand_in_the_database() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let (secret, codes) = world.turn_totp_on(&ada).await;
        let (_, _) = world.turn_totp_on(&eve).await;
        let raw = totp_rs::Secret::try_from_base32(&secret).unwrap();
        let rows: Vec<(Vec<u8>,)> = world.db.all("SELECT sealed FROM second_factors", []).await.unwrap();
        for (sealed,) in &rows {
            assert!(
                !sealed.windows(20).any(|window| window == raw.as_bytes()),
                "{}",
                world.kind
            );
        }
        let marks: Vec<(Vec<u8>,)> = world.db.all("SELECT mark FROM recovery_codes", []).await.unwrap();
        assert_eq!(marks.len(), 20);
        for code in codes {
            let letters = code.replace('-', "");
            assert!(
                !marks
                    .iter()
                    .any(|(mark,)| mark.windows(10).any(|window| window == letters.as_bytes()))
            );
        }
        // Whoever can write into the database cannot put their own secret beside somebody else's name.
        let mut tx = world.db.begin().await.unwrap();
        let sql = "UPDATE second_factors SET sealed = (SELECT sealed FROM second_factors WHERE user_id = $2) WHERE user_id = $1";
        tx.run(sql, platform::args![eve.id, ada.id]).await.unwrap();
        tx.commit().await.unwrap();
        let answer = world.sign_in_with_code(&eve.email, &world.code(&secret)).await;
        answer.is_problem(500, "internal");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_takes_nothing_over_that_the_browser_brings() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        // Eve puts her own cookies into Ada's browser: what Ada then gets is her own, and new.
        let body = json!({"email": ada.email, "password": PASSWORD}).to_string();
        let cookies = format!(
            "beep_access={}; beep_refresh={}; beep_csrf=chosen",
            eve.access, eve.refresh
        );
        let request = http::Request::post("/api/v1/auth/login")
            .header("content-type", "application/json")
            .header("cookie", cookies)
            .body(axum::body::Body::from(body))
            .unwrap();
        let signed_in = person(&world.nobody().request(request).await.expect(200));
        assert_eq!(signed_in.id, ada.id, "{}", world.kind);
        assert!(signed_in.refresh != eve.refresh && signed_in.refresh != ada.refresh);
        let list = world.acting(&eve).get("/users/@me/sessions").await.expect(200);
        assert_eq!(list["items"].as_array().unwrap().len(), 1, "{}", world.kind);
    }
}
