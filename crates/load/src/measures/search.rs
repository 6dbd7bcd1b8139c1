//! Finding messages among many, as a member who sees half of the channels.

use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::json;

use super::words::{Chance, WORDS, word};
use crate::{
    Bench,
    http::Connection,
    latency::Latencies,
    people::{Meeting, text},
    program::{Database, Program},
    report::{Report, milliseconds, number, rate},
    store::{add_messages, settle},
};

/// Channels of the server; every other one is hidden from the member.
const CHANNELS: usize = 500;
/// How long the index may take.
const WITHIN: Duration = Duration::from_mins(30);

/// What is looked for at a step.
type Query<'a> = &'a dyn Fn(usize) -> String;

/// A server whose messages are searched.
struct Searched {
    /// `/api/v1/servers/…`.
    server: String,
    /// A channel of it that the member sees.
    channel: String,
    /// The member's access token.
    token: String,
}

pub(crate) async fn run(bench: &Bench, database: &Database, report: &mut Report) -> anyhow::Result<()> {
    let subject = format!("Beep on {}", database.name());
    let amount = bench.extent.messages;
    // The first makes the tables, and the channels.
    let first = Program::start(bench, database).await?;
    let (searched, channels) = prepare(&first).await?;
    let ground = first.leave().await?;
    let db = ground.open()?;
    let server_id = searched.server.rsplit('/').next().unwrap_or_default().parse()?;
    add_messages(&db, (server_id, 1), &channels, amount, message).await?;
    if matches!(database, Database::Postgres(_)) {
        settle(&db).await?;
    }
    drop(db);
    let program = Program::start_on(bench, ground).await?;
    let begun = Instant::now();
    until_complete(&program, &searched).await?;
    let taken = begun.elapsed();
    report.add(
        &format!("index of {amount} messages"),
        &subject,
        milliseconds(taken),
        "ms",
    );
    report.add("messages indexed", &subject, rate(u64::try_from(amount)?, taken), "/s");
    measure(bench, &program, &searched, &subject, report).await?;
    let resident = number(program.resident_bytes()? / 1_024) / 1_024.0;
    report.add("memory after that", &subject, resident, "MiB");
    program.end().await
}

/// Makes the channels, half of them hidden.
async fn prepare(program: &Program) -> anyhow::Result<(Searched, Vec<i64>)> {
    let meeting = Meeting::of(program.address, 2).await?;
    let (owner, member) = (&meeting.tokens[0], &meeting.tokens[1]);
    let (server, _) = meeting.channel_path.split_once("/channels/").unwrap_or_default();
    let mut connection = Connection::open(program.address).await?;
    let mut channels: Vec<i64> = vec![meeting.channel_path.rsplit('/').next().unwrap_or_default().parse()?];
    for number in 1..CHANNELS {
        let body = json!({ "name": format!("channel-{number}"), "kind": "text", "private": number % 2 == 1 });
        let path = format!("{server}/channels");
        let channel = connection
            .post(&path, Some(owner), &body.to_string())
            .await?
            .json(201)?;
        channels.push(text(&channel, "/id")?.parse()?);
    }
    let searched = Searched {
        server: server.to_owned(),
        channel: meeting.channel_path.clone(),
        token: member.clone(),
    };
    Ok((searched, channels))
}

async fn until_complete(program: &Program, searched: &Searched) -> anyhow::Result<()> {
    let until = Instant::now() + WITHIN;
    let mut connection = Connection::open(program.address).await?;
    let path = format!("{}/search?query={}", searched.server, word(0));
    loop {
        let found = connection.get(&path, Some(&searched.token)).await?.json(200)?;
        if found["is_complete"] == true {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("the index is still not complete");
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn measure(
    bench: &Bench,
    program: &Program,
    searched: &Searched,
    subject: &str,
    report: &mut Report,
) -> anyhow::Result<()> {
    let amount = bench.extent.messages;
    let common = |step: usize| word(step % 10);
    let rare = |step: usize| word(WORDS / 2 + step * 7 % (WORDS / 2));
    let phrase = |step: usize| {
        let message = message(step * 7_919 % amount);
        let words: Vec<&str> = message.split(' ').take(2).collect();
        format!("%22{}%22", words.join("%20"))
    };
    let beginning = |step: usize| word(step * 13 % 500)[..3].to_owned();
    let (server, channel) = (&searched.server, &searched.channel);
    let kinds: [(&str, &str, Query<'_>); 7] = [
        ("a common word", server, &|step| common(step) + "%20"),
        ("a common word, what fits best", server, &|step| {
            common(step) + "%20&sort=relevant"
        }),
        ("a rare word", server, &|step| rare(step) + "%20"),
        ("a common and a rare word", server, &|step| {
            format!("{}%20{}%20", common(step), rare(step))
        }),
        ("a phrase", server, &phrase),
        ("three letters", server, &beginning),
        ("a common word in one channel", channel, &|step| common(step) + "%20"),
    ];
    for (what, place, query) in kinds {
        let mut connection = Connection::open(program.address).await?;
        let mut latencies = Latencies::new()?;
        let until = Instant::now() + Duration::from_secs(bench.extent.seconds);
        for step in 0.. {
            if Instant::now() >= until {
                break;
            }
            let path = format!("{place}/search?query={}", query(step));
            let begun = Instant::now();
            connection.get(&path, Some(&searched.token)).await?.json(200)?;
            latencies.add(begun.elapsed());
        }
        report.add_latencies(&format!("search of {amount}, {what}"), subject, &latencies);
    }
    Ok(())
}

/// A message: five words to twenty-four.
fn message(number: usize) -> String {
    let mut chance = Chance::new(number);
    let words = 5 + chance.below(20);
    (0..words).map(|_| chance.word()).collect::<Vec<_>>().join(" ")
}
