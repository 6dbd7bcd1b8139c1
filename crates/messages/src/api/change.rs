//! `PATCH …/messages/{message_id}`

use axum::extract::State;
use contracts::events::EventKind;
use model::{MessageContent, Permission};
use platform::{
    auth::Caller,
    db::{DbResult, TenantTx},
    http::{
        Fields, Json, Path, Problem,
        refusals::{BODY, CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{Api, FOLDER, MESSAGE, MessagePath, create::content, resource::MessageResource};
use crate::{
    access::Viewer,
    error::MessagesError,
    previews::have_the_same_links,
    service::Service,
    showing::Reader,
    store::{
        embeds, mentions,
        messages::{self, Message},
        preview_jobs,
    },
};

/// Another content.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"content": "Hello, *world*"}))]
pub(crate) struct MessageChange {
    /// Markdown, 1 to 4,000 characters; of a message with files it may be empty.
    #[serde(default)]
    #[schema(required, max_length = 4_000)]
    content: String,
}

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    BODY,
    FIELDS,
    PATH,
    SERVER,
    CHANNEL,
    FOLDER,
    MESSAGE,
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission send_messages, or use_external_links for a link to another site."
        ),
        (403, "not_the_author", "The message is someone else's."),
        (
            429,
            "sending_too_fast",
            "Too many messages in a short time; see Retry-After."
        ),
    ]
);

/// Edit my message
#[utoipa::path(
    patch, path = "/{message_id}", tag = "messages", request_body = MessageChange,
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        ("message_id" = model::MessageId, Path, description = "The message.")
    ),
    responses((status = 200, description = "The edited message.", body = MessageResource), Refusals)
)]
pub(crate) async fn change_message(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<MessagePath>,
    Json(change): Json<MessageChange>,
) -> Result<Json<MessageResource>, Problem> {
    // Whatever sending asks, editing asks: otherwise editing would be a way around it.
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    viewer.require(Permission::SendMessages)?;
    let before = messages::lookup(api.tenants.reader(path.server_id), path.channel_id, path.message_id).await?;
    let own = before.as_ref().filter(|before| before.author_id == caller.user_id);
    let mut fields = Fields::default();
    let content = content(
        &mut fields,
        &change.content,
        own.is_some_and(|own| own.attachment_count > 0),
    );
    fields.finish()?;
    if let Some(content) = &content {
        api.require_writable(viewer, content)?;
    }
    api.limit.count(caller.user_id)?;
    let known = own.map(|own| &own.mentions);
    let mentions = api
        .mentions_in(
            (path.server_id, path.channel_id, caller.user_id),
            content.as_ref(),
            known,
        )
        .await?;
    let before = messages::lookup(api.tenants.reader(path.server_id), path.channel_id, path.message_id).await?;
    let mentions = mentions.answering(before.as_ref().and_then(|before| before.mentions.answered()));
    let mut tx = api.tenants.begin(path.server_id).await?;
    let edited = messages::edit(
        &mut tx,
        path.channel_id,
        path.message_id,
        viewer.user_id,
        (content.as_ref().map_or("", MessageContent::as_str), &mentions),
        api.clock.now(),
    );
    let Some(message) = edited.await? else {
        drop(tx);
        return Err(refusal(&api, path, viewer).await?.into());
    };
    let (message, previews) = preview(&api, &mut tx, viewer, message, before.as_ref()).await?;
    let (seq, sent_at) = (message.seq, message.created_at);
    let targets = mentions.targets(path.server_id);
    mentions::replace(&mut tx, (path.channel_id, seq, sent_at), &targets).await?;
    let told = api.shown_one(message.clone(), Reader::All).await?;
    api.tell(&mut tx, EventKind::MessageUpdated, (path.channel_id, seq), &told)
        .await?;
    tx.commit().await?;
    if previews {
        api.previews.wake();
    }
    // Whether one has reacted oneself nobody is told but the reader. Who may not read the history is shown what all are.
    let known = viewer.permissions.contains(Permission::ReadHistory);
    let reader = if known {
        Reader::User(caller.user_id)
    } else {
        Reader::All
    };
    Ok(Json(api.shown_one(message, reader).await?))
}

/// An edited message with those of its previews whose links are still there, and whether there are others to be looked at.
async fn preview(
    api: &Service,
    tx: &mut TenantTx,
    viewer: Viewer,
    message: Message,
    before: Option<&Message>,
) -> DbResult<(Message, bool)> {
    if before.is_some_and(|before| have_the_same_links(&before.content, &message.content)) {
        return Ok((message, false));
    }
    let place = (message.channel_id, message.id);
    let kept = api.previews.kept(&message.embeds, &message.content);
    let changed = embeds::set(tx, place, &message.content, &kept, api.clock.now()).await?;
    let wanted = changed.is_some() && api.previews.are_wanted(viewer, &message.content);
    if wanted {
        preview_jobs::renew(tx, (place.0, place.1, message.author_id), api.clock.now()).await?;
    } else {
        preview_jobs::drop_one(tx, place.0, place.1).await?;
    }
    Ok((changed.unwrap_or(message), wanted))
}

/// Why there is nothing that the viewer can edit. Whoever may not read the history learns nothing of others' messages.
async fn refusal(api: &Service, path: MessagePath, viewer: Viewer) -> Result<MessagesError, Problem> {
    let reader = api.tenants.reader(path.server_id);
    let known = viewer.permissions.contains(Permission::ReadHistory)
        && messages::lookup(reader, path.channel_id, path.message_id)
            .await?
            .is_some();
    Ok(if known {
        MessagesError::NotTheAuthor
    } else {
        MessagesError::MessageNotFound
    })
}
