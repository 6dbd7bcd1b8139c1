//! Taking an invitation back.

use contracts::events::{Audience, EventKind};
use model::{Permission, UserId};
use serde_json::Value;

use super::InvitationCode;
use crate::{
    acting::Acting,
    api::resource::InvitationGone,
    audit::{Action, Changes, Entry},
    error::Error,
    service::{Service, retried},
    store::{bans, directory, invitations},
};

/// Ends an invitation: whoever made it may, and whoever manages invitations.
pub(crate) async fn revoke(service: &Service, code: &InvitationCode, actor_id: UserId) -> Result<(), Error> {
    retried(|| attempt(service, code, actor_id)).await
}

async fn attempt(service: &Service, code: &InvitationCode, actor_id: UserId) -> Result<(), Error> {
    let server_id = directory::find_by_invitation(&service.db, code.as_str())
        .await?
        .ok_or(Error::InvitationNotFound)?;
    let mut acting = Acting::begin(service, server_id, actor_id)
        .await
        .map_err(|error| match error {
            Error::ServerNotFound => Error::InvitationNotFound,
            other => other,
        })?;
    let row = invitations::find_open(&mut acting.tx, code.as_str(), acting.now)
        .await?
        .ok_or(Error::InvitationNotFound)?;
    if row.inviter_id != actor_id && !acting.permissions().contains(Permission::ManageInvitations) {
        return Err(Error::InvitationNotFound);
    }
    invitations::remove(&mut acting.tx, code.as_str(), acting.now).await?;
    let entry = Entry {
        action: Action::InvitationRevoked,
        target: code.into(),
        channel_id: None,
        changes: Changes::default()
            .with("inviter_id", serde_json::to_value(row.inviter_id)?, Value::Null)
            .with("user_id", serde_json::to_value(row.user_id)?, Value::Null),
        reason: None,
    };
    acting.record(entry).await?;
    if let Some(user_id) = row.user_id
        && !bans::stands(&mut acting.tx, user_id).await?
    {
        let gone = InvitationGone {
            code: row.code,
            server_id,
        };
        let alone = Audience::User { user_id };
        acting.tell_about(user_id, EventKind::InvitationRevoked, alone, &gone)?;
    }
    acting.commit().await
}
