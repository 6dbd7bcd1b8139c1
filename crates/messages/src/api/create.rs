//! `POST …/messages`

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use model::{FileId, MessageContent, MessageId, Nonce, Permission, UserId, limits::ATTACHMENTS_PER_MESSAGE};
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Path, Problem,
        refusals::{BODY, CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
    telemetry::{Part, RequestContext, Span},
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    Api, ChannelPath, FOLDER,
    resource::{AnsweredMessage, MessageResource},
};
use crate::{
    access::Viewer,
    error::MessagesError,
    log::{Appended, NewMessage},
    message_kind::MessageKind,
    service::Service,
    store::messages,
};

/// A message to be.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({
    "content": "Hello, **world**", "nonce": "d8a1", "reply_to": null, "attachment_ids": [], "spoiler_attachment_ids": []
}))]
pub(crate) struct MessageToSend {
    /// Markdown, 1 to 4,000 characters; with files it may be empty.
    #[serde(default)]
    #[schema(max_length = 4_000)]
    content: String,
    /// Any printable ASCII of up to 64 characters. Sending again with the same nonce never stores a second message.
    #[schema(max_length = 64)]
    nonce: Option<String>,
    /// The message of the same channel that it answers. Its author is called by that, unless it is oneself.
    reply_to: Option<MessageId>,
    /// At most 10 files that the caller has uploaded to this channel and has not sent yet, in their order.
    #[serde(default)]
    #[schema(max_items = 10)]
    attachment_ids: Vec<FileId>,
    /// Those of them that are hidden until one wants to see them.
    #[serde(default)]
    #[schema(max_items = 10)]
    spoiler_attachment_ids: Vec<FileId>,
}

/// The files that go with a message, and whether each is hidden; once each.
fn files(fields: &mut Fields, ids: &[FileId], spoilers: &[FileId]) -> Vec<(FileId, bool)> {
    if ids.len() > ATTACHMENTS_PER_MESSAGE {
        let detail = format!("names more than {ATTACHMENTS_PER_MESSAGE} files");
        fields.add("attachment_ids", "too_many_attachments", detail);
        return Vec::new();
    }
    if spoilers.iter().any(|id| !ids.contains(id)) {
        fields.add(
            "spoiler_attachment_ids",
            "unknown_attachment",
            "names a file that is not sent",
        );
    }
    let mut files: Vec<(FileId, bool)> = Vec::with_capacity(ids.len());
    for id in ids {
        if files.iter().any(|(known, _)| known == id) {
            fields.add("attachment_ids", "duplicate", "names a file twice");
        }
        files.push((*id, spoilers.contains(id)));
    }
    files
}

/// The text of a message; `None` where there is none, because it has files.
pub(super) fn content(fields: &mut Fields, text: &str, has_files: bool) -> Option<MessageContent> {
    if has_files && text.trim().is_empty() {
        return None;
    }
    fields.parse("content", text)
}

/// What is answered.
#[derive(Default)]
struct Answered {
    author: Option<UserId>,
    shown: Option<AnsweredMessage>,
}

/// The message that is answered, as all who see the channel may see it.
async fn answered(
    api: &Service,
    path: ChannelPath,
    viewer: Viewer,
    reply_to: Option<MessageId>,
) -> Result<Answered, Problem> {
    let Some(id) = reply_to else {
        return Ok(Answered::default());
    };
    let known = viewer.permissions.contains(Permission::ReadHistory);
    let tenant = api.tenants.reader(path.server_id);
    let original = if known {
        messages::lookup(tenant, path.channel_id, id).await?
    } else {
        None
    };
    let Some(original) = original else {
        let mut fields = Fields::default();
        fields.add("reply_to", "unknown_message", "is no message of this channel");
        return Err(fields.problem());
    };
    let author = api.authors.find(original.author_id).await?;
    let shown = if api.access.all_read_history(path.server_id, path.channel_id).await? {
        AnsweredMessage::shown(&original, author)
    } else {
        AnsweredMessage::withheld(id)
    };
    Ok(Answered {
        author: (original.kind == MessageKind::Default).then_some(original.author_id),
        shown: Some(shown),
    })
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
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission send_messages, attach_files for files, or use_external_links for a link to \
             another site."
        ),
        (
            429,
            "sending_too_fast",
            "Too many messages in a short time; see Retry-After."
        ),
        (
            429,
            "slow_mode",
            "The channel has slow mode, and the caller's last message there is too recent; see Retry-After."
        ),
    ]
);

/// Send a message
///
/// 201 means that it is stored for good. After a 503 or a lost connection its fate is unknown: send it again with the same
/// nonce, and the answer is the one message, with 200 if it had been stored before.
///
/// `@username` mentions a user who sees the channel, `#channel` a channel that the author sees; with the permission
/// `mention_everyone`, `@everyone` and `@role` mention many. The text stays as it is: `mentions.tokens` tells what stands for what.
/// `<@id>`, `<@&id>` and `<#id>` mention by id. Nothing is mentioned in code. Answering a message needs `read_history`.
///
/// With the permission `embed_links`, the first five links to other sites get previews, which are told of by
/// `message.updated` some time later. Links in code, in spoilers and in angle brackets (`<https://…>`) get none.
#[utoipa::path(
    post, path = "", tag = "messages", request_body = MessageToSend,
    params(("server_id" = model::ServerId, Path, description = "The server."), ("channel_id" = model::ChannelId, Path, description = "The channel.")),
    responses(
        (status = 201, description = "The stored message.", body = MessageResource),
        (status = 200, description = "The message that was stored with this nonce before.", body = MessageResource),
        Refusals
    )
)]
pub(crate) async fn create_message(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
    Json(message): Json<MessageToSend>,
) -> Result<Response, Problem> {
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    viewer.require(Permission::SendMessages)?;
    let mut fields = Fields::default();
    let files = files(&mut fields, &message.attachment_ids, &message.spoiler_attachment_ids);
    if !files.is_empty() {
        viewer.require(Permission::AttachFiles)?;
    }
    let content = content(&mut fields, &message.content, !files.is_empty());
    let nonce = message.nonce.and_then(|nonce| fields.parse::<Nonce>("nonce", &nonce));
    fields.finish()?;
    if let Some(content) = &content {
        api.require_writable(viewer, content)?;
    }
    api.limit.count(caller.user_id)?;
    let answered = answered(&api, path, viewer, message.reply_to).await?;
    let mentions = api
        .mentions_in(
            (path.server_id, path.channel_id, caller.user_id),
            content.as_ref(),
            None,
        )
        .await?;
    let text = content.as_ref().map_or("", MessageContent::as_str);
    let previews = api.previews.are_wanted(viewer, text);
    let new = NewMessage {
        server_id: path.server_id,
        channel_id: path.channel_id,
        author: api.authors.find(caller.user_id).await?,
        content: content.map(MessageContent::into_string).unwrap_or_default(),
        nonce: nonce.map(Nonce::into_string),
        kind: MessageKind::Default,
        mentions: mentions.answering(answered.author.filter(|author| *author != caller.user_id)),
        answered: answered.shown,
        files,
        slow_mode: viewer.slow_mode,
        previews,
        trace: RequestContext::current_cause(),
    };
    let storing = Span::begin(Part::Internal, "store message");
    let appended = api.log.append(new).await.map_err(MessagesError::from)?;
    drop(storing);
    if previews {
        api.previews.wake();
    }
    let stored = match appended {
        Appended::Stored(stored) => stored,
        Appended::TooSoon(wait) => return Err(MessagesError::SlowMode(wait).into()),
        Appended::NoSuchFile(id) => {
            let detail = format!("names {id}, which is no file of yours that waits to be sent here");
            let mut fields = Fields::default();
            fields.add("attachment_ids", "unknown_attachment", detail);
            return Err(fields.problem());
        }
    };
    let status = if stored.new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((
        status,
        [(header::CONTENT_TYPE, "application/json")],
        stored.json.get().to_owned(),
    )
        .into_response())
}
