//! `beep search`: looks after the index by which messages are found.

use std::{
    io::{self, Write},
    thread::sleep,
    time::Duration,
};

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use contracts::calls::Service;
use search::{Asked, Progress, Rebuilding};

use super::serve;
use crate::{
    cli::Failure,
    config::{Config, Environment},
};

/// How often it is looked how far a running Beep is.
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the index of messages anew, from the messages: at once where Beep runs, and otherwise when it starts
    Rebuild(serve::Arguments),
}

pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let Command::Rebuild(options) = &arguments.command;
    let config = Config::load(&options.command_line(), environment)?.config;
    Ok(rebuild(&config)?)
}

fn rebuild(config: &Config) -> anyhow::Result<()> {
    if !config.services().contains(&Service::Search) {
        bail!("target: there is no search service among these; use the configuration of the process that has it");
    }
    let directory = &config.search.directory;
    let folder = directory.display();
    let asked = search::ask_for_rebuild(directory)
        .with_context(|| format!("search.directory = {folder}: the index cannot be asked for anew"))?;
    match asked {
        Asked::Nothing => say(&format!(
            "There is no index in {folder} yet. Beep makes it when it starts."
        )),
        Asked::AtStart => say(&format!(
            "Beep does not run on {folder}. When it starts it makes the index anew; until that is done it answers from \
             what it has, and says that something may be missing."
        )),
        Asked::Now(rebuilding) => {
            say(&format!(
                "Beep makes the index in {folder} anew, and answers from the old one until that is done. It goes on \
                 without this command, too, which only waits (Ctrl-C)."
            ))?;
            wait(&rebuilding).with_context(|| format!("search.directory = {folder}"))
        }
    }
}

/// Tells how far it is until it is done.
fn wait(rebuilding: &Rebuilding) -> anyhow::Result<()> {
    let mut told = 0;
    loop {
        match rebuilding.progress()? {
            Progress::Done => return say("Done: the new index answers."),
            Progress::Ended => {
                return Err(anyhow!(
                    "Beep has ended before the index was done; it goes on when it starts again"
                ));
            }
            Progress::Taken(messages) if messages != told => {
                told = messages;
                say(&format!("{messages} messages so far"))?;
            }
            Progress::Taken(_) => {}
        }
        sleep(LOOK_EVERY);
    }
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("standard output is closed")
}
