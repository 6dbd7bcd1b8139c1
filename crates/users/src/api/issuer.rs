//! What the issuer does for services, on the internal listener: its public keys (RFC 7517), and tokens by client credentials
//! (RFC 6749, section 4.4).

use std::{collections::HashMap, sync::Arc};

use axum::{
    Form, Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use contracts::calls::Service;
use http::{HeaderMap, StatusCode, header};
use platform::{
    auth::{KEYS_PATH, Secret, TOKEN_PATH, TokenIssuer, audience},
    clock::Clock,
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// What the issuer needs to know about services.
pub struct ServiceIssuer {
    /// Signs the tokens.
    pub tokens: TokenIssuer,
    /// By which secret each service shows who it is. One without a secret gets no token.
    pub secrets: HashMap<Service, Secret<String>>,
    /// Tells the time.
    pub clock: Clock,
}

#[derive(Deserialize)]
struct TokenRequest {
    grant_type: String,
    audience: Option<String>,
}

impl ServiceIssuer {
    /// The routes of the internal listener.
    pub fn router(self) -> Router {
        Router::new()
            .route(KEYS_PATH, get(keys))
            .route(TOKEN_PATH, post(token))
            .with_state(Arc::new(self))
    }

    /// Which service the request authenticates as (HTTP Basic, RFC 6749 section 2.3.1).
    fn client(&self, headers: &HeaderMap) -> Option<Service> {
        let shown = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let decoded = BASE64_STANDARD.decode(shown.strip_prefix("Basic ")?).ok()?;
        let text = String::from_utf8(decoded).ok()?;
        let (name, secret) = text.split_once(':')?;
        let service = Service::from_name(name)?;
        let known = self.secrets.get(&service)?;
        // By their hashes: neither the length nor the beginning of a secret can be told from the time it takes.
        let same = Sha256::digest(secret).ct_eq(&Sha256::digest(known.expose()));
        bool::from(same).then_some(service)
    }
}

async fn keys(State(issuer): State<Arc<ServiceIssuer>>) -> Json<Value> {
    Json(serde_json::to_value(issuer.tokens.jwks()).unwrap_or(Value::Null))
}

async fn token(
    State(issuer): State<Arc<ServiceIssuer>>,
    headers: HeaderMap,
    Form(request): Form<TokenRequest>,
) -> Response {
    let Some(caller) = issuer.client(&headers) else {
        tracing::warn!("somebody asked for a service token without a good secret");
        return refusal(StatusCode::UNAUTHORIZED, "invalid_client");
    };
    if request.grant_type != "client_credentials" {
        return refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    let named = request.audience.unwrap_or_default();
    let Some(peer) = Service::ALL.into_iter().find(|service| audience(*service) == named) else {
        return refusal(StatusCode::BAD_REQUEST, "invalid_target");
    };
    match issuer.tokens.issue_for_service(caller, peer, issuer.clock.now()) {
        Ok((token, lifetime)) => {
            let body = json!({ "access_token": token, "token_type": "Bearer", "expires_in": lifetime.as_secs() });
            ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
        }
        Err(error) => {
            tracing::error!(error.detail = %error, "a service token could not be signed");
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "server_error")
        }
    }
}

/// An error as RFC 6749, section 5.2, wants it.
fn refusal(status: StatusCode, code: &str) -> Response {
    let challenge = (header::WWW_AUTHENTICATE, "Basic realm=\"beep\"");
    let body = Json(json!({ "error": code }));
    if status == StatusCode::UNAUTHORIZED {
        (status, [challenge], body).into_response()
    } else {
        (status, body).into_response()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use axum::body::Body;
    use http::Request;
    use platform::auth::{Keys, ServiceTokens};
    use tower::ServiceExt;

    use super::*;

    const ISSUER: &str = "http://beep.test";
    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    /// What is answered to a client with these credentials and this form.
    async fn ask(tokens: &TokenIssuer, client: Option<&str>, form: &str) -> (u16, Value) {
        let issuer = ServiceIssuer {
            tokens: tokens.clone(),
            secrets: HashMap::from([(Service::Messages, Secret::new(SECRET.to_owned()))]),
            clock: Clock::system(),
        };
        let mut request = Request::post(TOKEN_PATH).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(client) = client {
            let encoded = BASE64_STANDARD.encode(client);
            request = request.header(header::AUTHORIZATION, format!("Basic {encoded}"));
        }
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let response = issuer.router().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 64 * 1024).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn a_service_with_its_secret_gets_a_token_for_the_service_it_names() {
        let tokens = TokenIssuer::ephemeral(ISSUER);
        let client = format!("messages:{SECRET}");
        let form = "grant_type=client_credentials&audience=beep:servers";
        let (status, answer) = ask(&tokens, Some(&client), form).await;
        assert_eq!((status, &answer["token_type"]), (200, &json!("Bearer")));
        let verifier = ServiceTokens::new(ISSUER, Service::Servers, Keys::of(&tokens.jwks()));
        let token = answer["access_token"].as_str().unwrap();
        assert_eq!(verifier.verify(token, Clock::system().now()), Ok(Service::Messages));
    }

    #[tokio::test]
    async fn nobody_else_gets_one() {
        let tokens = TokenIssuer::ephemeral(ISSUER);
        let form = "grant_type=client_credentials&audience=beep:servers";
        let strangers = [
            None,
            Some(format!("messages:{SECRET}x")),
            Some("messages:".to_owned()),
            Some(format!("nobody:{SECRET}")),
            // Known, but without a secret: an empty one is none.
            Some("gateway:".to_owned()),
            Some("no colon".to_owned()),
        ];
        for client in strangers {
            let (status, answer) = ask(&tokens, client.as_deref(), form).await;
            assert_eq!(
                (status, answer),
                (401, json!({"error": "invalid_client"})),
                "{client:?}"
            );
        }
        let client = format!("messages:{SECRET}");
        for (form, error) in [
            ("grant_type=password&audience=beep:servers", "unsupported_grant_type"),
            ("grant_type=client_credentials", "invalid_target"),
            ("grant_type=client_credentials&audience=beep:nothing", "invalid_target"),
        ] {
            let (status, answer) = ask(&tokens, Some(&client), form).await;
            assert_eq!((status, answer), (400, json!({"error": error})), "{form}");
        }
    }
}
