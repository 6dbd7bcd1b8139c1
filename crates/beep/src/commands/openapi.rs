//! `beep openapi`: writes the contract of the public API, or of one service, to standard output.

use std::io::{self, Write};

use anyhow::Context;
use clap::Args;

use crate::{cli::Failure, wiring};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// One service (users, servers, messages, search, storage, gateway, instance) [default: all of them, merged]
    service: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let contract = match &arguments.service {
        None => wiring::merged(),
        Some(wanted) => wiring::contracts()
            .into_iter()
            .find_map(|(name, contract)| (name == wanted).then_some(contract))
            .with_context(|| format!("there is no service `{wanted}` with a contract"))?,
    };
    let yaml = contract.to_yaml().context("the contract cannot be written")?;
    io::stdout()
        .write_all(yaml.as_bytes())
        .context("standard output is closed")?;
    Ok(())
}
