//! Finding public servers among many, as somebody types.

use std::time::{Duration, Instant};

use super::words::{Chance, WORDS, word};
use crate::{
    Bench,
    http::Connection,
    latency::Latencies,
    people::register,
    program::{Database, Ground, Program},
    report::{Report, milliseconds},
    store::{Listing, add_servers, settle},
};

pub(crate) async fn run(bench: &Bench, database: &Database, report: &mut Report) -> anyhow::Result<()> {
    let subject = format!("Beep on {}", database.name());
    let amount = bench.extent.servers;
    // The first makes the tables.
    let first = Program::start(bench, database).await?;
    let token = register(first.address, 0).await?;
    let ground = fill(first.leave().await?, amount).await?;
    let begun = Instant::now();
    let program = Program::start_on(bench, ground).await?;
    let measure = format!("start with {amount} servers to index");
    report.add(&measure, &subject, milliseconds(begun.elapsed()), "ms");
    if matches!(database, Database::Postgres(_)) {
        // As its own maintenance does within a minute.
        let ground = program.leave().await?;
        settle(&ground.open()?).await?;
        return search(bench, Program::start_on(bench, ground).await?, &token, &subject, report).await;
    }
    search(bench, program, &token, &subject, report).await
}

async fn fill(ground: Ground, amount: usize) -> anyhow::Result<Ground> {
    let servers: Vec<Listing> = (0..amount).map(listing).collect();
    add_servers(&ground.open()?, &servers).await?;
    Ok(ground)
}

async fn search(
    bench: &Bench,
    program: Program,
    token: &str,
    subject: &str,
    report: &mut Report,
) -> anyhow::Result<()> {
    let amount = bench.extent.servers;
    let each = Duration::from_secs(bench.extent.seconds);
    let common = |step: usize| word(step % 10);
    let rare = |step: usize| word(WORDS / 2 + step * 7 % (WORDS / 2));
    let two = |step: usize| word(step * 13 % 500)[..2].to_owned();
    let name = |step: usize| listing(step * 7_919 % amount).name;
    let searches: [(&str, &dyn Fn(usize) -> String); 6] = [
        ("nothing typed", &|_| String::new()),
        ("two letters", &two),
        ("a common word", &common),
        ("a rare word", &rare),
        ("a common and a rare word", &|step| {
            format!("{} {}", common(step), rare(step))
        }),
        ("a whole name", &name),
    ];
    for (what, query) in searches {
        let mut connection = Connection::open(program.address).await?;
        let mut latencies = Latencies::new()?;
        let until = Instant::now() + each;
        for step in 0.. {
            if Instant::now() >= until {
                break;
            }
            let path = format!(
                "/api/v1/servers/discover?limit=24&query={}",
                query(step).replace(' ', "%20")
            );
            let begun = Instant::now();
            connection.get(&path, Some(token)).await?.json(200)?;
            latencies.add(begun.elapsed());
        }
        let measure = format!("discovery of {amount}, {what}");
        report.add_latencies(&measure, subject, &latencies);
    }
    program.end().await
}

/// A server: two or three words, ten more, and few members unless it is one of a few.
fn listing(number: usize) -> Listing {
    let mut chance = Chance::new(number);
    let mut text = |words: usize| (0..words).map(|_| chance.word()).collect::<Vec<_>>().join(" ");
    let (name, description) = (text(2 + number % 2), text(10));
    Listing {
        name,
        description,
        members: 1 + i64::try_from(1_000_000 / (1 + chance.below(1_000_000))).unwrap_or(0),
    }
}
