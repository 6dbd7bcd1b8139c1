//! `GET …/pins`

use axum::extract::State;
use model::{ChannelId, MessageId, Permission, ServerId};
use platform::{
    auth::Caller,
    http::{
        Json, Page, PageQuery, Path, Problem, Query,
        refusals::{CHANNEL, LIST, PATH, SERVER, SIGNED_IN},
    },
};

use super::{PinCursor, PinnedMessage};
use crate::{
    api::{Api, ChannelPath, FOLDER, resource::Author},
    showing::Reader,
    store::messages,
    store::pins,
    store::pins::Pin,
};

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
