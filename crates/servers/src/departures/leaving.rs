//! A user who is no more leaves all their servers.

use contracts::events::{Audience, EventKind};
use model::{ServerId, UserId};
use serde_json::value::RawValue;

use crate::{
    acting::Acting,
    api::resource::Server,
    error::Error,
    membership, ownership,
    service::{Service, retried},
    settings,
    store::{directory, members, servers, time_outs},
};

/// Ends the memberships of the user, one after the other, and forgets what else there is of them. Done again, it does what is
/// left. `profile` is what is shown of them from now on: members are told of it before the user is gone, since nobody is around
/// them any more then.
pub(super) async fn leave_all(service: &Service, user_id: UserId, profile: &RawValue) -> Result<(), Error> {
    for server in directory::list_of_user(&service.db, user_id).await? {
        match retried(|| leave(service, server.id, user_id, profile)).await {
            // Meanwhile the server was destroyed, or somebody else has done it.
            Ok(()) | Err(Error::ServerNotFound) => {}
            Err(error) => return Err(error),
        }
    }
    let mut tx = service.db.begin_patiently().await?;
    directory::forget_user(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok(())
}

async fn leave(service: &Service, server_id: ServerId, user_id: UserId, profile: &RawValue) -> Result<(), Error> {
    let mut acting = Acting::begin(service, server_id, user_id).await?;
    if acting.tenant.server.owner_id == user_id {
        let Some(heir) = members::find_heir(&mut acting.tx, user_id).await? else {
            let server = acting.tenant.server.clone();
            settings::end(service, &mut acting.tx, &server).await?;
            return acting.commit().await;
        };
        hand_on(&mut acting, heir).await?;
    }
    let everybody = Audience::Server { server_id };
    acting.tell_about(user_id, EventKind::UserUpdated, everybody, profile)?;
    let membership = members::lookup(&mut acting.tx, user_id)
        .await?
        .ok_or(Error::ServerNotFound)?;
    let server = servers::count_one_less(&mut acting.tx)
        .await?
        .ok_or(Error::ServerNotFound)?;
    membership::dismiss(service, &mut acting.tx, &server, &membership).await?;
    // Nobody comes back.
    time_outs::forget(&mut acting.tx, user_id).await?;
    acting.commit().await
}

/// Gives the server to whoever stands highest in it.
async fn hand_on(acting: &mut Acting<'_>, heir: UserId) -> Result<(), Error> {
    let mut server = acting.tenant.server.clone();
    server.owner_id = heir;
    servers::update(&mut acting.tx, &server).await?;
    ownership::inherit(acting, heir).await?;
    let everybody = Audience::Server { server_id: server.id };
    acting.tell(EventKind::ServerUpdated, everybody, &Server::from(&server))
}
