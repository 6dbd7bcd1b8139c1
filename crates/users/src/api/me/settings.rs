//! `GET` and `PATCH /users/@me/settings`

use axum::extract::State;
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
    api::{Api, resource::Settings},
    profile,
    settings::{Density, Language, Theme},
    store::UserChange,
};

/// What changes; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"language": "fr"}))]
pub(crate) struct SettingsChange {
    #[schema(value_type = Option<Language>)]
    language: Option<String>,
    #[schema(value_type = Option<Theme>)]
    theme: Option<String>,
    #[schema(value_type = Option<Density>)]
    density: Option<String>,
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY);

/// My settings
#[utoipa::path(
    get, path = "/users/@me/settings", tag = "users",
    responses((status = 200, description = "The caller's settings.", body = Settings), Refusals)
)]
pub(crate) async fn get_settings(State(api): State<Api>, caller: Caller) -> Result<Json<Settings>, Problem> {
    Ok(Json(Settings::from(&profile::find(&api, caller.user_id).await?)))
}

/// Change my settings
#[utoipa::path(
    patch, path = "/users/@me/settings", tag = "users", request_body = SettingsChange,
    responses((status = 200, description = "The changed settings.", body = Settings), Refusals)
)]
pub(crate) async fn change_settings(
    State(api): State<Api>,
    caller: Caller,
    Json(change): Json<SettingsChange>,
) -> Result<Json<Settings>, Problem> {
    let mut fields = Fields::default();
    let language = change
        .language
        .and_then(|text| fields.parse::<Language>("language", &text));
    let theme = change.theme.and_then(|text| fields.parse::<Theme>("theme", &text));
    let density = change
        .density
        .and_then(|text| fields.parse::<Density>("density", &text));
    fields.finish()?;
    let change = UserChange {
        language: language.map(Language::as_str),
        theme: theme.map(Theme::as_str),
        density: density.map(Density::as_str),
        ..UserChange::default()
    };
    Ok(Json(Settings::from(
        &profile::change_settings(&api, caller.user_id, &change).await?,
    )))
}
