//! A device that makes passkeys, as somebody else has written one.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use passkey::{
    authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod},
    client::{Client, DefaultClientData},
    crypto::rust_crypto::RustCryptoBackend,
    types::{
        Passkey,
        ctap2::{Aaguid, Ctap2Error},
        webauthn::{CredentialCreationOptions, CredentialRequestOptions},
    },
};
use platform::http::testing::{Answer, App};
use serde_json::{Value, json};
use url::Url;

use crate::world::{PASSWORD, Person};

/// Where the Beep is that the device knows.
pub(crate) const PLACE: &str = "https://beep.test";

/// Whoever holds the device.
struct Holder {
    /// Whether they show that they are its owner.
    verified: bool,
}

#[tonic::async_trait]
impl UserValidationMethod for Holder {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _: UiHint<'a, Self::PasskeyItem>,
        presence: bool,
        _: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck {
            presence,
            verification: self.verified,
        })
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(self.verified)
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }
}

/// A device with at most one passkey.
pub(crate) struct Device {
    passkey: Option<Passkey>,
    verified: bool,
    counts: bool,
}

impl Device {
    pub(crate) const fn new() -> Self {
        Self {
            passkey: None,
            verified: true,
            counts: false,
        }
    }

    /// One that counts how often it was used.
    pub(crate) fn counting() -> Self {
        Self {
            counts: true,
            ..Self::new()
        }
    }

    /// The same key in somebody else's hands.
    pub(crate) fn copied(&self) -> Self {
        Self {
            passkey: self.passkey.clone(),
            ..*self
        }
    }

    /// The same in the hands of somebody who does not show that they are its owner.
    pub(crate) fn stolen(&self) -> Self {
        Self {
            verified: false,
            ..self.copied()
        }
    }

    fn inside(&self) -> Authenticator<Option<Passkey>, Holder, RustCryptoBackend> {
        let holder = Holder {
            verified: self.verified,
        };
        let mut inside = Authenticator::new(Aaguid::new_empty(), self.passkey.clone(), holder, RustCryptoBackend);
        inside.set_make_credentials_with_signature_counter(self.counts);
        inside
    }

    /// Makes a passkey.
    pub(crate) async fn make(&mut self, options: &Value) -> Value {
        let request: CredentialCreationOptions = serde_json::from_value(json!({"publicKey": options})).unwrap();
        let mut client = Client::new(self.inside());
        let place: Url = PLACE.parse().unwrap();
        let made = client.register(&place, request, DefaultClientData).await.unwrap();
        self.passkey.clone_from(client.authenticator().store());
        as_browsers_tell(serde_json::to_value(made).unwrap())
    }

    /// Answers with its passkey.
    pub(crate) async fn answer(&mut self, options: &Value) -> Value {
        let request: CredentialRequestOptions = serde_json::from_value(json!({"publicKey": options})).unwrap();
        let mut client = Client::new(self.inside());
        let place: Url = PLACE.parse().unwrap();
        let answer = client.authenticate(&place, request, DefaultClientData).await.unwrap();
        self.passkey.clone_from(client.authenticator().store());
        as_browsers_tell(serde_json::to_value(answer).unwrap())
    }

    /// Adds a passkey of this device to the person's account.
    pub(crate) async fn add(&mut self, app: &App, person: &Person) -> Value {
        let begun = begin_to_add(app, person).await.expect(200);
        let credential = self.make(&begun["options"]).await;
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
        let credential = self.answer(&begun["options"]).await;
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

/// Bytes in Base64, which the library of the device tells as lists of numbers.
fn as_browsers_tell(value: Value) -> Value {
    match value {
        Value::Array(items) if items.iter().all(Value::is_u64) && !items.is_empty() => {
            let bytes: Vec<u8> = items
                .iter()
                .map(|item| u8::try_from(item.as_u64().unwrap()).unwrap())
                .collect();
            json!(BASE64_URL_SAFE_NO_PAD.encode(bytes))
        }
        Value::Object(members) => members
            .into_iter()
            .map(|(name, member)| (name, as_browsers_tell(member)))
            .collect(),
        other => other,
    }
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
