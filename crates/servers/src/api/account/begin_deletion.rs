//! `POST /users/@me/deletion`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use model::Timestamp;
use platform::{
    auth::{Caller, Secret, cookies},
    http::{
        Json, LimitKey, Problem,
        refusals::{AGAIN, BODY, CODE, Case, IDENTITY, PASSWORD, SIGNED_IN, UNSAFE},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::Api,
    departures::{self, Shown},
};

/// The caller's password, and a code where codes are asked for; neither where they have signed in once more at the identity
/// manager.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"current_password": "correct horse battery", "code": "123456"}))]
pub(crate) struct DeletionWanted {
    /// Missing where the caller has signed in once more at the identity manager.
    #[serde(default)]
    #[schema(format = Password)]
    current_password: String,
    /// The six digits of the moment, or a recovery code.
    code: Option<String>,
}

/// The end of an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"erased_at": "2026-12-08T09:30:00.000Z"}))]
pub(crate) struct Deletion {
    /// When the account is erased, unless that is taken back.
    erased_at: Timestamp,
}

const OWN: &[Case] = &[
    (
        409,
        "kept_elsewhere",
        "The account is none of the identity manager's, which says who somebody is.",
    ),
    (
        409,
        "owns_servers",
        "The caller owns servers, which `errors` names: they go to somebody else, or are destroyed, first.",
    ),
];

platform::refusals!(SIGNED_IN, UNSAFE, BODY, PASSWORD, CODE, AGAIN, OWN, IDENTITY);

/// Delete my account
///
/// All sign-ins end, this one too, and the caller is told by mail. The account is erased after a time of grace, in which one can
/// sign in and take it back. Messages stay, by "Deleted user". Asked again, it stays at the time that was said first.
#[utoipa::path(
    post, path = "/users/@me/deletion", tag = "account", request_body = DeletionWanted,
    responses((status = 202, description = "The account is to be erased.", body = Deletion), Refusals)
)]
pub(crate) async fn begin_deletion(
    State(api): State<Api>,
    caller: Caller,
    LimitKey(address): LimitKey,
    headers: HeaderMap,
    Json(wanted): Json<DeletionWanted>,
) -> Result<(StatusCode, Json<Deletion>), Problem> {
    let shown = Shown {
        password: Secret::new(wanted.current_password),
        code: wanted.code,
        address,
        carried: cookies::read(&headers, cookies::FRESH).map(str::to_owned),
    };
    let erased_at = departures::begin(&api, caller.user_id, shown).await?;
    Ok((StatusCode::ACCEPTED, Json(Deletion { erased_at })))
}
