//! The accounts at providers that an identity is linked to, as the administration tells and changes it.

use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::{
    Keycloak, KeycloakError,
    admin::{read, unexpected},
};

/// What Keycloak notes where an account at a provider is linked to another identity already.
const OF_ANOTHER: &str = "identityProviderAlreadyLinkedMessage";

/// An account at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    #[serde(rename = "identityProvider")]
    pub(super) provider: String,
    /// What the provider calls it among its machines.
    #[serde(default)]
    user_id: String,
    /// What the provider calls it among people, where it does.
    #[serde(default)]
    user_name: String,
}

impl Link {
    /// What people call the account, where they do.
    pub(super) fn account(&self) -> Option<&str> {
        Some(self.user_name.as_str()).filter(|name| !name.is_empty() && *name != self.user_id)
    }
}

/// That Keycloak did not link an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct NotLinked {
    pub(super) time: i64,
    error: Option<String>,
}

impl NotLinked {
    /// Whether the account is linked to another identity.
    pub(super) fn is_of_another(&self) -> bool {
        self.error.as_deref() == Some(OF_ANOTHER)
    }
}

impl Keycloak {
    /// The accounts at providers that the identity is linked to.
    pub(super) async fn links(&self, subject: &str) -> Result<Vec<Link>, KeycloakError> {
        let path = format!("/users/{subject}/federated-identity");
        let answer = self.ask(Method::GET, &path, None).await?;
        match answer.status() {
            StatusCode::OK => read(&answer),
            _ => Err(unexpected("linked providers", &answer)),
        }
    }

    /// Takes a link away, if it is there.
    pub(super) async fn remove_link(&self, subject: &str, provider: &str) -> Result<(), KeycloakError> {
        let path = format!("/users/{subject}/federated-identity/{provider}");
        let answer = self.ask(Method::DELETE, &path, None).await?;
        match answer.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
            _ => Err(unexpected("removing a link", &answer)),
        }
    }

    /// Puts a link back that was taken away a moment ago.
    pub(super) async fn restore_link(&self, subject: &str, link: &Link) -> Result<(), KeycloakError> {
        let path = format!("/users/{subject}/federated-identity/{}", link.provider);
        let body = json!({
            "identityProvider": link.provider, "userId": link.user_id, "userName": link.user_name,
        });
        let answer = self.ask(Method::POST, &path, Some(&body)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT | StatusCode::CONFLICT => Ok(()),
            _ => Err(unexpected("restoring a link", &answer)),
        }
    }

    /// The last time that it did not link an account to the identity, if there was one within the days that it keeps events.
    pub(super) async fn last_not_linked(&self, subject: &str) -> Result<Option<NotLinked>, KeycloakError> {
        let path = format!("/events?user={subject}&type=FEDERATED_IDENTITY_LINK_ERROR&max=1");
        let answer = self.ask(Method::GET, &path, None).await?;
        if answer.status() != StatusCode::OK {
            return Err(unexpected("events", &answer));
        }
        let events: Vec<NotLinked> = read(&answer)?;
        Ok(events.into_iter().next())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn an_account_is_called_what_people_call_it() {
        let listed = json!([
            {"identityProvider": "google", "userId": "1", "userName": "ada@example.org"},
            {"identityProvider": "saml", "userId": "G-1", "userName": "G-1"},
            {"identityProvider": "github", "userId": "2"},
        ]);
        let links: Vec<Link> = serde_json::from_value(listed).unwrap();
        let accounts: Vec<_> = links.iter().map(Link::account).collect();
        assert_eq!(accounts, [Some("ada@example.org"), None, None]);
    }
}
