//! `POST /auth/refresh`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use platform::{
    auth::cookies,
    http::{
        CsrfToken, MaybeJson, Problem,
        refusals::{BODY, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{Api, refusals::IDENTITY, resource::Tokens},
    error::UsersError,
    identity,
};

/// A refresh token; a browser sends its cookie and an empty body instead.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"refresh_token": "402345678901234999.c2VjcmV0"}))]
pub(crate) struct Refresh {
    refresh_token: Option<String>,
}

platform::refusals!(
    UNSAFE,
    BODY,
    IDENTITY,
    &[(
        401,
        "refresh_token_invalid",
        "The token is unknown, expired, or was exchanged before: sign in again."
    ),]
);

/// Exchange the refresh token
///
/// Each refresh token is good for one exchange. One that comes back after ten seconds ends the sign-in everywhere:
/// somebody has a copy of it.
#[utoipa::path(
    post, path = "/auth/refresh", tag = "authentication", request_body = Refresh, security(()),
    responses((status = 200, description = "New tokens.", body = Tokens), Refusals)
)]
pub(crate) async fn refresh(
    State(api): State<Api>,
    headers: HeaderMap,
    own_page: Result<CsrfToken, Problem>,
    MaybeJson(body): MaybeJson<Refresh>,
) -> Result<Response, Problem> {
    let given = body.and_then(|body| body.refresh_token);
    let by_cookie = given.is_none();
    let Some(token) = given.or_else(|| cookies::read(&headers, cookies::REFRESH).map(str::to_owned)) else {
        return Err(UsersError::RefreshTokenInvalid.into());
    };
    if by_cookie {
        own_page?;
    }
    match identity::refresh(&api, &token).await {
        Ok(signed_in) => Ok(Tokens::answer(&api, StatusCode::OK, signed_in)),
        Err(error) => {
            let ended = matches!(error, UsersError::RefreshTokenInvalid);
            let mut response = Problem::from(error).into_response();
            if ended && by_cookie {
                api.cookies.clear(response.headers_mut());
            }
            Ok(response)
        }
    }
}
