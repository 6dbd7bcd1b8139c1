//! The service behind its routes and its internal calls, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(clippy::needless_pass_by_value, reason = "tables of cases")]

mod administration;
mod authorisation;
mod conformance;
mod conformance_deletion;
mod deletion;
mod device;
mod email_change;
mod limits;
mod mail;
#[allow(dead_code, unreachable_pub, reason = "the mail server of all tests")]
#[path = "../../../../tests/api/src/mailbox.rs"]
mod mailbox;
mod managed_account;
mod managed_sign_out;
mod manager;
mod own_password;
mod passkey_attacks;
mod passkeys;
mod passwords;
mod profile;
mod providers;
mod refusals;
mod reset;
mod second_factor;
mod sessions;
mod sign_up;
mod usernames;
mod world;
