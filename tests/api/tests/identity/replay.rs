//! Log-out tokens that were heard before.

use api::{
    http::{Answer, Body, Credentials},
    patience,
};
use serde_json::{Value, json};

use crate::{
    bridge::{Bridge, Does},
    browser::escaped,
    keycloak::Keycloak,
    world::{AT_PUBLIC_URL, PASSWORD, World, account, new_name},
};

/// In this time everybody has heard of something.
const WITHIN: std::time::Duration = std::time::Duration::from_mins(1);

/// The claims of a token, without a look at its signature.
pub(crate) fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap();
    let mut bits = 0_u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for letter in part.bytes() {
        let six = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from(bits >> held & 0xff).unwrap());
        }
    }
    serde_json::from_slice(&bytes).unwrap()
}

/// The log-out tokens that came by for this identity, the last one last.
pub(crate) fn logout_tokens(at_public_url: &Bridge, subject: &str) -> Vec<String> {
    let heard = at_public_url.heard();
    let all = heard.iter().flat_map(|text| text.split("logout_token=").skip(1));
    let tokens = all.map(|rest| {
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && !"-_.".contains(letter));
        rest[..end.unwrap_or(rest.len())].to_owned()
    });
    tokens.filter(|token| claims(token)["sub"] == subject).collect()
}

pub(crate) async fn deliver(world: &World, token: &str) -> Answer {
    let body = format!("logout_token={}", escaped(token)).into_bytes();
    let form = Body::Raw("application/x-www-form-urlencoded", body);
    world.nobody().send("POST", "/auth/backchannel-logout", form).await
}

pub(crate) fn is_signed_in(tokens: &Value) -> Credentials {
    Credentials::Bearer(tokens["access_token"].as_str().unwrap().to_owned())
}

/// Whether log-out tokens of Beep's own form name the session, or their owner alone.
async fn name_sessions(keycloak: &Keycloak, named: bool) {
    let (_, found) = keycloak.ask("GET", "/clients?clientId=beep-login", None).await;
    let mut client = found[0].clone();
    client["attributes"]["backchannel.logout.session.required"] = json!(named.to_string());
    let path = format!("/clients/{}", client["id"].as_str().unwrap());
    assert_eq!(keycloak.ask("PUT", &path, Some(client)).await.0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_out_token_that_was_heard_ends_nothing_that_began_since() {
    let _alone = AT_PUBLIC_URL.lock().await;
    let Some(world) = World::start(true).await else { return };
    let at_public_url = world.at_public_url().await;
    for named in [true, false] {
        name_sessions(&world.keycloak, named).await;
        let name = new_name();
        let first = world.nobody().post("/auth/register", account(&name)).await.expect(201);
        let id = world.keycloak.user(&name).await["id"].as_str().unwrap().to_owned();
        let (status, _) = world.keycloak.ask("POST", &format!("/users/{id}/logout"), None).await;
        assert_eq!(status, 204);
        let heard = logout_tokens(&at_public_url, &id);
        let token = heard.last().expect("a log-out token");
        assert_eq!(claims(token)["sid"].is_string(), named, "{}", claims(token));
        let ended = world.nobody().with(is_signed_in(&first));
        // Apart, other services hear of it within a moment.
        patience::until(WITHIN, "the session has ended", async || {
            (ended.get("/users/@me").await.status == 401).then_some(())
        })
        .await;

        let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
        let second = world.nobody().post("/auth/login", credentials).await.expect(200);
        deliver(&world, token).await.is_problem(400, "logout_token_invalid");
        let me = world.nobody().with(is_signed_in(&second));
        me.get("/users/@me").await.expect(200);
    }
    name_sessions(&world.keycloak, true).await;
}

/// Until a second has begun by the clock that this machine shares with Keycloak.
async fn until_after(second: &Value) {
    let second = second.as_u64().unwrap();
    patience::until(WITHIN, "another second", async || {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        (now > second).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_out_token_that_comes_late_ends_what_had_begun_by_then_alone() {
    let _alone = AT_PUBLIC_URL.lock().await;
    let Some(world) = World::start(true).await else { return };
    let at_public_url = world.at_public_url().await;
    for named in [true, false] {
        name_sessions(&world.keycloak, named).await;
        // What Keycloak says is kept on its way.
        at_public_url.now(Does::KeepWith("logout_token="));
        let name = new_name();
        let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
        let first = world.nobody().post("/auth/register", account(&name)).await.expect(201);
        let beside = world
            .nobody()
            .post("/auth/login", credentials.clone())
            .await
            .expect(200);
        let id = world.keycloak.user(&name).await["id"].as_str().unwrap().to_owned();
        let (status, _) = world.keycloak.ask("POST", &format!("/users/{id}/logout"), None).await;
        assert_eq!(status, 204);
        let kept = logout_tokens(&at_public_url, &id);
        assert!(!kept.is_empty());
        at_public_url.now(Does::Pass);
        until_after(&claims(kept.last().unwrap())["iat"]).await;
        let later = world.nobody().post("/auth/login", credentials).await.expect(200);
        for token in &kept {
            assert_eq!(claims(token)["sid"].is_string(), named, "{}", claims(token));
            deliver(&world, token).await.expect(200);
        }
        for ended in [&first, &beside] {
            let ended = world.nobody().with(is_signed_in(ended));
            patience::until(WITHIN, "the session has ended", async || {
                (ended.get("/users/@me").await.status == 401).then_some(())
            })
            .await;
        }
        let me = world.nobody().with(is_signed_in(&later));
        me.get("/users/@me").await.expect(200);
    }
    name_sessions(&world.keycloak, true).await;
}
