//! `DELETE /users/@me/totp`

use axum::extract::State;
use http::StatusCode;
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
        resource::PasswordAndCode,
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

/// Sign in without codes again
///
/// The recovery codes are void then, too.
#[utoipa::path(
    delete, path = "/users/@me/totp", tag = "users", request_body = PasswordAndCode,
    responses((status = 204, description = "No codes are asked for any more."), Refusals)
)]
pub(crate) async fn end_totp(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    Json(proof): Json<PasswordAndCode>,
) -> Result<StatusCode, Problem> {
    identity::end_totp(&api, caller.user_id, proof.proof(client.address)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
