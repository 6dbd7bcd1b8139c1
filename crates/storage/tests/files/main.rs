//! Files, on a store that a test fills up or takes away.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod conformance;
mod store;
