//! Inviting.

use contracts::events::{Audience, EventKind};
use model::{Permission, ServerId, UserId, limits};

use super::{InvitationCode, People, end_of, people, shown};
use crate::{
    acting::Acting,
    api::resource::{Invitation, InvitedServer},
    audit::{Action, Changes, Entry},
    error::Error,
    online::{self, Online},
    service::{Service, retried},
    store::{
        bans,
        invitations::{self, InvitationRow},
        members,
    },
};

/// An invitation to be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewInvitation {
    /// How many seconds it lasts; for ever when it is `None`.
    pub(crate) expires_in: Option<u32>,
    /// How often it can be accepted; as often as anybody likes when it is `None`. Once when it is for a user.
    pub(crate) max_uses: Option<u32>,
    /// Whom it is for; whoever has its code when it is `None`.
    pub(crate) user_id: Option<UserId>,
}

/// Invites. Grants nothing but membership: whoever accepts has the role `everyone`.
pub(crate) async fn create(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    new: &NewInvitation,
) -> Result<Invitation, Error> {
    let people = people(service, [Some(actor_id), new.user_id].into_iter().flatten()).await?;
    if new.user_id.is_some_and(|user_id| !people.contains_key(&user_id)) {
        return Err(Error::UserNotFound);
    }
    let online = online::of(service, &[server_id]).await?;
    retried(|| attempt(service, server_id, actor_id, new, (&people, &online))).await
}

async fn attempt(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    new: &NewInvitation,
    (people, online): (&People, &Online),
) -> Result<Invitation, Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require(Permission::CreateInvitations)?;
    if let Some(user_id) = new.user_id {
        if members::lookup(&mut acting.tx, user_id).await?.is_some() {
            return Err(Error::AlreadyMember);
        }
        if invitations::is_invited(&mut acting.tx, user_id, acting.now).await? {
            return Err(Error::AlreadyInvited);
        }
    }
    invitations::remove_ended(&mut acting.tx, acting.now).await?;
    let open = invitations::count_open(&mut acting.tx, acting.now).await?;
    if usize::try_from(open).unwrap_or(usize::MAX) >= limits::INVITATIONS_PER_SERVER {
        return Err(Error::TooManyInvitations);
    }
    let code = InvitationCode::new(&mut rand::rng());
    let row = InvitationRow {
        code: code.as_str().to_owned(),
        server_id,
        inviter_id: actor_id,
        user_id: new.user_id,
        uses: 0,
        max_uses: new.user_id.map_or_else(|| new.max_uses.map(i64::from), |_| Some(1)),
        expires_at: new.expires_in.map(|seconds| end_of(acting.now, seconds)),
        created_at: acting.now,
    };
    invitations::add(&mut acting.tx, &row).await?;
    acting.record(entry(&code, &row)?).await?;
    let invitation = shown(&row, InvitedServer::new(&acting.tenant.server, online), people);
    if let Some(user_id) = new.user_id
        && !bans::stands(&mut acting.tx, user_id).await?
    {
        // Whoever is banned is not told, and whoever invites does not learn of the ban.
        let alone = Audience::User { user_id };
        acting.tell_about(user_id, EventKind::InvitationReceived, alone, &invitation)?;
    }
    acting.commit().await?;
    Ok(invitation)
}

fn entry(code: &InvitationCode, row: &InvitationRow) -> Result<Entry, Error> {
    let nothing = serde_json::Value::Null;
    let changes = Changes::default()
        .with("user_id", nothing.clone(), serde_json::to_value(row.user_id)?)
        .with("max_uses", nothing.clone(), row.max_uses)
        .with("expires_at", nothing, serde_json::to_value(row.expires_at)?);
    Ok(Entry {
        action: Action::InvitationCreated,
        target: code.into(),
        channel_id: None,
        changes,
        reason: None,
    })
}
