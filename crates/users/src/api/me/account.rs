//! `GET` and `PATCH /users/@me`

use axum::extract::State;
use model::{Biography, PersonName, StatusText};
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Problem,
        refusals::{BODY, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, resource::OwnUser},
    profile,
    settings::Status,
    store::UserChange,
};

/// What changes; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"biography": "Notes on engines.", "status": "away"}))]
pub(crate) struct ProfileChange {
    first_name: Option<String>,
    last_name: Option<String>,
    biography: Option<String>,
    #[schema(value_type = Option<Status>)]
    status: Option<String>,
    status_text: Option<String>,
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY);

/// Who I am
#[utoipa::path(
    get, path = "/users/@me", tag = "users",
    responses((status = 200, description = "The caller.", body = OwnUser), Refusals)
)]
pub(crate) async fn get_me(State(api): State<Api>, caller: Caller) -> Result<Json<OwnUser>, Problem> {
    Ok(Json(OwnUser::from(&profile::find(&api, caller.user_id).await?)))
}

/// Change my profile
#[utoipa::path(
    patch, path = "/users/@me", tag = "users", request_body = ProfileChange,
    responses((status = 200, description = "The changed account.", body = OwnUser), Refusals)
)]
pub(crate) async fn change_me(
    State(api): State<Api>,
    caller: Caller,
    Json(change): Json<ProfileChange>,
) -> Result<Json<OwnUser>, Problem> {
    let mut fields = Fields::default();
    let first_name = change
        .first_name
        .and_then(|text| fields.parse::<PersonName>("first_name", &text));
    let last_name = change
        .last_name
        .and_then(|text| fields.parse::<PersonName>("last_name", &text));
    let biography = change
        .biography
        .and_then(|text| fields.parse::<Biography>("biography", &text));
    let status = change.status.and_then(|text| fields.parse::<Status>("status", &text));
    let status_text = change
        .status_text
        .and_then(|text| fields.parse::<StatusText>("status_text", &text));
    fields.finish()?;
    let change = UserChange {
        first_name,
        last_name,
        biography: biography.map(Biography::into_string),
        status: status.map(Status::as_str),
        status_text: status_text.map(StatusText::into_string),
        ..UserChange::default()
    };
    Ok(Json(OwnUser::from(
        &profile::change(&api, caller.user_id, &change).await?,
    )))
}
