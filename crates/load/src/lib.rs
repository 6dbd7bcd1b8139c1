//! What measures and tests share.

pub mod collector;
