//! The vocabulary of Beep: ids, permissions, value types, limits. Pure: no I/O, no clock, no randomness.
//!
//! The words are those of the stories (*server*, *channel*, *member*, *role*, *message* …); every crate of the
//! workspace may depend on this one, and it depends on none of them.

pub mod access;
pub mod explain;
pub mod file_name;
pub mod hierarchy;
pub mod id;
pub mod limits;
pub mod permission;
pub mod personal;
pub mod search_key;
pub mod snowflake;
pub mod span;
pub mod text;
pub mod timestamp;

#[cfg(test)]
mod situation;

pub use access::{Membership, Overwrite, OverwriteTarget, RoleGrant};
pub use hierarchy::Rank;
pub use id::{ChannelId, EventId, FileId, MessageId, PasskeyId, RoleId, ServerId, SessionId, TargetId, UserId};
pub use permission::{Permission, PermissionSet};
pub use personal::{Email, PersonName};
pub use span::SlowMode;
pub use text::{
    Biography, ChannelName, ChannelTopic, Invalid, MessageContent, Nickname, Nonce, PasskeyName, Reason, RoleColor,
    RoleName, ServerDescription, ServerName, StatusText, Username,
};
pub use timestamp::Timestamp;
