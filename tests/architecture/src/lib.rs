//! Reads the repository for the tests beside this crate: what its files say, without their tests.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "tests fail by panicking"
)]

pub mod rust_file;
pub mod services;
pub mod tree;
pub mod typescript;

/// Fails with what is wrong, a line for each, and what to do about it.
#[track_caller]
pub fn report(found: &[String], remedy: &str) {
    assert!(found.is_empty(), "{remedy}\n  {}\n", found.join("\n  "));
}

/// The value below which `percent` of the sorted values are; 0 for none.
#[must_use]
pub fn percentile(sorted: &[usize], percent: usize) -> usize {
    sorted
        .get((sorted.len() * percent / 100).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(0)
}
