//! `POST /users/@me/totp/confirm`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Problem,
        refusals::{BODY, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, client::Client, resource::RecoveryCodes},
    identity,
};

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"code": "123456"}))]
pub(crate) struct Confirmation {
    /// Six digits.
    code: String,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    &[
        (409, "totp_not_begun", "Nothing was begun, or more than 15 minutes ago."),
        (422, "wrong_code", "This is not the code of the moment."),
        (429, "too_many_attempts", "Too many wrong codes; see Retry-After."),
    ]
);

/// Confirm that my authenticator knows the secret
///
/// From now on a code is asked for whenever one signs in. The recovery codes are shown this once.
#[utoipa::path(
    post, path = "/users/@me/totp/confirm", tag = "users", request_body = Confirmation,
    responses((status = 200, description = "The recovery codes.", body = RecoveryCodes), Refusals)
)]
pub(crate) async fn confirm_totp(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    Json(confirmation): Json<Confirmation>,
) -> Result<Json<RecoveryCodes>, Problem> {
    let recovery_codes = identity::confirm_totp(&api, caller.user_id, &confirmation.code, client.address).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}
