//! The edge in front of real servers on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "tests fail by panicking and are their own description"
)]

mod balance;
mod edge;
mod encryption;
mod faults;
mod headers;
mod health;
mod instance;
mod patience;
mod routes;
mod streams;
mod websockets;
