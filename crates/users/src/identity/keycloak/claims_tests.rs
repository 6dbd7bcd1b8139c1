#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, JwkSet, PublicKeyUse},
};
use platform::{
    auth::{InstanceKey, Secret},
    component::Component,
};
use serde_json::{Value, json};

use super::*;
use crate::identity::KeycloakSettings;

/// More than may wait at once.
const STRANGE: usize = 300;
const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://beep.example/realms/beep";

fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1_000)
}

/// What stands before the 32 bytes of a private key: of Ed25519, and of ECDSA on P-256.
const ED25519: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
const P256: &[u8] =
    b"\x30\x41\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\
    \x04\x27\x30\x25\x02\x01\x01\x04\x20";

/// A key as Keycloak has one.
struct Signer(EncodingKey, Jwk, Algorithm);

impl Signer {
    fn new(id: &str) -> Self {
        Self::of(id, Algorithm::EdDSA)
    }

    fn of(id: &str, algorithm: Algorithm) -> Self {
        let is_ed = algorithm == Algorithm::EdDSA;
        let prefix = if is_ed { ED25519 } else { P256 };
        let der = BASE64_STANDARD.encode([prefix, &rand::random::<[u8; 32]>()[..]].concat());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
        let read = if is_ed {
            EncodingKey::from_ed_pem
        } else {
            EncodingKey::from_ec_pem
        };
        let key = read(pem.as_bytes()).unwrap();
        let mut public = Jwk::from_encoding_key(&key, algorithm).unwrap();
        public.common.key_id = Some(id.to_owned());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        Self(key, public, algorithm)
    }

    fn sign(&self, typ: &str, claims: &Value) -> String {
        let mut header = Header::new(self.2);
        header.kid.clone_from(&self.1.common.key_id);
        header.typ = Some(typ.to_owned());
        jsonwebtoken::encode(&header, claims, &self.0).unwrap()
    }
}

/// Keycloak that nobody can reach, with the keys of the signer.
fn keycloak(signer: &Signer) -> Keycloak {
    keycloak_at("http://127.0.0.1:1", signer)
}

/// The same at an address.
fn keycloak_at(url: &str, signer: &Signer) -> Keycloak {
    let settings = KeycloakSettings {
        component: Component::new("keycloak", url.parse().unwrap(), None),
        realm: "beep".to_owned(),
        web_secret: Secret::new(String::new()),
        login_secret: None,
        users_secret: Secret::new(String::new()),
        own_form: false,
        brokers: Vec::new(),
    };
    let keycloak = Keycloak::new(settings, "https://beep.example", &InstanceKey::ephemeral());
    keycloak.keys.set(&JwkSet {
        keys: vec![signer.1.clone()],
    });
    keycloak
}

fn with(mut claims: Value, field: &str, value: Value) -> Value {
    claims[field] = value;
    claims
}

fn id_claims() -> Value {
    json!({
        "iss": ISSUER, "aud": WEB, "azp": WEB, "sub": "s", "sid": "i", "nonce": "n", "iat": NOW, "exp": NOW + 300, "typ": "ID"
    })
}

#[tokio::test]
async fn an_id_token_is_good_for_this_client_this_sign_in_and_its_time() {
    let signer = Signer::new("k");
    let keycloak = keycloak(&signer);
    let good = signer.sign("JWT", &id_claims());
    let verified = keycloak.id_token(&good, WEB, Some("n"), now()).await.unwrap();
    assert_eq!((verified.sub.as_str(), verified.sid.as_deref()), ("s", Some("i")));
    assert!(
        keycloak.id_token(&good, WEB, Some("m"), now()).await.is_err(),
        "of another sign-in"
    );
    assert!(
        keycloak.id_token(&good, LOGIN, None, now()).await.is_err(),
        "of another client"
    );
    let bad = [
        with(id_claims(), "aud", json!(LOGIN)),
        with(id_claims(), "aud", json!("beep")),
        with(id_claims(), "azp", json!("somebody")),
        with(id_claims(), "iss", json!("https://beep.example/realms/master")),
        with(id_claims(), "iss", json!("https://evil.example/realms/beep")),
        with(id_claims(), "exp", json!(NOW - 61)),
        with(id_claims(), "iat", json!(NOW + 61)),
        with(id_claims(), "nonce", json!(null)),
        with(id_claims(), "iss", json!(null)),
        with(id_claims(), "aud", json!(null)),
        with(id_claims(), "exp", json!(null)),
    ];
    for claims in bad {
        let token = signer.sign("JWT", &claims);
        assert!(
            keycloak.id_token(&token, WEB, Some("n"), now()).await.is_err(),
            "{claims}"
        );
    }
    for typ in ["at+jwt", "logout+jwt", "beep-service+jwt"] {
        let token = signer.sign(typ, &id_claims());
        assert!(keycloak.id_token(&token, WEB, Some("n"), now()).await.is_err(), "{typ}");
    }
}

#[tokio::test]
async fn what_another_key_or_algorithm_has_signed_is_refused() {
    let signer = Signer::new("k");
    let keycloak = keycloak(&signer);
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let refused = async |token: &str| keycloak.verify::<IdClaims>(token, &[WEB], "JWT").unwrap_err();
    let stranger = Signer::new("k").sign("JWT", &id_claims());
    assert_eq!(refused(&stranger).await, AuthError::Signature);
    let unknown = Signer::new("other").sign("JWT", &id_claims());
    assert_eq!(refused(&unknown).await, AuthError::UnknownKey);
    let none = format!(
        "{}.{}.",
        part(&json!({"alg": "none", "typ": "JWT", "kid": "k"})),
        part(&id_claims())
    );
    assert!(matches!(
        refused(&none).await,
        AuthError::Malformed | AuthError::Algorithm
    ));
    // The public key as the secret of an HMAC.
    let public = serde_json::to_value(&signer.1).unwrap()["x"]
        .as_str()
        .unwrap()
        .to_owned();
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(&public).unwrap();
    for secret in [public.as_bytes(), &bytes] {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k".to_owned());
        let token = jsonwebtoken::encode(&header, &id_claims(), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(refused(&token).await, AuthError::Algorithm);
    }
    let good = signer.sign("JWT", &id_claims());
    let parts: Vec<&str> = good.split('.').collect();
    let other = with(id_claims(), "sub", json!("victim"));
    let changed = format!("{}.{}.{}", parts[0], part(&other), parts[2]);
    assert_eq!(refused(&changed).await, AuthError::Signature);
    for nonsense in ["", "a.b.c", &"x".repeat(TOKEN_MAX + 1)] {
        refused(nonsense).await;
    }
}

#[tokio::test]
async fn a_key_is_for_the_algorithm_of_its_owner_alone() {
    let (ed, ec) = (Signer::new("ed"), Signer::of("ec", Algorithm::ES256));
    let keycloak = keycloak(&ed);
    keycloak.keys.set(&JwkSet {
        keys: vec![ed.1.clone(), ec.1.clone()],
    });
    let verified = |token: &str| keycloak.verify::<IdClaims>(token, &[WEB], "JWT").map(|_| ());
    for signer in [&ed, &ec] {
        assert_eq!(verified(&signer.sign("JWT", &id_claims())), Ok(()));
    }
    // The algorithm of one with the id of another, and with a signature of either.
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    for (algorithm, id) in [
        ("EdDSA", "ec"),
        ("ES256", "ed"),
        ("RS256", "ed"),
        ("RS256", "ec"),
        ("HS256", "ec"),
    ] {
        for signer in [&ed, &ec] {
            let signed = signer.sign("JWT", &id_claims());
            let rest = signed.split_once('.').unwrap().1;
            let mixed = format!("{}.{rest}", part(&json!({"alg": algorithm, "typ": "JWT", "kid": id})));
            assert_eq!(verified(&mixed), Err(AuthError::Algorithm), "{algorithm} by {id}");
        }
    }
}

#[tokio::test]
async fn a_log_out_token_is_about_a_log_out() {
    let signer = Signer::new("k");
    let keycloak = keycloak(&signer);
    let good = json!({
        "iss": ISSUER, "aud": WEB, "sub": "s", "sid": "i", "jti": "j", "iat": NOW, "exp": NOW + 60, "events": {LOGOUT: {}}
    });
    let verified = async |typ: &str, claims: &Value| {
        let token = signer.sign(typ, claims);
        keycloak.logout_token(&token, now(), async |_| true).await.map(|_| ())
    };
    assert_eq!(verified("logout+jwt", &good).await, Ok(()));
    let of_form = with(good.clone(), "aud", json!([LOGIN]));
    assert_eq!(verified("logout+jwt", &of_form).await, Ok(()));
    assert!(verified("JWT", &good).await.is_err(), "an ID token is no log-out token");
    let mut bad = vec![
        with(good.clone(), "aud", json!("beep-users")),
        with(good.clone(), "iss", json!("https://evil.example/realms/beep")),
        with(good.clone(), "exp", json!(NOW - 61)),
        with(good.clone(), "iat", json!(NOW + 61)),
        with(good.clone(), "events", json!({})),
        with(good.clone(), "events", json!({LOGOUT: true})),
        with(good.clone(), "nonce", json!("n")),
        with(good.clone(), "jti", json!("")),
        with(good.clone(), "jti", json!(null)),
    ];
    bad.push(with(with(good.clone(), "sub", json!(null)), "sid", json!(null)));
    for claims in bad {
        assert!(verified("logout+jwt", &claims).await.is_err(), "{claims}");
    }
}

/// Publishes these keys, and counts how often it is asked for them.
async fn publishing(keys: Vec<Jwk>) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let answer = move || {
        counted.fetch_add(1, Ordering::SeqCst);
        std::future::ready(axum::Json(JwkSet { keys: keys.clone() }))
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = axum::Router::new().fallback(answer);
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (url, asked)
}

#[tokio::test]
async fn whoever_signs_in_while_keys_change_gets_in_and_strangers_do_not_make_us_ask() {
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let (url, asked) = publishing(vec![new.1.clone()]).await;
    let keycloak = keycloak_at(&url, &old);
    let logout = |signer: &Signer, jti: &str| {
        let claims = json!({
            "iss": ISSUER, "aud": WEB, "sub": "s", "jti": jti, "iat": NOW, "exp": NOW + 60, "events": {LOGOUT: {}}
        });
        signer.sign("logout+jwt", &claims)
    };
    // Keys of nobody's, from strangers, who name nobody: however many they are, nobody looks for them.
    let names_somebody = async |claimed: &Claimed| claimed.sub.as_deref() == Some("s");
    let strange = (0..STRANGE).map(|number| {
        let signer = Signer::new(&format!("strange {number}"));
        let claims = json!({"iss": ISSUER, "aud": WEB, "sub": "guessed", "jti": "j", "iat": NOW, "exp": NOW + 60});
        signer.sign("logout+jwt", &claims)
    });
    let strange: Vec<String> = strange.collect();
    let flood = strange
        .iter()
        .map(|token| keycloak.logout_token(token, now(), names_somebody));
    let refused = futures::future::join_all(flood).await;
    let unknown = |answer: &Result<LogoutClaims, AuthError>| matches!(answer, Err(AuthError::UnknownKey));
    assert!(refused.iter().all(unknown));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    // Nor do they keep a place from a genuine one that comes among them, where it has to wait for the next look.
    *keycloak.looked.lock().await = Some(Instant::now());
    let genuine = logout(&new, "genuine");
    let flood = strange
        .iter()
        .chain([&genuine])
        .map(|token| keycloak.logout_token(token, now(), names_somebody));
    let answers = futures::future::join_all(flood).await;
    assert!(answers[..STRANGE].iter().all(unknown) && answers[STRANGE].is_ok());
    // Those who name somebody, and sign by keys of nobody's, are looked at together, once a second at most.
    let strange = (0..STRANGE).map(|number| logout(&Signer::new(&format!("strange {number}")), "j"));
    let strange: Vec<String> = strange.collect();
    let (begun, before) = (Instant::now(), asked.load(Ordering::SeqCst));
    let flood = strange
        .iter()
        .map(|token| keycloak.logout_token(token, now(), names_somebody));
    assert!(futures::future::join_all(flood).await.iter().all(unknown));
    let looks = usize::try_from(begun.elapsed().as_secs()).unwrap() + 2;
    assert!(asked.load(Ordering::SeqCst) - before <= looks, "{asked:?} in {looks} s");
    // That it was looked at a moment ago keeps out neither those who sign in at once, nor a genuine log-out.
    *keycloak.looked.lock().await = Some(Instant::now());
    keycloak.keys.set(&JwkSet {
        keys: vec![old.1.clone()],
    });
    let id_token = new.sign("JWT", &id_claims());
    let all = (0..20).map(|_| keycloak.id_token(&id_token, WEB, Some("n"), now()));
    assert!(futures::future::join_all(all).await.iter().all(Result::is_ok));
    keycloak.keys.set(&JwkSet {
        keys: vec![old.1.clone()],
    });
    assert!(
        keycloak
            .logout_token(&logout(&new, "j"), now(), names_somebody)
            .await
            .is_ok()
    );
    // The key that was taken back is of no use any more.
    let late = keycloak.logout_token(&logout(&old, "j"), now(), names_somebody).await;
    assert_eq!(late.map(|_| ()), Err(AuthError::UnknownKey));
}

#[tokio::test]
async fn that_a_key_cannot_be_looked_at_says_nothing_about_who_signs_in() {
    let keycloak = keycloak(&Signer::new("old"));
    let id_token = Signer::new("new").sign("JWT", &id_claims());
    let answer = keycloak.id_token(&id_token, WEB, Some("n"), now()).await;
    assert!(matches!(answer, Err(KeycloakError::Unexpected(_))), "{answer:?}");
}
