//! What there is of invitations to be seen.

use std::collections::HashMap;

use model::{ServerId, UserId, limits};

use super::{InvitationCode, open_to, people, shown};
use crate::{
    api::resource::{Invitation, InvitationPreview, InvitedServer},
    cursor::InvitationCursor,
    error::Error,
    online,
    service::Service,
    store::{
        directory,
        invitations::{self, InvitationRow},
        servers::{self, ServerRow},
    },
};

/// What an invitation leads to, for whoever has its code.
pub(crate) async fn preview(
    service: &Service,
    code: &InvitationCode,
    viewer: Option<UserId>,
) -> Result<InvitationPreview, Error> {
    let opening = open_to(service, code, viewer).await?;
    let online = online::of(service, &[opening.server.id]).await?;
    Ok(InvitationPreview {
        code: opening.row.code,
        server: InvitedServer::new(&opening.server, &online),
    })
}

/// Up to `limit` invitations of a server that can still be accepted, the newest first: those of one inviter, or all.
pub(crate) async fn list(
    service: &Service,
    server_id: ServerId,
    inviter: Option<UserId>,
    after: &InvitationCursor,
    limit: usize,
) -> Result<Vec<Invitation>, Error> {
    let mut reader = service.tenants.reader(server_id);
    let server = servers::lookup(&mut reader).await?.ok_or(Error::ServerNotFound)?;
    let rows = invitations::list_open(&mut reader, inviter, service.clock.now(), after, limit).await?;
    with_people(service, rows, vec![server]).await
}

/// The invitations that the user has been sent by name and can still accept, the newest first.
pub(crate) async fn list_received(service: &Service, user_id: UserId) -> Result<Vec<Invitation>, Error> {
    let now = service.clock.now();
    let rows = directory::list_invitations(&service.db, user_id, now, limits::PAGE_MAX).await?;
    let ids: Vec<ServerId> = rows.iter().map(|row| row.server_id).collect();
    let servers = directory::list_servers(&service.db, &ids).await?;
    with_people(service, rows, servers).await
}

async fn with_people(
    service: &Service,
    rows: Vec<InvitationRow>,
    servers: Vec<ServerRow>,
) -> Result<Vec<Invitation>, Error> {
    let mut named: Vec<UserId> = rows.iter().map(|row| row.inviter_id).collect();
    named.extend(rows.iter().filter_map(|row| row.user_id));
    let people = people(service, named).await?;
    let ids: Vec<ServerId> = servers.iter().map(|server| server.id).collect();
    let online = online::of(service, &ids).await?;
    let servers: HashMap<ServerId, ServerRow> = servers.into_iter().map(|server| (server.id, server)).collect();
    let show = |row: &InvitationRow| {
        let server = servers.get(&row.server_id)?;
        Some(shown(row, InvitedServer::new(server, &online), &people))
    };
    Ok(rows.iter().filter_map(show).collect())
}
