//! Invitations to servers.

mod accept;
mod create;
mod decline;
mod list;
mod list_mine;
mod preview;
mod revoke;

use platform::http::refusals::Case;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::Api;
use crate::{error::Error, invitations::InvitationCode};

/// The invitation that a path names.
#[derive(Debug, Deserialize)]
struct InvitationPath {
    code: String,
}

impl InvitationPath {
    /// Its code; what no invitation can have is not found like what none has.
    fn code(&self) -> Result<InvitationCode, Error> {
        self.code.parse().map_err(|_| Error::InvitationNotFound)
    }
}

/// Of every route of one invitation.
const INVITATION: &[Case] = &[(
    404,
    "invitation_not_found",
    "There is no such invitation: it never was, has expired, is used up, was revoked, or is not for the caller.",
)];

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(create::create_invitation, list::list_invitations))
        .routes(routes!(list_mine::list_my_invitations))
        .routes(routes!(preview::get_invitation, revoke::revoke_invitation))
        .routes(routes!(accept::accept_invitation))
        .routes(routes!(decline::decline_invitation))
}
