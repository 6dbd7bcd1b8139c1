//! Passkeys (A3): in place of password and code.

use std::time::Duration;

use contracts::events::{Audience, EventKind};
use futures::future::join_all;
use model::limits::PASSKEYS_PER_USER;
use platform::{args, http::testing::App};
use serde_json::{Value, json};

use crate::{
    device::{Device, begin_to_add, sign_in},
    world::{PASSWORD, Person, World, person, worlds},
};

pub(crate) async fn listed(app: &App, person: &Person) -> Vec<Value> {
    let security = app
        .nobody()
        .with_token(&person.access)
        .get("/users/@me/security")
        .await
        .expect(200);
    security["credentials"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_opens_the_account_in_place_of_password_and_code() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, mut phone) = (world.sign_up("ada").await, Device::new());
        let (secret, _) = world.turn_totp_on(&ada).await;
        begin_to_add(&app, &ada).await.is_problem(403, "second_factor_required");
        let me = app.nobody().with_token(&ada.access);
        let shown = json!({"current_password": PASSWORD, "code": world.code(&secret)});
        let begun = me.post("/users/@me/passkeys/begin", shown).await.expect(200);
        assert_eq!(begun["options"]["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(
            begun["options"]["authenticatorSelection"]["userVerification"],
            "required"
        );
        assert_eq!(listed(&app, &ada).await, [] as [Value; 0], "{}", world.kind);
        let credential = phone.make(&begun["options"]);
        world.events().await;
        let made = json!({"state": begun["state"], "name": "  My  phone ", "credential": credential.clone()});
        let added = me.post("/users/@me/passkeys", made).await.expect(201);
        assert_eq!(
            (
                &added["kind"],
                &added["name"],
                &added["last_used_at"],
                &added["credential_id"]
            ),
            (&json!("passkey"), &json!("My phone"), &Value::Null, &credential["id"]),
            "{}",
            world.kind
        );
        let own = Audience::User { user_id: ada.id };
        let told: Vec<_> = world
            .events()
            .await
            .iter()
            .map(|event| (event.kind, event.audience))
            .collect();
        assert_eq!(told, [(EventKind::UserSecurityChanged, own)], "{}", world.kind);
        assert_eq!(listed(&app, &ada).await, [added], "{}", world.kind);

        world.pass(Duration::from_mins(1));
        let answered = phone.signs_in(&app).await;
        let signed_in = person(&sign_in(&app, &answered).await.expect(200));
        assert_eq!(signed_in.id, ada.id, "{}", world.kind);
        world.refresh(&signed_in.refresh).await.expect(200);
        assert!(
            listed(&app, &ada).await[0]["last_used_at"].is_string(),
            "{}",
            world.kind
        );
        // The password alone is asked for a code as before.
        world
            .sign_in(&ada.email, PASSWORD)
            .await
            .is_problem(401, "second_factor_required");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_passkey_opens_nothing() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let (mut phone, mut laptop) = (Device::new(), Device::new());
        let path = format!(
            "/users/@me/passkeys/{}",
            phone.add(&app, &ada).await["id"].as_str().unwrap()
        );
        laptop.add(&app, &ada).await;
        let as_of = |person: &Person, password: &str| {
            let (token, body) = (person.access.clone(), json!({"current_password": password}));
            let (app, path) = (&app, path.clone());
            async move { app.nobody().with_token(&token).send("DELETE", &path, body).await }
        };
        as_of(&ada, "a guess").await.is_problem(403, "wrong_password");
        as_of(&eve, PASSWORD).await.is_problem(404, "credential_not_found");
        assert_eq!(listed(&app, &ada).await.len(), 2, "{}", world.kind);
        as_of(&ada, PASSWORD).await.expect(204);
        as_of(&ada, PASSWORD).await.is_problem(404, "credential_not_found");
        let answered = phone.signs_in(&app).await;
        sign_in(&app, &answered).await.is_problem(401, "passkey_unknown");
        let answered = laptop.signs_in(&app).await;
        sign_in(&app, &answered).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_kept_out_is_kept_out_with_a_passkey_too() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, mut phone) = (world.sign_up("ada").await, Device::new());
        phone.add(&app, &ada).await;
        let admin = crate::administration::administration(&world).await;
        admin.disable("ada").await.unwrap();
        let answered = phone.signs_in(&app).await;
        sign_in(&app, &answered).await.is_problem(403, "account_disabled");
        admin.enable("ada").await.unwrap();
        let answered = phone.signs_in(&app).await;
        sign_in(&app, &answered).await.expect(200);
        // What an administrator takes away is taken away with keys and all.
        admin.reset_second_factor("ada").await.unwrap();
        let answered = phone.signs_in(&app).await;
        sign_in(&app, &answered).await.is_problem(401, "passkey_unknown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_no_more_than_allowed_and_none_twice() {
    for world in worlds().await {
        let app = world.encrypted().await;
        let (ada, mut phone) = (world.sign_up("ada").await, Device::new());
        let begun = begin_to_add(&app, &ada).await.expect(200);
        let credential = phone.make(&begun["options"]);
        let made = json!({"state": begun["state"], "name": "Phone", "credential": credential});
        let me = app.nobody().with_token(&ada.access);
        let adds = join_all((0..8).map(|_| me.post("/users/@me/passkeys", made.clone()))).await;
        let statuses: Vec<u16> = adds.iter().map(|answer| answer.status).collect();
        assert_eq!(
            statuses.iter().filter(|status| **status == 201).count(),
            1,
            "{statuses:?}"
        );
        assert_eq!(
            statuses.iter().filter(|status| **status == 409).count(),
            7,
            "{statuses:?}"
        );
        fill(&world, &ada).await;
        begin_to_add(&app, &ada).await.is_problem(409, "passkey_limit");
    }
}

/// Gives the person as many passkeys as there can be.
pub(crate) async fn fill(world: &World, person: &Person) {
    for number in 1..PASSKEYS_PER_USER {
        let number = i64::try_from(number).unwrap();
        let sql = "INSERT INTO passkeys (id, user_id, credential_id, credential, name, created_at)
            VALUES ($1, $2, $3, '{}', 'x', 0)";
        world
            .meddle(sql, &args![number, person.id, number.to_be_bytes().to_vec()])
            .await;
    }
}
