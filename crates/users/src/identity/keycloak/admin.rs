//! The administration of users, as far as the client `beep-users` may.

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use model::{Email, PersonName, UserId};
use platform::{auth::Secret, component::Away};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Keycloak, KeycloakError, WITHIN};

/// An identity to be.
pub(super) struct NewIdentity<'a> {
    pub(super) user_id: UserId,
    pub(super) username: &'a str,
    pub(super) email: &'a Email,
    pub(super) first_name: &'a PersonName,
    pub(super) last_name: &'a PersonName,
    pub(super) password: &'a Secret<String>,
}

/// How it went with a new identity.
pub(super) enum Created {
    /// It is there, as this subject.
    As(String),
    UsernameTaken,
    EmailTaken,
    /// Its password is not good enough for Keycloak.
    Weak,
}

/// An identity, as far as Beep looks at it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) id: String,
    #[serde(default)]
    pub(super) username: String,
    #[serde(default)]
    pub(super) enabled: bool,
    pub(super) email: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) last_name: Option<String>,
    /// The directory that keeps it, if one does.
    pub(super) federation_link: Option<String>,
}

/// Wrong passwords and codes of an account.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(default)]
pub(super) struct Failures {
    #[serde(rename = "numFailures")]
    all: u64,
    #[serde(rename = "numSecondaryAuthFailures")]
    of_codes: u64,
    #[serde(rename = "lastFailure")]
    last: u64,
    /// Whether Keycloak takes no password of the account for now.
    #[serde(rename = "disabled")]
    locked: bool,
}

impl Failures {
    /// Whether there was one since then. Keycloak counts a little later than it answers.
    pub(super) fn is_newer_than(self, before: Self) -> bool {
        self.last > before.last
    }

    /// Whether Keycloak takes no password of the account for now.
    pub(super) fn is_locked(self) -> bool {
        self.locked
    }

    /// Whether a password was right since then, and the code was missing or wrong.
    pub(super) fn of_codes_since(self, before: Self) -> bool {
        // Who gets in begins anew.
        let is_anew = self.all <= before.all;
        let counted = if is_anew { 0 } else { before.of_codes };
        self.is_newer_than(before) && self.of_codes > counted
    }
}

pub(super) fn unexpected(what: &str, answer: &Response<Bytes>) -> KeycloakError {
    KeycloakError::Unexpected(format!("{what}: {}", answer.status()))
}

pub(super) fn read<'a, T: Deserialize<'a>>(answer: &'a Response<Bytes>) -> Result<T, KeycloakError> {
    serde_json::from_slice(answer.body()).map_err(|error| KeycloakError::Unexpected(error.to_string()))
}

impl Keycloak {
    /// Asks the administration for something below the realm.
    pub(super) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response<Bytes>, KeycloakError> {
        let asking = async {
            let answer = self.ask_once(&method, path, body).await?;
            if answer.status() != StatusCode::UNAUTHORIZED {
                return Ok(answer);
            }
            // Refused before anything was done; with the next token it is another request.
            self.ask_once(&method, path, body).await
        };
        let answer = tokio::time::timeout(WITHIN, asking).await;
        answer.unwrap_or(Err(KeycloakError::Away(Away)))
    }

    async fn ask_once(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response<Bytes>, KeycloakError> {
        let token = self.service_token().await?;
        let (address, realm) = (self.settings.component.address(), &self.settings.realm);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{address}/admin/realms/{realm}{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Bytes::new, |body| body.to_string().into());
        let request = request
            .body(body)
            .map_err(|error| KeycloakError::Unexpected(error.to_string()))?;
        let component = &self.settings.component;
        let answer = match *method {
            Method::POST => component.send(request).await?,
            _ => component.send_again(&request).await?,
        };
        if answer.status() == StatusCode::UNAUTHORIZED {
            self.forget_service_token(&token).await;
        }
        Ok(answer)
    }

    /// Creates an identity that knows its user in Beep.
    pub(super) async fn create(&self, new: &NewIdentity<'_>) -> Result<Created, KeycloakError> {
        #[derive(Deserialize)]
        struct Refusal {
            #[serde(rename = "errorMessage")]
            message: Option<String>,
            error: Option<String>,
        }
        let body = json!({
            "username": new.username,
            "email": new.email.expose(),
            "firstName": new.first_name.expose(),
            "lastName": new.last_name.expose(),
            "enabled": true,
            "attributes": {"beep_user_id": [new.user_id.to_string()]},
            "credentials": [{"type": "password", "value": new.password.expose(), "temporary": false}],
        });
        let answer = self.ask(Method::POST, "/users", Some(&body)).await?;
        if answer.status() == StatusCode::CREATED {
            let location = answer.headers().get(header::LOCATION).and_then(|at| at.to_str().ok());
            let subject = location.and_then(|at| at.rsplit('/').next());
            return Ok(Created::As(
                subject.ok_or_else(|| unexpected("no location", &answer))?.to_owned(),
            ));
        }
        let refusal: Refusal = read(&answer)?;
        let said = refusal.message.or(refusal.error).unwrap_or_default();
        match answer.status() {
            StatusCode::CONFLICT if said.contains("email") => Ok(Created::EmailTaken),
            StatusCode::CONFLICT => Ok(Created::UsernameTaken),
            StatusCode::BAD_REQUEST if said.to_lowercase().contains("password") => Ok(Created::Weak),
            _ => Err(KeycloakError::Unexpected(format!(
                "a new user: {} {said}",
                answer.status()
            ))),
        }
    }

    /// The identities that were created for this user of Beep: one, or none.
    pub(super) async fn created_for(&self, user_id: UserId) -> Result<Vec<Identity>, KeycloakError> {
        let path = format!("/users?q=beep_user_id:{user_id}");
        let answer = self.ask(Method::GET, &path, None).await?;
        match answer.status() {
            StatusCode::OK => read(&answer),
            _ => Err(unexpected("users of an id", &answer)),
        }
    }

    /// The identity, if there is one.
    pub(super) async fn identity(&self, subject: &str) -> Result<Option<Identity>, KeycloakError> {
        let answer = self.ask(Method::GET, &format!("/users/{subject}"), None).await?;
        match answer.status() {
            StatusCode::OK => read(&answer).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(unexpected("a user", &answer)),
        }
    }

    /// Lets nobody sign in as the identity any more, or again.
    pub(super) async fn set_enabled(&self, identity: &Identity, enabled: bool) -> Result<(), KeycloakError> {
        let path = format!("/users/{}", identity.id);
        let body = json!({"username": identity.username, "enabled": enabled});
        let answer = self.ask(Method::PUT, &path, Some(&body)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(()),
            _ => Err(unexpected("whether a user may sign in", &answer)),
        }
    }

    /// Deletes the identity, if it is there.
    pub(super) async fn delete(&self, subject: &str) -> Result<(), KeycloakError> {
        let answer = self.ask(Method::DELETE, &format!("/users/{subject}"), None).await?;
        match answer.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
            _ => Err(unexpected("deleting a user", &answer)),
        }
    }

    /// Writes the user's id in Beep into the identity, and what Beep asked for because the identity lacked it.
    pub(super) async fn introduce(
        &self,
        subject: &str,
        user_id: UserId,
        missing: &[(&str, &str)],
    ) -> Result<(), KeycloakError> {
        let path = format!("/users/{subject}");
        let answer = self.ask(Method::GET, &path, None).await?;
        if answer.status() != StatusCode::OK {
            return Err(unexpected("a user", &answer));
        }
        let mut user: Value = read(&answer)?;
        user["attributes"]["beep_user_id"] = json!([user_id.to_string()]);
        for (field, text) in missing {
            user[*field] = json!(text);
        }
        let answer = self.ask(Method::PUT, &path, Some(&user)).await?;
        match answer.status() {
            StatusCode::NO_CONTENT => Ok(()),
            _ => Err(unexpected("writing a user's id", &answer)),
        }
    }

    /// Ends a session, if it lives.
    pub(super) async fn end_session(&self, session: &str) -> Result<(), KeycloakError> {
        let answer = self.ask(Method::DELETE, &format!("/sessions/{session}"), None).await?;
        match answer.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
            _ => Err(unexpected("ending a session", &answer)),
        }
    }

    /// Wrong passwords and codes of the account.
    pub(super) async fn failures(&self, subject: &str) -> Result<Failures, KeycloakError> {
        let path = format!("/attack-detection/brute-force/users/{subject}");
        let answer = self.ask(Method::GET, &path, None).await?;
        Ok(read(&answer).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(all: u64, of_codes: u64, last: u64) -> Failures {
        Failures {
            all,
            of_codes,
            last,
            locked: false,
        }
    }

    #[test]
    fn wrong_codes_are_told_from_wrong_passwords() {
        let before = failures(4, 2, 100);
        assert!(failures(5, 3, 101).of_codes_since(before));
        assert!(!failures(5, 2, 101).of_codes_since(before), "a wrong password");
        assert!(!before.of_codes_since(before), "not counted yet");
        assert!(!failures(0, 0, 0).of_codes_since(before), "somebody got in");
        assert!(
            failures(1, 1, 101).of_codes_since(before),
            "somebody got in, and a code was wrong"
        );
        assert!(
            !failures(1, 0, 101).of_codes_since(before),
            "somebody got in, and a password was wrong"
        );
        assert!(failures(1, 1, 1).of_codes_since(Failures::default()));
    }
}
