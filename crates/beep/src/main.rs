//! The Beep program.
fn main() {}
