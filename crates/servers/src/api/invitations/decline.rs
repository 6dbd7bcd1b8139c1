//! `POST /invitations/{code}/decline`

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

/// Decline an invitation
///
/// One that is for the caller by name. Whoever made it is told.
#[utoipa::path(
    post, path = "/invitations/{code}/decline", tag = "invitations",
    params(("code" = String, Path, description = "The invitation.")),
    responses((status = 204, description = "It is no more."), Refusals)
)]
pub(crate) async fn decline_invitation(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<InvitationPath>,
) -> Result<StatusCode, Problem> {
    invitations::decline(&api, &path.code()?, caller.user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
