//! `POST /auth/passkey/begin`

use axum::extract::State;
use platform::http::{Json, Problem, refusals::FOREIGN};

use crate::{
    api::{
        Api,
        refusals::{KEPT_ELSEWHERE, PASSKEYS},
        resource::PasskeyChallenge,
    },
    identity,
};

platform::refusals!(FOREIGN, PASSKEYS, KEPT_ELSEWHERE);

/// Begin to sign in with a passkey
#[utoipa::path(
    post, path = "/auth/passkey/begin", tag = "authentication", security(()),
    responses((status = 200, description = "What to ask the device.", body = PasskeyChallenge), Refusals)
)]
pub(crate) async fn begin_passkey_sign_in(State(api): State<Api>) -> Result<Json<PasskeyChallenge>, Problem> {
    let begun = identity::begin_passkey_sign_in(&api)?;
    let challenge = PasskeyChallenge::new(begun, |options| serde_json::to_value(options.public_key))?;
    Ok(Json(challenge))
}
