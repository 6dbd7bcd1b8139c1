//! `GET /servers/{server_id}/members`

use axum::extract::State;
use model::{Invalid, RoleId, ServerId, UserId, limits, search_key::fold};
use platform::http::{
    Fields, Json, Page, Problem, Query,
    refusals::{LIST, PATH, SERVER, SIGNED_IN},
};
use serde::Deserialize;

use crate::{
    api::{Api, access::InServer, resource::Member, search::Search},
    cursor::MemberCursor,
    error::Error,
    store::members,
};

/// Which members, and which page of them.
#[derive(Debug, Deserialize)]
pub(crate) struct MembersQuery {
    #[serde(flatten)]
    search: Search,
    role_id: Option<String>,
    user_ids: Option<String>,
}

impl MembersQuery {
    /// The role that they hold, if one is named; 422 for what cannot be an id.
    fn role(&self) -> Result<Option<RoleId>, Problem> {
        let mut fields = Fields::default();
        let role = self.role_id.as_deref().map(str::parse::<RoleId>).transpose();
        if role.is_err() {
            fields.add_invalid("role_id", Invalid::Format);
        }
        fields.finish().map(|()| role.ok().flatten())
    }

    /// The users of whom it is asked, if some are named; 422 for too many, or what cannot be ids.
    fn users(&self) -> Result<Option<Vec<UserId>>, Problem> {
        let Some(text) = &self.user_ids else { return Ok(None) };
        let mut fields = Fields::default();
        let users: Result<Vec<UserId>, _> = text.split(',').map(str::parse).collect();
        match &users {
            Ok(users) if users.len() > limits::PAGE_MAX => fields.add_invalid("user_ids", Invalid::OutOfRange),
            Ok(_) => {}
            Err(_) => fields.add_invalid("user_ids", Invalid::Format),
        }
        fields.finish().map(|()| users.ok())
    }
}

platform::refusals!(SIGNED_IN, LIST, PATH, SERVER);

/// List members
///
/// By display name, whatever the case and accents.
#[utoipa::path(
    get, path = "/servers/{server_id}/members", tag = "members",
    params(
        ("server_id" = ServerId, Path, description = "The server."),
        ("query" = Option<String>, Query,
            description = "A part of the display name, username or nickname, at most 100 characters.", max_length = 100),
        ("role_id" = Option<RoleId>, Query, description = "Only who holds this role; the server's id, of `everyone`, for all."),
        ("user_ids" = Option<String>, Query,
            description = "Only these users, at most 100, with commas between. They come by id, without another page; \
                           nothing else that is asked counts.",
            example = "402345678901234500,402345678901234501"),
        ("limit" = Option<u16>, Query, description = "How many at most, 1 to 100; 50 if not given.", minimum = 1, maximum = 100),
        ("after" = Option<String>, Query, description = "The cursor of the page before.")
    ),
    responses((status = 200, description = "A page of members.", body = Page<Member>), Refusals)
)]
pub(crate) async fn list_members(
    State(api): State<Api>,
    server: InServer,
    Query(query): Query<MembersQuery>,
) -> Result<Json<Page<Member>>, Problem> {
    let (term, limit, after) = query.search.checked()?;
    let role = query.role()?.filter(|role| *role != server.server_id.everyone());
    let after = after.unwrap_or(MemberCursor::start());
    let users = query.users()?;
    let mut reader = api.tenants.reader(server.server_id);
    if let Some(users) = users {
        let found = members::list_these(&mut reader, &users).await.map_err(Error::from)?;
        return Ok(Json(Page {
            items: found.iter().map(Member::from).collect(),
            next: None,
        }));
    }
    let found = members::list(&mut reader, &term, role, &after, limit + 1)
        .await
        .map_err(Error::from)?;
    let page = Page::from_excess(found, limit, |last| {
        MemberCursor {
            display_name_fold: fold(&last.row.display_name),
            user_id: last.row.user_id,
        }
        .to_string()
    });
    Ok(Json(Page {
        items: page.items.iter().map(Member::from).collect(),
        next: page.next,
    }))
}
