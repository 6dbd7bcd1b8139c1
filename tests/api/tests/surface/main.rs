//! What the API and the gateway answer, and to whom.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod accounts_by_mail;
mod authorisation;
mod bad_bodies;
mod banner;
mod browser;
mod bucket;
mod convergence;
mod deletion;
mod erasure;
mod export;
mod files;
mod frames;
mod https;
mod life;
mod member_lists;
mod pictures;
mod pitfalls;
mod presence;
mod previews;
mod revocation;
mod search;
mod search_rights;
mod strangers;
mod tables;
mod texts;
mod two_worlds;
