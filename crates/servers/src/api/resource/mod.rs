//! What the public API and events show.

mod channel;
mod gone;
mod invitation;
mod member;
mod role;
mod server;

pub(crate) use channel::Channel;
pub(crate) use gone::{ChannelGone, MemberLeft, ServerGone};
pub(crate) use invitation::{Invitation, InvitationGone, InvitationPreview, InvitedServer};
pub(crate) use member::{Member, MemberChanged, UserSummary};
pub(crate) use role::Role;
pub(crate) use server::{FoundServer, Server, ServerForViewer, ServerWithDetail};
