//! `…/pins`: messages that are pinned to their channel (M4).

use std::{fmt, str::FromStr};

use axum::extract::State;
use contracts::events::EventKind;
use http::StatusCode;
use model::{ChannelId, MessageId, Permission, ServerId, Timestamp, UserId, limits::PINS_PER_CHANNEL};
use platform::{
    auth::Caller,
    http::{
        Json, Page, PageQuery, Path, Problem, Query,
        refusals::{CHANNEL, LIST, PATH, SERVER, SIGNED_IN, UNSAFE},
    },
};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    Api, ChannelPath, FOLDER, MESSAGE, MessagePath,
    resource::{Author, MessageResource},
};
use crate::{
    error::MessagesError,
    showing::Reader,
    store::{
        messages,
        pins::{self, Pin},
    },
};

/// A pinned message.
#[derive(Serialize, ToSchema)]
pub(crate) struct PinnedMessage {
    #[serde(flatten)]
    message: MessageResource,
    pinned_at: Timestamp,
    /// Who pinned it.
    pinned_by: Author,
}

/// What is told of a pin.
#[derive(Serialize)]
struct PinChange {
    id: MessageId,
    seq: i64,
    server_id: ServerId,
    channel_id: ChannelId,
    /// Who did it.
    user_id: UserId,
}

/// Where a page of pins begins.
struct PinCursor(pins::Place);

impl FromStr for PinCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (at, id) = text.split_once('-').ok_or(())?;
        let at = Timestamp::from_millis(at.parse().map_err(drop)?);
        Ok(Self((at, id.parse().map_err(drop)?)))
    }
}

impl fmt::Display for PinCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0.0.as_millis(), self.0.1)
    }
}

/// The routes with their descriptions.
pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list::list_pins))
        .routes(routes!(put::pin_message, remove::unpin_message))
}

mod list {
    use super::*;

    platform::refusals!(SIGNED_IN, LIST, PATH, SERVER, CHANNEL, FOLDER);

    /// List pinned messages
    ///
    /// The last pinned first. Who may not read the history gets an empty list.
    #[utoipa::path(
        get, path = "/pins", tag = "pins",
        params(
            ("server_id" = ServerId, Path, description = "The server."),
            ("channel_id" = ChannelId, Path, description = "The channel."),
            ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
            ("before" = Option<String>, Query, description = "The cursor of the page before.")
        ),
        responses((status = 200, description = "A page of pinned messages.", body = Page<PinnedMessage>), Refusals)
    )]
    pub(crate) async fn list_pins(
        State(api): State<Api>,
        caller: Caller,
        Path(path): Path<ChannelPath>,
        Query(query): Query<PageQuery>,
    ) -> Result<Json<Page<PinnedMessage>>, Problem> {
        let viewer = api
            .access
            .viewer(path.server_id, path.channel_id, caller.user_id)
            .await?;
        let (limit, before) = (query.limit()?, query.before::<PinCursor>()?);
        if !viewer.permissions.contains(Permission::ReadHistory) {
            return Ok(Json(Page::whole(Vec::new())));
        }
        let tenant = api.tenants.reader(path.server_id);
        let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let found = pins::list(tenant, path.channel_id, before.map(|cursor| cursor.0), most).await?;
        let cursor = |last: &Pin| PinCursor((last.pinned_at, last.message_id)).to_string();
        let page = Page::from_excess(found, limit, cursor);
        let ids: Vec<MessageId> = page.items.iter().map(|pin| pin.message_id).collect();
        let found = messages::lookup_many(tenant, path.channel_id, &ids).await?;
        let order: Vec<MessageId> = found.iter().map(|message| message.id).collect();
        let shown = api.shown(path.server_id, path.channel_id, found, Reader::User(caller.user_id));
        let mut shown: Vec<_> = order.into_iter().zip(shown.await?).collect();
        let people = api.authors.find_all(page.items.iter().map(|pin| pin.pinned_by)).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for pin in page.items {
            // One that was deleted meanwhile is left out.
            let Some(index) = shown.iter().position(|(id, _)| *id == pin.message_id) else {
                continue;
            };
            let by = people.get(&pin.pinned_by).cloned();
            items.push(PinnedMessage {
                message: shown.swap_remove(index).1,
                pinned_at: pin.pinned_at,
                pinned_by: by.unwrap_or_else(|| Author::unknown(pin.pinned_by)),
            });
        }
        Ok(Json(Page { items, next: page.next }))
    }
}

mod put {
    use super::*;

    platform::refusals!(
        SIGNED_IN,
        UNSAFE,
        PATH,
        SERVER,
        CHANNEL,
        FOLDER,
        MESSAGE,
        &[
            (
                403,
                "missing_permission",
                "The caller lacks the permission pin_messages."
            ),
            (409, "too_many_pins", "The channel has 250 pinned messages already.")
        ]
    );

    /// Pin a message
    ///
    /// Needs `pin_messages`. What is pinned already stays so.
    #[utoipa::path(
        put, path = "/pins/{message_id}", tag = "pins",
        params(
            ("server_id" = ServerId, Path, description = "The server."),
            ("channel_id" = ChannelId, Path, description = "The channel."),
            ("message_id" = MessageId, Path, description = "The message.")
        ),
        responses((status = 204, description = "It is pinned."), Refusals)
    )]
    pub(crate) async fn pin_message(
        State(api): State<Api>,
        caller: Caller,
        Path(path): Path<MessagePath>,
    ) -> Result<StatusCode, Problem> {
        let viewer = api
            .access
            .viewer(path.server_id, path.channel_id, caller.user_id)
            .await?;
        let found = api.find_readable(viewer, path).await?;
        viewer.require(Permission::PinMessages)?;
        if found.pinned_at.is_some() {
            return Ok(StatusCode::NO_CONTENT);
        }
        let mut tx = api.tenants.begin(path.server_id).await?;
        let count = pins::count(&mut tx, path.channel_id).await?;
        if usize::try_from(count).unwrap_or(usize::MAX) >= PINS_PER_CHANNEL {
            return Err(MessagesError::TooManyPins.into());
        }
        let now = api.clock.now();
        if let Some(seq) = pins::add(&mut tx, path.channel_id, path.message_id, caller.user_id, now).await? {
            let change = change(path, seq, caller.user_id);
            api.tell(&mut tx, EventKind::MessagePinned, (path.channel_id, seq), &change)?;
            tx.commit().await?;
        }
        Ok(StatusCode::NO_CONTENT)
    }
}

mod remove {
    use super::*;

    platform::refusals!(
        SIGNED_IN,
        UNSAFE,
        PATH,
        SERVER,
        CHANNEL,
        FOLDER,
        MESSAGE,
        &[(
            403,
            "missing_permission",
            "The caller lacks the permission pin_messages."
        )]
    );

    /// Unpin a message
    ///
    /// Needs `pin_messages`.
    #[utoipa::path(
        delete, path = "/pins/{message_id}", tag = "pins",
        params(
            ("server_id" = ServerId, Path, description = "The server."),
            ("channel_id" = ChannelId, Path, description = "The channel."),
            ("message_id" = MessageId, Path, description = "The message.")
        ),
        responses((status = 204, description = "It is not pinned."), Refusals)
    )]
    pub(crate) async fn unpin_message(
        State(api): State<Api>,
        caller: Caller,
        Path(path): Path<MessagePath>,
    ) -> Result<StatusCode, Problem> {
        let viewer = api
            .access
            .viewer(path.server_id, path.channel_id, caller.user_id)
            .await?;
        api.find_readable(viewer, path).await?;
        viewer.require(Permission::PinMessages)?;
        let mut tx = api.tenants.begin(path.server_id).await?;
        if let Some(seq) = pins::remove(&mut tx, path.channel_id, path.message_id).await? {
            let change = change(path, seq, caller.user_id);
            api.tell(&mut tx, EventKind::MessageUnpinned, (path.channel_id, seq), &change)?;
            tx.commit().await?;
        }
        Ok(StatusCode::NO_CONTENT)
    }
}

fn change(path: MessagePath, seq: i64, user_id: UserId) -> PinChange {
    PinChange {
        id: path.message_id,
        seq,
        server_id: path.server_id,
        channel_id: path.channel_id,
        user_id,
    }
}
