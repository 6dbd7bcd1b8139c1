//! What the program can do: a file for each sub-command.

pub(crate) mod config;
pub(crate) mod serve;
