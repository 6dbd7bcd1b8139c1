//! Beep with a real Keycloak as its identity manager: `scripts/with-keycloak cargo test -p api --test identity`. Without one, all
//! of it is left out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

mod account;
mod actions;
mod away;
mod bridge;
mod brokers;
mod browser;
mod csrf;
mod deletion;
mod disabling;
mod ending;
mod fixation;
mod form;
mod guesses;
mod hanging;
mod keycloak;
mod keys;
mod linking;
mod pages;
mod redirect;
mod replay;
mod reset_second_factor;
mod services;
mod sign_up;
mod somebody_else;
mod world;
