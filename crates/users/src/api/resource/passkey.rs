//! Passkeys in JSON.

use platform::http::Problem;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::{
    error::UsersError,
    identity::{Challenge, PasskeyRefusal},
};

/// What a browser is to ask a device.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "options": {"challenge": "c2VjcmV0", "rpId": "beep.example.org", "userVerification": "required", "allowCredentials": []},
    "state": "c2VhbGVk"
}))]
pub(crate) struct PasskeyChallenge {
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` (`WebAuthn` level 3).
    #[schema(value_type = Object)]
    options: Value,
    /// To be sent back with the answer, once, within five minutes.
    state: String,
}

impl PasskeyChallenge {
    /// In JSON, of the options alone.
    pub(crate) fn new<Options>(
        begun: Challenge<Options>,
        options: impl FnOnce(Options) -> Result<Value, serde_json::Error>,
    ) -> Result<Self, UsersError> {
        Ok(Self {
            options: options(begun.options).map_err(|error| UsersError::Cryptography(error.to_string()))?,
            state: begun.state,
        })
    }
}

/// What a device answers, as `PublicKeyCredential.toJSON()` makes it.
#[derive(Deserialize, ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct Answer(Map<String, Value>);

impl Answer {
    /// As the ceremony needs it; `refused` when it is something else.
    pub(crate) fn read<T: DeserializeOwned>(self, refused: PasskeyRefusal) -> Result<T, Problem> {
        serde_json::from_value(Value::Object(self.0)).map_err(|_| refused.into())
    }
}
