//! The answer to signing in.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use platform::http::Json;
use serde::Serialize;
use utoipa::ToSchema;

use super::OwnUser;
use crate::{identity::SignedIn, service::Service};

/// Who is signed in, and the tokens that say so. Browsers get them as cookies, too.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "user": {
        "id": "402345678901234567", "username": "ada", "display_name": "Ada Byron", "avatar_url": null, "banner_url": null,
        "biography": "", "status": "online", "status_text": "", "created_at": "2026-11-24T09:30:00.000Z",
        "first_name": "Ada", "last_name": "Byron", "email": "ada@example.org", "deletion_at": null
    },
    "access_token": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl", "refresh_token": "402345678901234999.c2VjcmV0", "expires_in": 300
}))]
pub(crate) struct Tokens {
    user: OwnUser,
    /// For `Authorization: Bearer …`.
    access_token: String,
    /// For `POST /auth/refresh`, once.
    refresh_token: String,
    /// How long the access token is valid, in seconds.
    expires_in: u64,
}

impl Tokens {
    /// The answer, cookies included.
    pub(crate) fn answer(service: &Service, status: StatusCode, signed_in: SignedIn) -> Response {
        let tokens = Self {
            user: OwnUser::from(&signed_in.user),
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            expires_in: signed_in.expires_in.as_secs(),
        };
        let (access, refresh) = (tokens.access_token.clone(), tokens.refresh_token.clone());
        let mut response = (status, Json(tokens)).into_response();
        set(service, response.headers_mut(), &access, &refresh);
        response
    }

    /// The cookies alone.
    pub(crate) fn set_cookies(service: &Service, headers: &mut HeaderMap, signed_in: &SignedIn) {
        set(service, headers, &signed_in.access_token, &signed_in.refresh_token);
    }
}

fn set(service: &Service, headers: &mut HeaderMap, access: &str, refresh: &str) {
    let lifetime = service.settings.refresh_token_lifetime;
    service.cookies.set(headers, access, refresh, lifetime);
}
