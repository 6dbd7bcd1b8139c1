//! `PATCH /servers/{server_id}`

use axum::extract::State;
use model::{ChannelId, Invalid, ServerDescription, ServerId, ServerName, UserId};
use platform::http::{
    Fields, Json, Patch, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        access::{Allowed, ManageServer},
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
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    name: Patch<String>,
    /// Who can find and join it.
    #[serde(default)]
    #[schema(value_type = Visibility)]
    visibility: Patch<String>,
    /// At most 1,000 characters; null empties it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1_000)]
    description: Patch<String>,
    /// A text channel where newcomers begin; null for nowhere in particular.
    #[serde(default)]
    #[schema(value_type = Option<ChannelId>)]
    default_channel_id: Patch<ChannelId>,
    /// A text channel where it is said who joined; null for nowhere.
    #[serde(default)]
    #[schema(value_type = Option<ChannelId>)]
    system_channel_id: Patch<ChannelId>,
    /// The member whom the server is given to, for good.
    #[serde(default)]
    #[schema(value_type = UserId)]
    owner_id: Patch<UserId>,
}

impl ServerPatch {
    fn checked(self) -> Result<ServerChange, Problem> {
        let mut fields = Fields::default();
        let change = ServerChange {
            name: fields.change::<ServerName>("name", self.name),
            visibility: fields.change::<Visibility>("visibility", self.visibility),
            description: fields.change_or_empty::<ServerDescription>("description", self.description),
            default_channel_id: self.default_channel_id.into(),
            system_channel_id: self.system_channel_id.into(),
            owner_id: match self.owner_id.into_change() {
                Some(None) => {
                    fields.add_invalid("owner_id", Invalid::Required);
                    None
                }
                owner_id => owner_id.flatten(),
            },
            ..ServerChange::default()
        };
        fields.finish().map(|()| change)
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission manage_server, or would give away what is not theirs."
        ),
        (409, "too_many_owned_servers", "The member owns 50 servers already."),
    ]
);

/// Change a server
///
/// Needs `manage_server`, and for `owner_id` to be the owner, who stays a member. Visibility changes who finds the server,
/// not its members and roles.
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
    let server = allowed.server;
    Ok(Json(
        settings::change(&api, server.server_id, server.user_id, &change).await?,
    ))
}
