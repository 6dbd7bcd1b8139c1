//! `POST /auth/password/reset`

use axum::extract::State;
use http::StatusCode;
use platform::{
    auth::Secret,
    http::{
        Json, Problem,
        refusals::{BODY, FIELDS, FOREIGN},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, client::Client, refusals::IDENTITY},
    identity,
};

/// A new password by a link.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"token": "bm90IGEgcmVhbCB0b2tlbg", "new_password": "staple the battery"}))]
pub(crate) struct Reset {
    /// What stands behind `#token=` in the link.
    token: String,
    /// 8 to 256 characters, and not one of those that everyone tries first.
    #[schema(format = Password, min_length = 8, max_length = 256)]
    new_password: String,
    /// The six digits of the moment, or a recovery code, where codes are asked for.
    code: Option<String>,
}

platform::refusals!(
    FOREIGN,
    BODY,
    FIELDS,
    IDENTITY,
    &[
        (
            409,
            "kept_elsewhere",
            "A directory keeps the password: it is changed there."
        ),
        (
            401,
            "second_factor_required",
            "The link is good, and a code is asked for; the link stays good."
        ),
        (
            401,
            "second_factor_wrong",
            "The code is wrong, or it was used before; the link stays good."
        ),
        (410, "link_expired", "The link was used, or it is too old."),
        (429, "too_many_attempts", "Too many wrong codes; see Retry-After."),
    ]
);

/// Set a new password by a link
///
/// Ends all sign-ins; nobody is signed in by it. A second factor stays, and is asked for here, too;
/// by an identity manager, when one signs in.
#[utoipa::path(
    post, path = "/auth/password/reset", tag = "authentication", request_body = Reset, security(()),
    responses((status = 204, description = "The new password counts."), Refusals)
)]
pub(crate) async fn reset_password(
    State(api): State<Api>,
    client: Client,
    Json(reset): Json<Reset>,
) -> Result<StatusCode, Problem> {
    let reset = identity::Reset {
        token: &reset.token,
        password: Secret::new(reset.new_password),
        code: reset.code.as_deref(),
        address: client.address,
    };
    identity::reset_password(&api, reset).await?;
    Ok(StatusCode::NO_CONTENT)
}
