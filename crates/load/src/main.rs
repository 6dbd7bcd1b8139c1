//! Measures a Beep that it starts itself, beside the bare thing each measure is compared with. `docs/benchmarks.md`
//! says what the numbers mean.

mod http;
mod latency;
mod live;
mod measures;
mod people;
mod pgbench;
mod program;
mod report;
mod store;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};

use measures::{apart, community, creates, delivery, discovery, idle, mixed_page, page, search, start, transfers};
use program::Database;
use report::Report;

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measure {
    /// Durable message creations per second.
    Creates,
    /// From writing to a thousand readers.
    Delivery,
    /// Memory of idle connections.
    Idle,
    /// A page of fifty messages.
    Page,
    /// The same with answers, reactions and files, beside the queries alone.
    MixedPage,
    /// Files up and down, beside a plain copy.
    Transfers,
    /// Finding public servers among many.
    Discovery,
    /// Finding messages among many, as a member who does not see all channels.
    Search,
    /// A large server: its `ready`, and a change of a role while others write elsewhere.
    Community,
    /// Time to `/readyz`.
    Start,
}

/// The benchmarks of Beep.
#[derive(Debug, Parser)]
struct Options {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only these; all of them otherwise.
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Measure>,
    /// The Beep that is measured: the release build.
    #[arg(long, env = "BEEP_TEST_BINARY", default_value = "target/release/beep")]
    binary: PathBuf,
    /// A PostgreSQL in which databases may be created, as `postgres://USER:PASSWORD@HOST/NAME`; `SQLite` alone without.
    #[arg(long, env = "BEEP_TEST_POSTGRES_URL", hide_env_values = true)]
    postgres_url: Option<String>,
    /// Instead, one process beside the services apart, over the same PostgreSQL.
    #[arg(long, conflicts_with = "only", requires = "postgres_url")]
    apart: bool,
    /// Shorter and smaller, to see whether it runs. The numbers are not worth keeping.
    #[arg(long)]
    quick: bool,
    /// How many messages are searched; a million otherwise.
    #[arg(long)]
    messages: Option<usize>,
    /// Where the results are written as JSON.
    #[arg(long, default_value = "artefacts/benchmarks.json")]
    json: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// A WebSocket server that hands every frame of `/publish` to everybody else: the floor under the gateway.
    #[command(hide = true)]
    BareFanOut,
}

/// What is measured, and how much.
#[derive(Debug)]
struct Bench {
    binary: PathBuf,
    extent: Extent,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Extent {
    /// Seconds that each load runs.
    seconds: u64,
    /// Readers of the channel in the delivery measure.
    subscribers: usize,
    /// Idle connections.
    connections: usize,
    /// Messages in the channel whose pages are read.
    history: usize,
    /// Files of 64 MiB that go up, and come down.
    files: usize,
    /// Starts of which the median is taken.
    starts: usize,
    /// Public servers in the discovery measure.
    servers: usize,
    /// Messages in the search measure.
    messages: usize,
    /// Members, channels and roles of the large server.
    community: [usize; 3],
}

const FULL: Extent = Extent {
    seconds: 10,
    subscribers: 1_000,
    connections: 10_000,
    history: 10_000,
    files: 16,
    starts: 11,
    servers: 100_000,
    messages: 1_000_000,
    community: [10_000, 100, 50],
};
const QUICK: Extent = Extent {
    seconds: 2,
    subscribers: 100,
    connections: 500,
    history: 500,
    files: 1,
    starts: 3,
    servers: 2_000,
    messages: 5_000,
    community: [300, 20, 10],
};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    if let Some(Command::BareFanOut) = options.command {
        return live::bare::serve().await;
    }
    let mut extent = if options.quick { QUICK } else { FULL };
    extent.messages = options.messages.unwrap_or(extent.messages);
    let bench = Bench {
        binary: options.binary,
        extent,
    };
    let wanted = |measure| options.only.is_empty() || options.only.contains(&measure);
    let mut report = Report::new(options.quick);
    if let Some(server) = options.postgres_url.as_deref().filter(|_| options.apart) {
        apart::run(&bench, server, &mut report).await?;
        return report.write(&options.json);
    }
    let postgres = options.postgres_url.map(Database::Postgres);
    for database in &[Some(Database::Sqlite), postgres]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
    {
        if wanted(Measure::Creates) {
            creates::run(&bench, database, &mut report).await?;
        }
        if wanted(Measure::Page) {
            page::run(&bench, database, &mut report).await?;
        }
        if wanted(Measure::MixedPage) {
            mixed_page::run(&bench, database, &mut report).await?;
        }
        if wanted(Measure::Delivery) {
            delivery::run(&bench, database, &mut report).await?;
        }
        if wanted(Measure::Discovery) {
            discovery::run(&bench, database, &mut report).await?;
        }
        if wanted(Measure::Search) {
            search::run(&bench, database, &mut report).await?;
        }
        if wanted(Measure::Community) {
            community::run(&bench, database, &mut report).await?;
        }
    }
    if wanted(Measure::Transfers) {
        transfers::run(&bench, &mut report).await?;
    }
    if wanted(Measure::Idle) {
        idle::run(&bench, &mut report).await?;
    }
    if wanted(Measure::Start) {
        start::run(&bench, &mut report).await?;
    }
    report.write(&options.json)
}
