//! What a server is called and who finds it; and its end.

use contracts::events::{Audience, EventKind};
use model::{ServerDescription, ServerId, ServerName, UserId};

use crate::{
    api::resource::{Server, ServerGone},
    error::Error,
    service::{Service, retried},
    store::{channels, members, overwrites, roles, servers, totals},
    visibility::Visibility,
};

/// What changes of a server; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServerChange {
    pub(crate) name: Option<ServerName>,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) description: Option<ServerDescription>,
}

/// Changes a server. Its visibility changes who finds it and nothing else: not its members, not its roles.
pub(crate) async fn change(service: &Service, server_id: ServerId, change: &ServerChange) -> Result<Server, Error> {
    retried(|| attempt_change(service, server_id, change)).await
}

async fn attempt_change(service: &Service, server_id: ServerId, change: &ServerChange) -> Result<Server, Error> {
    let mut tx = service.tenants.begin(server_id).await?;
    let before = servers::touch(&mut tx).await?.ok_or(Error::ServerNotFound)?;
    let name = change
        .name
        .clone()
        .unwrap_or_else(|| ServerName::trusted(before.name.clone()));
    let description = change
        .description
        .clone()
        .unwrap_or_else(|| ServerDescription::trusted(before.description.clone()));
    let mut after = before.clone();
    after.name = name.as_str().to_owned();
    after.description = description.as_str().to_owned();
    after.visibility = change.visibility.unwrap_or(before.visibility);
    let resource = Server::from(&after);
    if after == before {
        return Ok(resource);
    }
    servers::update(&mut tx, &name, &description, after.visibility).await?;
    tx.emit(service.event(
        EventKind::ServerUpdated,
        Audience::Server { server_id },
        after.version,
        &resource,
    )?);
    tx.commit().await?;
    Ok(resource)
}

/// Destroys a server with everything that this service holds of it; other services do the same when they hear of it.
pub(crate) async fn destroy(service: &Service, server_id: ServerId, user_id: UserId) -> Result<(), Error> {
    retried(|| attempt_destroy(service, server_id, user_id)).await
}

async fn attempt_destroy(service: &Service, server_id: ServerId, user_id: UserId) -> Result<(), Error> {
    let mut tx = service.tenants.begin(server_id).await?;
    let server = servers::touch(&mut tx).await?.ok_or(Error::ServerNotFound)?;
    if server.owner_id != user_id {
        return Err(Error::NotTheOwner);
    }
    totals::forget_server(&mut tx).await?;
    overwrites::remove_all(&mut tx).await?;
    members::remove_all(&mut tx).await?;
    channels::remove_all(&mut tx).await?;
    roles::remove_all(&mut tx).await?;
    servers::remove(&mut tx).await?;
    let gone = ServerGone { id: server_id };
    tx.emit(service.event(
        EventKind::ServerDeleted,
        Audience::Server { server_id },
        server.version,
        &gone,
    )?);
    tx.commit().await?;
    Ok(())
}
