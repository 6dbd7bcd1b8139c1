//! A server in JSON.

use std::collections::BTreeMap;

use model::{ChannelId, PermissionSet, ServerId, Timestamp, UserId};
use serde::Serialize;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Ref, RefOr,
        schema::{AnyOfBuilder, Schema},
    },
};

use super::{Channel, Member, Role};
use crate::{store::servers::ServerRow, visibility::Visibility};

/// A server, as whoever may know of it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234567", "kind": "community", "name": "Chess club", "visibility": "public",
    "description": "Openings and endgames.", "icon_url": null, "banner_url": null, "owner_id": "402345678901234500",
    "member_count": 12, "default_channel_id": null, "system_channel_id": null, "created_at": "2026-11-24T09:30:00.000Z"
}))]
pub(crate) struct Server {
    /// The server.
    pub(crate) id: ServerId,
    /// What kind of server it is.
    pub(crate) kind: ServerKind,
    /// Its name.
    pub(crate) name: String,
    /// Who can find and join it.
    pub(crate) visibility: Visibility,
    /// What it is about; may be empty.
    pub(crate) description: String,
    /// Its picture, relative to the public URL.
    pub(crate) icon_url: Option<String>,
    /// Its banner, relative to the public URL.
    pub(crate) banner_url: Option<String>,
    /// Who owns it.
    pub(crate) owner_id: UserId,
    /// How many members it has.
    pub(crate) member_count: i64,
    /// Where newcomers begin, even if the caller does not see that; null when nothing was chosen, and for those who are not
    /// members.
    pub(crate) default_channel_id: Option<ChannelId>,
    /// Where it is said who joined; null for nowhere, and for those who are not members.
    pub(crate) system_channel_id: Option<ChannelId>,
    /// When it was created.
    pub(crate) created_at: Timestamp,
}

/// What kind of server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ServerKind {
    /// Many people, channels, roles.
    Community,
}

impl From<&ServerRow> for Server {
    fn from(row: &ServerRow) -> Self {
        Self {
            id: row.id,
            kind: ServerKind::Community,
            name: row.name.clone(),
            visibility: row.visibility,
            description: row.description.clone(),
            icon_url: row.icon_url.clone(),
            banner_url: row.banner_url.clone(),
            owner_id: row.owner_id,
            member_count: row.member_count,
            default_channel_id: row.default_channel_id,
            system_channel_id: row.system_channel_id,
            created_at: row.created_at,
        }
    }
}

impl Server {
    /// As those see it who are not members: nothing of its inside.
    pub(crate) fn from_outside(row: &ServerRow) -> Self {
        Self {
            default_channel_id: None,
            system_channel_id: None,
            ..Self::from(row)
        }
    }
}

/// A server as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServerWithDetail {
    /// The server itself.
    #[serde(flatten)]
    pub(crate) server: Server,
    /// The channels and folders that the member can see, by position.
    pub(crate) channels: Vec<Channel>,
    /// All roles, the lowest first.
    pub(crate) roles: Vec<Role>,
    /// The member.
    pub(crate) me: Member,
    /// What the member may do in the server as a whole, by name.
    pub(crate) permissions: PermissionSet,
    /// What the member may do in a channel or folder that they see, by its id, where that differs from `permissions`.
    #[schema(value_type = BTreeMap<String, PermissionSet>, example = json!({"402345678901234569": ["view_channel"]}))]
    pub(crate) channel_permissions: BTreeMap<ChannelId, PermissionSet>,
}

/// A server as members see it, or as everyone sees a public one.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum ServerForViewer {
    /// To a member.
    Member(Box<ServerWithDetail>),
    /// To everyone else, when the server is public.
    Visitor(Box<Server>),
}

/// In the contract any of the two: what members see is a server in the other sense, too.
impl PartialSchema for ServerForViewer {
    fn schema() -> RefOr<Schema> {
        AnyOfBuilder::new()
            .description(Some("A server as members see it, or as everyone sees a public one."))
            .item(Ref::from_schema_name(ServerWithDetail::name()))
            .item(Ref::from_schema_name(Server::name()))
            .into()
    }
}

impl ToSchema for ServerForViewer {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        for (name, schema) in [
            (ServerWithDetail::name(), ServerWithDetail::schema()),
            (Server::name(), Server::schema()),
        ] {
            schemas.push((name.into_owned(), schema));
        }
        ServerWithDetail::schemas(schemas);
        Server::schemas(schemas);
    }
}

/// A public server in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FoundServer {
    /// The server itself.
    #[serde(flatten)]
    pub(crate) server: Server,
    /// Whether the caller is a member.
    #[schema(example = false)]
    pub(crate) joined: bool,
    /// How many members are online; a few seconds old.
    #[schema(example = 3, minimum = 0)]
    pub(crate) online_count: i64,
}
