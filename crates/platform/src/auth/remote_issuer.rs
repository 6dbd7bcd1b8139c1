//! The issuer in another process: its keys (RFC 7517), and service tokens by client credentials (RFC 6749, section 4.4).

use std::{collections::HashMap, time::Duration};

use contracts::calls::Service;
use futures::future::BoxFuture;
use jsonwebtoken::jwk::JwkSet;
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, TokenResponse, TokenUrl, basic::BasicClient,
};
use serde::de::DeserializeOwned;

use super::{AuthError, KeySource, SERVICE_TOKEN_LIFETIME, Secret, ServiceTokenSource, audience};
use crate::rpc::Address;

/// Where the issuer publishes its keys.
pub const KEYS_PATH: &str = "/.well-known/jwks.json";
/// Where the issuer gives tokens to services.
pub const TOKEN_PATH: &str = "/oauth/token";
/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(5);
/// The largest answer that is read, in bytes.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// The issuer, by its internal addresses.
#[derive(Clone)]
pub struct RemoteIssuer {
    http: reqwest::Client,
    addresses: Vec<Address>,
    secrets: std::sync::Arc<HashMap<Service, Secret<String>>>,
}

impl RemoteIssuer {
    /// The issuer at the addresses; `secrets` are those of the services in this process.
    ///
    /// # Errors
    /// When no client can be made, which is a fault of the machine.
    pub fn new(addresses: Vec<Address>, secrets: HashMap<Service, Secret<String>>) -> Result<Self, AuthError> {
        let http = reqwest::Client::builder().no_proxy().build();
        Ok(Self {
            http: http.map_err(|_| AuthError::Unreachable)?,
            addresses,
            secrets: std::sync::Arc::new(secrets),
        })
    }

    /// Asks one instance after the other until one answers.
    async fn first_answer<'s, T>(
        &'s self,
        ask: impl Fn(&'s Address) -> BoxFuture<'s, Result<T, AuthError>> + Send,
    ) -> Result<T, AuthError> {
        let mut last = AuthError::Unreachable;
        for address in &self.addresses {
            match ask(address).await {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn json<T: DeserializeOwned>(&self, request: reqwest::RequestBuilder) -> Result<T, AuthError> {
        let unreachable = |error: reqwest::Error| {
            tracing::debug!(error.detail = %error, "the issuer does not answer");
            AuthError::Unreachable
        };
        let mut response = request
            .timeout(WITHIN)
            .send()
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(unreachable)?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            body.extend_from_slice(&chunk);
            if body.len() > ANSWER_BYTES {
                return Err(AuthError::Issuer);
            }
        }
        serde_json::from_slice(&body).map_err(|_| AuthError::Issuer)
    }

    async fn ask_for_token(
        &self,
        address: &Address,
        caller: Service,
        peer: Service,
    ) -> Result<(Secret<String>, Duration), AuthError> {
        let secret = self.secrets.get(&caller).ok_or(AuthError::Signing)?;
        let url = TokenUrl::new(format!("{address}{TOKEN_PATH}")).map_err(|_| AuthError::Issuer)?;
        let http = self.http.clone();
        let carry = move |request| send(http.clone(), request);
        let client = BasicClient::new(ClientId::new(caller.name().to_owned()))
            .set_client_secret(ClientSecret::new(secret.expose().clone()))
            .set_auth_type(AuthType::BasicAuth)
            .set_token_uri(url);
        let answer = client
            .exchange_client_credentials()
            .add_extra_param("audience", audience(peer))
            .request_async(&carry)
            .await
            .map_err(|error| match error {
                oauth2::RequestTokenError::Request(error) => error,
                oauth2::RequestTokenError::ServerResponse(_) => AuthError::Signing,
                _ => AuthError::Issuer,
            })?;
        let lifetime = answer.expires_in().unwrap_or(SERVICE_TOKEN_LIFETIME);
        Ok((Secret::new(answer.access_token().secret().clone()), lifetime))
    }
}

/// Carries a request of the OAuth library.
async fn send(http: reqwest::Client, request: HttpRequest) -> Result<HttpResponse, AuthError> {
    let (parts, body) = request.into_parts();
    let request = http
        .request(parts.method, parts.uri.to_string())
        .headers(parts.headers)
        .body(body)
        .timeout(WITHIN);
    let response = request.send().await.map_err(|_| AuthError::Unreachable)?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.map_err(|_| AuthError::Unreachable)?;
    let mut answer = HttpResponse::new(body.to_vec());
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

impl KeySource for RemoteIssuer {
    async fn jwks(&self) -> Result<JwkSet, AuthError> {
        self.first_answer(|address| Box::pin(self.json(self.http.get(format!("{address}{KEYS_PATH}")))))
            .await
    }
}

impl ServiceTokenSource for RemoteIssuer {
    fn token(&self, caller: Service, peer: Service) -> BoxFuture<'_, Result<(Secret<String>, Duration), AuthError>> {
        Box::pin(self.first_answer(move |address| Box::pin(self.ask_for_token(address, caller, peer))))
    }
}
