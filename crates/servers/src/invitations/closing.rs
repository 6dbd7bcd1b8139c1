//! What becomes of invitations when a server turns private, or ends.

use contracts::events::{Audience, Event, EventKind};
use model::{Permission, PermissionSet};
use platform::db::TenantTx;

use crate::{
    acting::Acting,
    api::resource::{InvitationGone, Role},
    audit::{Action, Changes, Entry},
    error::Error,
    service::Service,
    store::{
        invitations,
        roles::{self, RoleRow},
        servers::ServerRow,
    },
};

/// Ends all invitations of a server, and tells whoever had one by name.
pub(crate) async fn end_all(service: &Service, tx: &mut TenantTx, server: &ServerRow) -> Result<(), Error> {
    for row in invitations::list_personal(tx, service.clock.now()).await? {
        let Some(user_id) = row.user_id else { continue };
        let gone = InvitationGone {
            code: row.code,
            server_id: server.id,
        };
        let alone = Audience::User { user_id };
        let event = service.event(EventKind::InvitationRevoked, alone, server.version, &gone)?;
        tx.emit(Event {
            user_id: Some(user_id),
            ..event
        });
    }
    invitations::remove_all(tx).await?;
    Ok(())
}

/// The server has turned private. Everybody could invite to it until now: what they made ends, and `everyone` does not
/// invite any more (S10).
pub(crate) async fn close_to_the_public(acting: &mut Acting<'_>) -> Result<(), Error> {
    let server = acting.tenant.server.clone();
    end_all(acting.service, &mut acting.tx, &server).await?;
    let everyone = server.id.everyone();
    let inviting = PermissionSet::of(&[Permission::CreateInvitations]);
    let before = acting.tenant.roles.iter().find(|role| role.id == everyone);
    let Some(before) = before.filter(|role| role.permissions.contains_all(inviting)).cloned() else {
        return Ok(());
    };
    let after = RoleRow {
        permissions: before.permissions - inviting,
        ..before.clone()
    };
    roles::update(&mut acting.tx, &after).await?;
    let entry = Entry {
        action: Action::RoleUpdated,
        target: everyone.into(),
        channel_id: None,
        changes: Changes::default().with(
            "permissions",
            serde_json::to_value(before.permissions)?,
            serde_json::to_value(after.permissions)?,
        ),
        reason: None,
    };
    acting.record(entry).await?;
    let everybody = Audience::Server { server_id: server.id };
    acting.tell(EventKind::RoleUpdated, everybody, &Role::from(&after))
}
