//! What the program can do: a file for each sub-command.

pub(crate) mod admin;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod search;
pub(crate) mod serve;
