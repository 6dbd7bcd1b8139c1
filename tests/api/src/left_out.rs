//! Saying aloud that something could not be tested here.

use std::io::Write;

/// Says that a test is left out, and why. Cargo keeps what a test that passes prints to itself, but not this.
pub fn left_out(why: &str) {
    let _ = writeln!(std::io::stderr().lock(), "LEFT OUT: {why}");
}

/// Why something cannot be tested without a PostgreSQL.
pub const WITHOUT_POSTGRES: &str = "there is no PostgreSQL (scripts/with-postgres)";

/// Why something cannot be tested without a Keycloak.
pub const WITHOUT_KEYCLOAK: &str = "there is no Keycloak (scripts/with-keycloak)";

/// Why something cannot be tested without a disk to fill.
pub const WITHOUT_DISK: &str = "this process may not mount a small disk (run the tests as root)";
