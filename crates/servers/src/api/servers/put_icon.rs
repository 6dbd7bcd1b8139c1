//! `PUT /servers/{server_id}/icon`

use axum::extract::State;
use contracts::storage::PictureShape;
use model::ServerId;
use platform::http::{
    Json, PictureForm, Problem,
    refusals::{PATH, PICTURE, SERVER, SIGNED_IN, UNSAFE},
};

use crate::{
    api::{
        Api,
        access::{Allowed, MANAGE_SERVER, ManageServer},
        resource::Server,
    },
    becomes::Becomes,
    settings::{self, ServerChange},
};

platform::refusals!(SIGNED_IN, UNSAFE, PATH, SERVER, PICTURE, MANAGE_SERVER);

/// Set a server's picture
///
/// It is cut to a square of 256 pixels from its middle and encoded anew. Needs `manage_server`.
#[utoipa::path(
    put, path = "/servers/{server_id}/icon", tag = "servers",
    request_body(content = PictureForm, content_type = "multipart/form-data"),
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The server as it is now.", body = Server), Refusals)
)]
pub(crate) async fn put_icon(
    State(api): State<Api>,
    allowed: Allowed<ManageServer>,
    PictureForm { file }: PictureForm,
) -> Result<Json<Server>, Problem> {
    let server = allowed.server;
    let change = ServerChange {
        icon_url: Becomes::This(api.store_picture(file, PictureShape::Avatar).await?),
        ..ServerChange::default()
    };
    let changed = settings::change(&api, server.server_id, server.user_id, &change).await?;
    Ok(Json(changed))
}
