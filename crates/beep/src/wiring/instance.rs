//! `/api/v1/instance`: what this Beep is and what it allows, for clients that have never seen it.

use axum::{Json, Router, routing::get};
use model::limits;
use serde::Serialize;

/// What this instance is.
#[derive(Serialize)]
struct Instance {
    name: &'static str,
    version: &'static str,
    features: &'static [&'static str],
    limits: Limits,
}

/// Limits that a client shows before they are met. Lengths are in Unicode scalar values, sizes in bytes.
#[derive(Serialize)]
struct Limits {
    message_content: usize,
    username: usize,
    password_min: usize,
    password_max: usize,
    biography: usize,
    server_name: usize,
    server_description: usize,
    channel_name: usize,
    channel_topic: usize,
    picture_bytes: usize,
    page: usize,
}

const INSTANCE: Instance = Instance {
    name: "Beep",
    version: env!("CARGO_PKG_VERSION"),
    features: &["text_channels", "voice_channel_chat", "public_servers", "presence"],
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
        page: limits::PAGE_MAX,
    },
};

/// The one route.
pub(crate) fn router() -> Router {
    Router::new().route("/api/v1/instance", get(async || Json(INSTANCE)))
}
