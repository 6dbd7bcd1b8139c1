//! The issuer in another process: its keys (RFC 7517), and service tokens by client credentials (RFC 6749, section 4.4).

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use contracts::calls::Service;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jsonwebtoken::jwk::JwkSet;
use oauth2::{
    AuthType, ClientId, ClientSecret, HttpRequest, HttpResponse, TokenResponse, TokenUrl, basic::BasicClient,
};

use super::{AuthError, KeySource, SERVICE_TOKEN_LIFETIME, Secret, ServiceTokenSource, audience};
use crate::{rpc::Address, tls::Tls};

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
    tls: Option<Tls>,
    addresses: Vec<Address>,
    secrets: std::sync::Arc<HashMap<Service, Secret<String>>>,
}

impl RemoteIssuer {
    /// The issuer at the addresses; `secrets` are those of the services in this process. Addresses with `https` need `tls`.
    #[must_use]
    pub fn new(addresses: Vec<Address>, secrets: HashMap<Service, Secret<String>>, tls: Option<Tls>) -> Self {
        Self {
            tls,
            addresses,
            secrets: std::sync::Arc::new(secrets),
        }
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

    /// Sends a request on a connection of its own: there are few, and each is made with the certificates of the moment.
    async fn send(&self, request: http::Request<Full<Bytes>>) -> Result<http::Response<Bytes>, AuthError> {
        let client = Client::builder(TokioExecutor::new());
        let asking = async {
            let response = match &self.tls {
                Some(tls) => {
                    let connector = HttpsConnectorBuilder::new().with_tls_config(tls.client());
                    let connector = connector.https_or_http().enable_http1().build();
                    client.build(connector).request(request).await
                }
                None => client.build_http().request(request).await,
            };
            let response = response.map_err(|error| {
                tracing::debug!(error.detail = ?error, "the issuer does not answer");
                AuthError::Unreachable
            })?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await;
            let body = body.map_err(|_| AuthError::Issuer)?.to_bytes();
            Ok(http::Response::from_parts(parts, body))
        };
        tokio::time::timeout(WITHIN, asking)
            .await
            .unwrap_or(Err(AuthError::Unreachable))
    }

    async fn ask_for_keys(&self, address: &Address) -> Result<JwkSet, AuthError> {
        let request = http::Request::get(format!("{address}{KEYS_PATH}")).body(Full::default());
        let response = self.send(request.map_err(|_| AuthError::Issuer)?).await?;
        if !response.status().is_success() {
            return Err(AuthError::Unreachable);
        }
        serde_json::from_slice(response.body()).map_err(|_| AuthError::Issuer)
    }

    async fn ask_for_token(
        &self,
        address: &Address,
        caller: Service,
        peer: Service,
    ) -> Result<(Secret<String>, Duration), AuthError> {
        let secret = self.secrets.get(&caller).ok_or(AuthError::Signing)?;
        let url = TokenUrl::new(format!("{address}{TOKEN_PATH}")).map_err(|_| AuthError::Issuer)?;
        // Carries a request of the OAuth library.
        let issuer = self.clone();
        let carry = move |request: HttpRequest| {
            let issuer = issuer.clone();
            async move {
                let answer = issuer.send(request.map(|body| Full::new(Bytes::from(body)))).await?;
                Ok::<HttpResponse, AuthError>(answer.map(|body| body.to_vec()))
            }
        };
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

impl KeySource for RemoteIssuer {
    async fn jwks(&self) -> Result<JwkSet, AuthError> {
        self.first_answer(|address| Box::pin(self.ask_for_keys(address))).await
    }
}

impl ServiceTokenSource for RemoteIssuer {
    fn token(&self, caller: Service, peer: Service) -> BoxFuture<'_, Result<(Secret<String>, Duration), AuthError>> {
        Box::pin(self.first_answer(move |address| Box::pin(self.ask_for_token(address, caller, peer))))
    }
}
