//! The service behind its routes. It has no database: its index is made from what `messages` says, which a test plays.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod authorisation;
mod following;
mod peers;
mod rebuilding;
mod refusals;
mod showing;
mod world;
