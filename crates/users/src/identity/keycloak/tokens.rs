//! The token endpoint (RFC 6749) and the published keys (RFC 7517).

use std::{borrow::Cow, fmt, time::Duration};

use bytes::Bytes;
use futures::future::BoxFuture;
use http::Request;
use jsonwebtoken::jwk::JwkSet;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, ResourceOwnerPassword, ResourceOwnerUsername,
    Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{
        BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
        BasicTokenType,
    },
};
use platform::{
    auth::{AuthError, KeySource, Secret},
    component::{Away, Component},
};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{Keycloak, KeycloakError, LOGIN, USERS, WEB};

/// A service token is asked for anew so long before it expires.
const EARLY: Duration = Duration::from_secs(30);

/// What comes with the tokens of OAuth.
#[derive(Deserialize, Serialize)]
struct WithIdToken {
    id_token: Option<String>,
}

impl fmt::Debug for WithIdToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WithIdToken")
    }
}

impl oauth2::ExtraTokenFields for WithIdToken {}

type Answer = StandardTokenResponse<WithIdToken, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What was granted.
pub(super) struct Granted {
    pub(super) id_token: String,
    pub(super) refresh_token: Option<Secret<String>>,
}

/// The token of the service's own account.
pub(super) struct ServiceToken {
    text: String,
    until: Instant,
}

/// The token of the service's own account, as it is kept.
#[derive(Default)]
pub(super) struct Kept {
    token: Option<ServiceToken>,
    /// When Keycloak was last asked for one in vain.
    failed: Option<Instant>,
}

/// The keys that Keycloak publishes.
pub(super) struct PublishedKeys {
    pub(super) component: Component,
    pub(super) url: String,
}

impl KeySource for PublishedKeys {
    async fn jwks(&self) -> Result<JwkSet, AuthError> {
        let request = Request::get(&self.url).body(Bytes::new());
        let request = request.map_err(|_| AuthError::Issuer)?;
        let answer = self.component.send_again(&request).await;
        let answer = answer.map_err(|Away| AuthError::Unreachable)?;
        serde_json::from_slice(answer.body()).map_err(|_| AuthError::Issuer)
    }
}

impl Keycloak {
    fn client(&self, name: &str) -> Result<Client, KeycloakError> {
        let secret = match name {
            WEB => Some(&self.settings.web_secret),
            USERS => Some(&self.settings.users_secret),
            _ => self.settings.login_secret.as_ref(),
        };
        let secret = secret.ok_or_else(|| KeycloakError::Unexpected(format!("no secret of {name}")))?;
        let url = TokenUrl::new(self.openid("token")).map_err(|error| KeycloakError::Unexpected(error.to_string()))?;
        Ok(oauth2::Client::new(ClientId::new(name.to_owned()))
            .set_client_secret(ClientSecret::new(secret.expose().clone()))
            .set_auth_type(AuthType::BasicAuth)
            .set_token_uri(url))
    }

    /// What carries a request of the OAuth library, once or, when it may be done twice, again.
    fn carrier(&self, again: bool) -> impl Fn(HttpRequest) -> BoxFuture<'static, Result<HttpResponse, Away>> + use<> {
        let component = self.settings.component.clone();
        move |request| {
            let (component, request) = (component.clone(), request.map(Bytes::from));
            Box::pin(async move {
                let answer = if again {
                    component.send_again(&request).await?
                } else {
                    component.send(request).await?
                };
                Ok(answer.map(|body| body.to_vec()))
            })
        }
    }

    /// Exchanges a code that came back with a browser.
    pub(super) async fn by_code(&self, code: String, verifier: String) -> Result<Granted, KeycloakError> {
        let callback =
            RedirectUrl::new(self.callback()).map_err(|error| KeycloakError::Unexpected(error.to_string()))?;
        let answer = self
            .client(WEB)?
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .set_redirect_uri(Cow::Owned(callback))
            .request_async(&self.carrier(false))
            .await;
        granted(answer)
    }

    /// Signs in with a password, and a code where one is given.
    pub(super) async fn by_password(
        &self,
        name: &str,
        password: &Secret<String>,
        code: Option<&str>,
    ) -> Result<Granted, KeycloakError> {
        let (name, password) = (
            ResourceOwnerUsername::new(name.to_owned()),
            ResourceOwnerPassword::new(password.expose().clone()),
        );
        let client = self.client(LOGIN)?;
        let mut asking = client
            .exchange_password(&name, &password)
            .add_scope(Scope::new("openid".to_owned()));
        if let Some(code) = code {
            asking = asking.add_extra_param("totp", code.to_owned());
        }
        granted(asking.request_async(&self.carrier(false)).await)
    }

    /// Asks whether a session lives, for the account as it is now.
    pub(super) async fn by_refresh_token(&self, client: &str, token: &str) -> Result<Granted, KeycloakError> {
        let token = RefreshToken::new(token.to_owned());
        let answer = self
            .client(client)?
            .exchange_refresh_token(&token)
            .request_async(&self.carrier(true))
            .await;
        granted(answer)
    }

    /// The token of the service's own account.
    pub(super) async fn service_token(&self) -> Result<String, KeycloakError> {
        let begun = Instant::now();
        let mut kept = self.service_token.lock().await;
        if let Some(token) = kept.token.as_ref().filter(|token| token.until > Instant::now()) {
            return Ok(token.text.clone());
        }
        // Those who waited for somebody else's question do not ask one after the other.
        if kept.failed.is_some_and(|at| at >= begun) {
            return Err(KeycloakError::Away(Away));
        }
        let answer = self
            .client(USERS)?
            .exchange_client_credentials()
            .request_async(&self.carrier(true))
            .await
            .map_err(|error| {
                kept.failed = Some(Instant::now());
                match failed(error) {
                    KeycloakError::Refused(why) => KeycloakError::Unexpected(why),
                    other => other,
                }
            })?;
        let lifetime = answer.expires_in().unwrap_or_default().saturating_sub(EARLY);
        let text = answer.access_token().secret().clone();
        *kept = Kept {
            token: Some(ServiceToken {
                text: text.clone(),
                until: Instant::now() + lifetime,
            }),
            failed: None,
        };
        Ok(text)
    }

    /// Keycloak does not accept this token any more.
    pub(super) async fn forget_service_token(&self, token: &str) {
        let mut kept = self.service_token.lock().await;
        if kept.token.as_ref().is_some_and(|kept| kept.text == token) {
            kept.token = None;
        }
    }
}

fn granted(answer: Result<Answer, RequestTokenError<Away, BasicErrorResponse>>) -> Result<Granted, KeycloakError> {
    let answer = answer.map_err(failed)?;
    let id_token = answer.extra_fields().id_token.clone();
    Ok(Granted {
        id_token: id_token.ok_or_else(|| KeycloakError::Unexpected("no ID token".to_owned()))?,
        refresh_token: answer.refresh_token().map(|token| Secret::new(token.secret().clone())),
    })
}

fn failed(error: RequestTokenError<Away, BasicErrorResponse>) -> KeycloakError {
    match error {
        RequestTokenError::Request(Away) => KeycloakError::Away(Away),
        RequestTokenError::ServerResponse(said) => {
            let why = format!(
                "{}: {}",
                said.error().as_ref(),
                said.error_description().map_or("", String::as_str)
            );
            match said.error() {
                BasicErrorResponseType::InvalidGrant => KeycloakError::Refused(why),
                _ => KeycloakError::Unexpected(why),
            }
        }
        // A page, where a second factor has to be asked for that no form of ours can ask for.
        RequestTokenError::Parse(_, body) if body.trim_ascii_start().starts_with(b"<") => KeycloakError::NeedsPage,
        RequestTokenError::Parse(error, _) => KeycloakError::Unexpected(error.to_string()),
        RequestTokenError::Other(why) => KeycloakError::Unexpected(why),
    }
}
