//! `GET …/{message_id}/reactions/{emoji}`

use axum::extract::State;
use model::{ChannelId, MessageId, ServerId, UserId};
use platform::{
    auth::Caller,
    http::{
        Json, Page, PageQuery, Path, Problem, Query,
        refusals::{CHANNEL, FIELDS, LIST, PATH, SERVER, SIGNED_IN},
    },
};

use super::ReactionPath;
use crate::{
    api::{Api, FOLDER, MESSAGE, resource::Author},
    store::reactions,
};

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
    api.find_readable(caller.user_id, place).await?;
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
