//! Keycloak changes the key of its tokens while people come and go.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use api::{http::Caller, patience};
use serde_json::{Value, json};

use crate::{
    bridge::Does,
    browser::escaped,
    keycloak::Keycloak,
    replay::{deliver, is_signed_in, logout_tokens},
    world::{AT_PUBLIC_URL, World, account, new_name},
};

const WITHIN: Duration = Duration::from_mins(1);
const PATH: &str = "/api/v1/auth/backchannel-logout";
/// How many come and go at the same time.
const CROWD: usize = 3;
const FLOOD: usize = 200;

/// The providers of keys for tokens.
async fn key_providers(keycloak: &Keycloak) -> Vec<Value> {
    let (status, all) = keycloak
        .ask("GET", "/components?type=org.keycloak.keys.KeyProvider", None)
        .await;
    assert_eq!(status, 200, "{all}");
    let all = all.as_array().unwrap().iter();
    all.filter(|one| one["providerId"] == "eddsa-generated")
        .cloned()
        .collect()
}

/// From now on tokens are signed with another key; the old ones are published yet.
async fn add_key(keycloak: &Keycloak, like: &Value) {
    let component = json!({
        "name": new_name(), "providerId": "eddsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
        "parentId": like["parentId"], "config": {"priority": ["200"], "eddsaEllipticCurveKey": ["Ed25519"]},
    });
    let (status, said) = keycloak.ask("POST", "/components", Some(component)).await;
    assert_eq!(status, 201, "{said}");
}

/// Somebody comes, goes on and leaves, again and again; whoever is not let in ends it.
async fn come_and_go(keycloak: Keycloak, nobody: Caller, rounds: Arc<AtomicUsize>) {
    loop {
        let name = new_name();
        let tokens = nobody.post("/auth/register", account(&name)).await.expect(201);
        let body = json!({"refresh_token": tokens["refresh_token"]});
        let tokens = nobody.post("/auth/refresh", body).await.expect(200);
        let me = nobody.with(is_signed_in(&tokens));
        me.get("/users/@me").await.expect(200);
        me.post("/auth/logout", Value::Null).await.expect(204);
        // Beep knew the session: it had believed what Keycloak said of it.
        assert_eq!(keycloak.sessions(&name).await, Vec::<String>::new());
        rounds.fetch_add(1, Ordering::SeqCst);
    }
}

/// Somebody whose session at Keycloak has ended, and of whom Beep does not know it yet.
async fn ended_in_secret(world: &World) -> (Value, String) {
    let name = new_name();
    let tokens = world.nobody().post("/auth/register", account(&name)).await.expect(201);
    let id = world.keycloak.user(&name).await["id"].as_str().unwrap().to_owned();
    world.keycloak.ask("POST", &format!("/users/{id}/logout"), None).await;
    (tokens, id)
}

/// Log-out tokens by keys of nobody's.
async fn flood(world: &World) {
    let forged = |_| {
        let encoded = hex::encode(rand::random::<[u8; 8]>());
        // {"alg":"EdDSA","typ":"logout+jwt","kid":"…"}
        let head = format!("{{\"alg\":\"EdDSA\",\"typ\":\"logout+jwt\",\"kid\":\"{encoded}\"}}");
        format!("{}.e30.AAAA", base64_url(head.as_bytes()))
    };
    let tokens: Vec<String> = (0..FLOOD).map(forged).collect();
    let all = futures::future::join_all(tokens.iter().map(|token| deliver(world, token))).await;
    for answer in all {
        answer.is_problem(400, "logout_token_invalid");
    }
}

fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let threes = bytes.chunks(3).map(|three| {
        let number = three.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte)) << (8 * (3 - three.len()));
        let letters = (0..=three.len()).map(|at| char::from(LETTERS[number >> (18 - 6 * at) & 63]));
        letters.collect::<String>()
    });
    threes.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_keys_keeps_nobody_out_and_the_old_key_opens_nothing() {
    let _alone = AT_PUBLIC_URL.lock().await;
    let Some(world) = World::start(true).await else { return };
    let at_public_url = world.at_public_url().await;
    at_public_url.now(Does::KeepWith("logout_token="));
    // Two log-out tokens by the old key, which Keycloak believes to have delivered.
    let (early, late) = (ended_in_secret(&world).await, ended_in_secret(&world).await);
    let token_of = |id: &str| logout_tokens(&at_public_url, id).pop().expect("a log-out token");
    let (early_token, late_token) = (token_of(&early.1), token_of(&late.1));
    at_public_url.now(Does::Pass);
    let alive = async |tokens: &Value| {
        let me = world.nobody().with(is_signed_in(tokens));
        me.get("/users/@me").await.status == 200
    };
    // Apart, other services hear of it within a moment.
    let ends = async |tokens: &Value| {
        patience::until(WITHIN, "a session has ended", async || {
            (!alive(tokens).await).then_some(())
        })
        .await;
    };

    let rounds: Vec<Arc<AtomicUsize>> = (0..CROWD).map(|_| Arc::default()).collect();
    let crowd: Vec<_> = rounds
        .iter()
        .map(|rounds| tokio::spawn(come_and_go(world.keycloak.clone(), world.nobody(), Arc::clone(rounds))))
        .collect();
    let all_went_round = async || {
        let before: Vec<usize> = rounds.iter().map(|one| one.load(Ordering::SeqCst)).collect();
        patience::until(WITHIN, "all have come and gone", async || {
            assert!(crowd.iter().all(|one| !one.is_finished()), "somebody was kept out");
            let now = rounds.iter().map(|one| one.load(Ordering::SeqCst));
            // One round may have begun before.
            now.zip(&before).all(|(now, before)| now >= before + 2).then_some(())
        })
        .await;
    };
    all_went_round().await;
    let old = key_providers(&world.keycloak).await;
    add_key(&world.keycloak, &old[0]).await;
    all_went_round().await;
    // What was signed before the change is good as long as the key is.
    assert!(alive(&early.0).await);
    deliver(&world, &early_token).await.expect(200);
    ends(&early.0).await;
    // The new key ends sessions, too.
    let (ended, _) = ended_in_secret(&world).await;
    ends(&ended).await;

    for provider in old {
        let path = format!("/components/{}", provider["id"].as_str().unwrap());
        assert_eq!(world.keycloak.ask("DELETE", &path, None).await.0, 204);
    }
    let (begun, before) = (
        Instant::now(),
        world.bridge.times("GET /realms/beep/protocol/openid-connect/certs"),
    );
    flood(&world).await;
    let asked = world.bridge.times("GET /realms/beep/protocol/openid-connect/certs") - before;
    // Each instance looks once a second for strangers, and whoever follows the keys does, too.
    let instances = world.beep.instances_of("users").len().max(1);
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    let most = instances * (2 * seconds + 6);
    assert!(
        asked <= most,
        "{FLOOD} tokens of strangers: asked {asked} times in {seconds} s"
    );
    all_went_round().await;
    deliver(&world, &late_token)
        .await
        .is_problem(400, "logout_token_invalid");
    assert!(alive(&late.0).await);
    for one in crowd {
        one.abort();
    }
    // Nobody but Keycloak could have known.
    assert!(at_public_url.times(PATH) >= 3 && escaped(&late_token) == late_token);
}
