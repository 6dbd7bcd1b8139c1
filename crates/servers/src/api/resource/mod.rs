//! What the public API and events show.

mod audit;
mod ban;
mod channel;
mod gone;
mod invitation;
mod member;
mod overwrite;
mod permissions;
mod role;
mod server;

pub(crate) use audit::{AuditEntry, AuditTarget};
pub(crate) use ban::Ban;
pub(crate) use channel::Channel;
pub(crate) use gone::{ChannelGone, MemberLeft, RoleGone, ServerGone};
pub(crate) use invitation::{Invitation, InvitationGone, InvitationPreview, InvitedServer};
pub(crate) use member::{Member, MemberChanged, UserSummary};
pub(crate) use overwrite::{Overwrite, OverwriteKind};
pub(crate) use permissions::{ChannelPermissions, ServerPermissions};
pub(crate) use role::Role;
pub(crate) use server::{FoundServer, Server, ServerForViewer, ServerWithDetail};
