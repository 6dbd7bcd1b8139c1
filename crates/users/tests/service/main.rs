//! The service behind its routes and its internal calls, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(clippy::needless_pass_by_value, reason = "tables of cases")]

mod authorisation;
mod conformance;
mod limits;
mod manager;
mod own_password;
mod passwords;
mod profile;
mod refusals;
mod second_factor;
mod sessions;
mod sign_up;
mod world;
