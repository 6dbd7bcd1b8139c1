//! `POST /users/@me/email`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use model::Email;
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
        client::Client,
        refusals::{AGAIN, CODE, IDENTITY, PASSWORD},
        resource::Shown,
    },
    identity,
};

/// Another e-mail address.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"email": "ada@example.net", "current_password": "correct horse battery"}))]
pub(crate) struct NewEmail {
    email: String,
    #[serde(flatten)]
    shown: Shown,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PASSWORD,
    CODE,
    AGAIN,
    IDENTITY,
    &[(
        409,
        "mail_not_configured",
        "This Beep sends no mail, by which the address could be confirmed."
    )]
);

/// Change my e-mail address
///
/// A link is sent to the new address, and a notice to the present one, which counts until the link is opened, within a day.
/// Whether somebody has the address is not told here. Three times in an hour at most.
#[utoipa::path(
    post, path = "/users/@me/email", tag = "users", request_body = NewEmail,
    responses((status = 202, description = "A mail is on its way."), Refusals)
)]
pub(crate) async fn begin_email_change(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    headers: HeaderMap,
    Json(new): Json<NewEmail>,
) -> Result<StatusCode, Problem> {
    let mut fields = Fields::default();
    let Some(email) = fields.parse::<Email>("email", &new.email) else {
        return Err(fields.problem());
    };
    identity::begin_email_change(
        &api,
        caller.user_id,
        &email,
        new.shown.proof(caller, &client, &headers)?,
    )
    .await?;
    Ok(StatusCode::ACCEPTED)
}
