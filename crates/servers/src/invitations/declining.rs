//! Declining.

use contracts::events::{Audience, Event, EventKind};
use model::UserId;

use super::{InvitationCode, open_to, people, shown, tell_inviter};
use crate::{
    api::resource::InvitedServer,
    error::Error,
    online,
    service::{Service, retried},
    store::{invitations, servers},
};

/// Ends an invitation that is for the user by name. Told to their other devices, and to whoever invited.
pub(crate) async fn decline(service: &Service, code: &InvitationCode, user_id: UserId) -> Result<(), Error> {
    retried(|| attempt(service, code, user_id)).await
}

async fn attempt(service: &Service, code: &InvitationCode, user_id: UserId) -> Result<(), Error> {
    let opening = open_to(service, code, Some(user_id)).await?;
    let (row, server_id) = (opening.row, opening.server.id);
    if row.user_id != Some(user_id) {
        return Err(Error::InvitationNotFound);
    }
    let people = people(service, [row.inviter_id, user_id]).await?;
    let online = online::of(service, &[server_id]).await?;
    let mut tx = service.tenants.begin(server_id).await?;
    let server = servers::touch(&mut tx).await?.ok_or(Error::InvitationNotFound)?;
    // Another attempt of the same user may have accepted since it was looked for.
    if !invitations::remove(&mut tx, code.as_str(), service.clock.now()).await? {
        return Err(Error::InvitationNotFound);
    }
    let kind = EventKind::InvitationDeclined;
    let invited = InvitedServer::new(&server, &online);
    let alone = Audience::User { user_id };
    let event = service.event(kind, alone, server.version, &shown(&row, invited.clone(), &people))?;
    tx.emit(Event {
        user_id: Some(user_id),
        ..event
    });
    tell_inviter(service, &mut tx, kind, &row, invited, server.version, people).await?;
    tx.commit().await?;
    Ok(())
}
