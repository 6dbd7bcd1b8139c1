//! `POST /users/@me/totp/recovery-codes`

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
        refusals::{CODE, PASSWORD},
        resource::{PasswordAndCode, RecoveryCodes},
    },
    identity,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    PASSWORD,
    CODE,
    &[(409, "totp_off", "No codes are asked for.")]
);

/// Get new recovery codes
///
/// The old ones are void from now on.
#[utoipa::path(
    post, path = "/users/@me/totp/recovery-codes", tag = "users", request_body = PasswordAndCode,
    responses((status = 200, description = "The new recovery codes.", body = RecoveryCodes), Refusals)
)]
pub(crate) async fn renew_recovery_codes(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    Json(proof): Json<PasswordAndCode>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let recovery_codes = identity::renew_recovery_codes(&api, caller.user_id, proof.proof(client.address)?).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}
