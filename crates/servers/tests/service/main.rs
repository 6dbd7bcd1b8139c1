//! The service behind its routes and its internal calls, on both databases.
#![allow(
    clippy::too_many_lines,
    clippy::needless_pass_by_value,
    clippy::wrong_self_convention,
    reason = "tables of cases, and assertions that read like sentences"
)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod audit;
mod authorisation;
mod channels;
mod conformance;
mod directory;
mod events;
mod invitation_races;
mod invitations;
mod members;
mod nicknames;
mod overwrites;
mod races;
mod refusals;
mod servers_themselves;
mod summaries;
mod world;
