//! Time-outs: a member who may only read for a while.

use contracts::permissions::MemberAccess;
use model::{Permission, Reason, Timestamp};
use serde_json::json;

use crate::{
    acting::Acting,
    audit::{Action, Changes, Entry},
    error::Error,
    store::members::{self, Membership},
};

/// Puts the member into a time-out until then, or takes them out of it: with `time_out_members`, and only one who stands
/// below. Administrators cannot be timed out, but taken out.
pub(super) async fn change(
    acting: &mut Acting<'_>,
    target: &mut Membership,
    until: Option<Timestamp>,
    reason: Option<&Reason>,
) -> Result<(), Error> {
    acting.require(Permission::TimeOutMembers)?;
    acting.outranks(&target.access())?;
    // What they may do without the time-out that may be there already.
    let at_large = MemberAccess {
        timeout_until: None,
        ..target.access()
    };
    let permissions = acting.tenant.permissions(&at_large, acting.now);
    if until.is_some() && permissions.contains(Permission::Administrator) {
        return Err(Error::MemberIsAdministrator);
    }
    let before = target.row.timeout_until;
    if until == before {
        return Ok(());
    }
    target.row.timeout_until = until;
    members::time_out(&mut acting.tx, &target.row).await?;
    let entry = Entry {
        action: Action::MemberTimedOut,
        target: target.row.user_id.into(),
        channel_id: None,
        changes: Changes::default().with("timeout_until", json!(before), json!(until)),
        reason: reason.cloned(),
    };
    acting.record(entry).await
}
