//! `POST /users/@me/passkeys`

use axum::extract::State;
use http::StatusCode;
use model::PasskeyName;
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Problem,
        refusals::{BODY, FIELDS, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        refusals::{KEPT_ELSEWHERE, PASSKEY_BEGUN, PASSKEYS},
        resource::{Answer, Credential},
    },
    identity::{self, NewPasskey, PasskeyRefusal},
};

/// A passkey that a device has made.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"state": "c2VhbGVk", "name": "Phone", "credential": {"id": "c2VjcmV0", "type": "public-key"}}))]
pub(crate) struct MadePasskey {
    /// What came with the challenge.
    state: String,
    /// What the caller calls it: 1 to 64 characters.
    name: String,
    /// `PublicKeyCredential.toJSON()` of what the device has made (`WebAuthn` level 3).
    #[schema(value_type = Object)]
    credential: Answer,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PASSKEYS,
    PASSKEY_BEGUN,
    KEPT_ELSEWHERE,
    &[
        (409, "passkey_known", "Somebody has added this passkey before."),
        (422, "passkey_wrong", "The device has not made what it was asked for."),
    ]
);

/// Add a passkey
///
/// From now on it opens the account, in place of password and code.
#[utoipa::path(
    post, path = "/users/@me/passkeys", tag = "users", request_body = MadePasskey,
    responses((status = 201, description = "The passkey.", body = Credential), Refusals)
)]
pub(crate) async fn add_passkey(
    State(api): State<Api>,
    caller: Caller,
    Json(made): Json<MadePasskey>,
) -> Result<(StatusCode, Json<Credential>), Problem> {
    let mut fields = Fields::default();
    let Some(name) = fields.parse::<PasskeyName>("name", &made.name) else {
        return Err(fields.problem());
    };
    let credential = made.credential.read(PasskeyRefusal::Wrong)?;
    let new = NewPasskey {
        state: &made.state,
        name,
        made: &credential,
    };
    let row = identity::add_passkey(&api, caller.user_id, new).await?;
    Ok((StatusCode::CREATED, Json(Credential::from(row))))
}
