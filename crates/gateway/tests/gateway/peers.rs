//! The users and servers services, as far as the gateway asks them.

use std::sync::{Arc, Mutex};

use contracts::{servers, users};
use model::{Permission, PermissionSet};
use tonic::{Request, Response, Status};

/// One server: who is in it, and which channels `everyone` does not see.
#[derive(Clone, Default)]
pub struct Tenant {
    pub version: i64,
    pub members: Vec<i64>,
    pub channels: Vec<i64>,
    pub hidden: Vec<i64>,
    pub destroyed: bool,
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
        };
        servers::Tenant {
            server_id: SERVER,
            version: tenant.version,
            owner_id: OWNER,
            roles: vec![servers::Role {
                id: SERVER,
                permissions: PermissionSet::PUBLIC_DEFAULT.bits(),
                position: 0,
            }],
            channels: tenant.channels.iter().map(channel).collect(),
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

    async fn list_servers_of_user(
        &self,
        request: Request<servers::ListServersOfUserRequest>,
    ) -> Result<Response<servers::ListServersOfUserResponse>, Status> {
        let membership = self.membership(request.into_inner().user_id);
        let servers = membership.map(|membership| servers::ServerOfUser {
            server_id: SERVER,
            server_json: format!(r#"{{"id":"{SERVER}"}}"#),
            tenant: Some(self.tenant()),
            membership: Some(membership),
        });
        Ok(Response::new(servers::ListServersOfUserResponse {
            servers: servers.into_iter().collect(),
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
