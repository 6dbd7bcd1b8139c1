//! What must not open an account with a passkey.

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use futures::future::join_all;
use platform::args;
use serde_json::{Value, json};

use crate::{
    device::{self, Device, begin_to_add, sign_in},
    passkeys::{fill, listed},
    world::{PASSWORD, World, person, worlds},
};

/// What somebody on the way does to an answer.
type Change<'a> = &'a dyn Fn(&mut Value);

fn changed(bytes: &Value, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(bytes.as_str().unwrap()).unwrap();
    change(&mut bytes);
    json!(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The same from another page.
fn from_elsewhere(client_data: &Value) -> Value {
    changed(client_data, |bytes| {
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains("https://beep.test"), "{text}");
        *bytes = text.replace("https://beep.test", "https://peep.test").into_bytes();
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_and_in_time_and_for_its_challenge() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, mut phone) = (world.sign_up("ada").await, Device::new());
        phone.add(&app, &ada).await;
        let answered = phone.signs_in(&app).await;
        let answers = join_all((0..8).map(|_| sign_in(&app, &answered))).await;
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(
            statuses.iter().filter(|status| **status == 200).count(),
            1,
            "{statuses:?}"
        );
        sign_in(&app, &answered).await.is_problem(409, "passkey_not_begun");
        let late = phone.signs_in(&app).await;
        world.pass(Duration::from_mins(5));
        sign_in(&app, &late).await.is_problem(409, "passkey_not_begun");
        let (mut one, other) = (phone.signs_in(&app).await, phone.signs_in(&app).await);
        one["state"] = other["state"].clone();
        sign_in(&app, &one).await.is_problem(401, "passkey_refused");
        // What was begun to add a passkey signs nobody in.
        let begun = begin_to_add(&app, &ada).await.expect(200);
        let mut answered = phone.signs_in(&app).await;
        answered["state"] = begun["state"].clone();
        sign_in(&app, &answered).await.is_problem(409, "passkey_not_begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_answer_is_refused() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let (mut phone, mut other) = (Device::new(), Device::new());
        phone.add(&app, &ada).await;
        other.add(&app, &eve).await;
        let handle = phone.signs_in(&app).await["credential"]["response"]["userHandle"].clone();
        assert!(handle.is_string(), "{}", world.kind);
        let changes: [(&str, Change<'_>); 5] = [
            ("signature", &|answer| {
                let signature = &mut answer["response"]["signature"];
                *signature = changed(signature, |bytes| bytes[10] ^= 1);
            }),
            ("page", &|answer| {
                let data = &mut answer["response"]["clientDataJSON"];
                *data = from_elsewhere(data);
            }),
            ("flags", &|answer| {
                let data = &mut answer["response"]["authenticatorData"];
                *data = changed(data, |bytes| bytes[32] ^= 4);
            }),
            ("owner", &|answer| answer["response"]["userHandle"] = handle.clone()),
            ("shape", &|answer| *answer = json!({"id": 7})),
        ];
        for (what, change) in changes {
            let mut answered = other.signs_in(&app).await;
            change(&mut answered["credential"]);
            let refused = sign_in(&app, &answered).await;
            // A passkey of somebody else is none.
            let code = if what == "owner" {
                "passkey_unknown"
            } else {
                "passkey_refused"
            };
            assert_eq!((refused.status, &refused.body["code"]), (401, &json!(code)), "{what}");
        }
        let answered = other.signs_in(&app).await;
        sign_in(&app, &answered).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_must_have_asked_its_owner() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, mut phone) = (world.sign_up("ada").await, Device::new());
        phone.add(&app, &ada).await;
        let mut begun = app.nobody().post("/auth/passkey/begin", Value::Null).await.expect(200);
        begun["options"]["userVerification"] = json!("discouraged");
        let answer = phone.stolen().answer(&begun["options"]);
        let answered = json!({"state": begun["state"], "credential": answer});
        sign_in(&app, &answered).await.is_problem(401, "passkey_refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copied_key_is_noticed() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, mut key) = (world.sign_up("ada").await, Device::counting());
        key.add(&app, &ada).await;
        let mut copy = key.copied();
        for _ in 0..2 {
            let answered = key.signs_in(&app).await;
            sign_in(&app, &answered).await.expect(200);
        }
        let answered = copy.signs_in(&app).await;
        sign_in(&app, &answered).await.is_problem(401, "passkey_refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_added_by_its_owner_alone() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let begun = begin_to_add(&app, &ada).await.expect(200);
        let credential = Device::new().make(&begun["options"]);
        let body = json!({"state": begun["state"], "name": "Phone", "credential": credential});
        let add =
            async |access: &str, body: Value| app.nobody().with_token(access).post("/users/@me/passkeys", body).await;
        add(&eve.access, body.clone())
            .await
            .is_problem(409, "passkey_not_begun");
        let mut elsewhere = body.clone();
        let data = &mut elsewhere["credential"]["response"]["clientDataJSON"];
        *data = from_elsewhere(data);
        add(&ada.access, elsewhere).await.is_problem(422, "passkey_wrong");
        add(&ada.access, body.clone()).await.expect(201);
        assert_eq!(listed(&app, &eve).await.len(), 0, "{}", world.kind);
        // The same key for somebody else.
        let begun = begin_to_add(&app, &eve).await.expect(200);
        let mut taken = body;
        taken["state"] = begun["state"].clone();
        add(&eve.access, taken).await.is_problem(422, "passkey_wrong");
    }
}

/// All that the contract says can go wrong.
pub(crate) async fn provoke(world: &World) {
    let app = world.encrypted().await;
    let (ada, mut phone) = (world.sign_up("pia").await, Device::new());
    let me = app.nobody().with_token(&ada.access);
    for path in device::ROUTES {
        world
            .acting(&ada)
            .post(path, device::nothing())
            .await
            .is_problem(409, "passkeys_unavailable");
    }
    let begun = begin_to_add(&app, &ada).await.expect(200);
    let credential = phone.make(&begun["options"]);
    let add = async |state: &Value, name: &str, credential: &Value| {
        let body = json!({"state": state, "name": name, "credential": credential});
        me.post("/users/@me/passkeys", body).await
    };
    add(&begun["state"], "", &credential)
        .await
        .is_invalid("name", "required");
    add(&json!("x"), "Phone", &credential)
        .await
        .is_problem(409, "passkey_not_begun");
    add(&begun["state"], "Phone", &json!({}))
        .await
        .is_problem(422, "passkey_wrong");
    me.send("DELETE", "/users/@me/passkeys/1", json!({"current_password": PASSWORD}))
        .await
        .is_problem(404, "credential_not_found");
    known(world, &credential).await;
    add(&begun["state"], "Phone", &credential)
        .await
        .is_problem(409, "passkey_known");
    world.meddle("DELETE FROM passkeys", &[]).await;
    let answered = phone.signs_in(&app).await;
    sign_in(&app, &answered).await.is_problem(401, "passkey_unknown");
    let added = add(&begun["state"], "Phone", &credential).await.expect(201);
    let path = format!("/users/@me/passkeys/{}", added["id"].as_str().unwrap());
    sign_in(
        &app,
        &json!({"state": "x", "credential": phone.signs_in(&app).await["credential"]}),
    )
    .await
    .is_problem(409, "passkey_not_begun");
    sign_in(&app, &json!({"state": "x", "credential": {}}))
        .await
        .is_problem(401, "passkey_refused");
    crate::administration::disable(world, "pia").await;
    let answered = phone.signs_in(&app).await;
    sign_in(&app, &answered).await.is_problem(403, "account_disabled");
    crate::administration::enable(world, "pia").await;
    let ada = person(&world.sign_in(&ada.email, PASSWORD).await.expect(200));
    let me = app.nobody().with_token(&ada.access);
    fill(world, &ada).await;
    begin_to_add(&app, &ada).await.is_problem(409, "passkey_limit");
    let (guess, alone) = (
        json!({"current_password": "a guess"}),
        json!({"current_password": PASSWORD}),
    );
    let routes = [("POST", "/users/@me/passkeys/begin"), ("DELETE", path.as_str())];
    world.turn_totp_on(&ada).await;
    for (method, path) in routes {
        me.send(method, path, alone.clone())
            .await
            .is_problem(403, "second_factor_required");
        let wrong = json!({"current_password": PASSWORD, "code": "0"});
        me.send(method, path, wrong)
            .await
            .is_problem(403, "second_factor_wrong");
        me.send(method, path, guess.clone())
            .await
            .is_problem(403, "wrong_password");
    }
    for (method, path) in routes.into_iter().cycle().take(12) {
        me.send(method, path, guess.clone()).await;
    }
    for (method, path) in routes {
        me.send(method, path, guess.clone())
            .await
            .is_problem(429, "too_many_attempts");
    }
}

/// Has somebody else have this passkey.
async fn known(world: &World, credential: &Value) {
    let bob = world.sign_up("bobbie").await;
    let id = BASE64_URL_SAFE_NO_PAD
        .decode(credential["rawId"].as_str().unwrap())
        .unwrap();
    let sql = "INSERT INTO passkeys (id, user_id, credential_id, credential, name, created_at)
        VALUES (1, $1, $2, '{}', 'x', 0)";
    world.meddle(sql, &args![bob.id, id]).await;
}
