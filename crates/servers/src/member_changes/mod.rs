//! Changing a member: one request, one transaction, one event; a file for each field.

mod held_roles;
mod nickname;
mod time_out;

use contracts::events::{Audience, EventKind};
use model::{Reason, RoleId, ServerId, Timestamp, UserId};
pub(crate) use nickname::NewNickname;

use crate::{
    acting::Acting,
    api::resource::{Member, MemberChanged},
    becomes::Becomes,
    error::Error,
    service::{Service, retried},
    store::members,
};

/// What changes of a member; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct MemberChange {
    /// What they are called from now on.
    pub(crate) nickname: Option<NewNickname>,
    /// The roles that they hold from now on, besides `everyone`.
    pub(crate) role_ids: Option<Vec<RoleId>>,
    /// Until when they may only read.
    pub(crate) timeout_until: Becomes<Timestamp>,
    /// Why, for the audit log.
    pub(crate) reason: Option<Reason>,
}

/// Changes a member. Whoever may not change one of the fields changes none.
pub(crate) async fn change(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    target_id: UserId,
    change: &MemberChange,
) -> Result<Member, Error> {
    retried(|| attempt(service, server_id, actor_id, target_id, change)).await
}

async fn attempt(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    target_id: UserId,
    change: &MemberChange,
) -> Result<Member, Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    let before = members::lookup(&mut acting.tx, target_id)
        .await?
        .ok_or(Error::MemberNotFound)?;
    let mut target = before.clone();
    if let Some(nickname) = &change.nickname {
        nickname::change(&mut acting, &mut target, nickname, change.reason.as_ref()).await?;
    }
    if change.timeout_until != Becomes::Stays {
        let until = change.timeout_until.of(None);
        time_out::change(&mut acting, &mut target, until, change.reason.as_ref()).await?;
    }
    if let Some(role_ids) = &change.role_ids {
        held_roles::change(&mut acting, &mut target, role_ids).await?;
    }
    let member = Member::from(&target);
    if target == before {
        return Ok(member);
    }
    let data = MemberChanged {
        member: member.clone(),
        member_count: acting.tenant.server.member_count,
    };
    acting.tell_about(
        target_id,
        EventKind::MemberUpdated,
        Audience::Server { server_id },
        &data,
    )?;
    acting.commit().await?;
    Ok(member)
}
