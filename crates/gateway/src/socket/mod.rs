//! The WebSocket: upgrade and origin check here, the connection's loop in `serve`.

mod act;
mod serve;
mod write;

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{
        State, WebSocketUpgrade,
        ws::{WebSocket, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};
use model::limits;
use platform::{
    auth::{cookies, csrf},
    http::{Problem, ProblemBody},
};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Gateway;

/// Bytes that are read at once. Clients send little: small buffers are what keeps ten thousand idle connections cheap
/// (`performance.md`).
const READ_BUFFER: usize = 512;
/// Bytes that are collected before they are written.
const WRITE_BUFFER: usize = 16 * 1024;
/// When refused for lack of room, try again after this.
const FULL_RETRY: Duration = Duration::from_secs(5);

#[derive(OpenApi)]
#[openapi(
    info(title = "Beep: gateway", description = "Live events over a WebSocket."),
    tags((name = "gateway", description = "The WebSocket. Its frames are described in docs/gateway.md.")),
    components(schemas(ProblemBody))
)]
struct Document;

/// The one route of the gateway.
pub(crate) fn router() -> OpenApiRouter<Arc<Gateway>> {
    OpenApiRouter::with_openapi(Document::openapi()).routes(routes!(connect))
}

platform::refusals!(&[
    (400, "not_a_websocket", "The request does not begin a WebSocket."),
    (426, "not_a_websocket", "The connection cannot become a WebSocket."),
]);

/// Connect
///
/// Begins a WebSocket of RFC 6455, with frames of JSON. Who connects says who they are in the first frame, `identify` or
/// `resume`; the cookie of a browser counts for our own pages only.
#[utoipa::path(
    get, path = "/api/v1/gateway", tag = "gateway", security(()),
    responses((status = 101, description = "The WebSocket begins, with `hello`."), Refusals)
)]
async fn connect(
    State(gateway): State<Arc<Gateway>>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => {
            return Problem::new(rejection.status(), "not_a_websocket", rejection.body_text()).into_response();
        }
    };
    let Ok(place) = Arc::clone(&gateway.connections).try_acquire_owned() else {
        let detail = "This gateway has as many connections as it can serve.";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail)
            .with_retry_after(FULL_RETRY)
            .into_response();
    };
    // A foreign page can open a WebSocket with the user's cookie: the cookie counts only for our own pages.
    let cookie = csrf::is_same_origin(&headers, &gateway.settings.public_url)
        .then(|| cookies::read(&headers, cookies::ACCESS).map(Box::from))
        .flatten();
    upgrade
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .max_write_buffer_size(usize::MAX)
        .max_message_size(limits::GATEWAY_FRAME_BYTES)
        .max_frame_size(limits::GATEWAY_FRAME_BYTES)
        .on_upgrade(move |socket: WebSocket| async move {
            // In a task of its own: the one of the upgrade has served, and its memory goes.
            tokio::spawn(async move {
                serve::serve(gateway, socket, cookie).await;
                drop(place);
            });
        })
}
