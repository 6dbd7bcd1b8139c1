//! `GET /servers/{server_id}/invitations`

use axum::extract::State;
use model::{Permission, ServerId};
use platform::http::{
    Json, Page, PageQuery, Problem, Query,
    refusals::{LIST, PATH, SERVER, SIGNED_IN},
};

use crate::{
    api::{Api, access::InServer, resource::Invitation},
    cursor::InvitationCursor,
    invitations,
};

platform::refusals!(SIGNED_IN, LIST, PATH, SERVER);

/// List a server's invitations
///
/// Those that can still be accepted, the newest first: all with `manage_invitations`, otherwise the caller's own.
#[utoipa::path(
    get, path = "/servers/{server_id}/invitations", tag = "invitations",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "The cursor of the page before.")
    ),
    responses((status = 200, description = "A page of invitations.", body = Page<Invitation>), Refusals)
)]
pub(crate) async fn list_invitations(
    State(api): State<Api>,
    server: InServer,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Invitation>>, Problem> {
    let (limit, after) = (query.limit()?, query.after()?);
    let after = after.unwrap_or_else(InvitationCursor::start);
    let permissions = server.tenant.permissions(&server.member, server.now);
    let inviter = (!permissions.contains(Permission::ManageInvitations)).then_some(server.user_id);
    let found = invitations::list(&api, server.server_id, inviter, &after, limit + 1).await?;
    Ok(Json(Page::from_excess(found, limit, |last| {
        InvitationCursor {
            created_at: last.created_at,
            code: last.code.clone(),
        }
        .to_string()
    })))
}
