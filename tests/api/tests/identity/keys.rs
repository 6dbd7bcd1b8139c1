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
    replay::{claims, deliver, is_signed_in, logout_tokens},
    world::{AT_PUBLIC_URL, World, account, new_name},
};

const WITHIN: Duration = Duration::from_mins(1);
const PATH: &str = "/api/v1/auth/backchannel-logout";
/// How many come and go at the same time.
const CROWD: usize = 3;
const FLOOD: usize = 200;

/// What tokens can be signed with: who makes the keys, how, and what it is called.
struct Kind {
    provider: &'static str,
    setting: (&'static str, &'static str),
    algorithm: &'static str,
}

const ED25519: Kind = Kind {
    provider: "eddsa-generated",
    setting: ("eddsaEllipticCurveKey", "Ed25519"),
    algorithm: "EdDSA",
};
/// What a realm has that nobody has told otherwise.
const RSA: Kind = Kind {
    provider: "rsa-generated",
    setting: ("keySize", "2048"),
    algorithm: "RS256",
};
const ECDSA: Kind = Kind {
    provider: "ecdsa-generated",
    setting: ("ecdsaEllipticCurveKey", "P-256"),
    algorithm: "ES256",
};

/// From now on tokens are signed so.
async fn sign_by(keycloak: &Keycloak, algorithm: &str) {
    let realm = json!({"realm": "beep", "defaultSignatureAlgorithm": algorithm});
    let (status, said) = keycloak.ask("PUT", "", Some(realm)).await;
    assert_eq!(status, 204, "{said}");
}

/// A key that comes before all others of its kind, which are published yet; its name.
async fn add_key(keycloak: &Keycloak, kind: &Kind) -> String {
    static PRIORITY: AtomicUsize = AtomicUsize::new(200);
    let (name, priority) = (new_name(), PRIORITY.fetch_add(1, Ordering::SeqCst));
    let component = json!({
        "name": name, "providerId": kind.provider, "providerType": "org.keycloak.keys.KeyProvider",
        "config": {"priority": [priority.to_string()], kind.setting.0: [kind.setting.1]},
    });
    let (status, said) = keycloak.ask("POST", "/components", Some(component)).await;
    assert_eq!(status, 201, "{said}");
    name
}

/// Takes the key back.
async fn remove_key(keycloak: &Keycloak, name: &str) {
    let (_, found) = keycloak.ask("GET", &format!("/components?name={name}"), None).await;
    let path = format!("/components/{}", found[0]["id"].as_str().unwrap());
    assert_eq!(keycloak.ask("DELETE", &path, None).await.0, 204);
}

/// What the head of a token says.
fn head(token: &str) -> Value {
    let (head, _) = token.split_once('.').unwrap();
    claims(&format!(".{head}"))
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

/// How often the keys were asked for.
fn looks(world: &World) -> usize {
    world.bridge.times("GET /realms/beep/protocol/openid-connect/certs")
}

/// Until every instance has looked at the keys again, which what strangers send makes it do.
async fn until_looked_at(world: &World) {
    let instances = world.beep.instances_of("users").len().max(1);
    let (begun, before) = (Instant::now(), looks(world));
    // With the second look, what the first one has found is known.
    patience::until(WITHIN, "the keys are looked at", async || {
        flood(world).await;
        (looks(world) >= before + 2 * instances).then_some(())
    })
    .await;
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    // Each instance looks once a second at most for who follows the keys, and as often for those who come and go.
    let (asked, most) = (looks(world) - before, instances * (2 * seconds + 6));
    assert!(asked <= most, "floods of strangers: asked {asked} times in {seconds} s");
}

async fn keys_change(kind: Kind) {
    let _alone = AT_PUBLIC_URL.lock().await;
    let Some(world) = World::start(true).await else { return };
    let at_public_url = world.at_public_url().await;
    let first = add_key(&world.keycloak, &kind).await;
    sign_by(&world.keycloak, kind.algorithm).await;
    at_public_url.now(Does::KeepWith("logout_token="));
    // Two log-out tokens by the old key, which Keycloak believes to have delivered.
    let (early, late) = (ended_in_secret(&world).await, ended_in_secret(&world).await);
    let token_of = |id: &str| logout_tokens(&at_public_url, id).pop().expect("a log-out token");
    let (early_token, late_token) = (token_of(&early.1), token_of(&late.1));
    assert_eq!(head(&early_token)["alg"], kind.algorithm);
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
    let second = add_key(&world.keycloak, &kind).await;
    all_went_round().await;
    // What was signed before the change is good as long as the key is.
    assert!(alive(&early.0).await);
    deliver(&world, &early_token).await.expect(200);
    ends(&early.0).await;
    // The new key ends sessions, too.
    let (ended, id) = ended_in_secret(&world).await;
    let new = head(&token_of(&id));
    assert!(
        new["alg"] == kind.algorithm && new["kid"] != head(&early_token)["kid"],
        "{new}"
    );
    ends(&ended).await;

    remove_key(&world.keycloak, &first).await;
    until_looked_at(&world).await;
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
    sign_by(&world.keycloak, ED25519.algorithm).await;
    remove_key(&world.keycloak, &second).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_keys_keeps_nobody_out_and_the_old_key_opens_nothing() {
    keys_change(ED25519).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_a_change_of_keys_for_rsa() {
    keys_change(RSA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_a_change_of_keys_for_ecdsa() {
    keys_change(ECDSA).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_many_strangers_come_a_genuine_log_out_by_a_new_key_is_heard() {
    let _alone = AT_PUBLIC_URL.lock().await;
    let Some(world) = World::start(true).await else { return };
    let at_public_url = world.at_public_url().await;
    at_public_url.now(Does::KeepWith("logout_token="));
    let mut added = Vec::new();
    for _ in 0..3 {
        let name = new_name();
        let tokens = world.nobody().post("/auth/register", account(&name)).await.expect(201);
        let id = world.keycloak.user(&name).await["id"].as_str().unwrap().to_owned();
        // They come without a pause; the keys have been looked at, and are not those with which it is signed.
        let before = looks(&world);
        let coming = async {
            loop {
                flood(&world).await;
            }
        };
        let genuine = async {
            patience::until(WITHIN, "the keys are looked at", async || {
                (looks(&world) > before).then_some(())
            })
            .await;
            added.push(add_key(&world.keycloak, &ED25519).await);
            let (status, _) = world.keycloak.ask("POST", &format!("/users/{id}/logout"), None).await;
            assert_eq!(status, 204);
            let token = logout_tokens(&at_public_url, &id).pop().expect("a log-out token");
            deliver(&world, &token).await.expect(200);
        };
        tokio::select! {
            () = coming => unreachable!(),
            () = genuine => {}
        }
        let me = world.nobody().with(is_signed_in(&tokens));
        patience::until(WITHIN, "the session has ended", async || {
            (me.get("/users/@me").await.status == 401).then_some(())
        })
        .await;
    }
    for key in added {
        remove_key(&world.keycloak, &key).await;
    }
}
