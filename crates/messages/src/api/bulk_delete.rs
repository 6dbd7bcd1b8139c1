//! `POST …/messages/bulk-delete`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{MessageId, Permission, limits::DELETED_AT_ONCE};
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Path, Problem,
        refusals::{BODY, CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Api, ChannelPath, FOLDER, resource::MessageGone};
use crate::{error::MessagesError, store::messages};

/// Which messages go.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({"message_ids": ["402345678901300000", "402345678901300001"]}))]
pub(crate) struct MessagesToDelete {
    /// 1 to 100 messages of the channel; those that are not there are left out.
    #[schema(min_items = 1, max_items = 100)]
    message_ids: Vec<MessageId>,
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
    &[(403, "missing_permission", "The caller lacks manage_messages.")]
);

/// The route with its description.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(bulk_delete_messages))
}

/// Delete several messages
///
/// All at once or none. Needs `manage_messages`, also for one's own; who may not read the history deletes nothing.
#[utoipa::path(
    post, path = "/bulk-delete", tag = "messages", request_body = MessagesToDelete,
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel.")
    ),
    responses((status = 204, description = "They are gone."), Refusals)
)]
pub(crate) async fn bulk_delete_messages(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
    Json(request): Json<MessagesToDelete>,
) -> Result<StatusCode, Problem> {
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    viewer.require(Permission::ManageMessages)?;
    let mut fields = Fields::default();
    match request.message_ids.len() {
        0 => fields.add("message_ids", "required", "names no message"),
        count if count > DELETED_AT_ONCE => {
            fields.add(
                "message_ids",
                "too_long",
                format!("names more than {DELETED_AT_ONCE} messages"),
            );
        }
        _ => {}
    }
    fields.finish()?;
    if !viewer.permissions.contains(Permission::ReadHistory) {
        return Ok(StatusCode::NO_CONTENT);
    }
    let mut tx = api.tenants.begin(path.server_id).await?;
    let gone = messages::remove_many(&mut tx, path.channel_id, &request.message_ids).await;
    let gone = gone.map_err(MessagesError::from)?.into_iter();
    let gone: Vec<_> = gone.map(|(id, seq)| (path.channel_id, id, seq)).collect();
    api.forget(&mut tx, &gone).await?;
    for (_, id, seq) in gone {
        let data = MessageGone {
            id,
            seq,
            server_id: path.server_id,
            channel_id: path.channel_id,
        };
        api.tell(&mut tx, EventKind::MessageDeleted, (path.channel_id, seq), &data)
            .await?;
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
