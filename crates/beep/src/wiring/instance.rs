//! What a front door says of the instance itself: `/api/v1/instance`, for clients that have never seen it, and the contract
//! of the whole public API.

use axum::{Json, Router, extract::State, response::Response};
use messages::FileLimits;
use model::limits;
use platform::http::ProblemBody;
use serde::Serialize;
use utoipa::{OpenApi, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::documentation;

/// What this instance is.
#[derive(Clone, Copy, Serialize, ToSchema)]
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
    /// Whether it can send mail: links for forgotten passwords, and to confirm e-mail addresses.
    #[schema(example = true)]
    mail: bool,
    limits: Limits,
}

/// Limits that a client shows before they are met. Lengths are in Unicode scalar values, sizes in bytes.
#[derive(Clone, Copy, Serialize, ToSchema)]
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
    /// Of one file of a message.
    #[schema(example = 104_857_600)]
    attachment_bytes: u64,
    #[schema(example = 10)]
    attachments_per_message: usize,
    /// Of all files of a user.
    #[schema(example = 5_368_709_120_u64)]
    storage_bytes_per_user: u64,
    /// What is looked for in messages.
    #[schema(example = 200)]
    search_query_length: usize,
    /// Items of a list in one answer.
    #[schema(example = 150)]
    page: usize,
    /// For how many days an account can still be kept that its user has deleted; 0: it is erased at once.
    #[schema(example = 14)]
    account_deletion_grace_days: u32,
}

/// What an instance with these limits is.
const fn instance(files: FileLimits, mail: bool, grace_days: u32) -> Instance {
    Instance {
        name: "Beep",
        version: env!("CARGO_PKG_VERSION"),
        features: &[
            "text_channels",
            "voice_channel_chat",
            "public_servers",
            "presence",
            "attachments",
            "search",
        ],
        mail,
        limits: limits_with(files, grace_days),
    }
}

const fn limits_with(files: FileLimits, grace_days: u32) -> Limits {
    Limits {
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
        attachment_bytes: files.attachment_bytes,
        attachments_per_message: limits::ATTACHMENTS_PER_MESSAGE,
        storage_bytes_per_user: files.bytes_per_user,
        search_query_length: limits::SEARCH_QUERY_MAX,
        page: limits::PAGE_MAX,
        account_deletion_grace_days: grace_days,
    }
}

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
async fn get_instance(State(instance): State<Instance>) -> Json<Instance> {
    Json(instance)
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

fn api() -> OpenApiRouter<Instance> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(get_instance))
        .routes(routes!(get_contract))
}

/// The routes.
pub(super) fn router(files: FileLimits, mail: bool, grace_days: u32) -> Router {
    api().with_state(instance(files, mail, grace_days)).split_for_parts().0
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
        let files = FileLimits {
            attachment_bytes: 1_000,
            bytes_per_user: 2_000,
        };
        let app = App::new(router(files, true, 3), &contract(), App::issuer(), Clock::system());
        for actor in [app.nobody(), app.user(UserId(1)), app.nobody().with_token("x.y.z")] {
            let told = actor.get("/instance").await.expect(200);
            assert_eq!(told["limits"]["picture_bytes"], limits::PICTURE_BYTES);
            assert_eq!(told["mail"], true);
            assert_eq!(told["limits"]["attachment_bytes"], 1_000);
            assert_eq!(told["limits"]["storage_bytes_per_user"], 2_000);
            assert_eq!(told["limits"]["account_deletion_grace_days"], 3);
            assert_eq!(actor.get("/openapi.json").await.expect(200)["openapi"], "3.1.0");
        }
        app.provoke_the_common(UserId(1), &BTreeMap::new()).await;
        app.assert_every_problem_was_seen();
    }
}
