//! `…/messages/{message_id}/reactions/{emoji}`

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{ChannelId, Invalid, MessageId, Permission, ServerId, UserId, limits::REACTIONS_PER_MESSAGE};
use platform::{
    auth::Caller,
    db::TenantTx,
    http::{
        Fields, Json, Page, PageQuery, Path, Problem, Query,
        refusals::{CHANNEL, FIELDS, LIST, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::{Deserialize, Serialize};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{Api, FOLDER, MESSAGE, MessagePath, resource::Author};
use crate::{emoji::Emoji, error::MessagesError, service::Service, store::reactions};

/// What is told of a reaction.
#[derive(Serialize)]
struct ReactionChange<'a> {
    message_id: MessageId,
    seq: i64,
    server_id: ServerId,
    channel_id: ChannelId,
    emoji: &'a str,
    /// Whose it is; null when all with the emoji were removed.
    user_id: Option<UserId>,
    /// How many there are with the emoji now.
    count: i64,
}

/// The reaction that a path names.
#[derive(Debug, Deserialize)]
pub(crate) struct ReactionPath {
    server_id: ServerId,
    channel_id: ChannelId,
    message_id: MessageId,
    emoji: String,
}

impl ReactionPath {
    fn message(&self) -> MessagePath {
        MessagePath {
            server_id: self.server_id,
            channel_id: self.channel_id,
            message_id: self.message_id,
        }
    }

    fn emoji(&self) -> Result<Emoji, Problem> {
        self.emoji.parse().map_err(|invalid: Invalid| {
            let mut fields = Fields::default();
            fields.add("emoji", invalid.code(), "is no emoji");
            fields.problem()
        })
    }
}

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(put::add_reaction, take_back::remove_reaction))
        .routes(routes!(list::list_reactions, clear::clear_reactions))
}

/// Has all who see the channel told.
fn tell(
    api: &Service,
    tx: &mut TenantTx,
    kind: EventKind,
    path: MessagePath,
    (seq, emoji): (i64, Emoji),
    (user_id, count): (Option<UserId>, i64),
) -> Result<(), Problem> {
    let data = ReactionChange {
        message_id: path.message_id,
        seq,
        server_id: path.server_id,
        channel_id: path.channel_id,
        emoji: emoji.as_str(),
        user_id,
        count,
    };
    Ok(api.tell(tx, kind, (path.channel_id, seq), &data)?)
}

mod put {
    use super::*;

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
        let viewer = api
            .access
            .viewer(place.server_id, place.channel_id, caller.user_id)
            .await?;
        api.find_readable(viewer, place).await?;
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
            )?;
            tx.commit().await?;
        }
        Ok(StatusCode::NO_CONTENT)
    }
}

mod take_back {
    use super::*;

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
        let viewer = api
            .access
            .viewer(place.server_id, place.channel_id, caller.user_id)
            .await?;
        api.find_readable(viewer, place).await?;
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
            )?;
            tx.commit().await?;
        }
        Ok(StatusCode::NO_CONTENT)
    }
}

mod list {
    use super::*;

    platform::refusals!(SIGNED_IN, LIST, FIELDS, PATH, SERVER, CHANNEL, FOLDER, MESSAGE);

    /// List who reacted
    ///
    /// With one emoji, in the order of their ids.
    #[utoipa::path(
        get, path = "/{message_id}/reactions/{emoji}", tag = "reactions",
        params(
            ("server_id" = ServerId, Path, description = "The server."),
            ("channel_id" = ChannelId, Path, description = "The channel."),
            ("message_id" = MessageId, Path, description = "The message."),
            ("emoji" = String, Path, description = "The emoji itself.", example = "👍"),
            ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
            ("after" = Option<String>, Query, description = "The cursor of the page before.")
        ),
        responses((status = 200, description = "A page of users.", body = Page<Author>), Refusals)
    )]
    pub(crate) async fn list_reactions(
        State(api): State<Api>,
        caller: Caller,
        Path(path): Path<ReactionPath>,
        Query(query): Query<PageQuery>,
    ) -> Result<Json<Page<Author>>, Problem> {
        let (place, emoji) = (path.message(), path.emoji()?);
        let (limit, after) = (query.limit()?, query.after::<UserId>()?);
        let viewer = api
            .access
            .viewer(place.server_id, place.channel_id, caller.user_id)
            .await?;
        api.find_readable(viewer, place).await?;
        let (tenant, at) = (
            api.tenants.reader(place.server_id),
            (place.channel_id, place.message_id),
        );
        let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let after = after.unwrap_or(UserId(0));
        let found = reactions::list_users(tenant, at, emoji.as_str(), after, most).await?;
        let page = Page::from_excess(found, limit, ToString::to_string);
        let people = api.authors.find_all(page.items.iter().copied()).await?;
        let author = |id| people.get(&id).cloned().unwrap_or_else(|| Author::unknown(id));
        Ok(Json(Page {
            items: page.items.into_iter().map(author).collect(),
            next: page.next,
        }))
    }
}

mod clear {
    use super::*;

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
        let viewer = api
            .access
            .viewer(place.server_id, place.channel_id, caller.user_id)
            .await?;
        api.find_readable(viewer, place).await?;
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
            )?;
            tx.commit().await?;
        }
        Ok(StatusCode::NO_CONTENT)
    }
}
