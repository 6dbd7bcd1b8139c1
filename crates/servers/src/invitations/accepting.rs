//! Accepting. The use is counted in the transaction that makes the member, so that there is never one without the other.

use contracts::{events::EventKind, users::UserSummary};
use model::UserId;

use super::{InvitationCode, People, open_to, tell_inviter};
use crate::{
    api::resource::{InvitedServer, ServerWithDetail},
    error::Error,
    membership, online,
    service::{Service, retried},
    store::{directory, invitations, members::MemberRow, servers},
};

/// Makes the user a member of the server that the invitation is for. For a member it changes nothing, and uses nothing.
pub(crate) async fn accept(
    service: &Service,
    code: &InvitationCode,
    user_id: UserId,
) -> Result<ServerWithDetail, Error> {
    if let Some(detail) = accepted(service, code, user_id).await? {
        return Ok(detail);
    }
    let server_id = match open_to(service, code, Some(user_id)).await {
        Ok(opening) => opening.server.id,
        // Another attempt of the same user took the last use since it was looked for.
        Err(Error::InvitationNotFound) => {
            return accepted(service, code, user_id).await?.ok_or(Error::InvitationNotFound);
        }
        Err(error) => return Err(error),
    };
    let member = service.new_member(server_id, user_id).await?;
    match retried(|| attempt(service, code, &member)).await {
        Ok(Some(detail)) => Ok(detail),
        // Another attempt of the same user was faster, perhaps with the last use that there was.
        Ok(None) | Err(Error::InvitationNotFound) => membership::detail(service, server_id, user_id)
            .await?
            .ok_or(Error::InvitationNotFound),
        Err(error) => Err(error),
    }
}

/// The server, when the user is a member of it: they may have accepted before, with the last use that there was, and not
/// have heard the answer.
async fn accepted(
    service: &Service,
    code: &InvitationCode,
    user_id: UserId,
) -> Result<Option<ServerWithDetail>, Error> {
    let Some(server_id) = directory::find_by_invitation(&service.db, code.as_str()).await? else {
        return Ok(None);
    };
    let row = invitations::find(&mut service.tenants.reader(server_id), code.as_str()).await?;
    if row.is_some_and(|row| row.user_id.is_none_or(|whom| whom == user_id)) {
        membership::detail(service, server_id, user_id).await
    } else {
        Ok(None)
    }
}

/// `None` when the user is a member already.
async fn attempt(
    service: &Service,
    code: &InvitationCode,
    member: &MemberRow,
) -> Result<Option<ServerWithDetail>, Error> {
    let online = online::of(service, &[member.server_id]).await?;
    let mut tx = service.tenants.begin(member.server_id).await?;
    let server = servers::touch_welcoming(&mut tx)
        .await?
        .ok_or(Error::InvitationNotFound)?;
    let row = invitations::use_once(&mut tx, code.as_str(), member.user_id, service.clock.now())
        .await?
        .ok_or(Error::InvitationNotFound)?;
    let admitted = membership::admit(service, &mut tx, &server, member)
        .await
        .map_err(|error| match error {
            Error::ServerNotFound => Error::InvitationNotFound,
            other => other,
        })?;
    if admitted.is_none() {
        return Ok(None);
    }
    let accepted = People::from([(
        member.user_id,
        UserSummary {
            id: member.user_id.0,
            username: member.username.clone(),
            display_name: member.display_name.clone(),
            avatar_url: member.avatar_url.clone(),
        },
    )]);
    let (shown, version) = (InvitedServer::new(&server, &online), server.version);
    tell_inviter(
        service,
        &mut tx,
        EventKind::InvitationAccepted,
        &row,
        shown,
        version,
        accepted,
    )
    .await?;
    tx.commit().await?;
    Ok(admitted)
}
