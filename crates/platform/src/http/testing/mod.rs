//! A service's public routes as a test sees them: behind the layers that stand around them in the program, and held to
//! their contract. An answer that the contract does not describe fails the test that got it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "tests fail by panicking"
)]

mod actor;
mod answer;
mod app;
pub mod contract;
mod provocations;

pub use actor::Actor;
pub use answer::Answer;
pub use app::App;
pub(crate) use app::URL;
