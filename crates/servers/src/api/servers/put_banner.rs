//! `PUT /servers/{server_id}/banner`

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

/// Set a server's banner
///
/// It is cut to 960 by 320 pixels from its middle and encoded anew. Needs `manage_server`.
#[utoipa::path(
    put, path = "/servers/{server_id}/banner", tag = "servers",
    request_body(content = PictureForm, content_type = "multipart/form-data"),
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 200, description = "The server as it is now.", body = Server), Refusals)
)]
pub(crate) async fn put_banner(
    State(api): State<Api>,
    allowed: Allowed<ManageServer>,
    PictureForm { file }: PictureForm,
) -> Result<Json<Server>, Problem> {
    let server = allowed.server;
    let change = ServerChange {
        banner_url: Becomes::This(api.store_picture(file, PictureShape::Banner).await?),
        ..ServerChange::default()
    };
    let changed = settings::change(&api, server.server_id, server.user_id, &change).await?;
    Ok(Json(changed))
}
