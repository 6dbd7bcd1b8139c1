//! The users and servers services, as far as this one asks them: one server, whose channels and members a test changes.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use contracts::{servers, storage, users};
use model::{Permission, PermissionSet};
use serde_json::{Value, json};
use tonic::{Request, Response, Status};

pub(crate) const SERVER: i64 = 10;
pub(crate) const TEXT: i64 = 20;
pub(crate) const VOICE: i64 = 21;
pub(crate) const FOLDER: i64 = 22;
/// `everyone` does not see it.
pub(crate) const HIDDEN: i64 = 23;
/// `everyone` may not write there.
pub(crate) const SILENT: i64 = 24;
/// `everyone` may not read what was written before.
pub(crate) const FORGETFUL: i64 = 25;
/// `everyone` waits an hour between two messages.
pub(crate) const SLOW: i64 = 26;
/// `everyone` may not link to other sites.
pub(crate) const LINKLESS: i64 = 27;
/// Links of `everyone` have no previews.
pub(crate) const PLAIN: i64 = 28;
/// May manage messages.
pub(crate) const MODERATORS: i64 = 30;

pub(crate) const ADA: i64 = 1_001;
pub(crate) const BOB: i64 = 1_002;
pub(crate) const EVE: i64 = 1_003;
pub(crate) const MODERATOR: i64 = 1_004;
pub(crate) const AUTHOR: i64 = 1_005;

/// What the peers answer from.
#[derive(Default)]
pub(crate) struct State {
    version: i64,
    pub(crate) channels: BTreeSet<i64>,
    pub(crate) members: BTreeSet<i64>,
    pub(crate) timed_out: BTreeSet<i64>,
    pub(crate) system_channel: Option<i64>,
    /// Whether everybody may mention the moderators.
    pub(crate) mentionable: bool,
    pub(crate) renamed: Option<(i64, String)>,
    /// Who has another username than `user-<id>`.
    pub(crate) usernames: Vec<(i64, &'static str)>,
    /// Roles and channels that have another name than at first.
    pub(crate) other_names: Vec<(i64, &'static str)>,
    /// The names that somebody wanted to visit.
    pub(crate) names: Vec<String>,
    /// Whether pictures of previews cannot be kept.
    pub(crate) without_pictures: bool,
    /// Whose accounts were erased, in the order of their times.
    pub(crate) deleted: Vec<users::DeletedUser>,
}

#[derive(Clone, Default)]
pub(crate) struct Peers {
    pub(crate) state: Arc<Mutex<State>>,
    pub(crate) away: Arc<AtomicBool>,
}

impl Peers {
    /// Everything and everybody there; Eve is a stranger.
    pub(crate) fn new() -> Self {
        let peers = Self::default();
        peers.change(|state| {
            state.channels = [TEXT, VOICE, FOLDER, HIDDEN, SILENT, FORGETFUL, SLOW, LINKLESS, PLAIN].into();
            state.members = [ADA, BOB, MODERATOR, AUTHOR].into();
        });
        peers
    }

    /// Changes it and answers the server's version then.
    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) -> i64 {
        let mut state = self.state.lock().unwrap();
        change(&mut state);
        state.version += 1;
        state.version
    }

    fn present(&self) -> Result<(), Status> {
        if self.away.load(Ordering::SeqCst) {
            Err(platform::rpc::unavailable("away"))
        } else {
            Ok(())
        }
    }
}

fn channel(id: i64) -> servers::Channel {
    let denied = match id {
        HIDDEN => Some(Permission::ViewChannel),
        SILENT => Some(Permission::SendMessages),
        FORGETFUL => Some(Permission::ReadHistory),
        LINKLESS => Some(Permission::UseExternalLinks),
        PLAIN => Some(Permission::EmbedLinks),
        _ => None,
    };
    let kind = match id {
        VOICE => servers::ChannelKind::Voice,
        FOLDER => servers::ChannelKind::Folder,
        _ => servers::ChannelKind::Text,
    };
    servers::Channel {
        id,
        kind: kind.into(),
        parent_id: None,
        overwrites: denied
            .map(|permission| servers::Overwrite {
                target_id: SERVER,
                member: false,
                allow: 0,
                deny: PermissionSet::of(&[permission]).bits(),
            })
            .into_iter()
            .collect(),
        slow_mode_seconds: if id == SLOW { 3_600 } else { 0 },
        name: match id {
            TEXT => "general".to_owned(),
            HIDDEN => "hidden".to_owned(),
            other => format!("channel-{other}"),
        },
    }
}

#[tonic::async_trait]
impl servers::servers_server::Servers for Peers {
    async fn get_tenant(
        &self,
        request: Request<servers::GetTenantRequest>,
    ) -> Result<Response<servers::GetTenantResponse>, Status> {
        self.present()?;
        let state = self.state.lock().unwrap();
        let name = |id: i64, first: &str| match state.other_names.iter().find(|(named, _)| *named == id) {
            Some((_, other)) => (*other).to_owned(),
            None => first.to_owned(),
        };
        let named = |channel: servers::Channel| servers::Channel {
            name: name(channel.id, &channel.name),
            ..channel
        };
        let role = |id: i64, permissions: PermissionSet| servers::Role {
            id,
            permissions: permissions.bits(),
            position: 0,
            hoisted: false,
            mentionable: id == MODERATORS && state.mentionable,
            name: name(id, if id == MODERATORS { "Team lead" } else { "everyone" }),
        };
        let tenant = (request.into_inner().server_id == SERVER).then(|| servers::Tenant {
            server_id: SERVER,
            version: state.version,
            owner_id: ADA,
            roles: vec![
                role(SERVER, PermissionSet::PUBLIC_DEFAULT),
                role(MODERATORS, PermissionSet::of(&[Permission::ManageMessages])),
            ],
            channels: state.channels.iter().map(|id| named(channel(*id))).collect(),
            system_channel_id: state.system_channel,
        });
        Ok(Response::new(servers::GetTenantResponse { tenant }))
    }

    async fn get_membership(
        &self,
        request: Request<servers::GetMembershipRequest>,
    ) -> Result<Response<servers::GetMembershipResponse>, Status> {
        self.present()?;
        let request = request.into_inner();
        let state = self.state.lock().unwrap();
        let member = request.server_id == SERVER && state.members.contains(&request.user_id);
        let membership = member.then(|| servers::Membership {
            user_id: request.user_id,
            role_ids: if request.user_id == MODERATOR {
                vec![MODERATORS]
            } else {
                Vec::new()
            },
            timeout_until: state.timed_out.contains(&request.user_id).then_some(i64::MAX),
        });
        Ok(Response::new(servers::GetMembershipResponse {
            membership,
            version: state.version,
        }))
    }

    async fn list_bans(
        &self,
        _: Request<servers::ListBansRequest>,
    ) -> Result<Response<servers::ListBansResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn list_servers_of_user(
        &self,
        request: Request<servers::ListServersOfUserRequest>,
    ) -> Result<Response<servers::ListServersOfUserResponse>, Status> {
        self.present()?;
        let request = servers::GetMembershipRequest {
            server_id: SERVER,
            user_id: request.into_inner().user_id,
        };
        let membership = self
            .get_membership(Request::new(request))
            .await?
            .into_inner()
            .membership;
        let tenant = self
            .get_tenant(Request::new(servers::GetTenantRequest { server_id: SERVER }))
            .await?;
        let tenant = tenant.into_inner().tenant;
        let channels = tenant.iter().flat_map(|tenant| &tenant.channels);
        let channels: Vec<_> = channels.filter(|channel| channel.id != HIDDEN).cloned().collect();
        let servers = membership.map(|membership| servers::ServerOfUser {
            server_id: SERVER,
            server_json: seen(&membership, &channels).to_string(),
            tenant,
            joined_at: 0,
            membership: Some(membership),
        });
        Ok(Response::new(servers::ListServersOfUserResponse {
            servers: servers.into_iter().collect(),
        }))
    }
}

/// The server as a member sees it, as far as it is looked at.
fn seen(member: &servers::Membership, channels: &[servers::Channel]) -> Value {
    let channels = channels.iter();
    json!({
        "id": SERVER.to_string(), "name": "Engines", "owner_id": ADA.to_string(), "member_count": 4,
        "channels": channels
            .map(|channel| json!({"id": channel.id.to_string(), "name": channel.name, "topic": "more"}))
            .collect::<Vec<_>>(),
        "roles": [{"id": SERVER.to_string(), "name": "everyone"}, {"id": MODERATORS.to_string(), "name": "Team lead"}],
        "me": {
            "user": {"id": member.user_id.to_string()}, "nickname": "Nick", "joined_at": "2026-11-24T09:30:00.000Z",
            "role_ids": member.role_ids.iter().map(ToString::to_string).collect::<Vec<_>>(),
        }
    })
}

#[tonic::async_trait]
impl users::users_server::Users for Peers {
    async fn get_summaries(
        &self,
        request: Request<users::GetSummariesRequest>,
    ) -> Result<Response<users::GetSummariesResponse>, Status> {
        self.present()?;
        let state = self.state.lock().unwrap();
        let name = |id: i64| match &state.renamed {
            Some((renamed, name)) if *renamed == id => name.clone(),
            _ => format!("User {id}"),
        };
        let username = |id: i64| match state.usernames.iter().find(|(known, _)| *known == id) {
            Some((_, name)) => (*name).to_owned(),
            None => format!("user-{id}"),
        };
        let summary = |id: i64| users::UserSummary {
            id,
            username: username(id),
            display_name: name(id),
            avatar_url: None,
        };
        let request = request.into_inner();
        let named = request
            .usernames
            .iter()
            .filter_map(|name| match state.usernames.iter().find(|(_, known)| known == name) {
                Some((id, _)) => Some(*id),
                None => name.strip_prefix("user-")?.parse().ok(),
            })
            .filter(|id| request.usernames.contains(&username(*id)));
        let users = request.user_ids.iter().copied().chain(named).map(summary).collect();
        Ok(Response::new(users::GetSummariesResponse { users }))
    }

    async fn get_account(
        &self,
        _: Request<users::GetAccountRequest>,
    ) -> Result<Response<users::GetAccountResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn get_export(
        &self,
        request: Request<users::GetExportRequest>,
    ) -> Result<Response<users::GetExportResponse>, Status> {
        self.present()?;
        let id = request.into_inner().user_id;
        let account = json!({"profile": {"id": id.to_string()}, "sign_ins": []});
        Ok(Response::new(users::GetExportResponse {
            account_json: account.to_string(),
            username: format!("user-{id}"),
            language: "fr".to_owned(),
        }))
    }

    async fn list_deleted(
        &self,
        request: Request<users::ListDeletedRequest>,
    ) -> Result<Response<users::ListDeletedResponse>, Status> {
        self.present()?;
        let request = request.into_inner();
        let after = (request.since, request.after_user_id);
        let state = self.state.lock().unwrap();
        let users = state
            .deleted
            .iter()
            .filter(|user| (user.erased_at, user.user_id) > after);
        // One at a time, so that whoever asks turns the page.
        Ok(Response::new(users::ListDeletedResponse {
            users: users.take(1).cloned().collect(),
        }))
    }

    async fn list_ended_sign_ins(
        &self,
        _: Request<users::ListEndedSignInsRequest>,
    ) -> Result<Response<users::ListEndedSignInsResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }
}

impl Peers {
    /// What the storage service answers about the picture of a preview.
    pub(crate) fn put_preview_picture(
        &self,
        request: Request<storage::PutPreviewPictureRequest>,
    ) -> Result<Response<storage::PutPreviewPictureResponse>, Status> {
        if self.state.lock().unwrap().without_pictures {
            return Err(platform::rpc::unavailable("away"));
        }
        let storage::PutPreviewPictureRequest { content, key } = request.into_inner();
        let Ok(picture) = image::load_from_memory(&content) else {
            return Err(platform::rpc::status(
                tonic::Code::InvalidArgument,
                "picture_type_unsupported",
                "no",
            ));
        };
        Ok(Response::new(storage::PutPreviewPictureResponse {
            url: format!("/api/v1/pictures/{key}.png"),
            width: picture.width(),
            height: picture.height(),
        }))
    }
}
