//! Giving a server to somebody else.

use contracts::events::{Audience, EventKind};
use model::UserId;

use crate::{
    acting::Acting,
    api::resource::{Member, MemberChanged},
    audit::{Action, Changes, Entry},
    error::Error,
    store::{members, totals},
};

/// [`Error::NotTheOwner`] unless the actor owns the server.
pub(crate) fn require(acting: &Acting<'_>) -> Result<(), Error> {
    if acting.tenant.server.owner_id == acting.member.user_id {
        Ok(())
    } else {
        Err(Error::NotTheOwner)
    }
}

/// Makes a member the owner, whom the server's row names already: counts what each of them owns, and ends a time-out of
/// the new one, whom nobody could take out of it. The old owner stays a member, as high as their roles.
pub(crate) async fn transfer(acting: &mut Acting<'_>, owner_id: UserId) -> Result<(), Error> {
    make_owner(acting, owner_id, Limit::Holds).await
}

/// The same for a server whose owner is no more: it goes to somebody, whatever they own already.
pub(crate) async fn inherit(acting: &mut Acting<'_>, owner_id: UserId) -> Result<(), Error> {
    make_owner(acting, owner_id, Limit::IsNone).await
}

/// Whether there are servers that are too many for one owner.
#[derive(Debug, Clone, Copy)]
enum Limit {
    Holds,
    IsNone,
}

async fn make_owner(acting: &mut Acting<'_>, owner_id: UserId, limit: Limit) -> Result<(), Error> {
    let membership = members::lookup(&mut acting.tx, owner_id).await?;
    let mut membership = membership.ok_or(Error::Unfit {
        field: "owner_id",
        code: "not_a_member",
        detail: "is not a member of this server",
    })?;
    let before = acting.member.user_id;
    totals::forget_ownership(&mut acting.tx, before).await?;
    let counted = match limit {
        Limit::Holds => totals::count_ownership(&mut acting.tx, owner_id).await?,
        Limit::IsNone => totals::count_inheritance(&mut acting.tx, owner_id).await?,
    };
    if !counted {
        return Err(Error::TooManyOwned);
    }
    let entry = Entry {
        action: Action::ServerTransferred,
        target: acting.server_id().into(),
        channel_id: None,
        changes: Changes::default().with("owner_id", before.to_string(), owner_id.to_string()),
        reason: None,
    };
    acting.record(entry).await?;
    if membership.row.timeout_until.take().is_some() {
        members::time_out(&mut acting.tx, &membership.row).await?;
        let data = MemberChanged {
            member: Member::from(&membership),
            member_count: acting.tenant.server.member_count,
        };
        let server_id = acting.server_id();
        let everybody = Audience::Server { server_id };
        acting.tell_about(owner_id, EventKind::MemberUpdated, everybody, &data)?;
    }
    Ok(())
}
