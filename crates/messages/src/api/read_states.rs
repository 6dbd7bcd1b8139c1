//! `GET /users/@me/read-states`

use axum::extract::State;
use contracts::{
    permissions::{MemberAccess, TenantAccess},
    servers::{ListServersOfUserRequest, ServerOfUser},
};
use model::{ServerId, Timestamp};
use platform::{
    auth::Caller,
    http::{Json, Page, Problem, refusals::SIGNED_IN},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use crate::{
    error::MessagesError,
    reading::{ReadState, Readable},
};

platform::refusals!(SIGNED_IN);

/// The route with its description.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_read_states))
}

/// List how far I have read
///
/// Of each channel that the caller sees and that has had messages; all on one page. The gateway's `ready` has the same.
#[utoipa::path(
    get, path = "/read-states", tag = "read states",
    responses((status = 200, description = "How far the caller has read.", body = Page<ReadState>), Refusals)
)]
pub(crate) async fn list_read_states(State(api): State<Api>, caller: Caller) -> Result<Json<Page<ReadState>>, Problem> {
    let request = ListServersOfUserRequest {
        user_id: caller.user_id.0,
    };
    let answer = api.servers.clone().list_servers_of_user(request).await;
    let servers = answer.map_err(MessagesError::from)?.into_inner().servers;
    let now = api.clock.now();
    let readable: Vec<Readable> = servers.iter().filter_map(|server| readable(server, now)).collect();
    Ok(Json(Page::whole(api.read_states(caller.user_id, &readable).await?)))
}

/// What a member may read of a server.
fn readable(server: &ServerOfUser, now: Timestamp) -> Option<Readable> {
    let tenant = TenantAccess::from(server.tenant.as_ref()?);
    let member = MemberAccess::from(server.membership.as_ref()?);
    Some(Readable {
        server_id: ServerId(server.server_id),
        joined_at: Timestamp::from_millis(server.joined_at),
        channel_ids: tenant.seen_by(&member, now),
        role_ids: member.role_ids,
    })
}
