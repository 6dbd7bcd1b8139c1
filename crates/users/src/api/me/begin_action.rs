//! `POST /users/@me/security/actions`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Problem,
        refusals::{BODY, FIELDS, SIGNED_IN, UNSAFE},
    },
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{Api, passing, refusals::IDENTITY},
    error::UsersError,
    identity::keycloak::{self, Action, Refusal},
};

/// What to do at the identity manager's page.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActionKind {
    /// Codes of an authenticator.
    SetUpTotp,
    /// A key that is asked for beside the password.
    AddSecurityKey,
    /// A key in place of the password.
    AddPasskey,
    /// Recovery codes, in place of the old ones.
    SetUpRecoveryCodes,
    /// Removes `credential_id`.
    Remove,
    /// Links the provider `provider_id`: one can sign in with the account there, too.
    LinkProvider,
    /// Shows once more who one is: for five minutes, that is the `proof` of this sign-in.
    SignInAgain,
}

/// Something to do at the identity manager's page.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"action": "set_up_totp", "return_to": "/settings/security"}))]
pub(crate) struct NewAction {
    action: ActionKind,
    /// Which one to remove.
    credential_id: Option<String>,
    /// Which provider to link.
    provider_id: Option<String>,
    /// The path of the page to go to afterwards; the first one without it. It is told by `security` in its query how it went:
    /// `changed`, `unchanged`, `confirmed`, `another_account`, `linked_elsewhere` (the account at the provider is that of somebody
    /// else here) or `failed`.
    return_to: Option<String>,
}

/// Where to go.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"location": "https://beep.example/realms/beep/protocol/openid-connect/auth?client_id=beep-web"}))]
pub(crate) struct Begun {
    /// The address that this browser is to open, within ten minutes.
    location: String,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    IDENTITY,
    &[
        (
            409,
            "kept_elsewhere",
            "Beep itself keeps what one signs in with: see the other routes."
        ),
        (404, "credential_not_found", "The caller has no credential of this id."),
        (404, "provider_not_found", "No provider of this id can be linked."),
        (
            409,
            "provider_linked",
            "The caller is linked to an account of this provider already."
        ),
    ]
);

/// Change how I sign in, at the identity manager
///
/// Answers the address of its page. The browser comes back to `/auth/callback` and goes on to `return_to`. What has changed is
/// told to the caller's devices (`user.security_changed`) and by mail.
#[utoipa::path(
    post, path = "/users/@me/security/actions", tag = "users", request_body = NewAction,
    responses((status = 200, description = "Where to go.", body = Begun), Refusals)
)]
pub(crate) async fn begin_action(
    State(api): State<Api>,
    caller: Caller,
    Json(new): Json<NewAction>,
) -> Result<Response, Problem> {
    let keycloak = api.keycloak().ok_or(UsersError::Manager(Refusal::KeptElsewhere))?;
    let needed = |given: Option<String>, field: &'static str| {
        given.ok_or_else(|| {
            let mut fields = Fields::default();
            fields.add(field, "required", "is missing");
            fields.problem()
        })
    };
    let action = match new.action {
        ActionKind::SetUpTotp => Action::SetUpTotp,
        ActionKind::AddSecurityKey => Action::AddSecurityKey,
        ActionKind::AddPasskey => Action::AddPasskey,
        ActionKind::SetUpRecoveryCodes => Action::SetUpRecoveryCodes,
        ActionKind::SignInAgain => Action::SignInAgain,
        ActionKind::Remove => Action::Remove(needed(new.credential_id, "credential_id")?),
        ActionKind::LinkProvider => Action::LinkProvider(needed(new.provider_id, "provider_id")?),
    };
    let begun = keycloak::begin(&api, keycloak, caller, action, new.return_to.as_deref()).await?;
    let mut response = Json(Begun {
        location: begun.location,
    })
    .into_response();
    let headers = response.headers_mut();
    api.cookies
        .set_passing(headers, passing::TRAVELLING, &begun.carried, keycloak::AWAY);
    Ok(response)
}
