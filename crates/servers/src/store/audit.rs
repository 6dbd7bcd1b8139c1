//! The table `audit_log`.

use model::{ChannelId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx},
};

use crate::audit::{Action, TargetKind};

platform::record! {
    /// An entry. Its id says when it was made.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub(crate) struct AuditRow {
        pub(crate) id: i64,
        pub(crate) actor_id: UserId,
        pub(crate) action: Action,
        pub(crate) target_kind: TargetKind,
        pub(crate) target_id: String,
        pub(crate) channel_id: Option<ChannelId>,
        pub(crate) changes: String,
        pub(crate) reason: Option<String>,
        pub(crate) created_at: Timestamp,
    }
}

/// Adds an entry.
pub(crate) async fn add(tx: &mut TenantTx, row: &AuditRow) -> DbResult<()> {
    let sql = "INSERT INTO audit_log (server_id, id, actor_id, action, target_kind, target_id, channel_id, changes,
                                      reason, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    let arguments = args![
        row.id,
        row.actor_id,
        row.action,
        row.target_kind,
        row.target_id.as_str(),
        row.channel_id,
        row.changes.as_str(),
        row.reason.as_deref(),
        row.created_at,
    ];
    tx.run(sql, arguments).await.map(|_| ())
}
