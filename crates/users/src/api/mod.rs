//! The public routes, a file for each.

mod auth;
mod client;
mod discovery;
mod me;
pub(crate) mod resource;
mod user;

use platform::http::ProblemBody;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::service::Shared;

/// What handlers share.
pub(crate) type Api = Shared;

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: users", description = "Accounts, sign-ins, profiles and settings."),
    tags(
        (name = "authentication", description = "Signing up, in and out."),
        (name = "users", description = "Profiles, one's own account, settings and sign-ins.")
    ),
    components(schemas(ProblemBody)),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Security)
)]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description("beep_access", "Unsafe methods also need the header X-CSRF-Token.");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

pub(crate) fn router() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .routes(routes!(auth::register::register))
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::refresh::refresh))
        .routes(routes!(auth::logout::logout))
        .routes(routes!(auth::providers::list_providers))
        .routes(routes!(me::account::get_me, me::account::change_me))
        .routes(routes!(me::avatar::put_avatar, me::avatar::delete_avatar))
        .routes(routes!(me::sessions::list_sessions))
        .routes(routes!(me::sessions::end_session))
        .routes(routes!(me::settings::get_settings, me::settings::change_settings))
        .routes(routes!(user::get_user));
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", routes)
        .merge(discovery::router())
}
