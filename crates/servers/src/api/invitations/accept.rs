//! `POST /invitations/{code}/accept`

use axum::extract::State;
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{PATH, SIGNED_IN, UNSAFE},
    },
};

use super::{INVITATION, InvitationPath};
use crate::{
    api::{Api, resource::ServerWithDetail},
    invitations,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    INVITATION,
    &[
        (403, "banned", "The caller is banned from the server, which is public."),
        (409, "too_many_servers", "The caller is in 200 servers already."),
    ]
);

/// Accept an invitation
///
/// For a member it changes nothing and uses nothing.
#[utoipa::path(
    post, path = "/invitations/{code}/accept", tag = "invitations",
    params(("code" = String, Path, description = "The invitation.")),
    responses((status = 200, description = "The server that the caller is a member of.", body = ServerWithDetail), Refusals)
)]
pub(crate) async fn accept_invitation(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<InvitationPath>,
) -> Result<Json<ServerWithDetail>, Problem> {
    Ok(Json(invitations::accept(&api, &path.code()?, caller.user_id).await?))
}
