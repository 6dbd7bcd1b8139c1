//! Which roles a member holds.

use model::{Permission, PermissionSet, RoleId};
use serde_json::json;

use crate::{
    acting::Acting,
    audit::{Action, Changes, Entry},
    error::Error,
    store::{member_roles, members::Membership},
};

/// Gives the member the roles that they do not hold yet and takes those that are not named. Needs `manage_roles`; the
/// member, unless it is oneself, and each role that is given or taken stand below the actor, who has all that those allow.
pub(super) async fn change(acting: &mut Acting<'_>, target: &mut Membership, role_ids: &[RoleId]) -> Result<(), Error> {
    acting.require(Permission::ManageRoles)?;
    // One's own roles below the highest are one's own to put on and off; the owner would be shut out otherwise.
    if target.row.user_id != acting.member.user_id {
        acting.outranks(&target.access())?;
    }
    check_named(acting, role_ids)?;
    let before = target.role_ids.clone();
    let given = role_ids.iter().copied().filter(|id| !before.contains(id));
    let given: Vec<RoleId> = given.collect();
    let taken: Vec<RoleId> = before.iter().copied().filter(|id| !role_ids.contains(id)).collect();
    for id in given.iter().chain(&taken) {
        acting.outranks_role(*id)?;
        Acting::may_grant(acting.permissions(), PermissionSet::EMPTY, allowed_by(acting, *id))?;
    }
    if given.is_empty() && taken.is_empty() {
        return Ok(());
    }
    let user_id = target.row.user_id;
    for id in &given {
        member_roles::give(&mut acting.tx, user_id, *id).await?;
    }
    for id in &taken {
        member_roles::take(&mut acting.tx, user_id, *id).await?;
    }
    target.role_ids = role_ids.to_vec();
    target.role_ids.sort_unstable();
    let entry = Entry {
        action: Action::MemberRolesUpdated,
        target: user_id.into(),
        channel_id: None,
        changes: Changes::default().with("role_ids", json!(before), json!(target.role_ids)),
        reason: None,
    };
    acting.record(entry).await
}

/// Whether each is a role of the server that can be given, and named once.
fn check_named(acting: &Acting<'_>, role_ids: &[RoleId]) -> Result<(), Error> {
    for (index, id) in role_ids.iter().enumerate() {
        let (code, detail) = if *id == acting.server_id().everyone() {
            ("everyone_role", "is the role everyone, which all members have")
        } else if role_ids[..index].contains(id) {
            ("duplicate", "is named twice")
        } else if acting.tenant.access().rank_of_role(*id).is_none() {
            ("unknown_role", "is no role of this server")
        } else {
            continue;
        };
        return Err(Error::Field {
            field: format!("role_ids.{index}"),
            code,
            detail,
        });
    }
    Ok(())
}

fn allowed_by(acting: &Acting<'_>, id: RoleId) -> PermissionSet {
    let role = acting.tenant.roles.iter().find(|role| role.id == id);
    role.map_or(PermissionSet::EMPTY, |role| role.permissions)
}
