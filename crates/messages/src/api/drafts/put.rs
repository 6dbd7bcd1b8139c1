//! `PUT …/channels/{channel_id}/draft`

use axum::extract::State;
use contracts::events::{Audience, Event, EventKind};
use model::{ChannelId, EventId, MessageId, ServerId, limits::MESSAGE_CONTENT_MAX};
use platform::{
    auth::Caller,
    db::DbError,
    http::{
        Fields, Json, Path, Problem,
        refusals::{BODY, CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Draft;
use crate::{
    api::{Api, ChannelPath, FOLDER},
    store::drafts::{self, DraftRow},
};

/// What is begun.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"content": "I will be there at", "reply_to": null}))]
pub(crate) struct DraftToKeep {
    /// The text as it is, up to 4,000 characters. Empty, and an answer to nothing: there is no draft any more.
    #[schema(max_length = 4_000)]
    content: String,
    /// The message of the channel that it answers.
    reply_to: Option<MessageId>,
}

platform::refusals!(SIGNED_IN, UNSAFE, BODY, FIELDS, PATH, SERVER, CHANNEL, FOLDER);

/// Keep a draft
///
/// What the caller has begun to write in a channel, instead of what was there. Nobody else sees it; the caller's other devices
/// are told (`draft.updated`).
#[utoipa::path(
    put, path = "/draft", tag = "drafts", request_body = DraftToKeep,
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel.")
    ),
    responses((status = 200, description = "The draft as it is kept.", body = Draft), Refusals)
)]
pub(crate) async fn put_draft(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
    Json(draft): Json<DraftToKeep>,
) -> Result<Json<Draft>, Problem> {
    api.access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let mut fields = Fields::default();
    if draft.content.chars().count() > MESSAGE_CONTENT_MAX {
        fields.add(
            "content",
            "too_long",
            format!("has more than {MESSAGE_CONTENT_MAX} characters"),
        );
    }
    if draft.content.contains('\0') {
        fields.add("content", "invalid", "has a character that no text has");
    }
    fields.finish()?;
    let row = DraftRow {
        server_id: path.server_id,
        channel_id: path.channel_id,
        content: draft.content,
        reply_to_id: draft.reply_to,
        updated_at: api.clock.now(),
    };
    let mut tx = api.tenants.begin(path.server_id).await?;
    let changed = if row.content.is_empty() && row.reply_to_id.is_none() {
        drafts::remove_of(&mut tx, caller.user_id, path.channel_id).await?
    } else {
        drafts::put(&mut tx, caller.user_id, &row).await?;
        true
    };
    let kept = Draft::from(row);
    if changed {
        let audience = Audience::User {
            user_id: caller.user_id,
        };
        let event = Event::new(EventId(api.ids.next()), EventKind::DraftUpdated, audience, &kept);
        tx.emit(event.map_err(|error| DbError::Statement(error.to_string()))?);
        tx.commit().await?;
    }
    Ok(Json(kept))
}
