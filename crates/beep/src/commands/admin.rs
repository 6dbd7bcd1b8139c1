//! `beep admin`: what an administrator does to accounts on the machine itself, beside a running Beep or without one.

use std::io::{self, Write};

use anyhow::Context;
use clap::{Args, Subcommand};
use platform::clock::Clock;
use users::Administration;

use super::serve;
use crate::{
    cli::Failure,
    config::{Config, Environment},
    wiring,
};

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Hands out a link by which a user sets a new password, good for once, within an hour
    ResetLink(OfUser),
    /// Has a user sign in without codes again, who has lost authenticator and recovery codes
    #[command(name = "reset-2fa")]
    ResetSecondFactor(OfUser),
}

#[derive(Debug, Args)]
struct OfUser {
    /// The e-mail address or the username
    user: String,
    #[command(flatten)]
    place: serve::Arguments,
}

pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let (Act::ResetLink(of) | Act::ResetSecondFactor(of)) = &arguments.act;
    let config = Config::load(&of.place.command_line(), environment)?.config;
    let said = wiring::runtime()?.block_on(act(&arguments.act, of, &config))?;
    writeln!(io::stdout(), "{said}").context("standard output is closed")?;
    Ok(())
}

async fn act(act: &Act, of: &OfUser, config: &Config) -> anyhow::Result<String> {
    let db = wiring::open_database(config)?;
    let public_url = config.general.public_url.as_str();
    // A private address with https is believed as browsers do here.
    let administration = Administration::open(db, Clock::system(), public_url)
        .await?
        .with_keycloak(wiring::keycloak::settings(config, None));
    Ok(match act {
        Act::ResetLink(_) => administration.reset_link(&of.user).await?,
        Act::ResetSecondFactor(_) => {
            administration.reset_second_factor(&of.user).await?;
            "No codes are asked for any more.".to_owned()
        }
    })
}
