//! `PATCH /users/@me/settings`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Patch, Problem,
        refusals::{BODY, FIELDS, SIGNED_IN, UNSAFE},
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
    #[serde(default)]
    #[schema(value_type = Language)]
    language: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Theme)]
    theme: Patch<String>,
    #[serde(default)]
    #[schema(value_type = Density)]
    density: Patch<String>,
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY, FIELDS);

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
    let change = UserChange {
        language: fields
            .change::<Language>("language", change.language)
            .map(Language::as_str),
        theme: fields.change::<Theme>("theme", change.theme).map(Theme::as_str),
        density: fields.change::<Density>("density", change.density).map(Density::as_str),
        ..UserChange::default()
    };
    fields.finish()?;
    Ok(Json(Settings::from(
        &profile::change_settings(&api, caller.user_id, &change).await?,
    )))
}
