//! `beep config`: explains the configuration.

use std::io::{self, Write};

use anyhow::Context;
use clap::{Args, Subcommand};

use super::serve;
use crate::{
    cli::Failure,
    config::{self, Config, Environment},
};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Says what `beep serve` would do with the same options, and where each value comes from
    Check(serve::Arguments),
    /// Prints the reference of all settings, in Markdown
    Docs,
}

pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let text = match &arguments.command {
        Command::Check(options) => config::explain(&Config::load(&options.command_line(), environment)?),
        Command::Docs => config::reference(),
    };
    Ok(io::stdout()
        .write_all(text.as_bytes())
        .context("standard output cannot be written")?)
}
