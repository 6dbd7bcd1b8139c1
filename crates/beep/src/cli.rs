//! The command line.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    commands,
    config::{ConfigError, Environment},
};

/// A community chat: servers, channels and messages in real time.
#[derive(Debug, Parser)]
#[command(name = "beep", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs Beep until it is told to stop (SIGTERM or Ctrl-C).
    Serve(commands::serve::Arguments),
    /// Explains the configuration.
    Config(commands::config::Arguments),
    /// Brings the database up to date and ends. `serve` does it, too.
    Migrate(commands::serve::Arguments),
    /// Writes the contract of the public API (OpenAPI 3.1, YAML).
    Openapi(commands::openapi::Arguments),
    /// Helps users back into their accounts, where no mail does.
    Admin(commands::admin::Arguments),
    /// Looks after the index by which messages are found.
    Search(commands::search::Arguments),
    /// Fills an instance with a community, to try Beep out.
    Demo(commands::serve::Arguments),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The configuration is wrong: the operator corrects it. Exit code 2, as for an unknown option.
    #[error("{0}")]
    Configuration(#[from] ConfigError),
    /// Anything else. Exit code 1.
    #[error("{0:#}")]
    Other(#[from] anyhow::Error),
}

impl Failure {
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Configuration(_) => ExitCode::from(2),
            Self::Other(_) => ExitCode::FAILURE,
        }
    }
}

/// Does what the command line says. What goes wrong is one line on standard error.
#[must_use]
pub fn run() -> ExitCode {
    let environment = Environment::of_process();
    let result = match Cli::parse().command {
        Command::Serve(arguments) => commands::serve::run(&arguments, &environment),
        Command::Config(arguments) => commands::config::run(&arguments, &environment),
        Command::Migrate(arguments) => commands::migrate::run(&arguments, &environment),
        Command::Openapi(arguments) => commands::openapi::run(&arguments),
        Command::Admin(arguments) => commands::admin::run(&arguments, &environment),
        Command::Search(arguments) => commands::search::run(&arguments, &environment),
        Command::Demo(arguments) => commands::demo::run(&arguments, &environment),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "beep: {failure}");
            failure.exit_code()
        }
    }
}
