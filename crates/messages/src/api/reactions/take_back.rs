//! `DELETE …/{message_id}/reactions/{emoji}/@me`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{ChannelId, MessageId, ServerId};
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

platform::refusals!(SIGNED_IN, UNSAFE, FIELDS, PATH, SERVER, CHANNEL, FOLDER, MESSAGE);

/// Take back my reaction
#[utoipa::path(
    delete, path = "/{message_id}/reactions/{emoji}/@me", tag = "reactions",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel."),
        ("message_id" = MessageId, Path, description = "The message."),
        ("emoji" = String, Path, description = "The emoji itself.", example = "👍")
    ),
    responses((status = 204, description = "There is no reaction."), Refusals)
)]
pub(crate) async fn remove_reaction(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ReactionPath>,
) -> Result<StatusCode, Problem> {
    let (place, emoji) = (path.message(), path.emoji()?);
    api.find_readable(caller.user_id, place).await?;
    let mut tx = api.tenants.begin(place.server_id).await?;
    let seq = reactions::lock(&mut tx, place.channel_id, place.message_id).await?;
    let seq = seq.ok_or(MessagesError::MessageNotFound)?;
    let at = (place.channel_id, place.message_id);
    if reactions::remove(&mut tx, at, emoji.as_str(), caller.user_id).await? {
        let (count, _) = reactions::count(&mut tx, at, emoji.as_str()).await?;
        let what = (Some(caller.user_id), count);
        tell(
            &api,
            &mut tx,
            EventKind::MessageReactionRemoved,
            place,
            (seq, emoji),
            what,
        )
        .await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
