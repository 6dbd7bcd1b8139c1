//! Creating, changing, ordering and deleting roles.
//!
//! Whoever does it has `manage_roles` and stands above the roles that it is done to, and gives or takes no permission that
//! they lack. Every path that writes a role's permissions is here.

use contracts::events::{Audience, EventKind};
use model::{
    Permission, PermissionSet, Rank, RoleColor, RoleId, RoleName, ServerId, UserId, hierarchy, limits::ROLES_PER_SERVER,
};
use serde_json::{Value, json};

use crate::{
    acting::Acting,
    api::resource::{Role, RoleGone},
    audit::{Action, Changes, Entry},
    error::Error,
    ranking,
    service::{Service, retried},
    store::{
        member_roles, overwrites,
        roles::{self, RoleRow},
    },
};

/// A role to be.
#[derive(Debug, Clone)]
pub(crate) struct NewRole {
    pub(crate) name: RoleName,
    pub(crate) color: Option<RoleColor>,
    pub(crate) hoisted: bool,
    pub(crate) mentionable: bool,
    pub(crate) permissions: PermissionSet,
}

/// What colour a role shall have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NewColor {
    /// None any more.
    Nothing,
    /// This one.
    Is(RoleColor),
}

/// What changes of a role; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub(crate) struct RoleChange {
    pub(crate) name: Option<RoleName>,
    pub(crate) color: Option<NewColor>,
    pub(crate) hoisted: Option<bool>,
    pub(crate) mentionable: Option<bool>,
    pub(crate) permissions: Option<PermissionSet>,
}

/// Creates a role below all others but `everyone`. One that stands no higher than `everyone` cannot: it would stand above
/// them.
pub(crate) async fn create(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    new: &NewRole,
) -> Result<Role, Error> {
    retried(|| attempt_create(service, server_id, actor_id, new)).await
}

async fn attempt_create(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    new: &NewRole,
) -> Result<Role, Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require(Permission::ManageRoles)?;
    if !hierarchy::may_act_on(acting.rank(), Rank::Role(0)) {
        return Err(Error::RoleTooHigh);
    }
    Acting::may_grant(acting.permissions(), PermissionSet::EMPTY, new.permissions)?;
    if acting.tenant.roles.len() >= ROLES_PER_SERVER {
        return Err(Error::TooManyRoles);
    }
    let id = RoleId(service.ids.next());
    let mut order: Vec<(RoleId, Option<i64>)> = vec![(id, None)];
    order.extend(ranked(&acting).map(|role| (role.id, Some(role.position))));
    let positions = ranking::reranked(&order);
    let position = positions.iter().find(|(role, _)| *role == id).map(|(_, at)| *at);
    let row = RoleRow {
        server_id,
        id,
        name: new.name.as_str().to_owned(),
        color: new.color.clone().map(RoleColor::into_string),
        position: position.unwrap_or_default(),
        hoisted: new.hoisted,
        mentionable: new.mentionable,
        permissions: new.permissions,
    };
    roles::add(&mut acting.tx, &row).await?;
    record(&mut acting, Action::RoleCreated, id, described(None, Some(&row))).await?;
    let role = Role::from(&row);
    acting.tell(EventKind::RoleCreated, Audience::Server { server_id }, &role)?;
    let others: Vec<(RoleId, i64)> = positions.into_iter().filter(|(other, _)| *other != id).collect();
    rank(&mut acting, &others).await?;
    acting.commit().await?;
    Ok(role)
}

/// Renames or colours a role, or changes what it allows.
pub(crate) async fn change(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    id: RoleId,
    change: &RoleChange,
) -> Result<Role, Error> {
    retried(|| attempt_change(service, server_id, actor_id, id, change)).await
}

async fn attempt_change(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    id: RoleId,
    change: &RoleChange,
) -> Result<Role, Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    let before = find(&acting, id)?;
    let mut after = before.clone();
    if let Some(name) = &change.name {
        name.as_str().clone_into(&mut after.name);
    }
    if let Some(color) = &change.color {
        after.color = match color {
            NewColor::Nothing => None,
            NewColor::Is(color) => Some(color.as_str().to_owned()),
        };
    }
    after.hoisted = change.hoisted.unwrap_or(before.hoisted);
    after.mentionable = change.mentionable.unwrap_or(before.mentionable);
    after.permissions = change.permissions.unwrap_or(before.permissions);
    let role = Role::from(&after);
    let everyone_stays = RoleRow {
        permissions: after.permissions,
        ..before.clone()
    };
    if id == server_id.everyone() && after != everyone_stays {
        return Err(Error::EveryoneRole);
    }
    Acting::may_grant(acting.permissions(), before.permissions, after.permissions)?;
    if after == before {
        return Ok(role);
    }
    roles::update(&mut acting.tx, &after).await?;
    let changes = described(Some(&before), Some(&after));
    record(&mut acting, Action::RoleUpdated, id, changes).await?;
    acting.tell(EventKind::RoleUpdated, Audience::Server { server_id }, &role)?;
    acting.commit().await?;
    Ok(role)
}

/// Deletes a role: nobody holds it any more, and no overwrite is for it.
pub(crate) async fn delete(service: &Service, server_id: ServerId, actor_id: UserId, id: RoleId) -> Result<(), Error> {
    retried(|| attempt_delete(service, server_id, actor_id, id)).await
}

async fn attempt_delete(service: &Service, server_id: ServerId, actor_id: UserId, id: RoleId) -> Result<(), Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    let row = find(&acting, id)?;
    if id == server_id.everyone() {
        return Err(Error::EveryoneRole);
    }
    // Its members lose what it allows.
    Acting::may_grant(acting.permissions(), row.permissions, PermissionSet::EMPTY)?;
    overwrites::remove_of_role(&mut acting.tx, id).await?;
    member_roles::take_from_all(&mut acting.tx, id).await?;
    roles::remove(&mut acting.tx, id).await?;
    record(&mut acting, Action::RoleDeleted, id, described(Some(&row), None)).await?;
    let gone = RoleGone { id, server_id };
    acting.tell(EventKind::RoleDeleted, Audience::Server { server_id }, &gone)?;
    acting.commit().await
}

/// Puts roles above or below others: each at its place among all, from 1, since `everyone` stands at 0. All of it happens
/// or nothing. What stands at or above the actor's highest role stays there, in its order, and nothing comes between.
pub(crate) async fn order(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    wanted: &[(RoleId, u32)],
) -> Result<(), Error> {
    retried(|| attempt_order(service, server_id, actor_id, wanted)).await
}

async fn attempt_order(
    service: &Service,
    server_id: ServerId,
    actor_id: UserId,
    wanted: &[(RoleId, u32)],
) -> Result<(), Error> {
    let mut acting = Acting::begin(service, server_id, actor_id).await?;
    acting.require(Permission::ManageRoles)?;
    check_named(&acting, wanted)?;
    let before: Vec<(RoleId, Option<i64>)> = ranked(&acting).map(|role| (role.id, Some(role.position))).collect();
    let after = rearranged(&before, wanted);
    let highest = acting.rank();
    let below = |(_, position): &(RoleId, Option<i64>)| {
        hierarchy::may_act_on(highest, Rank::Role(position.unwrap_or_default()))
    };
    let reach = before.iter().take_while(|role| below(role)).count();
    if before[reach..] != after[reach..] {
        return Err(Error::RoleTooHigh);
    }
    let positions = ranking::reranked(&after);
    if positions.is_empty() {
        return Ok(());
    }
    rank(&mut acting, &positions).await?;
    for (id, _) in wanted {
        let place = |order: &[(RoleId, Option<i64>)]| order.iter().position(|(other, _)| other == id);
        let (from, to) = (place(&before), place(&after));
        if from != to {
            let place = |at: Option<usize>| at.map(|at| at + 1);
            let changes = Changes::default().with("position", json!(place(from)), json!(place(to)));
            record(&mut acting, Action::RoleMoved, *id, changes).await?;
        }
    }
    acting.commit().await
}

/// Whether each of these is a role of the server that can be moved, and named once.
fn check_named(acting: &Acting<'_>, wanted: &[(RoleId, u32)]) -> Result<(), Error> {
    for (index, (id, _)) in wanted.iter().enumerate() {
        let (code, detail) = if *id == acting.server_id().everyone() {
            ("everyone_role", "is the role everyone, which stays below all")
        } else if wanted[..index].iter().any(|(other, _)| other == id) {
            ("duplicate", "is named twice")
        } else if acting.tenant.access().rank_of_role(*id).is_none() {
            ("unknown_role", "is no role of this server")
        } else {
            continue;
        };
        return Err(Error::Field {
            field: format!("roles.{index}.id"),
            code,
            detail,
        });
    }
    Ok(())
}

/// The order when each of these stands at its place, from 1; beyond the end means at the top.
fn rearranged(order: &[(RoleId, Option<i64>)], wanted: &[(RoleId, u32)]) -> Vec<(RoleId, Option<i64>)> {
    let is_wanted = |id: RoleId| wanted.iter().any(|(other, _)| *other == id);
    let mut after: Vec<(RoleId, Option<i64>)> = order.iter().filter(|(id, _)| !is_wanted(*id)).copied().collect();
    let mut wanted = wanted.to_vec();
    wanted.sort_by_key(|(_, position)| *position);
    for (id, position) in wanted {
        let Some(role) = order.iter().find(|(other, _)| *other == id) else {
            continue;
        };
        let at = usize::try_from(position.saturating_sub(1)).unwrap_or(usize::MAX);
        after.insert(at.min(after.len()), *role);
    }
    after
}

/// The roles besides `everyone`, the lowest first.
fn ranked<'a>(acting: &'a Acting<'_>) -> impl Iterator<Item = &'a RoleRow> {
    let everyone = acting.server_id().everyone();
    acting.tenant.roles.iter().filter(move |role| role.id != everyone)
}

/// The role, if the actor may manage it.
fn find(acting: &Acting<'_>, id: RoleId) -> Result<RoleRow, Error> {
    acting.require(Permission::ManageRoles)?;
    acting.outranks_role(id)?;
    let row = acting.tenant.roles.iter().find(|role| role.id == id);
    row.cloned().ok_or(Error::RoleNotFound)
}

/// Stores new positions of roles that were there before, each told of.
async fn rank(acting: &mut Acting<'_>, positions: &[(RoleId, i64)]) -> Result<(), Error> {
    let server_id = acting.server_id();
    for (id, position) in positions {
        let row = acting.tenant.roles.iter().find(|role| role.id == *id);
        let Some(row) = row else { continue };
        let role = Role::from(&RoleRow {
            position: *position,
            ..row.clone()
        });
        roles::rank(&mut acting.tx, *id, *position).await?;
        acting.tell(EventKind::RoleUpdated, Audience::Server { server_id }, &role)?;
    }
    Ok(())
}

async fn record(acting: &mut Acting<'_>, action: Action, id: RoleId, changes: Changes) -> Result<(), Error> {
    let entry = Entry {
        action,
        target: id.into(),
        channel_id: None,
        changes,
        reason: None,
    };
    acting.record(entry).await
}

/// How a role differs from what it was, for the audit log; it had, or has, nothing when it was, or is, not there.
fn described(before: Option<&RoleRow>, after: Option<&RoleRow>) -> Changes {
    let field = |of: fn(&RoleRow) -> Value| [before, after].map(|row| row.map_or(Value::Null, of));
    let fields: [(&'static str, [Value; 2]); 5] = [
        ("name", field(|row| json!(row.name))),
        ("color", field(|row| json!(row.color))),
        ("hoisted", field(|row| json!(row.hoisted))),
        ("mentionable", field(|row| json!(row.mentionable))),
        ("permissions", field(|row| json!(row.permissions))),
    ];
    fields
        .into_iter()
        .fold(Changes::default(), |changes, (name, [before, after])| {
            changes.with(name, before, after)
        })
}
