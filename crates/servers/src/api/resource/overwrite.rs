//! An overwrite in JSON.

use std::str::FromStr;

use model::{ChannelId, Invalid, OverwriteTarget, PermissionSet, TargetId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::overwrite_changes::target_id;

/// Whether an overwrite is for a role or a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OverwriteKind {
    /// All who hold the role.
    Role,
    /// One member.
    Member,
}

impl FromStr for OverwriteKind {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "role" => Ok(Self::Role),
            "member" => Ok(Self::Member),
            "" => Err(Invalid::Required),
            _ => Err(Invalid::Format),
        }
    }
}

/// An exception to the roles in a channel or folder. What is neither allowed nor denied is inherited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "channel_id": "402345678901234569", "target_id": "402345678901234567", "kind": "role", "allow": [],
    "deny": ["view_channel"]
}))]
pub(crate) struct Overwrite {
    /// The channel or folder that it stands on.
    pub(crate) channel_id: ChannelId,
    /// The role or user that it is for; the server's id for `everyone`.
    pub(crate) target_id: TargetId,
    /// Which of them.
    pub(crate) kind: OverwriteKind,
    /// What it adds.
    pub(crate) allow: PermissionSet,
    /// What it takes away.
    pub(crate) deny: PermissionSet,
}

impl From<&model::Overwrite> for Overwrite {
    fn from(overwrite: &model::Overwrite) -> Self {
        Self {
            channel_id: overwrite.channel_id,
            target_id: target_id(overwrite.target),
            kind: match overwrite.target {
                OverwriteTarget::Role(_) => OverwriteKind::Role,
                OverwriteTarget::Member(_) => OverwriteKind::Member,
            },
            allow: overwrite.allow,
            deny: overwrite.deny,
        }
    }
}
