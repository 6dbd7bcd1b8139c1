//! What a server is called and who finds it; and its end.

use contracts::events::{Audience, EventKind};
use model::{Permission, ServerDescription, ServerId, ServerName, UserId};

use crate::{
    acting::Acting,
    api::resource::{Server, ServerGone},
    audit::{Action, Changes, Entry},
    error::Error,
    invitations,
    service::{Service, retried},
    store::{
        channels, members, overwrites, roles,
        servers::{self, ServerRow},
        totals,
    },
    visibility::Visibility,
};

/// What changes of a server; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct ServerChange {
    pub(crate) name: Option<ServerName>,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) description: Option<ServerDescription>,
}

/// Changes a server. Its visibility changes who finds it, not its members; a server that turns private has no invitations
/// any more, and `everyone` cannot make any.
pub(crate) async fn change(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    change: &ServerChange,
) -> Result<Server, Error> {
    retried(|| attempt_change(service, server_id, actor_id, change)).await
}

async fn attempt_change(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    change: &ServerChange,
) -> Result<Server, Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require(Permission::ManageServer)?;
    let before = acting.tenant.server.clone();
    let mut after = before.clone();
    if let Some(name) = &change.name {
        name.as_str().clone_into(&mut after.name);
    }
    if let Some(description) = &change.description {
        description.as_str().clone_into(&mut after.description);
    }
    after.visibility = change.visibility.unwrap_or(before.visibility);
    let resource = Server::from(&after);
    if after == before {
        return Ok(resource);
    }
    servers::update(&mut acting.tx, &after).await?;
    let entry = Entry {
        action: Action::ServerUpdated,
        target: server_id.into(),
        channel_id: None,
        changes: differences(&before, &after),
        reason: None,
    };
    acting.record(entry).await?;
    if (before.visibility, after.visibility) == (Visibility::Public, Visibility::Private) {
        invitations::close_to_the_public(&mut acting).await?;
    }
    acting.tell(EventKind::ServerUpdated, Audience::Server { server_id }, &resource)?;
    acting.commit().await?;
    Ok(resource)
}

fn differences(before: &ServerRow, after: &ServerRow) -> Changes {
    Changes::default()
        .with("name", before.name.as_str(), after.name.as_str())
        .with("description", before.description.as_str(), after.description.as_str())
        .with("visibility", before.visibility.name(), after.visibility.name())
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
    invitations::end_all(service, &mut tx, &server).await?;
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
