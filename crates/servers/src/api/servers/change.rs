//! `PATCH /servers/{server_id}`

use axum::extract::State;
use model::{Invalid, ServerDescription, ServerId, ServerName};
use platform::http::{Fields, Json, Patch, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        access::{Allowed, ManageServer},
        refusals::refusals,
        resource::Server,
    },
    settings::{self, ServerChange},
    visibility::Visibility,
};

/// What changes; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "Chess and go club"}))]
pub(crate) struct ServerPatch {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Patch<String>,
    /// Who can find and join it.
    #[serde(default)]
    #[schema(value_type = Option<Visibility>)]
    visibility: Patch<String>,
    /// At most 1,000 characters; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    description: Patch<String>,
}

impl ServerPatch {
    fn checked(self) -> Result<ServerChange, Problem> {
        let mut fields = Fields::default();
        let mut change = ServerChange::default();
        match self.name.into_change() {
            Some(Some(name)) => change.name = fields.parse::<ServerName>("name", &name),
            Some(None) => fields.add_invalid("name", Invalid::Required),
            None => {}
        }
        match self.visibility.into_change() {
            Some(Some(visibility)) => change.visibility = fields.parse::<Visibility>("visibility", &visibility),
            Some(None) => fields.add_invalid("visibility", Invalid::Required),
            None => {}
        }
        if let Some(description) = self.description.into_change() {
            change.description = fields.parse::<ServerDescription>("description", &description.unwrap_or_default());
        }
        fields.finish().map(|()| change)
    }
}

refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    SERVER,
    &[(
        403,
        "missing_permission",
        "The caller lacks the permission manage_server."
    )]
);

/// Change a server
///
/// Needs `manage_server`. Visibility changes who finds the server, not its members and roles.
#[utoipa::path(
    patch, path = "/servers/{server_id}", tag = "servers", request_body = ServerPatch,
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The server as it is now.", body = Server), Refusals)
)]
pub(crate) async fn change_server(
    State(api): State<Api>,
    allowed: Allowed<ManageServer>,
    Json(patch): Json<ServerPatch>,
) -> Result<Json<Server>, Problem> {
    let change = patch.checked()?;
    Ok(Json(settings::change(&api, allowed.server.server_id, &change).await?))
}
