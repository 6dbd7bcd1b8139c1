//! What a sign-in stands on.

use model::{SessionId, Timestamp};
use platform::auth::{AuthError, Secret};

use super::Keycloak;
use crate::store::Grant;

/// What a sign-in is to stand on: an account, and a session if there is one.
pub(crate) struct Standing<'a> {
    pub(super) keycloak: &'a Keycloak,
    pub(super) subject: &'a str,
    pub(super) client: &'a str,
    pub(super) session: Option<String>,
    pub(super) refresh_token: Option<Secret<String>>,
    /// When Keycloak has granted it, in seconds by its own clock; now, where it was not asked.
    pub(super) granted_at: Option<i64>,
}

impl Standing<'_> {
    /// The same as the sign-in keeps it.
    pub(crate) fn grant(&self, id: SessionId, now: Timestamp) -> Result<Grant, AuthError> {
        let sealed = self
            .refresh_token
            .as_ref()
            .map(|token| self.keycloak.close_refresh_token(id, token.expose()));
        let seconds = self.granted_at.unwrap_or_else(|| now.as_millis().div_euclid(1_000));
        Ok(Grant {
            granted_at: Timestamp::from_millis(seconds.saturating_mul(1_000)),
            subject: self.subject.to_owned(),
            client: self.client.to_owned(),
            session: self.session.clone(),
            sealed: sealed.transpose()?,
            checked_at: now,
        })
    }
}
