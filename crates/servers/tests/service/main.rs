//! The service behind its routes and its internal calls, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod authorisation;
mod channels;
mod directory;
mod events;
mod members;
mod overwrites;
mod peers;
mod races;
mod servers_themselves;
mod summaries;
mod world;
