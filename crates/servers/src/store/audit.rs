//! The table `audit_log`.

use model::{ChannelId, Timestamp, UserId};
use platform::{
    args,
    db::{DbResult, TenantTx, Value, in_list},
};

use super::Reads;
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

/// Which entries are wanted; what is `None` is no condition.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Older than this entry.
    pub(crate) before: Option<i64>,
    pub(crate) actor_id: Option<UserId>,
    pub(crate) action: Option<Action>,
    /// What it was done to, by its id or code.
    pub(crate) target_id: Option<String>,
    /// What happened in no channel, or in one of these.
    pub(crate) channels: Option<Vec<ChannelId>>,
}

/// Up to `limit` entries, the newest first.
pub(crate) async fn list(reads: &mut impl Reads, wanted: &Wanted, limit: usize) -> DbResult<Vec<AuditRow>> {
    let (mut conditions, mut arguments): (Vec<String>, Vec<Value>) = Default::default();
    let fields: [(&str, Option<Value>); 4] = [
        ("id <", wanted.before.map(Value::from)),
        ("actor_id =", wanted.actor_id.map(Value::from)),
        ("action =", wanted.action.map(Value::from)),
        ("target_id =", wanted.target_id.as_deref().map(Value::from)),
    ];
    for (condition, value) in fields {
        if let Some(value) = value {
            arguments.push(value);
            conditions.push(format!(" AND {condition} ${}", arguments.len() + 1));
        }
    }
    match wanted.channels.as_deref() {
        None => {}
        Some([]) => conditions.push(" AND channel_id IS NULL".to_owned()),
        Some(channels) => {
            let (these, ids) = in_list(arguments.len() + 2, channels.iter().copied());
            conditions.push(format!(" AND (channel_id IS NULL OR channel_id IN {these})"));
            arguments.extend(ids);
        }
    }
    arguments.push(i64::try_from(limit).unwrap_or(i64::MAX).into());
    let (conditions, last) = (conditions.concat(), arguments.len() + 1);
    let sql = format!(
        "SELECT id, actor_id, action, target_kind, target_id, channel_id, changes, reason, created_at
         FROM audit_log WHERE server_id = $1{conditions} ORDER BY id DESC LIMIT ${last}"
    );
    reads.all(&sql, &arguments).await
}
