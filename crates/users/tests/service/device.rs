//! A device that makes passkeys.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use platform::http::testing::{Answer, App};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::world::{PASSWORD, Person};

/// Where the Beep is that the device knows.
pub(crate) const PLACE: &str = "https://beep.test";
/// Somebody was there.
const PRESENT: u8 = 1;
/// It was the owner.
const VERIFIED: u8 = 4;
/// A key is told.
const ATTESTED: u8 = 64;

/// A device with at most one passkey (P-256), which signs as `WebAuthn` level 3 says, sections 6.1 and 6.3.
#[derive(Clone)]
pub(crate) struct Device {
    key: Vec<u8>,
    id: [u8; 16],
    /// Whose the passkey is, as it was told.
    owner: Value,
    /// Whether whoever holds it shows that they are its owner.
    verified: bool,
    /// How often it was used, of a device that counts.
    used: Option<u32>,
}

impl Device {
    pub(crate) fn new() -> Self {
        let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()).unwrap();
        Self {
            key: key.as_ref().to_vec(),
            id: rand::random(),
            owner: Value::Null,
            verified: true,
            used: None,
        }
    }

    /// One that counts how often it was used.
    pub(crate) fn counting() -> Self {
        Self {
            used: Some(0),
            ..Self::new()
        }
    }

    /// The same key in somebody else's hands.
    pub(crate) fn copied(&self) -> Self {
        self.clone()
    }

    /// The same in the hands of somebody who does not show that they are its owner.
    pub(crate) fn stolen(&self) -> Self {
        Self {
            verified: false,
            ..self.clone()
        }
    }

    fn signing(&self) -> EcdsaKeyPair {
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.key, &SystemRandom::new()).unwrap()
    }

    /// What it says of itself: for which place, with whose consent, how often.
    fn data(&mut self, flags: u8) -> Vec<u8> {
        let consent = if self.verified { PRESENT | VERIFIED } else { PRESENT };
        self.used = self.used.map(|used| used + 1);
        let place = Sha256::digest(PLACE.trim_start_matches("https://"));
        [&place[..], &[consent | flags], &self.used.unwrap_or(0).to_be_bytes()].concat()
    }

    /// The public key (COSE, RFC 9053: P-256, ES256).
    fn public_key(&self) -> Vec<u8> {
        let pair = self.signing();
        let point = &pair.public_key().as_ref()[1..];
        let (x, y) = point.split_at(32);
        [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32], x, &[0x22, 0x58, 32], y].concat()
    }

    /// Makes its passkey.
    pub(crate) fn make(&mut self, options: &Value) -> Value {
        self.owner = options["user"]["id"].clone();
        let client_data = client_data("webauthn.create", options);
        let mut data = self.data(ATTESTED);
        data.extend([[0; 16].as_slice(), &[0, 16], &self.id, &self.public_key()].concat());
        let length = u8::try_from(data.len()).unwrap();
        // CBOR: {"fmt": "none", "attStmt": {}, "authData": data}
        let statement = [
            b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".as_slice(),
            &[length],
            &data,
        ]
        .concat();
        self.credential(json!({"clientDataJSON": text(&client_data), "attestationObject": text(&statement)}))
    }

    /// Answers with its passkey.
    pub(crate) fn answer(&mut self, options: &Value) -> Value {
        let client_data = client_data("webauthn.get", options);
        let data = self.data(0);
        let signed = [&data[..], &Sha256::digest(&client_data)].concat();
        let signature = self.signing().sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(json!({
            "clientDataJSON": text(&client_data), "authenticatorData": text(&data),
            "signature": text(signature.as_ref()), "userHandle": self.owner
        }))
    }

    fn credential(&self, response: Value) -> Value {
        let id = text(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response})
    }

    /// Adds a passkey of this device to the person's account.
    pub(crate) async fn add(&mut self, app: &App, person: &Person) -> Value {
        let begun = begin_to_add(app, person).await.expect(200);
        let credential = self.make(&begun["options"]);
        let body = json!({"state": begun["state"], "name": "Phone", "credential": credential});
        app.nobody()
            .with_token(&person.access)
            .post("/users/@me/passkeys", body)
            .await
            .expect(201)
    }

    /// What this device sends to sign in.
    pub(crate) async fn signs_in(&mut self, app: &App) -> Value {
        let begun = app.nobody().post("/auth/passkey/begin", Value::Null).await.expect(200);
        let credential = self.answer(&begun["options"]);
        json!({"state": begun["state"], "credential": credential})
    }
}

/// What every route of passkeys takes, with a proof and with what no device has made.
pub(crate) fn nothing() -> Value {
    let response = json!({
        "attestationObject": "AA", "authenticatorData": "AA", "clientDataJSON": "AA", "signature": "AA", "userHandle": null
    });
    let credential = json!({"id": "AA", "rawId": "AA", "type": "public-key", "response": response});
    json!({"current_password": PASSWORD, "state": "x", "name": "Phone", "credential": credential})
}

/// The routes by which passkeys are made and used.
pub(crate) const ROUTES: [&str; 4] = [
    "/auth/passkey/begin",
    "/auth/passkey",
    "/users/@me/passkeys/begin",
    "/users/@me/passkeys",
];

/// What the browser says of the page.
fn client_data(kind: &str, options: &Value) -> Vec<u8> {
    let told = json!({"type": kind, "challenge": options["challenge"], "origin": PLACE, "crossOrigin": false});
    told.to_string().into_bytes()
}

fn text(bytes: &[u8]) -> Value {
    json!(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// Begins a passkey by password alone.
pub(crate) async fn begin_to_add(app: &App, person: &Person) -> Answer {
    app.nobody()
        .with_token(&person.access)
        .post("/users/@me/passkeys/begin", json!({"current_password": PASSWORD}))
        .await
}

/// Signs in with what a device has answered.
pub(crate) async fn sign_in(app: &App, answered: &Value) -> Answer {
    app.nobody().post("/auth/passkey", answered.clone()).await
}
