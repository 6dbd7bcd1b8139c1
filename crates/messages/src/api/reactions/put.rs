//! `PUT …/{message_id}/reactions/{emoji}/@me`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{ChannelId, MessageId, Permission, ServerId, limits::REACTIONS_PER_MESSAGE};
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
    &[
        (
            403,
            "missing_permission",
            "The caller lacks the permission add_reactions."
        ),
        (
            409,
            "too_many_reactions",
            "The message has reactions with 20 different emoji already."
        ),
        (
            429,
            "sending_too_fast",
            "Too many messages and reactions in a short time; see Retry-After."
        )
    ]
);

/// React to a message
///
/// With one emoji of Unicode. Needs `add_reactions`. A reaction that is there already stays.
#[utoipa::path(
    put, path = "/{message_id}/reactions/{emoji}/@me", tag = "reactions",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel."),
        ("message_id" = MessageId, Path, description = "The message."),
        ("emoji" = String, Path, description = "The emoji itself.", example = "👍")
    ),
    responses((status = 204, description = "The reaction is there."), Refusals)
)]
pub(crate) async fn add_reaction(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ReactionPath>,
) -> Result<StatusCode, Problem> {
    let (place, emoji) = (path.message(), path.emoji()?);
    let (viewer, _) = api.find_readable(caller.user_id, place).await?;
    viewer.require(Permission::AddReactions)?;
    api.limit.count(caller.user_id)?;
    let mut tx = api.tenants.begin(place.server_id).await?;
    let seq = reactions::lock(&mut tx, place.channel_id, place.message_id).await?;
    let seq = seq.ok_or(MessagesError::MessageNotFound)?;
    let at = (place.channel_id, place.message_id);
    if reactions::add(&mut tx, at, emoji.as_str(), caller.user_id, api.clock.now()).await? {
        let (count, different) = reactions::count(&mut tx, at, emoji.as_str()).await?;
        if usize::try_from(different).unwrap_or(usize::MAX) > REACTIONS_PER_MESSAGE {
            return Err(MessagesError::TooManyReactions.into());
        }
        let what = (Some(caller.user_id), count);
        tell(
            &api,
            &mut tx,
            EventKind::MessageReactionAdded,
            place,
            (seq, emoji),
            what,
        )
        .await?;
        tx.commit().await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
