//! The WebSocket: upgrade and origin check here, the connection's loop in `serve`.

mod act;
mod serve;
mod write;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{
        State, WebSocketUpgrade,
        ws::{WebSocket, rejection::WebSocketUpgradeRejection},
    },
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, StatusCode};
use model::limits;
use platform::{
    auth::{cookies, csrf},
    http::Problem,
};

use crate::Gateway;

/// Bytes that are read at once. Clients send little: small buffers are what keeps ten thousand idle connections cheap
/// (`performance.md`).
const READ_BUFFER: usize = 512;
/// Bytes that are collected before they are written.
const WRITE_BUFFER: usize = 16 * 1024;
/// When refused for lack of room, try again after this.
const FULL_RETRY: Duration = Duration::from_secs(5);

/// The one route of the gateway.
pub(crate) fn router(gateway: Arc<Gateway>) -> Router {
    Router::new().route("/api/v1/gateway", get(upgrade)).with_state(gateway)
}

async fn upgrade(
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
