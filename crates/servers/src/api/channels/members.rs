//! `GET /servers/{server_id}/channels/{channel_id}/members`

use axum::extract::State;
use model::{ChannelId, ServerId};
use platform::http::{
    Json, Page, Problem, Query,
    refusals::{CHANNEL, LIST, PATH, SERVER, SIGNED_IN},
};

use crate::{
    api::{Api, access::InChannel, resource::Member, search::Search},
    channel_members,
    cursor::MemberCursor,
    error::Error,
};

platform::refusals!(SIGNED_IN, LIST, PATH, SERVER, CHANNEL);

/// List the members who see a channel
///
/// By display name, whatever the case and accents. Where few of many members see the channel a page may hold fewer than
/// `limit`, or none, though more follow: `next` tells.
#[utoipa::path(
    get, path = "/servers/{server_id}/channels/{channel_id}/members", tag = "members",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("channel_id" = ChannelId, Path, description = "The channel or folder."),
        ("query" = Option<String>, Query,
            description = "A part of the display name, username or nickname, at most 100 characters.", max_length = 100),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "The cursor of the page before.")
    ),
    responses((status = 200, description = "A page of members.", body = Page<Member>), Refusals)
)]
pub(crate) async fn list_channel_members(
    State(api): State<Api>,
    InChannel { server, channel_id }: InChannel,
    Query(search): Query<Search>,
) -> Result<Json<Page<Member>>, Problem> {
    let (term, limit, after) = search.checked()?;
    let after = after.unwrap_or(MemberCursor::start());
    let mut reader = api.tenants.reader(server.server_id);
    let viewers = channel_members::list(&mut reader, &server.tenant, channel_id, &term, after, limit, server.now)
        .await
        .map_err(Error::from)?;
    Ok(Json(Page {
        items: viewers.members.iter().map(Member::from).collect(),
        next: viewers.next.map(|next| next.to_string()),
    }))
}
