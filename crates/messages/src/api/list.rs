//! `GET …/messages`

use axum::extract::State;
use model::{MessageId, Permission};
use platform::{
    auth::Caller,
    http::{
        Fields, Json, Page, PageQuery, Path, Problem, Query,
        refusals::{CHANNEL, LIST, PATH, SERVER, SIGNED_IN},
    },
};
use serde::Deserialize;

use super::{Api, ChannelPath, FOLDER, resource::MessageResource};
use crate::{
    service::Service,
    showing::Reader,
    store::messages::{self, Message, Part},
};

/// Which messages are wanted.
#[derive(Deserialize)]
pub(crate) struct MessagesQuery {
    #[serde(flatten)]
    page: PageQuery,
    /// The messages around this one, itself included.
    around: Option<MessageId>,
}

platform::refusals!(SIGNED_IN, LIST, PATH, SERVER, CHANNEL, FOLDER);

/// Read messages
///
/// Newest first. `next` is what to pass as `before` for older ones. `before`, `after` and `around` exclude each other.
/// Who may not read the history gets an empty list.
#[utoipa::path(
    get, path = "", tag = "messages",
    params(
        ("server_id" = model::ServerId, Path, description = "The server."),
        ("channel_id" = model::ChannelId, Path, description = "The channel."),
        PageQuery,
        ("around" = Option<MessageId>, Query, description = "The messages around this one, itself included.")
    ),
    responses((status = 200, description = "A page of messages.", body = Page<MessageResource>), Refusals)
)]
pub(crate) async fn list_messages(
    State(api): State<Api>,
    caller: Caller,
    Path(path): Path<ChannelPath>,
    Query(query): Query<MessagesQuery>,
) -> Result<Json<Page<MessageResource>>, Problem> {
    let viewer = api
        .access
        .viewer(path.server_id, path.channel_id, caller.user_id)
        .await?;
    let limit = query.page.limit()?;
    let (before, after) = (query.page.before::<MessageId>()?, query.page.after::<MessageId>()?);
    one_place(before, after, query.around)?;
    if !viewer.permissions.contains(Permission::ReadHistory) {
        return Ok(Json(Page::whole(Vec::new())));
    }
    let part = match (before, after) {
        (Some(before), _) => Part::Before(before),
        (None, Some(after)) => Part::After(after),
        (None, None) => Part::Newest,
    };
    let page = match query.around {
        Some(around) => around_message(&api, path, around, limit).await?,
        None => older(read(&api, path, part, limit + 1).await?, limit, part),
    };
    Ok(Json(Page {
        items: api
            .shown(
                path.server_id,
                path.channel_id,
                page.items,
                Reader::User(caller.user_id),
            )
            .await?,
        next: page.next,
    }))
}

/// A page begins at one place.
fn one_place(before: Option<MessageId>, after: Option<MessageId>, around: Option<MessageId>) -> Result<(), Problem> {
    let mut fields = Fields::default();
    let given = [("before", before), ("after", after), ("around", around)];
    for (name, _) in given.into_iter().filter(|(_, place)| place.is_some()).skip(1) {
        fields.add(name, "exclusive", "cannot be given together with another place");
    }
    fields.finish()
}

async fn read(api: &Service, path: ChannelPath, part: Part, limit: usize) -> Result<Vec<Message>, Problem> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(messages::list(api.tenants.reader(path.server_id), path.channel_id, part, limit).await?)
}

/// Of one message more than wanted, the one too many only tells that there are more.
fn older(mut messages: Vec<Message>, limit: usize, part: Part) -> Page<Message> {
    if let Part::After(_) = part {
        // Read upwards: the surplus one is the newest, and there is always something older, namely `after` itself.
        if messages.len() > limit {
            messages.remove(0);
        }
        let next = messages.last().map(|message| message.id.to_string());
        return Page { items: messages, next };
    }
    Page::from_excess(messages, limit, |message| message.id.to_string())
}

async fn around_message(
    api: &Service,
    path: ChannelPath,
    around: MessageId,
    limit: usize,
) -> Result<Page<Message>, Problem> {
    let newer = read(api, path, Part::After(around), limit / 2).await?;
    let rest = limit - newer.len();
    let mut page = older(read(api, path, Part::UpTo(around), rest + 1).await?, rest, Part::Newest);
    page.items.splice(0..0, newer);
    Ok(page)
}
