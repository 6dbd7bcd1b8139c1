//! `POST /auth/passkey`

use axum::{extract::State, response::Response};
use http::StatusCode;
use platform::http::{
    Json, Problem,
    refusals::{BODY, FOREIGN},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        client::Client,
        refusals::{KEPT_ELSEWHERE, PASSKEY_BEGUN, PASSKEYS},
        resource::{Answer, Tokens},
    },
    identity::{PasskeyAttempt, PasskeyRefusal, sign_in_with_passkey},
};

/// What a device has answered.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"state": "c2VhbGVk", "credential": {"id": "c2VjcmV0", "type": "public-key"}}))]
pub(crate) struct PasskeyAnswer {
    /// What came with the challenge.
    state: String,
    /// `PublicKeyCredential.toJSON()` of what the device has answered (`WebAuthn` level 3).
    #[schema(value_type = Object)]
    credential: Answer,
}

platform::refusals!(
    FOREIGN,
    BODY,
    PASSKEYS,
    PASSKEY_BEGUN,
    KEPT_ELSEWHERE,
    &[
        (
            401,
            "passkey_unknown",
            "Nobody has this passkey: it was removed, or never added. Its browser can be told so (`signalUnknownCredential`)."
        ),
        (401, "passkey_refused", "The answer is wrong."),
        (403, "account_disabled", "An administrator has disabled the account."),
    ]
);

/// Sign in with a passkey
///
/// Also sets the cookies of a browser. Neither password nor code is asked for: the device has asked its owner.
#[utoipa::path(
    post, path = "/auth/passkey", tag = "authentication", request_body = PasskeyAnswer, security(()),
    responses((status = 200, description = "Signed in.", body = Tokens), Refusals)
)]
pub(crate) async fn sign_in_by_passkey(
    State(api): State<Api>,
    client: Client,
    Json(answered): Json<PasskeyAnswer>,
) -> Result<Response, Problem> {
    let answer = answered.credential.read(PasskeyRefusal::Refused)?;
    let attempt = PasskeyAttempt {
        state: &answered.state,
        answer: &answer,
        user_agent: client.user_agent.as_deref(),
    };
    let signed_in = sign_in_with_passkey(&api, attempt).await?;
    Ok(Tokens::answer(&api, StatusCode::OK, signed_in))
}
