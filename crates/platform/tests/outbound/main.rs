//! The way out to what strangers name, against servers on this machine that speak the real formats, and attack.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod addresses;
mod answers;
mod limits;
mod server;
