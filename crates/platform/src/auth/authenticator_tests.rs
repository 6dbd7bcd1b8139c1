#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{EncodingKey, Header};
use model::{SessionId, UserId};
use serde_json::{Value, json};

use super::*;
use crate::auth::{ACCESS_TOKEN_LIFETIME, TokenIssuer};

const ISSUER: &str = "https://beep.test";
const CALLER: Caller = Caller {
    user_id: UserId(7),
    session_id: SessionId(9),
};

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

/// An issuer whose raw key the tests know, so that they can sign what the issuer never would.
struct Forge {
    key: EncodingKey,
    jwks: JwkSet,
    authenticator: Authenticator,
}

impl Forge {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("key.pem");
        let issuer = TokenIssuer::open(&file, ISSUER, ACCESS_TOKEN_LIFETIME).unwrap();
        let key = EncodingKey::from_ed_pem(&std::fs::read(&file).unwrap()).unwrap();
        let jwks = issuer.jwks();
        let authenticator = Authenticator::new(ISSUER, &jwks, RevokedSessions::default());
        Self {
            key,
            jwks,
            authenticator,
        }
    }

    fn header(&self) -> Header {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        header.kid.clone_from(&self.jwks.keys[0].common.key_id);
        header
    }

    /// What the authenticator says to a well-signed token with these changes to good claims (null removes one).
    fn verify(&self, changes: &Value) -> Result<Caller, AuthError> {
        let token = jsonwebtoken::encode(&self.header(), &claims(changes), &self.key).unwrap();
        self.authenticator.verify(&token, now())
    }
}

fn claims(changes: &Value) -> Value {
    let at = now().as_millis() / 1_000;
    let mut claims = json!({
        "iss": ISSUER, "aud": "beep", "sub": "7", "sid": "9", "exp": at + 900, "iat": at, "nbf": at, "jti": "x"
    });
    for (name, value) in changes.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

#[test]
fn what_the_issuer_issues_is_accepted_until_it_expires() {
    let issuer = TokenIssuer::ephemeral(ISSUER);
    let authenticator = Authenticator::new(ISSUER, &issuer.jwks(), RevokedSessions::default());
    let (token, lifetime) = issuer.issue(CALLER.user_id, CALLER.session_id, now()).unwrap();
    assert_eq!(lifetime, ACCESS_TOKEN_LIFETIME);
    for _first_and_cached in 0..2 {
        assert_eq!(authenticator.verify(&token, now()), Ok(CALLER));
        assert_eq!(
            authenticator.verify(&token, now().plus(lifetime)),
            Ok(CALLER),
            "within the leeway"
        );
        let after = now().plus(lifetime + Duration::from_secs(5));
        assert_eq!(authenticator.verify(&token, after), Err(AuthError::Expired));
    }
}

#[test]
fn claims_must_be_right() {
    let forge = Forge::new();
    let at = now().as_millis() / 1_000;
    assert_eq!(forge.verify(&json!({})), Ok(CALLER));
    assert_eq!(
        forge.verify(&json!({"iss": "https://evil.test"})),
        Err(AuthError::Issuer)
    );
    assert_eq!(forge.verify(&json!({"aud": "other"})), Err(AuthError::Audience));
    assert_eq!(forge.verify(&json!({"exp": at - 5})), Err(AuthError::Expired));
    assert_eq!(forge.verify(&json!({"nbf": at + 6})), Err(AuthError::NotYetValid));
    assert_eq!(forge.verify(&json!({"nbf": at + 5})), Ok(CALLER), "within the leeway");
    for missing in ["iss", "aud", "sub", "sid", "exp", "nbf", "jti"] {
        assert_eq!(
            forge.verify(&json!({missing: null})),
            Err(AuthError::Malformed),
            "{missing}"
        );
    }
    for (name, bad) in [
        ("sub", json!(7)),
        ("sub", json!("admin")),
        ("sid", json!("0")),
        ("exp", json!("soon")),
    ] {
        assert_eq!(forge.verify(&json!({name: bad})), Err(AuthError::Malformed), "{name}");
    }
}

#[test]
fn only_an_ed25519_signature_of_a_known_key_counts() {
    let forge = Forge::new();
    let good = jsonwebtoken::encode(&forge.header(), &claims(&json!({})), &forge.key).unwrap();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let verify = |token: &str| forge.authenticator.verify(token, now());

    let none = |algorithm: &str| {
        let header = json!({"alg": algorithm, "typ": "at+jwt", "kid": forge.jwks.keys[0].common.key_id});
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", encode(&header), encode(&claims(&json!({}))))
    };
    for algorithm in ["none", "None", "NONE", ""] {
        assert!(verify(&format!("{}.", none(algorithm))).is_err(), "{algorithm}");
        assert!(
            verify(&format!("{}.{signature}", none(algorithm))).is_err(),
            "{algorithm}"
        );
    }

    let jsonwebtoken::jwk::AlgorithmParameters::OctetKeyPair(public) = &forge.jwks.keys[0].algorithm else {
        panic!("no Ed25519 key")
    };
    let raw = BASE64_URL_SAFE_NO_PAD.decode(&public.x).unwrap();
    for secret in [raw.as_slice(), public.x.as_bytes()] {
        let mut header = forge.header();
        header.alg = Algorithm::HS256;
        let token = jsonwebtoken::encode(&header, &claims(&json!({})), &EncodingKey::from_secret(secret)).unwrap();
        assert_eq!(verify(&token), Err(AuthError::Algorithm), "HMAC with the public key");
    }

    let mut other_signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
    other_signature[40] ^= 1;
    let tampered = format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(other_signature));
    assert_eq!(verify(&tampered), Err(AuthError::Signature));
    let other = Forge::new();
    let stolen_id = jsonwebtoken::encode(&forge.header(), &claims(&json!({})), &other.key).unwrap();
    assert_eq!(verify(&stolen_id), Err(AuthError::Signature));
    let stranger = jsonwebtoken::encode(&other.header(), &claims(&json!({})), &other.key).unwrap();
    assert_eq!(verify(&stranger), Err(AuthError::UnknownKey));
    assert_eq!(verify(&good), Ok(CALLER));
}

#[test]
fn the_header_must_be_an_access_tokens() {
    let forge = Forge::new();
    let with = |change: &dyn Fn(&mut Header)| {
        let mut header = forge.header();
        change(&mut header);
        let token = jsonwebtoken::encode(&header, &claims(&json!({})), &forge.key).unwrap();
        forge.authenticator.verify(&token, now())
    };
    assert_eq!(
        with(&|header| header.typ = Some("JWT".to_owned())),
        Err(AuthError::Malformed)
    );
    assert_eq!(with(&|header| header.typ = None), Err(AuthError::Malformed));
    assert_eq!(with(&|header| header.kid = None), Err(AuthError::UnknownKey));
    assert_eq!(
        with(&|header| header.crit = Some(vec!["b64".to_owned()])),
        Err(AuthError::Malformed)
    );
    for garbage in ["", ".", "..", "a.b.c", "ey.ey.ey", &"x".repeat(10_000)] {
        assert!(forge.authenticator.verify(garbage, now()).is_err());
    }
}

#[test]
fn a_revoked_session_is_refused_even_from_the_cache() {
    let forge = Forge::new();
    assert_eq!(forge.verify(&json!({})), Ok(CALLER));
    forge.authenticator.revoked().revoke(CALLER.session_id, now());
    assert_eq!(forge.verify(&json!({})), Err(AuthError::Revoked));
    assert!(forge.verify(&json!({"sid": "10"})).is_ok());
}

#[test]
fn new_keys_replace_the_old_ones() {
    let (forge, other) = (Forge::new(), Forge::new());
    let token = jsonwebtoken::encode(&other.header(), &claims(&json!({})), &other.key).unwrap();
    assert_eq!(forge.authenticator.verify(&token, now()), Err(AuthError::UnknownKey));
    forge.authenticator.0.keys.set(&other.jwks);
    assert_eq!(forge.authenticator.verify(&token, now()), Ok(CALLER));
    assert_eq!(forge.verify(&json!({})), Err(AuthError::UnknownKey));
}

#[test]
fn unusable_published_keys_are_left_out() {
    let jwks: JwkSet = serde_json::from_value(json!({"keys": [
        {"kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AAAA"},
        {"kty": "oct", "kid": "secret", "k": "AAAA"},
    ]}))
    .unwrap();
    let authenticator = Authenticator::new(ISSUER, &jwks, RevokedSessions::default());
    assert!(authenticator.0.keys.is_empty());
}
