//! `GET /users/@me/invitations`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{Json, Page, Problem, refusals::SIGNED_IN},
};

use crate::{
    api::{Api, resource::Invitation},
    invitations,
};

platform::refusals!(SIGNED_IN);

/// List the invitations that the caller has been sent
///
/// Those by name that can still be accepted, the newest first, at most 100 on one page.
#[utoipa::path(
    get, path = "/users/@me/invitations", tag = "invitations",
    responses((status = 200, description = "The invitations.", body = Page<Invitation>), Refusals)
)]
pub(crate) async fn list_my_invitations(
    State(api): State<Api>,
    caller: Caller,
) -> Result<Json<Page<Invitation>>, Problem> {
    Ok(Json(Page::whole(
        invitations::list_received(&api, caller.user_id).await?,
    )))
}
