//! What a server is called, how it looks, who finds it and whom it belongs to; and its end.

use contracts::events::{Audience, EventKind};
use model::{ChannelId, Permission, ServerDescription, ServerId, ServerName, Timestamp, UserId};
use platform::db::{DbResult, TenantTx};
use serde_json::json;

use crate::{
    NAME,
    acting::Acting,
    api::resource::{Server, ServerGone},
    audit::{Action, Changes, Entry},
    becomes::Becomes,
    channel_kind::ChannelKind,
    discovery,
    error::Error,
    invitations, ownership,
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
    /// Where newcomers begin.
    pub(crate) default_channel_id: Becomes<ChannelId>,
    /// Where it is said who joined.
    pub(crate) system_channel_id: Becomes<ChannelId>,
    /// Whom it belongs to.
    pub(crate) owner_id: Option<UserId>,
    /// Its picture.
    pub(crate) icon_url: Becomes<String>,
    /// Its banner.
    pub(crate) banner_url: Becomes<String>,
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
    require_text(&acting, "default_channel_id", change.default_channel_id)?;
    require_text(&acting, "system_channel_id", change.system_channel_id)?;
    after.default_channel_id = change.default_channel_id.of(after.default_channel_id);
    after.system_channel_id = change.system_channel_id.of(after.system_channel_id);
    after.icon_url = change.icon_url.clone().of(after.icon_url);
    after.banner_url = change.banner_url.clone().of(after.banner_url);
    if let Some(owner_id) = change.owner_id {
        ownership::require(&acting)?;
        after.owner_id = owner_id;
    }
    let resource = Server::from(&after);
    if after == before {
        return Ok(resource);
    }
    servers::update(&mut acting.tx, &after).await?;
    for (picture, was, is) in [
        (Picture::Icon, &before.icon_url, &after.icon_url),
        (Picture::Banner, &before.banner_url, &after.banner_url),
    ] {
        if was != is {
            picture.show(&mut acting.tx, is.as_deref(), acting.now).await?;
        }
    }
    if discovery::is_found_otherwise(&before, &after) {
        discovery::list(&mut acting.tx, &after).await?;
    }
    let changes = differences(&before, &after);
    if !changes.is_empty() {
        let entry = Entry {
            action: Action::ServerUpdated,
            target: server_id.into(),
            channel_id: None,
            changes,
            reason: None,
        };
        acting.record(entry).await?;
    }
    if (before.visibility, after.visibility) == (Visibility::Public, Visibility::Private) {
        invitations::close_to_the_public(&mut acting).await?;
    }
    if after.owner_id != before.owner_id {
        ownership::transfer(&mut acting, after.owner_id).await?;
    }
    acting.tell(EventKind::ServerUpdated, Audience::Server { server_id }, &resource)?;
    acting.commit().await?;
    Ok(resource)
}

/// A picture of a server.
#[derive(Debug, Clone, Copy)]
enum Picture {
    Icon,
    Banner,
}

impl Picture {
    /// From now on the server of the transaction shows this, or none.
    async fn show(self, tx: &mut TenantTx, url: Option<&str>, now: Timestamp) -> DbResult<()> {
        let name = match self {
            Self::Icon => "icon",
            Self::Banner => "banner",
        };
        let owner = format!("{}/{name}", tx.server_id());
        tx.show_picture(NAME, &owner, url, now).await
    }
}

fn differences(before: &ServerRow, after: &ServerRow) -> Changes {
    Changes::default()
        .with("name", before.name.as_str(), after.name.as_str())
        .with("description", before.description.as_str(), after.description.as_str())
        .with("visibility", before.visibility.name(), after.visibility.name())
        .with(
            "default_channel_id",
            json!(before.default_channel_id),
            json!(after.default_channel_id),
        )
        .with(
            "system_channel_id",
            json!(before.system_channel_id),
            json!(after.system_channel_id),
        )
        .with("icon_url", before.icon_url.as_deref(), after.icon_url.as_deref())
        .with("banner_url", before.banner_url.as_deref(), after.banner_url.as_deref())
}

/// Refuses what is not a text channel that the actor sees.
fn require_text(acting: &Acting<'_>, field: &'static str, channel: Becomes<ChannelId>) -> Result<(), Error> {
    let Becomes::This(id) = channel else { return Ok(()) };
    let rows = acting.tenant.channel_rows();
    let channel = rows.iter().find(|row| row.id == id && acting.sees(id));
    match channel.map(|row| row.kind) {
        Some(ChannelKind::Text) => Ok(()),
        Some(_) => Err(Error::Unfit {
            field,
            code: "not_a_text_channel",
            detail: "is not a text channel",
        }),
        None => Err(Error::Unfit {
            field,
            code: "unknown_channel",
            detail: "is not a channel of this server that you see",
        }),
    }
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
    end(service, &mut tx, &server).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes the server that the transaction holds, with all that this service has of it.
pub(crate) async fn end(service: &Service, tx: &mut TenantTx, server: &ServerRow) -> Result<(), Error> {
    invitations::end_all(service, tx, server).await?;
    totals::forget_server(tx).await?;
    overwrites::remove_all(tx).await?;
    members::remove_all(tx).await?;
    channels::remove_all(tx).await?;
    roles::remove_all(tx).await?;
    servers::remove(tx).await?;
    for picture in [Picture::Icon, Picture::Banner] {
        picture.show(tx, None, service.clock.now()).await?;
    }
    let server_id = server.id;
    let (everybody, gone) = (Audience::Server { server_id }, ServerGone { id: server_id });
    tx.emit(service.event(EventKind::ServerDeleted, everybody, server.version, &gone)?);
    Ok(())
}
