//! The audit log: who did what to a server, and what was there before. An entry is written in the transaction of what it
//! is about, so that neither is without the other.

use std::{borrow::Cow, str::FromStr};

use model::{ChannelId, Reason, RoleId, ServerId, UserId};
use platform::db::{Column, DbError, DbResult, Row, TenantTx, Value as Sql};
use serde::{Serialize, Serializer};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

use crate::{
    error::Error,
    invitations::InvitationCode,
    service::Service,
    store::audit::{self, AuditRow},
};

macro_rules! named {
    ($(#[doc = $doc:literal])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// The name in the database and the public API.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some([$($text),*]))
                    .description(Some(concat!($($doc),*).trim()))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(concat!("Audit", stringify!($name)))
            }
        }

        impl FromStr for $name {
            type Err = model::Invalid;

            fn from_str(text: &str) -> Result<Self, model::Invalid> {
                match text { $($text => Ok(Self::$variant),)* _ => Err(model::Invalid::Format) }
            }
        }

        impl From<$name> for Sql {
            fn from(named: $name) -> Self {
                Self::from(named.name())
            }
        }

        impl Column for $name {
            fn read(row: &Row<'_>, index: usize) -> DbResult<Self> {
                let text = String::read(row, index)?;
                text.parse().map_err(|_| DbError::Statement(format!("no such thing in the audit log: {text}")))
            }
        }
    };
}

named! {
    /// What was done.
    Action {
        /// The server's name, description, visibility, pictures or special channels were changed.
        ServerUpdated = "server.updated",
        /// The server was given to another owner.
        ServerTransferred = "server.transferred",
        /// A channel or folder was created.
        ChannelCreated = "channel.created",
        /// A channel or folder was renamed, described or otherwise changed.
        ChannelUpdated = "channel.updated",
        /// A channel or folder was moved, and nothing else.
        ChannelMoved = "channel.moved",
        /// A channel or folder was deleted.
        ChannelDeleted = "channel.deleted",
        /// An overwrite was made or changed.
        OverwriteUpdated = "overwrite.updated",
        /// An overwrite was removed.
        OverwriteDeleted = "overwrite.deleted",
        /// A role was created.
        RoleCreated = "role.created",
        /// A role was changed.
        RoleUpdated = "role.updated",
        /// A role was put above or below others.
        RoleMoved = "role.moved",
        /// A role was deleted.
        RoleDeleted = "role.deleted",
        /// A member was given roles or lost some.
        MemberRolesUpdated = "member.roles_updated",
        /// Another member's nickname was changed.
        MemberNicknameUpdated = "member.nickname_updated",
        /// A member was put into a time-out, or taken out of one.
        MemberTimedOut = "member.timed_out",
        /// A member was removed.
        MemberKicked = "member.kicked",
        /// A user was banned.
        MemberBanned = "member.banned",
        /// A ban was lifted.
        MemberUnbanned = "member.unbanned",
        /// An invitation was made.
        InvitationCreated = "invitation.created",
        /// An invitation was taken back.
        InvitationRevoked = "invitation.revoked",
    }
}

named! {
    /// What it was done to.
    TargetKind {
        /// The server itself.
        Server = "server",
        /// A channel or folder.
        Channel = "channel",
        /// A role.
        Role = "role",
        /// A user, member or not.
        User = "user",
        /// An invitation.
        Invitation = "invitation",
    }
}

/// What something was done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    kind: TargetKind,
    id: String,
}

impl From<ServerId> for Target {
    fn from(id: ServerId) -> Self {
        Self {
            kind: TargetKind::Server,
            id: id.to_string(),
        }
    }
}

impl From<ChannelId> for Target {
    fn from(id: ChannelId) -> Self {
        Self {
            kind: TargetKind::Channel,
            id: id.to_string(),
        }
    }
}

impl From<RoleId> for Target {
    fn from(id: RoleId) -> Self {
        Self {
            kind: TargetKind::Role,
            id: id.to_string(),
        }
    }
}

impl From<UserId> for Target {
    fn from(id: UserId) -> Self {
        Self {
            kind: TargetKind::User,
            id: id.to_string(),
        }
    }
}

impl From<&InvitationCode> for Target {
    fn from(code: &InvitationCode) -> Self {
        Self {
            kind: TargetKind::Invitation,
            id: code.as_str().to_owned(),
        }
    }
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Change {
    field: &'static str,
    before: Value,
    after: Value,
}

/// The fields that differ.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Changes(Vec<Change>);

impl Changes {
    /// Whether nothing differs.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// With this field, if it differs. Ids go in as strings; what was not there before, or is not after, as null.
    pub(crate) fn with(mut self, field: &'static str, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        let (before, after) = (before.into(), after.into());
        if before != after {
            self.0.push(Change { field, before, after });
        }
        self
    }
}

/// Something that was done.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What.
    pub(crate) action: Action,
    /// To what.
    pub(crate) target: Target,
    /// The channel that it happened in; who does not see that does not see the entry.
    pub(crate) channel_id: Option<ChannelId>,
    /// What is different now.
    pub(crate) changes: Changes,
    /// Why, in the words of whoever did it.
    pub(crate) reason: Option<Reason>,
}

/// Writes down what `actor_id` did, in the transaction in which it is done.
pub(crate) async fn record(service: &Service, tx: &mut TenantTx, actor_id: UserId, entry: Entry) -> Result<(), Error> {
    let row = AuditRow {
        id: service.ids.next(),
        actor_id,
        action: entry.action,
        target_kind: entry.target.kind,
        target_id: entry.target.id,
        channel_id: entry.channel_id,
        changes: serde_json::to_string(&entry.changes)?,
        reason: entry
            .reason
            .map(Reason::into_string)
            .filter(|reason| !reason.is_empty()),
        created_at: service.clock.now(),
    };
    audit::add(tx, &row).await?;
    Ok(())
}
