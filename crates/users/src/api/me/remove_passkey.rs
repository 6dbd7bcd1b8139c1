//! `DELETE /users/@me/passkeys/{passkey_id}`

use axum::extract::State;
use http::StatusCode;
use model::PasskeyId;
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{BODY, PATH, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;

use crate::{
    api::{
        Api,
        client::Client,
        refusals::{CODE, PASSWORD},
        resource::PasswordAndCode,
    },
    identity,
};

/// The passkey that a path names.
#[derive(Deserialize)]
pub(crate) struct PasskeyPath {
    passkey_id: PasskeyId,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    BODY,
    PASSWORD,
    CODE,
    &[(404, "credential_not_found", "The caller has no passkey of this id.")]
);

/// Remove one of my passkeys
#[utoipa::path(
    delete, path = "/users/@me/passkeys/{passkey_id}", tag = "users", request_body = PasswordAndCode,
    params(("passkey_id" = PasskeyId, Path, description = "The passkey.")),
    responses((status = 204, description = "It opens nothing any more."), Refusals)
)]
pub(crate) async fn remove_passkey(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    Path(path): Path<PasskeyPath>,
    Json(proof): Json<PasswordAndCode>,
) -> Result<StatusCode, Problem> {
    let proof = proof.proof(client.address)?;
    identity::remove_passkey(&api, caller.user_id, path.passkey_id, proof).await?;
    Ok(StatusCode::NO_CONTENT)
}
