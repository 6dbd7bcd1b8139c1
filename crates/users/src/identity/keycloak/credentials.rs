//! What somebody signs in with at Keycloak, as its administration tells and changes it.

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use model::{Email, Timestamp};
use platform::auth::Secret;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Keycloak, KeycloakError,
    admin::{Identity, read, unexpected},
};

/// What a credential is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CredentialKind {
    /// Codes of an authenticator.
    Totp,
    /// A key that is asked for beside the password.
    SecurityKey,
    /// A key in place of the password.
    Passkey,
    /// Codes for when the others are lost.
    RecoveryCodes,
}

/// Something beside the password.
#[derive(Debug, Clone)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) kind: CredentialKind,
    /// What its owner calls it.
    pub(crate) name: String,
    pub(crate) created_at: Option<Timestamp>,
    /// Of recovery codes: how many were not used.
    pub(crate) left: i64,
}

/// All that somebody signs in with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Credentials {
    pub(crate) password: bool,
    pub(crate) others: Vec<Credential>,
}

impl Credentials {
    /// Whether one of them is of this kind.
    pub(crate) fn has(&self, kind: CredentialKind) -> bool {
        self.others.iter().any(|other| other.kind == kind)
    }

    /// Whether there is a key, which no form of ours can ask for.
    pub(crate) fn has_key(&self) -> bool {
        self.has(CredentialKind::SecurityKey) || self.has(CredentialKind::Passkey)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    user_label: Option<String>,
    created_date: Option<i64>,
    credential_data: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecoveryCodesData {
    remaining_codes: Option<i64>,
}

#[derive(Deserialize)]
struct Error {
    error: Option<String>,
}

impl Credentials {
    fn of(listed: Vec<Listed>) -> Self {
        let password = listed.iter().any(|one| one.kind == "password");
        let others = listed.into_iter().filter_map(|one| {
            let kind = match one.kind.as_str() {
                "otp" => CredentialKind::Totp,
                "webauthn" => CredentialKind::SecurityKey,
                "webauthn-passwordless" => CredentialKind::Passkey,
                "recovery-authn-codes" => CredentialKind::RecoveryCodes,
                _ => return None,
            };
            let data = one.credential_data.as_deref().unwrap_or_default();
            let data: RecoveryCodesData = serde_json::from_str(data).unwrap_or_default();
            Some(Credential {
                id: one.id?,
                kind,
                name: one.user_label.unwrap_or_default(),
                created_at: one.created_date.map(Timestamp::from_millis),
                left: data.remaining_codes.unwrap_or(0),
            })
        });
        Self {
            password,
            others: others.collect(),
        }
    }
}

/// How it went with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PasswordSet {
    Done,
    /// It is not good enough for Keycloak.
    Weak,
}

fn done(what: &str, answer: &Response<Bytes>) -> Result<(), KeycloakError> {
    match answer.status() {
        StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
        _ => Err(unexpected(what, answer)),
    }
}

impl Keycloak {
    /// What the identity signs in with.
    pub(super) async fn credentials(&self, subject: &str) -> Result<Credentials, KeycloakError> {
        let path = format!("/users/{subject}/credentials");
        let answer = self.ask(Method::GET, &path, None).await?;
        match answer.status() {
            StatusCode::OK => Ok(Credentials::of(read(&answer)?)),
            _ => Err(unexpected("credentials", &answer)),
        }
    }

    /// Removes a credential, if it is there.
    pub(super) async fn remove_credential(&self, subject: &str, id: &str) -> Result<(), KeycloakError> {
        let path = format!("/users/{subject}/credentials/{id}");
        done("removing a credential", &self.ask(Method::DELETE, &path, None).await?)
    }

    /// Sets the password. Never of somebody whom a directory keeps: theirs would not work any more.
    pub(super) async fn set_password(
        &self,
        identity: &Identity,
        password: &Secret<String>,
    ) -> Result<PasswordSet, KeycloakError> {
        if identity.federation_link.is_some() {
            return Err(KeycloakError::Unexpected("a directory keeps the password".to_owned()));
        }
        let path = format!("/users/{}/reset-password", identity.id);
        let body = json!({"type": "password", "value": password.expose(), "temporary": false});
        let answer = self.ask(Method::PUT, &path, Some(&body)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(PasswordSet::Done),
            StatusCode::BAD_REQUEST => {
                let said: Error = read(&answer)?;
                let weak = said.error.is_some_and(|error| error.starts_with("invalidPassword"));
                weak.then_some(PasswordSet::Weak)
                    .ok_or_else(|| unexpected("a password", &answer))
            }
            _ => Err(unexpected("a password", &answer)),
        }
    }

    /// Sets the e-mail address, which its owner has confirmed; `false` when another identity has it.
    pub(super) async fn set_email(&self, identity: &Identity, email: &Email) -> Result<bool, KeycloakError> {
        let path = format!("/users/{}", identity.id);
        let body = json!({"username": identity.username, "email": email.expose(), "emailVerified": true});
        let answer = self.ask(Method::PUT, &path, Some(&body)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(true),
            StatusCode::CONFLICT => Ok(false),
            _ => Err(unexpected("an e-mail address", &answer)),
        }
    }

    /// Ends the sessions of the identity, but for one that is kept.
    pub(super) async fn end_sessions(&self, subject: &str, kept: Option<&str>) -> Result<(), KeycloakError> {
        let Some(kept) = kept else {
            let path = format!("/users/{subject}/logout");
            return done("ending sessions", &self.ask(Method::POST, &path, None).await?);
        };
        let path = format!("/users/{subject}/sessions");
        let answer = self.ask(Method::GET, &path, None).await?;
        if answer.status() != StatusCode::OK {
            return Err(unexpected("sessions", &answer));
        }
        let sessions: Vec<Value> = read(&answer)?;
        let ids = sessions.iter().filter_map(|session| session["id"].as_str());
        for id in ids.filter(|id| *id != kept) {
            self.end_session(id).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn credentials_are_read_as_keycloak_lists_them() {
        let listed = json!([
            {"id": "1", "type": "password", "createdDate": 1},
            {"id": "2", "type": "otp", "userLabel": "Phone", "createdDate": 1_800_000_000_000_i64, "credentialData": "{}"},
            {"id": "3", "type": "webauthn"},
            {"id": "4", "type": "recovery-authn-codes", "credentialData": "{\"totalCodes\":12,\"remainingCodes\":11}"},
            {"id": "5", "type": "something-new"},
            {"type": "otp", "federationLink": "x"},
        ]);
        let credentials = Credentials::of(serde_json::from_value(listed).unwrap());
        let others: Vec<_> = credentials
            .others
            .iter()
            .map(|one| (one.id.as_str(), one.kind, one.name.as_str(), one.left))
            .collect();
        assert!(credentials.password && credentials.has_key());
        assert_eq!(
            others,
            [
                ("2", CredentialKind::Totp, "Phone", 0),
                ("3", CredentialKind::SecurityKey, "", 0),
                ("4", CredentialKind::RecoveryCodes, "", 11),
            ]
        );
        assert!(!Credentials::of(Vec::new()).password);
    }
}
