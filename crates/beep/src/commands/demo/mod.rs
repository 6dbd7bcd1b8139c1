//! `beep demo`: fills an instance with a believable community, to try it out.
//!
//! It speaks to the services through their public API, in this process and with a clock of its own, so that what was
//! "said" is spread over the last days.

mod community;
mod fill;

use std::io::{self, Write};

use anyhow::Context;
use platform::{clock::Clock, http::Readiness};
use tokio_util::sync::CancellationToken;

use self::community::Community;
use super::serve::Arguments;
use crate::{
    cli::Failure,
    config::{Config, Environment},
    wiring,
};

/// The password of everyone in the demonstration.
const PASSWORD: &str = "beep-demo-2026";

pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let mut config = Config::load(&arguments.command_line(), environment)?.config;
    // It writes faster than people do.
    config.rate_limit.enabled = false;
    let community = Community::read()?;
    wiring::runtime()?.block_on(fill_instance(&config, &community))?;
    tell(&community).context("standard output is closed")?;
    Ok(())
}

async fn fill_instance(config: &Config, community: &Community) -> anyhow::Result<()> {
    let clock = fill::TravellingClock::starting_before(Clock::system().now(), community.span());
    let shutdown = CancellationToken::new();
    let db = wiring::open_database(config)?;
    let public_url = config.general.public_url.as_str();
    let services = wiring::wire_at(
        clock.clock(),
        config,
        db,
        public_url,
        &Readiness::default(),
        shutdown.clone(),
    )
    .await?;
    let mut background = tokio::task::JoinSet::new();
    for task in services.tasks {
        background.spawn(task.work);
    }
    let settings = platform::http::HttpSettings {
        rate_limits: platform::http::RateLimits::default(),
        ..platform::http::HttpSettings::for_public_url(public_url)
    };
    let router = platform::http::public(services.public, &settings, services.authenticator, services.clock);
    let result = fill::Fill::new(router, clock).community(community, PASSWORD).await;
    shutdown.cancel();
    while background.join_next().await.is_some() {}
    result
}

fn tell(community: &Community) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "The community is there. Sign in as one of these, with the password {PASSWORD}:"
    )?;
    for person in &community.people {
        writeln!(
            out,
            "  {:<28} {} {}",
            person.email(),
            person.first_name,
            person.last_name
        )?;
    }
    Ok(())
}
