//! Reading the audit log: nobody learns from it of a channel that they do not see.

use std::collections::HashMap;

use contracts::permissions::MemberAccess;
use model::{ChannelId, Permission, RoleId, Timestamp, UserId};
use platform::http::Page;

use crate::{
    api::resource::{AuditEntry, AuditTarget, UserSummary},
    audit::TargetKind,
    error::Error,
    service::Service,
    store::audit::{self, AuditRow, Wanted},
    tenant::Tenant,
};

/// A page of what the member may read of the log, the newest first. Owner and administrators read all of it, that of
/// deleted channels too; others what happened in no channel, or in one that they see.
pub(crate) async fn list(
    service: &Service,
    tenant: &Tenant,
    member: &MemberAccess,
    now: Timestamp,
    wanted: Wanted,
    limit: usize,
) -> Result<Page<AuditEntry>, Error> {
    let all = tenant.permissions(member, now).contains(Permission::Administrator);
    let seen = || tenant.channels(member, now).iter().map(|channel| channel.id).collect();
    let wanted = Wanted {
        channels: (!all).then(seen),
        ..wanted
    };
    let mut reader = service.tenants.reader(tenant.id());
    let found = audit::list(&mut reader, &wanted, limit + 1).await?;
    let page = Page::from_excess(found, limit, |last| last.id.to_string());
    let people = service.people(page.items.iter().flat_map(people_in)).await?;
    let entries = page.items.into_iter().map(|row| entry(row, tenant, &people));
    Ok(Page {
        items: entries.collect::<Result<_, _>>()?,
        next: page.next,
    })
}

fn people_in(row: &AuditRow) -> impl Iterator<Item = UserId> {
    let target = (row.target_kind == TargetKind::User).then(|| row.target_id.parse().ok());
    std::iter::once(row.actor_id).chain(target.flatten())
}

fn entry(row: AuditRow, tenant: &Tenant, people: &HashMap<UserId, UserSummary>) -> Result<AuditEntry, Error> {
    let unknown = || UserSummary::unknown(row.actor_id);
    Ok(AuditEntry {
        id: row.id.to_string(),
        actor: people.get(&row.actor_id).cloned().unwrap_or_else(unknown),
        action: row.action,
        target: AuditTarget {
            name: name_of(&row, tenant, people),
            kind: row.target_kind,
            id: row.target_id,
        },
        changes: serde_json::from_str(&row.changes)?,
        reason: row.reason,
        created_at: row.created_at,
    })
}

/// What the target is called now, if it is there.
fn name_of(row: &AuditRow, tenant: &Tenant, people: &HashMap<UserId, UserSummary>) -> Option<String> {
    match row.target_kind {
        TargetKind::Server => Some(tenant.server.name.clone()),
        TargetKind::Channel => {
            let id: ChannelId = row.target_id.parse().ok()?;
            let channel = tenant.channel_rows().iter().find(|channel| channel.id == id)?;
            Some(channel.name.clone())
        }
        TargetKind::Role => {
            let id: RoleId = row.target_id.parse().ok()?;
            let role = tenant.roles.iter().find(|role| role.id == id)?;
            Some(role.name.clone())
        }
        TargetKind::User => {
            let user = people.get(&row.target_id.parse().ok()?)?;
            Some(user.display_name.clone())
        }
        TargetKind::Invitation => None,
    }
}
