//! `PUT /users/@me/password`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use platform::{
    auth::{Caller, Secret},
    http::{
        Json, Problem,
        refusals::{BODY, FIELDS, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        client::Client,
        refusals::{AGAIN, CODE, IDENTITY, PASSWORD},
        resource::Shown,
    },
    identity::{PasswordChange, change_password},
};

/// A new password.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "current_password": "correct horse battery", "new_password": "staple the battery", "end_other_sessions": true
}))]
pub(crate) struct OwnPassword {
    #[serde(flatten)]
    shown: Shown,
    /// 8 to 256 characters, and not one of those that everyone tries first.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    new_password: String,
    /// Whether one is signed out everywhere else.
    #[serde(default)]
    end_other_sessions: bool,
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY, FIELDS, PASSWORD, AGAIN, CODE, IDENTITY);

/// Change my password
///
/// Links by which the password could be set, and a change of the e-mail address that was not confirmed, are void then. The
/// caller is told by mail.
#[utoipa::path(
    put, path = "/users/@me/password", tag = "users", request_body = OwnPassword,
    responses((status = 204, description = "Changed."), Refusals)
)]
pub(crate) async fn put_password(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    headers: HeaderMap,
    Json(new): Json<OwnPassword>,
) -> Result<StatusCode, Problem> {
    let change = PasswordChange {
        proof: new.shown.proof(caller, &client, &headers)?,
        new: Secret::new(new.new_password),
        end_others: new.end_other_sessions,
    };
    change_password(&api, caller, change).await?;
    Ok(StatusCode::NO_CONTENT)
}
