//! Invitations: a way into a server by a link, or for one user by name.
//!
//! Whoever has the code of a link can look at what it leads to, signed in or not; one that is for a user by name is there
//! for that user alone. An invitation that has expired, is used up, was revoked, or is for somebody else is answered like
//! one that never was. Nobody is told anything of a private server that has banned them. Whoever invited hears what
//! becomes of it for as long as they are a member.

mod accepting;
mod closing;
mod code;
mod creating;
mod declining;
mod reading;
mod revoking;

use std::collections::HashMap;

use contracts::{
    events::{Audience, Event, EventKind},
    users::UserSummary,
};
use model::{Timestamp, UserId};
use platform::db::TenantTx;

pub(crate) use accepting::accept;
pub(crate) use closing::{close_to_the_public, end_all};
pub(crate) use code::InvitationCode;
pub(crate) use creating::{NewInvitation, create};
pub(crate) use declining::decline;
pub(crate) use reading::{list, list_received, preview};
pub(crate) use revoking::revoke;

use crate::{
    api::resource::{Invitation, InvitedServer},
    error::Error,
    service::Service,
    store::{
        bans, directory,
        invitations::{self, InvitationRow},
        members,
        servers::{self, ServerRow},
    },
    visibility::Visibility,
};

/// People by their ids.
type People = HashMap<UserId, UserSummary>;

/// What the users service says of these users.
async fn people(service: &Service, ids: impl IntoIterator<Item = UserId>) -> Result<People, Error> {
    let mut ids: Vec<UserId> = ids.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let found = service.summaries(ids).await?;
    Ok(found.into_iter().map(|user| (UserId(user.id), user)).collect())
}

/// The invitation for those who may know of it.
fn shown(row: &InvitationRow, server: InvitedServer, people: &People) -> Invitation {
    let person = |id: UserId| people.get(&id).cloned().map(Into::into);
    Invitation {
        code: row.code.clone(),
        url: format!("/invite/{}", row.code),
        server,
        inviter: person(row.inviter_id),
        user: row.user_id.and_then(person),
        uses: row.uses,
        max_uses: row.max_uses,
        expires_at: row.expires_at,
        created_at: row.created_at,
    }
}

/// An invitation that somebody can accept, and where it leads to.
struct Opening {
    row: InvitationRow,
    server: ServerRow,
}

/// The invitation of this code if it can be accepted and the viewer, who may be signed out, may know of it;
/// [`Error::InvitationNotFound`] in every other case.
async fn open_to(service: &Service, code: &InvitationCode, viewer: Option<UserId>) -> Result<Opening, Error> {
    let server_id = directory::find_by_invitation(&service.db, code.as_str())
        .await?
        .ok_or(Error::InvitationNotFound)?;
    let mut reader = service.tenants.reader(server_id);
    let row = invitations::find_open(&mut reader, code.as_str(), service.clock.now())
        .await?
        .filter(|row| row.user_id.is_none() || row.user_id == viewer)
        .ok_or(Error::InvitationNotFound)?;
    let server = servers::lookup(&mut reader).await?.ok_or(Error::InvitationNotFound)?;
    if let Some(viewer) = viewer
        && server.visibility == Visibility::Private
        && bans::stands(&mut reader, viewer).await?
    {
        return Err(Error::InvitationNotFound);
    }
    Ok(Opening { row, server })
}

/// Tells whoever invited what has become of it, if they are still a member: what goes on in the server is nobody else's
/// business. `people` are those whom the invitation shows besides them.
async fn tell_inviter(
    service: &Service,
    tx: &mut TenantTx,
    kind: EventKind,
    row: &InvitationRow,
    server: InvitedServer,
    version: i64,
    mut people: People,
) -> Result<(), Error> {
    let Some(inviter) = members::lookup(tx, row.inviter_id).await? else {
        return Ok(());
    };
    let inviter = inviter.row;
    people.insert(
        inviter.user_id,
        UserSummary {
            id: inviter.user_id.0,
            username: inviter.username,
            display_name: inviter.display_name,
            avatar_url: inviter.avatar_url,
        },
    );
    let audience = Audience::User {
        user_id: row.inviter_id,
    };
    let event = service.event(kind, audience, version, &shown(row, server, &people))?;
    tx.emit(Event {
        user_id: row.user_id,
        ..event
    });
    Ok(())
}

/// When an invitation that lasts this many seconds ends.
fn end_of(now: Timestamp, seconds: u32) -> Timestamp {
    now.plus(std::time::Duration::from_secs(u64::from(seconds)))
}
