//! `GET /invitations/{code}`

use axum::extract::State;
use platform::http::{Json, MaybeCaller, Path, Problem, refusals::PATH};

use super::{INVITATION, InvitationPath};
use crate::{
    api::{Api, resource::InvitationPreview},
    invitations,
};

platform::refusals!(PATH, INVITATION);

/// Look at an invitation
///
/// For whoever has its code, signed in or not; one that is for a user by name is there for that user alone.
#[utoipa::path(
    get, path = "/invitations/{code}", tag = "invitations",
    params(("code" = String, Path, description = "The invitation.")),
    security((), ("bearer" = []), ("cookie" = [])),
    responses((status = 200, description = "What it leads to.", body = InvitationPreview), Refusals)
)]
pub(crate) async fn get_invitation(
    State(api): State<Api>,
    MaybeCaller(caller): MaybeCaller,
    Path(path): Path<InvitationPath>,
) -> Result<Json<InvitationPreview>, Problem> {
    let viewer = caller.map(|caller| caller.user_id);
    Ok(Json(invitations::preview(&api, &path.code()?, viewer).await?))
}
