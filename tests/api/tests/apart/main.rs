//! What must hold when services are processes of their own, with several instances: nobody notices that one is stopped, and
//! what is taken away is gone everywhere, also while the processes hear nothing of each other.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod drain;
mod encryption;
mod resumed;
mod taken_away;
mod trace;
