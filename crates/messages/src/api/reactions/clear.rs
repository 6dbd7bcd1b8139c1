//! `DELETE …/{message_id}/reactions/{emoji}`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{ChannelId, MessageId, Permission, ServerId};
use platform::{
    auth::Caller,
    http::{
        Path, Problem,
        refusals::{CHANNEL, FIELDS, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};

use super::{ReactionPath, tell};
use crate::{
    api::{Api, FOLDER, MESSAGE},
    error::MessagesError,
    store::reactions,
};

platform::refusals!(
    SIGNED_IN,
    UNSAFE,
    FIELDS,
    PATH,
    SERVER,
    CHANNEL,
    FOLDER,
    MESSAGE,
    &[(
        403,
        "missing_permission",
        "The caller lacks the permission manage_messages."
    )]
);

/// Remove all reactions with an emoji
///
/// Needs `manage_messages`.
#[utoipa::path(
    delete, path = "/{message_id}/reactions/{emoji}", tag = "reactions",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel."),
        ("message_id" = MessageId, Path, description = "The message."),
        ("emoji" = String, Path, description = "The emoji itself.", example = "👍")
    ),
    responses((status = 204, description = "There are none."), Refusals)
)]
pub(crate) async fn clear_reactions(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ReactionPath>,
) -> Result<StatusCode, Problem> {
    let (place, emoji) = (path.message(), path.emoji()?);
    let (viewer, _) = api.find_readable(caller.user_id, place).await?;
    viewer.require(Permission::ManageMessages)?;
    let mut tx = api.tenants.begin(place.server_id).await?;
    let seq = reactions::lock(&mut tx, place.channel_id, place.message_id).await?;
    let seq = seq.ok_or(MessagesError::MessageNotFound)?;
    let at = (place.channel_id, place.message_id);
    if reactions::clear(&mut tx, at, emoji.as_str()).await? > 0 {
        tell(
            &api,
            &mut tx,
            EventKind::MessageReactionRemoved,
            place,
            (seq, emoji),
            (None, 0),
        )
        .await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
