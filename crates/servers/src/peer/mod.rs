//! What peers ask of this service.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use contracts::{
    permissions::MemberAccess,
    servers::{
        Ban, GetMembershipRequest, GetMembershipResponse, GetTenantRequest, GetTenantResponse, ListBansRequest,
        ListBansResponse, ListChannelsRequest, ListChannelsResponse, ListMembersRequest, ListMembersResponse,
        ListServersOfUserRequest, ListServersOfUserResponse, Membership as WireMembership, ReportOnlineRequest,
        ReportOnlineResponse, ServerOfUser, ShownChannel, ShownMember, servers_server::Servers,
    },
};
use model::{ChannelId, ServerId, Timestamp, UserId};
use platform::{db::DbError, rpc};
use serde::Serialize;
use tonic::{Code, Request, Response, Status};

use crate::{
    api::resource::Member,
    error::Error,
    online::{self, Report},
    service::Service,
    store::{bans, directory, members, members::Membership, servers},
    tenant::Tenant,
};

/// The internal calls of this service.
#[derive(Clone)]
pub struct Calls(pub(crate) Arc<Service>);

#[tonic::async_trait]
impl Servers for Calls {
    async fn get_tenant(&self, request: Request<GetTenantRequest>) -> Result<Response<GetTenantResponse>, Status> {
        let reader = self.0.tenants.reader(ServerId(request.into_inner().server_id));
        let tenant = self.0.snapshots.current(reader).await.map_err(Error::from)?;
        Ok(Response::new(GetTenantResponse {
            tenant: tenant.map(|tenant| tenant.wire().clone()),
        }))
    }

    async fn get_membership(
        &self,
        request: Request<GetMembershipRequest>,
    ) -> Result<Response<GetMembershipResponse>, Status> {
        let request = request.into_inner();
        let mut reader = self.0.tenants.reader(ServerId(request.server_id));
        let standing = members::find_standing(&mut reader, UserId(request.user_id))
            .await
            .map_err(Error::from)?;
        let (version, member) = standing.map_or((0, None), |standing| (standing.version, standing.member));
        Ok(Response::new(GetMembershipResponse {
            membership: member.as_ref().map(wire_membership),
            version,
        }))
    }

    async fn list_servers_of_user(
        &self,
        request: Request<ListServersOfUserRequest>,
    ) -> Result<Response<ListServersOfUserResponse>, Status> {
        let servers = self.servers_of(UserId(request.into_inner().user_id)).await?;
        Ok(Response::new(ListServersOfUserResponse { servers }))
    }

    async fn list_bans(&self, request: Request<ListBansRequest>) -> Result<Response<ListBansResponse>, Status> {
        let request = request.into_inner();
        let after = (ServerId(request.after_server_id), UserId(request.after_user_id));
        let (since, limit) = (Timestamp::from_millis(request.since), request.limit.into());
        let found = bans::list_sweeping(&self.0.db, since, after, limit)
            .await
            .map_err(Error::from)?;
        let ban = |(server_id, user_id, delete_since, created_at): bans::Sweeping| Ban {
            server_id: server_id.0,
            user_id: user_id.0,
            delete_since: delete_since.as_millis(),
            created_at: created_at.as_millis(),
        };
        Ok(Response::new(ListBansResponse {
            bans: found.into_iter().map(ban).collect(),
        }))
    }

    async fn list_channels(
        &self,
        request: Request<ListChannelsRequest>,
    ) -> Result<Response<ListChannelsResponse>, Status> {
        let request = request.into_inner();
        let reader = self.0.tenants.reader(ServerId(request.server_id));
        let tenant = self.0.snapshots.current(reader).await.map_err(Error::from)?;
        let asked: HashSet<ChannelId> = request.channel_ids.into_iter().map(ChannelId).collect();
        let rows = tenant.iter().flat_map(|tenant| {
            let rows = tenant.channel_rows().iter().filter(|row| asked.contains(&row.id));
            rows.map(|row| (row.id, tenant.shown(row)))
        });
        let shown = rows.map(|(id, channel)| {
            Ok(ShownChannel {
                channel_id: id.0,
                channel_json: json(&channel)?,
            })
        });
        Ok(Response::new(ListChannelsResponse {
            channels: shown.collect::<Result<_, Status>>()?,
        }))
    }

    async fn report_online(
        &self,
        request: Request<ReportOnlineRequest>,
    ) -> Result<Response<ReportOnlineResponse>, Status> {
        let request = request.into_inner();
        if request.counts.len() > MOST_COUNTS {
            return Err(rpc::status(
                Code::InvalidArgument,
                "too_many_counts",
                format!("one report may tell of at most {MOST_COUNTS} servers"),
            ));
        }
        let counts = request.counts.iter();
        let report = Report {
            gateway_id: request.gateway_id,
            begins: request.begins,
            online: counts
                .map(|count| (ServerId(count.server_id), i64::from(count.online)))
                .collect(),
        };
        let kept = online::report(&self.0, &report).await?;
        Ok(Response::new(ReportOnlineResponse { kept }))
    }

    async fn list_members(
        &self,
        request: Request<ListMembersRequest>,
    ) -> Result<Response<ListMembersResponse>, Status> {
        let request = request.into_inner();
        let mut reader = self.0.tenants.reader(ServerId(request.server_id));
        // Before the members: what is read after it may be newer, and is never older.
        let version = servers::find_version(&mut reader).await.map_err(Error::from)?;
        let limit = MEMBERS_AT_ONCE.min(request.limit as usize);
        let found = members::list_by_id(&mut reader, UserId(request.after_user_id), limit)
            .await
            .map_err(Error::from)?;
        let shown = found.iter().map(|membership| {
            Ok(ShownMember {
                user_id: membership.row.user_id.0,
                member_json: json(&Member::from(membership))?,
            })
        });
        Ok(Response::new(ListMembersResponse {
            members: shown.collect::<Result<_, Status>>()?,
            version: version.unwrap_or(0),
        }))
    }
}

/// Of how many servers one report may tell.
const MOST_COUNTS: usize = 1_000;

/// Members that are told at once.
const MEMBERS_AT_ONCE: usize = 1_000;

/// How often a server that changes while it is read is read anew.
const ATTEMPTS: usize = 8;

impl Calls {
    /// A handful of statements, whatever the number of servers.
    async fn servers_of(&self, user_id: UserId) -> Result<Vec<ServerOfUser>, Status> {
        let service = &self.0;
        let rows = directory::list_of_user(&service.db, user_id)
            .await
            .map_err(Error::from)?;
        let memberships = directory::list_memberships(&service.db, user_id)
            .await
            .map_err(Error::from)?;
        let mut tenants = service.snapshots.many(&service.db, &rows).await.map_err(Error::from)?;
        // Every change raises the version: what has the same before and after is of one moment, the membership included.
        let ids: Vec<ServerId> = rows.iter().map(|row| row.id).collect();
        let versions = directory::list_versions(&service.db, &ids).await.map_err(Error::from)?;
        let versions: HashMap<ServerId, i64> = versions.into_iter().collect();
        let before: HashMap<ServerId, i64> = rows.iter().map(|row| (row.id, row.version)).collect();
        let mut servers = Vec::with_capacity(memberships.len());
        for membership in memberships {
            let id = membership.row.server_id;
            let version = before.get(&id).filter(|before| versions.get(&id) == Some(before));
            match tenants
                .remove(&id)
                .filter(|tenant| version == Some(&tenant.server.version))
            {
                Some(tenant) => servers.push(self.of_user(&tenant, &membership)?),
                // It changed between the statements, or is no more: rare, and read by itself.
                None => servers.extend(self.server_of(id, user_id).await?),
            }
        }
        Ok(servers)
    }

    async fn server_of(&self, server_id: ServerId, user_id: UserId) -> Result<Option<ServerOfUser>, Status> {
        for _ in 0..ATTEMPTS {
            let mut reader = self.0.tenants.reader(server_id);
            let version = servers::find_version(&mut reader).await.map_err(Error::from)?;
            let membership = members::lookup(&mut reader, user_id).await.map_err(Error::from)?;
            let tenant = self.0.snapshots.current(reader).await.map_err(Error::from)?;
            let (Some(tenant), Some(membership)) = (tenant, membership) else {
                return Ok(None);
            };
            if version == Some(tenant.server.version) {
                return self.of_user(&tenant, &membership).map(Some);
            }
        }
        let conflict = DbError::Conflict("the server changes faster than it can be read".to_owned());
        Err(Error::from(conflict).into())
    }

    fn of_user(&self, tenant: &Tenant, membership: &Membership) -> Result<ServerOfUser, Status> {
        let detail = tenant.detail(membership, self.0.clock.now());
        Ok(ServerOfUser {
            server_id: tenant.id().0,
            server_json: json(&detail)?,
            tenant: Some(tenant.wire().clone()),
            membership: Some(wire_membership(&membership.access())),
            joined_at: membership.row.joined_at.as_millis(),
        })
    }
}

fn json(resource: &impl Serialize) -> Result<String, Status> {
    serde_json::to_string(resource).map_err(|error| {
        tracing::error!(error = %error, "a resource cannot be written as JSON");
        rpc::internal("the call failed")
    })
}

fn wire_membership(member: &MemberAccess) -> WireMembership {
    WireMembership {
        user_id: member.user_id.0,
        role_ids: member.role_ids.iter().map(|id| id.0).collect(),
        timeout_until: member.timeout_until.map(model::Timestamp::as_millis),
    }
}
