//! Whom the actor stands above, and what they may hand on.

use contracts::permissions::MemberAccess;
use model::{PermissionSet, Rank, RoleId, hierarchy};

use super::Acting;
use crate::error::Error;

impl Acting<'_> {
    /// How high the actor stands.
    pub(crate) fn rank(&self) -> Rank {
        self.tenant.access().rank(&self.member)
    }

    /// [`Error::MemberTooHigh`] unless the actor stands above the member. Nobody stands above themselves.
    pub(crate) fn outranks(&self, member: &MemberAccess) -> Result<(), Error> {
        if hierarchy::may_act_on(self.rank(), self.tenant.access().rank(member)) {
            Ok(())
        } else {
            Err(Error::MemberTooHigh)
        }
    }

    /// [`Error::RoleTooHigh`] unless the actor stands above the role; [`Error::RoleNotFound`] when there is none.
    pub(crate) fn outranks_role(&self, id: RoleId) -> Result<(), Error> {
        let rank = self.tenant.access().rank_of_role(id).ok_or(Error::RoleNotFound)?;
        if hierarchy::may_act_on(self.rank(), rank) {
            Ok(())
        } else {
            Err(Error::RoleTooHigh)
        }
    }

    /// [`Error::CannotGrant`] unless the actor has what differs between `before` and `after`, in either direction, where
    /// `own` is what they may do there: in the server for a role, in the channel for an overwrite (once for what it
    /// allows, once for what it denies), and nothing and the role's permissions for a role that is given or taken away.
    pub(crate) fn may_grant(own: PermissionSet, before: PermissionSet, after: PermissionSet) -> Result<(), Error> {
        let beyond = hierarchy::beyond(own, before, after);
        if beyond.is_empty() {
            Ok(())
        } else {
            Err(Error::CannotGrant(beyond))
        }
    }
}
