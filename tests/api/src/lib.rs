//! What black-box tests of Beep stand on: a started Beep (whatever processes it is made of), people who use it over HTTP
//! and WebSockets, and judges of what they saw.
//!
//! Tests are in two programs: `surface` (what the API answers, to whom) and `faults` (what happens when something
//! breaks). Both find Beep in `BEEP_TEST_BINARY`, or beside themselves in the target folder.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "tests fail by panicking"
)]

pub mod beep;
pub mod contract;
pub mod files;
pub mod gateway;
pub mod governing;
pub mod history;
pub mod http;
pub mod left_out;
pub mod mailbox;
pub mod patience;
pub mod people;
pub mod site;
pub mod trace;
pub mod view;
pub mod watcher;
