//! What a front door says of the instance itself: `/api/v1/instance`, for clients that have never seen it, and the contract
//! of the whole public API.

use axum::{Json, Router, response::Response};
use model::limits;
use platform::http::ProblemBody;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::documentation;

/// What this instance is.
#[derive(Serialize, ToSchema)]
#[schema(as = Instance)]
struct Instance {
    /// Always `Beep`.
    #[schema(value_type = String, example = "Beep")]
    name: &'static str,
    /// The version of the program.
    #[schema(value_type = String, example = "0.1.0")]
    version: &'static str,
    /// What it can do; a client hides what is not among them.
    #[schema(value_type = Vec<String>, example = json!(["text_channels", "presence"]))]
    features: &'static [&'static str],
    limits: Limits,
}

/// Limits that a client shows before they are met. Lengths are in Unicode scalar values, sizes in bytes.
#[derive(Serialize, ToSchema)]
#[schema(as = InstanceLimits)]
struct Limits {
    #[schema(example = 4_000)]
    message_content: usize,
    #[schema(example = 32)]
    username: usize,
    #[schema(example = 8)]
    password_min: usize,
    #[schema(example = 128)]
    password_max: usize,
    #[schema(example = 500)]
    biography: usize,
    #[schema(example = 100)]
    server_name: usize,
    #[schema(example = 1_000)]
    server_description: usize,
    #[schema(example = 100)]
    channel_name: usize,
    #[schema(example = 1_024)]
    channel_topic: usize,
    #[schema(example = 8_388_608)]
    picture_bytes: usize,
    /// What is looked for in messages.
    #[schema(example = 200)]
    search_query_length: usize,
    /// Items of a list in one answer.
    #[schema(example = 150)]
    page: usize,
}

const INSTANCE: Instance = Instance {
    name: "Beep",
    version: env!("CARGO_PKG_VERSION"),
    features: &[
        "text_channels",
        "voice_channel_chat",
        "public_servers",
        "presence",
        "search",
    ],
    limits: Limits {
        message_content: limits::MESSAGE_CONTENT_MAX,
        username: limits::USERNAME_MAX,
        password_min: limits::PASSWORD_MIN,
        password_max: limits::PASSWORD_MAX,
        biography: limits::BIOGRAPHY_MAX,
        server_name: limits::SERVER_NAME_MAX,
        server_description: limits::SERVER_DESCRIPTION_MAX,
        channel_name: limits::CHANNEL_NAME_MAX,
        channel_topic: limits::CHANNEL_TOPIC_MAX,
        picture_bytes: limits::PICTURE_BYTES,
        search_query_length: limits::SEARCH_QUERY_MAX,
        page: limits::PAGE_MAX,
    },
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: instance", description = "What this Beep is, and its contract."),
    tags((name = "instance", description = "What this Beep is and allows, for clients that have never seen it.")),
    components(schemas(ProblemBody))
)]
struct Document;

platform::refusals!();

/// What this Beep is
///
/// Its version, what it can do, and the limits that a client shows before they are met.
#[utoipa::path(
    get, path = "/api/v1/instance", tag = "instance", security(()),
    responses((status = 200, description = "What it is.", body = Instance), Refusals)
)]
async fn get_instance() -> Json<Instance> {
    Json(INSTANCE)
}

/// The contract of the public API
///
/// OpenAPI 3.1 of all services together. `/docs/{service}.json` is that of one, and `/docs` shows them to people.
#[utoipa::path(
    get, path = "/api/v1/openapi.json", tag = "instance", security(()),
    responses(
        (
            status = 200, description = "The contract.", body = Object,
            example = json!({"openapi": "3.1.0", "info": {"title": "Beep", "version": "0.1.0"}, "paths": {}})
        ),
        Refusals
    )
)]
async fn get_contract() -> Response {
    documentation::whole()
}

fn api() -> OpenApiRouter {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(get_instance))
        .routes(routes!(get_contract))
}

/// The routes.
pub(super) fn router() -> Router {
    api().split_for_parts().0
}

/// The contract of the routes.
pub(super) fn contract() -> utoipa::openapi::OpenApi {
    api().into_openapi()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use model::UserId;
    use platform::{
        clock::Clock,
        http::testing::{
            App,
            contract::{assert_complete, assert_fresh},
        },
    };

    use super::*;

    #[test]
    fn the_committed_contract_is_fresh() {
        assert_fresh(&contract(), env!("CARGO_MANIFEST_DIR"));
    }

    #[test]
    fn the_contract_is_complete() {
        assert_complete(&contract());
    }

    #[tokio::test]
    async fn everybody_is_told_and_every_documented_problem_happens() {
        let app = App::new(router(), &contract(), App::issuer(), Clock::system());
        for actor in [app.nobody(), app.user(UserId(1)), app.nobody().with_token("x.y.z")] {
            let told = actor.get("/instance").await.expect(200);
            assert_eq!(told["limits"]["picture_bytes"], limits::PICTURE_BYTES);
            assert_eq!(actor.get("/openapi.json").await.expect(200)["openapi"], "3.1.0");
        }
        app.provoke_the_common(UserId(1), &BTreeMap::new()).await;
        app.assert_every_problem_was_seen();
    }
}
