//! The users and servers services, as far as the gateway asks them.

use std::sync::{Arc, Mutex};

use contracts::{messages, servers, users};
use model::{Permission, PermissionSet};
use tonic::{Request, Response, Status};

/// One server: who is in it, and which channels `everyone` does not see.
#[derive(Clone, Default)]
pub struct Tenant {
    pub version: i64,
    pub members: Vec<i64>,
    pub channels: Vec<i64>,
    pub hidden: Vec<i64>,
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

    fn tenant(&self) -> servers::Tenant {
        let tenant = self.0.lock().unwrap();
        let view = PermissionSet::of(&[Permission::ViewChannel]).bits();
        let channel = |id: &i64| servers::Channel {
            id: *id,
            kind: servers::ChannelKind::Text.into(),
            parent_id: None,
            overwrites: if tenant.hidden.contains(id) {
                vec![servers::Overwrite {
                    target_id: SERVER,
                    member: false,
                    allow: 0,
                    deny: view,
                }]
            } else {
                Vec::new()
            },
            slow_mode_seconds: 0,
        };
        servers::Tenant {
            server_id: SERVER,
            version: tenant.version,
            owner_id: OWNER,
            roles: vec![servers::Role {
                id: SERVER,
                permissions: PermissionSet::PUBLIC_DEFAULT.bits(),
                position: 0,
                hoisted: false,
            }],
            channels: tenant.channels.iter().map(channel).collect(),
            system_channel_id: None,
        }
    }

    fn membership(&self, user_id: i64) -> Option<servers::Membership> {
        let member = self.0.lock().unwrap().members.contains(&user_id);
        member.then(|| servers::Membership {
            user_id,
            role_ids: Vec::new(),
            timeout_until: None,
        })
    }
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
            server_id: SERVER,
            server_json: format!(r#"{{"id":"{SERVER}"}}"#),
            tenant: Some(current.clone()),
            membership: Some(membership),
        });
        Ok(Response::new(servers::ListServersOfUserResponse {
            servers: servers.into_iter().collect(),
        }))
    }
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
