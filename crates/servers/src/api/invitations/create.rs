//! `POST /servers/{server_id}/invitations`

use axum::extract::State;
use http::StatusCode;
use model::{Invalid, ServerId, UserId, limits};
use platform::http::{
    Fields, Json, Problem,
    refusals::{BODY, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        Api,
        access::{Allowed, CreateInvitations},
        resource::Invitation,
    },
    invitations::{self, NewInvitation},
};

/// An invitation to be.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(example = json!({"expires_in": 604_800, "max_uses": 10}))]
pub(crate) struct InvitationToBe {
    /// How many seconds it lasts, at most a year; for ever if not given.
    #[schema(minimum = 1, maximum = 31_536_000)]
    expires_in: Option<u32>,
    /// How often it can be accepted, at most a million times; as often as anybody likes if not given. Once if it is for a
    /// user.
    #[schema(minimum = 1, maximum = 1_000_000)]
    max_uses: Option<u32>,
    /// Whom it is for; whoever has the code if not given.
    user_id: Option<UserId>,
}

impl InvitationToBe {
    fn checked(self) -> Result<NewInvitation, Problem> {
        let mut fields = Fields::default();
        for (name, number, most) in [
            ("expires_in", self.expires_in, limits::INVITATION_SECONDS_MAX),
            ("max_uses", self.max_uses, limits::INVITATION_USES_MAX),
        ] {
            if number.is_some_and(|number| !(1..=most).contains(&number)) {
                fields.add_invalid(name, Invalid::OutOfRange);
            }
        }
        fields.finish().map(|()| NewInvitation {
            expires_in: self.expires_in,
            max_uses: self.max_uses,
            user_id: self.user_id,
        })
    }
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission create_invitations."
        ),
        (404, "user_not_found", "There is no user whom it could be for."),
        (409, "already_member", "The user is a member of the server already."),
        (
            409,
            "already_invited",
            "The user has been invited to the server already and has not answered."
        ),
        (
            409,
            "too_many_invitations",
            "The server has 1,000 invitations that can still be accepted."
        ),
    ]
);

/// Invite
///
/// Needs `create_invitations`. Makes a link, or invites one user, who is told at once.
#[utoipa::path(
    post, path = "/servers/{server_id}/invitations", tag = "invitations", request_body = InvitationToBe,
    params(("server_id" = ServerId, Path, description = "The server.")),
    responses((status = 201, description = "The new invitation.", body = Invitation), Refusals)
)]
pub(crate) async fn create_invitation(
    State(api): State<Api>,
    allowed: Allowed<CreateInvitations>,
    Json(new): Json<InvitationToBe>,
) -> Result<(StatusCode, Json<Invitation>), Problem> {
    let new = new.checked()?;
    let server = allowed.server;
    let invitation = invitations::create(&api, server.server_id, server.user_id, &new).await?;
    Ok((StatusCode::CREATED, Json(invitation)))
}
