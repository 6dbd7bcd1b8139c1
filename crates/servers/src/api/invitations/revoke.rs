//! `DELETE /invitations/{code}`

use axum::extract::State;
use http::StatusCode;
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{PATH, SIGNED_IN, UNSAFE},
    },
};

use super::{INVITATION, InvitationPath};
use crate::{api::Api, invitations};

platform::refusals!(SIGNED_IN, UNSAFE, PATH, INVITATION);

/// Revoke an invitation
///
/// For whoever made it, and for members with `manage_invitations`; to others it is not there.
#[utoipa::path(
    delete, path = "/invitations/{code}", tag = "invitations",
    params(("code" = String, Path, description = "The invitation.")),
    responses((status = 204, description = "Nobody can accept it any more."), Refusals)
)]
pub(crate) async fn revoke_invitation(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<InvitationPath>,
) -> Result<StatusCode, Problem> {
    invitations::revoke(&api, &path.code()?, caller.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
