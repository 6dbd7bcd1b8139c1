//! The users and servers services, as far as the gateway asks them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use contracts::{
    messages,
    permissions::{MemberAccess, TenantAccess},
    servers, users,
};
use model::{Permission, PermissionSet, Timestamp};
use serde_json::{Value, json};
use tonic::{Request, Response, Status};

/// One server: who is in it, and which channels `everyone` does not see.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "a test switches each by itself")]
pub struct Tenant {
    pub version: i64,
    pub members: Vec<i64>,
    pub channels: Vec<i64>,
    pub hidden: Vec<i64>,
    /// The folders of channels that are in one.
    pub folders: BTreeMap<i64, i64>,
    /// Roles besides `everyone`, and what they allow.
    pub roles: BTreeMap<i64, PermissionSet>,
    pub held: BTreeSet<(i64, i64)>,
    /// Roles that stand apart.
    pub hoisted: BTreeSet<i64>,
    /// What members are called, if not `Name` and their id.
    pub nicknames: BTreeMap<i64, String>,
    /// Whether the servers service answers who the members are.
    pub members_away: bool,
    /// What is allowed and denied, by channel, and by the id of a role or a member.
    pub overwrites: BTreeMap<(i64, i64), (PermissionSet, PermissionSet)>,
    /// Who owns it, if not [`OWNER`].
    pub owner: Option<i64>,
    /// Until when, in milliseconds.
    pub time_outs: BTreeMap<i64, i64>,
    /// Who left, and whose servers are answered once more as they were before.
    pub former: Vec<i64>,
    pub destroyed: bool,
    /// The messages that are stored, by channel and number.
    pub messages: Vec<(i64, i64)>,
    /// Whether the messages service answers.
    pub messages_away: bool,
    /// Whether the servers service answers whose servers somebody's are.
    pub servers_away: bool,
    /// How often that was asked.
    pub asked_for_servers: usize,
    /// How many are online, as each gateway has reported.
    pub online: BTreeMap<i64, u32>,
}

/// What the peers answer from.
#[derive(Clone, Default)]
pub struct Peers(pub Arc<Mutex<Tenant>>);

pub const SERVER: i64 = 10;
pub const OWNER: i64 = 1;

impl Peers {
    pub fn change(&self, change: impl FnOnce(&mut Tenant)) -> i64 {
        let mut tenant = self.0.lock().unwrap();
        change(&mut tenant);
        tenant.version += 1;
        tenant.version
    }

    pub fn tenant(&self) -> servers::Tenant {
        let tenant = self.0.lock().unwrap();
        let hides = |target_id| servers::Overwrite {
            target_id,
            member: false,
            allow: 0,
            deny: PermissionSet::of(&[Permission::ViewChannel]).bits(),
        };
        let channel = |id: &i64| {
            let own = tenant.overwrites.iter().filter(|((channel, _), _)| channel == id);
            let own = own.map(|((_, target_id), (allow, deny))| servers::Overwrite {
                target_id: *target_id,
                member: *target_id != SERVER && !tenant.roles.contains_key(target_id),
                allow: allow.bits(),
                deny: deny.bits(),
            });
            let hidden = tenant.hidden.contains(id).then(|| hides(SERVER));
            servers::Channel {
                id: *id,
                kind: servers::ChannelKind::Text.into(),
                parent_id: tenant.folders.get(id).copied(),
                overwrites: own.chain(hidden).collect(),
                slow_mode_seconds: 0,
                name: String::new(),
            }
        };
        let role = |(id, permissions): (i64, PermissionSet)| servers::Role {
            id,
            permissions: permissions.bits(),
            position: if id == SERVER { 0 } else { id },
            hoisted: tenant.hoisted.contains(&id),
            mentionable: false,
            name: String::new(),
        };
        let roles = tenant.roles.iter().map(|(id, permissions)| (*id, *permissions));
        let everyone = [(SERVER, PermissionSet::PUBLIC_DEFAULT)];
        servers::Tenant {
            server_id: SERVER,
            version: tenant.version,
            owner_id: tenant.owner.unwrap_or(OWNER),
            roles: everyone.into_iter().chain(roles).map(role).collect(),
            channels: tenant.channels.iter().map(channel).collect(),
            system_channel_id: None,
        }
    }

    pub fn membership(&self, user_id: i64) -> Option<servers::Membership> {
        let tenant = self.0.lock().unwrap();
        let held = tenant.held.iter().filter(|(user, _)| *user == user_id);
        tenant.members.contains(&user_id).then(|| servers::Membership {
            user_id,
            role_ids: held.map(|(_, role)| *role).collect(),
            timeout_until: tenant.time_outs.get(&user_id).copied(),
        })
    }

    /// The member as the REST API shows them.
    pub fn member(&self, user_id: i64) -> Option<Value> {
        let membership = self.membership(user_id)?;
        let tenant = self.0.lock().unwrap();
        let roles: Vec<String> = membership.role_ids.iter().map(i64::to_string).collect();
        let until = membership.timeout_until.map(Timestamp::from_millis);
        Some(json!({
            "server_id": SERVER.to_string(),
            "user": { "id": user_id.to_string(), "username": format!("user{user_id}"),
                      "display_name": format!("Name {user_id}"), "avatar_url": null },
            "nickname": tenant.nicknames.get(&user_id),
            "role_ids": roles,
            "joined_at": Timestamp::from_millis(0),
            "timeout_until": until,
        }))
    }

    /// The server as the member sees it: what stands on their screen.
    pub fn seen_by(&self, membership: &servers::Membership) -> Value {
        let (tenant, member) = (TenantAccess::from(&self.tenant()), MemberAccess::from(membership));
        let now = Timestamp::from_millis(just_now());
        let permissions = tenant.in_server(&member, now);
        let there = |id| tenant.in_channel(id, &member, now);
        let ids = tenant.channels().iter().map(|channel| channel.id);
        let seen: Vec<_> = ids.filter(|id| there(*id).contains(Permission::ViewChannel)).collect();
        let differ = seen.iter().filter(|id| there(**id) != permissions);
        let exceptions: BTreeMap<_, _> = differ.map(|id| (*id, there(*id))).collect();
        json!({
            "id": SERVER.to_string(),
            "channels": seen.iter().map(|id| shown(id.0)).collect::<Vec<_>>(),
            "permissions": permissions,
            "channel_permissions": exceptions,
        })
    }
}

/// A channel as all see it who see it.
pub fn shown(channel: i64) -> Value {
    json!({ "id": channel.to_string(), "server_id": SERVER.to_string() })
}

#[tonic::async_trait]
impl servers::servers_server::Servers for Peers {
    async fn get_tenant(
        &self,
        _: Request<servers::GetTenantRequest>,
    ) -> Result<Response<servers::GetTenantResponse>, Status> {
        let destroyed = self.0.lock().unwrap().destroyed;
        Ok(Response::new(servers::GetTenantResponse {
            tenant: (!destroyed).then(|| self.tenant()),
        }))
    }

    async fn get_membership(
        &self,
        request: Request<servers::GetMembershipRequest>,
    ) -> Result<Response<servers::GetMembershipResponse>, Status> {
        let membership = self.membership(request.into_inner().user_id);
        Ok(Response::new(servers::GetMembershipResponse {
            membership,
            version: self.tenant().version,
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
        let user_id = request.into_inner().user_id;
        {
            let mut tenant = self.0.lock().unwrap();
            tenant.asked_for_servers += 1;
            if tenant.servers_away {
                return Err(platform::rpc::unavailable("away"));
            }
        }
        let mut current = self.tenant();
        let mut membership = self.membership(user_id);
        if self
            .0
            .lock()
            .unwrap()
            .former
            .extract_if(.., |former| *former == user_id)
            .count()
            > 0
        {
            current.version -= 1;
            membership = Some(servers::Membership {
                user_id,
                role_ids: Vec::new(),
                timeout_until: None,
            });
        }
        let servers = membership.map(|membership| servers::ServerOfUser {
            joined_at: 0,
            server_id: SERVER,
            server_json: self.seen_by(&membership).to_string(),
            tenant: Some(current.clone()),
            membership: Some(membership),
        });
        Ok(Response::new(servers::ListServersOfUserResponse {
            servers: servers.into_iter().collect(),
        }))
    }

    async fn list_channels(
        &self,
        request: Request<servers::ListChannelsRequest>,
    ) -> Result<Response<servers::ListChannelsResponse>, Status> {
        let (tenant, asked) = (self.0.lock().unwrap(), request.into_inner().channel_ids);
        let there = asked.into_iter().filter(|id| tenant.channels.contains(id));
        let channels = there.map(|channel_id| servers::ShownChannel {
            channel_id,
            channel_json: shown(channel_id).to_string(),
        });
        Ok(Response::new(servers::ListChannelsResponse {
            channels: channels.collect(),
        }))
    }

    async fn report_online(
        &self,
        request: Request<servers::ReportOnlineRequest>,
    ) -> Result<Response<servers::ReportOnlineResponse>, Status> {
        let mut tenant = self.0.lock().unwrap();
        let kept = keep(&mut tenant.online, &request.into_inner());
        Ok(Response::new(servers::ReportOnlineResponse { kept }))
    }
    async fn list_members(
        &self,
        request: Request<servers::ListMembersRequest>,
    ) -> Result<Response<servers::ListMembersResponse>, Status> {
        let request = request.into_inner();
        let (version, mut users) = {
            let tenant = self.0.lock().unwrap();
            if tenant.members_away {
                return Err(platform::rpc::unavailable("away"));
            }
            (tenant.version, tenant.members.clone())
        };
        users.retain(|user| *user > request.after_user_id);
        users.sort_unstable();
        // A page is short here, so that a few members are several.
        users.truncate(3);
        let shown = |user_id: i64| {
            Some(servers::ShownMember {
                user_id,
                member_json: self.member(user_id)?.to_string(),
            })
        };
        Ok(Response::new(servers::ListMembersResponse {
            members: users.into_iter().filter_map(shown).collect(),
            version,
        }))
    }
}

/// Kept as the servers service does it.
fn keep(online: &mut BTreeMap<i64, u32>, request: &servers::ReportOnlineRequest) -> bool {
    if request.begins {
        online.insert(request.gateway_id, 0);
    }
    let known = online.get_mut(&request.gateway_id);
    known.is_some_and(|known| {
        let own = request.counts.iter().find(|count| count.server_id == SERVER);
        *known = own.map_or(*known, |count| count.online);
        true
    })
}

#[tonic::async_trait]
impl messages::messages_server::Messages for Peers {
    async fn get_last_numbers(
        &self,
        _: Request<messages::GetLastNumbersRequest>,
    ) -> Result<Response<messages::GetLastNumbersResponse>, Status> {
        let tenant = self.0.lock().unwrap();
        if tenant.messages_away {
            return Err(platform::rpc::unavailable("away"));
        }
        let of = |channel: i64| tenant.messages.iter().filter(move |(of, _)| *of == channel);
        let last = |channel: &i64| messages::LastNumber {
            channel_id: *channel,
            seq: of(*channel).map(|(_, seq)| *seq).max().unwrap_or(0),
            sent_at: just_now(),
        };
        Ok(Response::new(messages::GetLastNumbersResponse {
            channels: tenant.channels.iter().map(last).collect(),
        }))
    }

    async fn list_read_states(
        &self,
        request: Request<messages::ListReadStatesRequest>,
    ) -> Result<Response<messages::ListReadStatesResponse>, Status> {
        if self.0.lock().unwrap().messages_away {
            return Err(platform::rpc::unavailable("away"));
        }
        let channels = request
            .into_inner()
            .servers
            .into_iter()
            .flat_map(|server| server.channel_ids);
        let ids: Vec<String> = channels.map(|id| format!(r#"{{"channel_id":"{id}"}}"#)).collect();
        Ok(Response::new(messages::ListReadStatesResponse {
            read_states_json: format!("[{}]", ids.join(",")),
        }))
    }

    async fn list_messages(
        &self,
        request: Request<messages::ListMessagesRequest>,
    ) -> Result<Response<messages::ListMessagesResponse>, Status> {
        let (tenant, request) = (self.0.lock().unwrap(), request.into_inner());
        if tenant.messages_away {
            return Err(platform::rpc::unavailable("away"));
        }
        // A page is short here, so that a hole of several pages is small.
        let up_to = request.up_to.min(request.after + 2);
        let mut seqs: Vec<i64> = tenant
            .messages
            .iter()
            .filter(|(channel, seq)| *channel == request.channel_id && *seq > request.after && *seq <= up_to)
            .map(|(_, seq)| *seq)
            .collect();
        seqs.sort_unstable();
        let message = |seq: i64| messages::NumberedMessage {
            seq,
            message_json: format!(r#"{{"seq":{seq}}}"#),
            sent_at: just_now(),
        };
        Ok(Response::new(messages::ListMessagesResponse {
            messages: seqs.into_iter().map(message).collect(),
            up_to,
        }))
    }
}

#[tonic::async_trait]
impl users::users_server::Users for Peers {
    async fn get_summaries(
        &self,
        _: Request<users::GetSummariesRequest>,
    ) -> Result<Response<users::GetSummariesResponse>, Status> {
        Ok(Response::new(users::GetSummariesResponse::default()))
    }

    async fn list_ended_sign_ins(
        &self,
        _: Request<users::ListEndedSignInsRequest>,
    ) -> Result<Response<users::ListEndedSignInsResponse>, Status> {
        Ok(Response::new(users::ListEndedSignInsResponse::default()))
    }

    async fn get_account(
        &self,
        request: Request<users::GetAccountRequest>,
    ) -> Result<Response<users::GetAccountResponse>, Status> {
        let id = request.into_inner().user_id;
        Ok(Response::new(users::GetAccountResponse {
            account_json: format!(r#"{{"id":"{id}","status":"online"}}"#),
            settings_json: r#"{"language":"en"}"#.to_owned(),
            status: "online".to_owned(),
        }))
    }
}

/// All messages are new.
fn just_now() -> i64 {
    platform::clock::Clock::system().now().as_millis()
}
