//! `beep migrate`: brings the database up to date and ends, for operators who do it before they start new instances.

use anyhow::Context;
use platform::http::Readiness;
use tokio_util::sync::CancellationToken;

use super::serve::Arguments;
use crate::{
    cli::Failure,
    config::{Config, Environment},
    wiring,
};

pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let config = Config::load(&arguments.command_line(), environment)?.config;
    let db = wiring::open_database(&config)?;
    wiring::runtime()?.block_on(async {
        let stopped = CancellationToken::new();
        stopped.cancel();
        wiring::wire(
            &config,
            db,
            config.general.public_url.as_str(),
            &Readiness::default(),
            stopped,
        )
        .await
        .context("the database cannot be migrated")
    })?;
    Ok(())
}
