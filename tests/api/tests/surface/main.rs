//! What the API and the gateway answer, and to whom.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod authorisation;
mod convergence;
mod revocation;
mod two_worlds;
