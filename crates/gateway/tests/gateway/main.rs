//! The gateway behind a real socket, with peers whose answers the test decides.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(unreachable_pub, reason = "the modules of one test")]

mod air;
mod client;
mod delivery;
mod handover;
mod members;
mod memory;
mod online;
mod order;
mod peers;
mod presence;
mod refusals;
mod screen;
mod sessions;
mod visibility;
mod world;
