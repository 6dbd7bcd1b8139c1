//! The service behind its routes and its internal calls, on both databases.
#![allow(
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    clippy::wrong_self_convention,
    reason = "tables of cases, and assertions that read like sentences"
)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod audit;
mod audit_log;
mod authorisation;
mod channel_members;
mod channel_permissions;
mod channels;
mod conformance;
mod departures;
mod directory;
mod events;
mod hierarchy;
mod invitation_races;
mod invitations;
mod members;
mod moderation;
mod nicknames;
mod overwrites;
mod ownership;
mod pictures;
mod races;
mod refusals;
mod role_races;
mod roles;
mod servers_themselves;
mod special_channels;
mod summaries;
mod world;
