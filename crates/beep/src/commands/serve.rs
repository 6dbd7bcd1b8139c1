//! `beep serve`: runs Beep.

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::Failure,
    config::{CommandLine, Config, Environment},
    wiring,
};

/// What Beep can be told on the command line. Values are checked with the configuration, so that an option, a variable and
/// a line of a file get the same answer.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which services run in this process: all, or some of storage, users, servers, messages, search,
    /// gateway, edge [default: all]
    #[arg(long, value_name = "SERVICES")]
    target: Option<String>,
    /// Where to listen: an IP address and a port [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The folder for everything that Beep keeps
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
    // Not a documentation comment, which would take the addresses for links.
    #[arg(
        long,
        value_name = "URL",
        help = "The database: sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME [default: sqlite://DIR/beep.db]"
    )]
    database_url: Option<String>,
    /// A configuration file in TOML
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Arguments {
    /// The configuration's part of the command line.
    pub(crate) fn command_line(&self) -> CommandLine {
        let options = [
            ("--target", "target", &self.target),
            ("--listen", "listen", &self.listen),
            ("--data-dir", "data_dir", &self.data_dir),
            ("--database-url", "database.url", &self.database_url),
        ];
        CommandLine {
            file: self.config.clone(),
            options: options
                .into_iter()
                .filter_map(|(option, key, value)| Some((option, key, value.clone()?)))
                .collect(),
        }
    }
}

pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let loaded = Config::load(&arguments.command_line(), environment)?;
    Ok(wiring::serve(&loaded.config)?)
}
