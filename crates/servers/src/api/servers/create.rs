//! `POST /servers`

use axum::extract::State;
use http::StatusCode;
use model::ServerName;
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Problem,
        refusals::{BODY, FIELDS, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, resource::ServerWithDetail},
    founding,
    visibility::Visibility,
};

/// A server to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"name": "Chess club", "visibility": "public"}))]
pub(crate) struct NewServer {
    /// 1 to 100 characters.
    #[serde(default)]
    #[schema(required, min_length = 1, max_length = 100)]
    name: String,
    /// Who can find and join it.
    #[serde(default)]
    #[schema(required, value_type = Visibility)]
    visibility: String,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    &[
        (409, "too_many_servers", "The caller is in 200 servers already."),
        (409, "too_many_owned_servers", "The caller owns 50 servers already."),
    ]
);

/// Create a server
///
/// It begins with a text channel, `general`, the role `everyone`, and the caller as its owner and only member.
#[utoipa::path(
    post, path = "/servers", tag = "servers", request_body = NewServer,
    responses((status = 201, description = "The new server.", body = ServerWithDetail), Refusals)
)]
pub(crate) async fn create_server(
    State(api): State<Api>,
    caller: Caller,
    Json(new): Json<NewServer>,
) -> Result<(StatusCode, Json<ServerWithDetail>), Problem> {
    let mut fields = Fields::default();
    let name = fields.parse::<ServerName>("name", &new.name);
    let visibility = fields.parse::<Visibility>("visibility", &new.visibility);
    let (Some(name), Some(visibility)) = (name, visibility) else {
        return Err(fields.problem());
    };
    let server = founding::found(&api, caller.user_id, &name, visibility).await?;
    Ok((StatusCode::CREATED, Json(server)))
}
