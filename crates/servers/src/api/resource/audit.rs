//! An entry of the audit log in JSON.

use model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::member::UserSummary;
use crate::audit::{Action, TargetKind};

/// Something that was done.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "402345678901234600", "action": "channel.updated", "reason": null, "created_at": "2026-11-24T09:30:00.000Z",
    "actor": {"id": "402345678901234500", "username": "ada", "display_name": "Ada Lovelace", "avatar_url": null},
    "target": {"kind": "channel", "id": "402345678901234569", "name": "endgames"},
    "changes": [{"field": "name", "before": "general", "after": "endgames"}]
}))]
pub(crate) struct AuditEntry {
    /// The entry; later ones have greater ids.
    pub(crate) id: String,
    /// Who did it.
    pub(crate) actor: UserSummary,
    /// What was done.
    pub(crate) action: Action,
    /// What it was done to.
    pub(crate) target: AuditTarget,
    /// What is different since.
    pub(crate) changes: Vec<AuditChange>,
    /// Why, in the words of whoever did it.
    pub(crate) reason: Option<String>,
    /// When it was done.
    pub(crate) created_at: Timestamp,
}

/// What something was done to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AuditTarget {
    /// What it is.
    pub(crate) kind: TargetKind,
    /// Its id, or the code of an invitation.
    pub(crate) id: String,
    /// What it is called now; null when it is not there any more.
    pub(crate) name: Option<String>,
}

/// A field before and after.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(crate) struct AuditChange {
    /// The field's name, as in the resource.
    pub(crate) field: String,
    /// What it was; null when it was not there.
    #[schema(value_type = Option<Value>)]
    pub(crate) before: Value,
    /// What it is; null when it is not there any more.
    #[schema(value_type = Option<Value>)]
    pub(crate) after: Value,
}
