//! The cookies of a browser that is on its way in.

use std::time::Duration;

use http::HeaderMap;
use platform::auth::cookies;

use super::Api;
use crate::{
    error::UsersError,
    identity::keycloak::{Keycloak, Refusal},
};

/// What a browser carries while it is at a provider's page.
pub(super) const TRAVELLING: &str = "beep_travelling";
/// Who a newcomer is, until they have said who they want to be.
pub(super) const NEWCOMER: &str = "beep_newcomer";
/// How long the latter is kept.
pub(super) const NEWCOMER_LIFETIME: Duration = Duration::from_mins(30);
/// That somebody has signed in once more at the identity manager.
pub(super) use platform::auth::cookies::FRESH;

/// Keycloak, and what this browser carries of somebody who has come back from it.
pub(super) fn newcomer<'a>(
    api: &'a Api,
    headers: &'a HeaderMap,
) -> Result<(&'a Keycloak, Option<&'a str>), UsersError> {
    let keycloak = api.keycloak().ok_or(UsersError::Manager(Refusal::NotBegunHere))?;
    Ok((keycloak, cookies::read(headers, NEWCOMER)))
}
