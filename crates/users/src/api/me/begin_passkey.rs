//! `POST /users/@me/passkeys/begin`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Problem,
        refusals::{BODY, SIGNED_IN, UNSAFE},
    },
};

use crate::{
    api::{
        Api,
        client::Client,
        refusals::{CODE, PASSKEYS, PASSWORD},
        resource::{PasskeyChallenge, PasswordAndCode},
    },
    identity,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    PASSWORD,
    CODE,
    PASSKEYS,
    &[(409, "passkey_limit", "The caller has 20 passkeys.")]
);

/// Begin to add a passkey
///
/// Nothing changes before the device's answer is sent to `/users/@me/passkeys`.
#[utoipa::path(
    post, path = "/users/@me/passkeys/begin", tag = "users", request_body = PasswordAndCode,
    responses((status = 200, description = "What to ask the device.", body = PasskeyChallenge), Refusals)
)]
pub(crate) async fn begin_passkey(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    Json(proof): Json<PasswordAndCode>,
) -> Result<Json<PasskeyChallenge>, Problem> {
    let begun = identity::begin_passkey(&api, caller.user_id, proof.proof(client.address)?).await?;
    let challenge = PasskeyChallenge::new(begun, |options| serde_json::to_value(options.public_key))?;
    Ok(Json(challenge))
}
