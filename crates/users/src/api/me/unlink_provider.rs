//! `DELETE /users/@me/providers/{provider_id}`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use platform::{
    auth::Caller,
    http::{
        Json, Path, Problem,
        refusals::{BODY, PATH, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;

use crate::{
    api::{
        Api,
        client::Client,
        refusals::{AGAIN, CODE, IDENTITY, KEPT_HERE, TRIES},
        resource::Shown,
    },
    error::UsersError,
    identity::keycloak::{self, Refusal},
};

/// The provider that a path names.
#[derive(Deserialize)]
pub(crate) struct ProviderPath {
    provider_id: String,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    BODY,
    TRIES,
    KEPT_HERE,
    AGAIN,
    CODE,
    IDENTITY,
    &[
        (404, "provider_not_found", "The caller is not linked to this provider."),
        (
            409,
            "last_way_in",
            "The caller has no password, no passkey and no other provider to sign in with."
        ),
    ]
);

/// Sign in by this provider no more
///
/// The account there stays as it is; whoever comes by it is somebody new here. The caller is told by mail, their devices by
/// `user.security_changed`.
#[utoipa::path(
    delete, path = "/users/@me/providers/{provider_id}", tag = "users", request_body = Shown,
    params(("provider_id" = String, Path, description = "The provider.")),
    responses((status = 204, description = "It opens the account no more."), Refusals)
)]
pub(crate) async fn unlink_provider(
    State(api): State<Api>,
    caller: Caller,
    client: Client,
    headers: HeaderMap,
    Path(path): Path<ProviderPath>,
    Json(shown): Json<Shown>,
) -> Result<StatusCode, Problem> {
    let keycloak = api.keycloak().ok_or(UsersError::Manager(Refusal::KeptElsewhere))?;
    let proof = shown.proof(caller, &client, &headers)?;
    keycloak::unlink_provider(&api, keycloak, caller, &path.provider_id, &proof).await?;
    Ok(StatusCode::NO_CONTENT)
}
