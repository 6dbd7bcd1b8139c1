//! `POST /users/@me/totp`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Problem,
        refusals::{BODY, SIGNED_IN, UNSAFE},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        client::Client,
        refusals::PASSWORD,
        resource::{PasswordAlone, shown_password},
    },
    identity,
};

/// What to put into an authenticator.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "secret": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    "otpauth_url": "otpauth://totp/Beep:ada%40beep.example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Beep",
    "qr_svg": "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>"
}))]
pub(crate) struct Enrolment {
    /// In Base32, to type.
    secret: String,
    /// To open on the same device.
    otpauth_url: String,
    /// The same as a picture, to look at with another device.
    qr_svg: String,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    PASSWORD,
    &[(409, "totp_on", "Codes are asked for already.")]
);

/// Begin to sign in with codes
///
/// Nothing changes before a code has confirmed it, within 15 minutes. Who begins again gets another secret.
#[utoipa::path(
    post, path = "/users/@me/totp", tag = "users", request_body = PasswordAlone,
    responses((status = 200, description = "The new secret.", body = Enrolment), Refusals)
)]
pub(crate) async fn begin_totp(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    Json(proof): Json<PasswordAlone>,
) -> Result<Json<Enrolment>, Problem> {
    let password = shown_password(proof.current_password)?;
    let begun = identity::begin_totp(&api, caller.user_id, password, client.address).await?;
    Ok(Json(Enrolment {
        secret: begun.secret,
        otpauth_url: begun.url,
        qr_svg: begun.picture,
    }))
}
