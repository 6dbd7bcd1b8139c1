//! The public routes, a file for each.

mod auth;
mod client;
mod discovery;
pub(crate) mod issuer;
pub(crate) mod keycloak_pages;
mod me;
mod passing;
mod refusals;
pub(crate) mod resource;
mod search;
mod user;

use platform::http::{ProblemBody, Security};
use utoipa::OpenApi;
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
    components(schemas(ProblemBody, model::PasskeyId)),
    security(("bearer" = []), ("cookie" = [])),
    modifiers(&Security)
)]
struct Document;

pub(crate) fn router() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .routes(routes!(auth::register::register))
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::refresh::refresh))
        .routes(routes!(auth::logout::logout))
        .routes(routes!(auth::providers::list_providers))
        .routes(routes!(auth::start::start_sign_in))
        .routes(routes!(auth::callback::come_back))
        .routes(routes!(
            auth::get_newcomer::get_newcomer,
            auth::complete::complete_sign_up,
            auth::give_up::give_up_sign_up
        ))
        .routes(routes!(auth::link::link_account))
        .routes(routes!(auth::backchannel_logout::backchannel_logout))
        .routes(routes!(me::get::get_me, me::change::change_me))
        .routes(routes!(me::put_avatar::put_avatar, me::delete_avatar::delete_avatar))
        .routes(routes!(
            me::put_banner::put_own_banner,
            me::delete_banner::delete_own_banner
        ))
        .routes(routes!(me::list_sessions::list_sessions))
        .routes(routes!(me::end_session::end_session))
        .routes(routes!(
            me::get_settings::get_settings,
            me::change_settings::change_settings
        ))
        .routes(routes!(auth::forgot_password::forgot_password))
        .routes(routes!(auth::reset_password::reset_password))
        .routes(routes!(auth::verify_email::verify_email))
        .routes(routes!(
            me::begin_email_change::begin_email_change,
            me::cancel_email_change::cancel_email_change
        ))
        .routes(routes!(me::get_username::get_username))
        .routes(routes!(me::security::get_security))
        .routes(routes!(me::begin_action::begin_action))
        .routes(routes!(me::list_providers::list_own_providers))
        .routes(routes!(me::unlink_provider::unlink_provider))
        .routes(routes!(me::put_password::put_password))
        .routes(routes!(me::begin_totp::begin_totp, me::end_totp::end_totp))
        .routes(routes!(me::confirm_totp::confirm_totp))
        .routes(routes!(me::renew_recovery_codes::renew_recovery_codes))
        .routes(routes!(me::begin_passkey::begin_passkey))
        .routes(routes!(me::add_passkey::add_passkey))
        .routes(routes!(me::remove_passkey::remove_passkey))
        .routes(routes!(auth::begin_passkey_sign_in::begin_passkey_sign_in))
        .routes(routes!(auth::passkey_sign_in::sign_in_by_passkey))
        .routes(routes!(search::search_users))
        .routes(routes!(user::get_user));
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1", routes)
        .merge(discovery::router())
}
