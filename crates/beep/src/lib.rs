//! Beep: the command line, the configuration, and the wiring of services into one process.

pub mod cli;
mod commands;
pub mod config;
pub mod web;
pub mod wiring;
