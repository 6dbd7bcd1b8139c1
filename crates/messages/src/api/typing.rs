//! `POST …/channels/{channel_id}/typing`

use std::sync::Arc;

use axum::extract::State;
use contracts::events::{Audience, Event, EventKind};
use http::StatusCode;
use model::{ChannelId, EventId, Permission, ServerId, Timestamp};
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Api, ChannelPath, FOLDER, resource::Author};

/// What is told of somebody who writes.
#[derive(Serialize)]
struct Typing {
    server_id: ServerId,
    channel_id: ChannelId,
    user: Author,
    started_at: Timestamp,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    PATH,
    SERVER,
    CHANNEL,
    FOLDER,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission send_messages."
        ),
        (
            429,
            "sending_too_fast",
            "It was told too often in a short time; see Retry-After."
        )
    ]
);

/// The route with its description.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(start_typing))
}

/// Tell that I am writing
///
/// Those who have the server on screen and see the channel are told (`typing.started`), to show it for ten seconds, or until
/// the message comes. While one goes on writing, tell it again every eight seconds. Needs `send_messages`.
#[utoipa::path(
    post, path = "/typing", tag = "messages",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel.")
    ),
    responses((status = 204, description = "It is told, as far as it can be."), Refusals)
)]
pub(crate) async fn start_typing(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
) -> Result<StatusCode, Problem> {
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    viewer.require(Permission::SendMessages)?;
    api.typing_limit.count(caller.user_id)?;
    let data = Typing {
        server_id: path.server_id,
        channel_id: path.channel_id,
        user: api.authors.find(caller.user_id).await?,
        started_at: api.clock.now(),
    };
    let audience = Audience::Channel {
        server_id: path.server_id,
        channel_id: path.channel_id,
    };
    // It is in no transaction: lost when the bus is away, and nobody misses it.
    let told = match Event::new(EventId(api.ids.next()), EventKind::TypingStarted, audience, &data) {
        Ok(event) => api
            .bus
            .publish(Arc::new(event))
            .await
            .map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    if let Err(error) = told {
        tracing::debug!(error.detail = %error, "it was not told that somebody writes");
    }
    Ok(StatusCode::NO_CONTENT)
}
