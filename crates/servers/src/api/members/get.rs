//! `GET /servers/{server_id}/members/{user_id}`

use axum::extract::State;
use model::{ServerId, UserId};
use platform::http::{
    Json, Path, Problem,
    refusals::{PATH, SERVER, SIGNED_IN},
};
use serde::Deserialize;

use crate::{
    api::{Api, access::InServer, resource::Member},
    error::Error,
    store::members,
};

#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct MemberPath {
    pub(in crate::api) user_id: UserId,
}

platform::refusals!(
    SIGNED_IN,
    PATH,
    SERVER,
    &[(404, "member_not_found", "The user is not a member of the server.")]
);

/// Get a member
#[utoipa::path(
    get, path = "/servers/{server_id}/members/{user_id}", tag = "members",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("user_id" = UserId, Path, description = "The user.")
    ),
    responses((status = 200, description = "The member.", body = Member), Refusals)
)]
pub(crate) async fn get_member(
    State(api): State<Api>,
    server: InServer,
    Path(MemberPath { user_id }): Path<MemberPath>,
) -> Result<Json<Member>, Problem> {
    let mut reader = api.tenants.reader(server.server_id);
    let member = members::lookup(&mut reader, user_id)
        .await
        .map_err(Error::from)?
        .ok_or(Error::MemberNotFound)?;
    Ok(Json(Member::from(&member)))
}
