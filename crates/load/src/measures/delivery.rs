//! From writing a message to the frame at each of a thousand readers, at a steady pace.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use futures::{SinkExt, StreamExt, TryStreamExt, stream};
use serde_json::json;
use tokio::{task::JoinSet, time::MissedTickBehavior};
use tokio_tungstenite::tungstenite::Message;

use crate::{
    Bench,
    http::Connection,
    latency::Latencies,
    live::{
        bare::BareFanOut,
        subscriber::{self, MARK, Socket},
    },
    people::Meeting,
    program::{Database, Program},
    report::Report,
};

const PER_SECOND: u64 = 50;
/// Connections that one account may hold are limited (`model::limits::GATEWAY_SESSIONS_PER_USER`).
const CONNECTIONS_PER_PERSON: usize = 20;
const OPENED_AT_ONCE: usize = 32;

pub(crate) async fn run(bench: &Bench, database: &Database, report: &mut Report) -> anyhow::Result<()> {
    let program = Program::start(bench, database).await?;
    let frame = to_readers(bench, &program, &format!("Beep on {}", database.name()), report).await?;
    program.end().await?;

    let bare = BareFanOut::start().await?;
    let sockets = open_all(bench.extent.subscribers, |_| subscriber::open(bare.address, "/")).await?;
    let amount = messages(bench);
    let (latencies, _) = measure(sockets, amount, bare_writer(bare.address, &frame).await?).await?;
    report.add_latencies(&name(bench), "bare WebSocket fan-out", &latencies);
    Ok(())
}

/// How many messages are written.
pub(crate) fn messages(bench: &Bench) -> u64 {
    bench.extent.seconds * PER_SECOND
}

fn name(bench: &Bench) -> String {
    format!("delivery to {}", bench.extent.subscribers)
}

/// Measures a running Beep, and answers one frame as it arrived.
pub(crate) async fn to_readers(
    bench: &Bench,
    program: &Program,
    subject: &str,
    report: &mut Report,
) -> anyhow::Result<String> {
    let people = bench.extent.subscribers.div_ceil(CONNECTIONS_PER_PERSON);
    let address = program.address;
    let meeting = Arc::new(Meeting::of(address, people).await?);
    let sockets = open_all(bench.extent.subscribers, |number| {
        let meeting = Arc::clone(&meeting);
        async move { subscriber::identify(address, &meeting.tokens[number % meeting.tokens.len()]).await }
    })
    .await?;
    let writer = beep_writer(address, &meeting).await?;
    let (latencies, frame) = measure(sockets, messages(bench), writer).await?;
    report.add_latencies(&name(bench), subject, &latencies);
    Ok(frame)
}

async fn open_all<Opening>(amount: usize, open: impl Fn(usize) -> Opening) -> anyhow::Result<Vec<Socket>>
where
    Opening: Future<Output = anyhow::Result<Socket>>,
{
    stream::iter(0..amount)
        .map(open)
        .buffer_unordered(OPENED_AT_ONCE)
        .try_collect()
        .await
}

/// What writes a message with a time in it.
enum Writer {
    Beep {
        connection: Connection,
        path: String,
        token: String,
    },
    /// The bytes of a frame of Beep's, around its time.
    Bare {
        socket: Box<Socket>,
        before: String,
        after: String,
    },
}

async fn beep_writer(address: SocketAddr, meeting: &Meeting) -> anyhow::Result<Writer> {
    Ok(Writer::Beep {
        connection: Connection::open(address).await?,
        path: format!("{}/messages", meeting.channel_path),
        token: meeting.tokens[0].clone(),
    })
}

async fn bare_writer(address: SocketAddr, frame: &str) -> anyhow::Result<Writer> {
    let (before, rest) = frame.split_once(MARK).context("no time in the frame")?;
    let after = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
    Ok(Writer::Bare {
        socket: Box::new(subscriber::open(address, "/publish").await?),
        before: before.to_owned(),
        after: after.to_owned(),
    })
}

impl Writer {
    async fn write(&mut self, micros: u128) -> anyhow::Result<()> {
        match self {
            Self::Beep {
                connection,
                path,
                token,
            } => {
                let content = format!("Hello everybody, this was {MARK}{micros} and is read at once.");
                let body = json!({ "content": content }).to_string();
                connection.post(path, Some(token), &body).await?.json(201)?;
            }
            Self::Bare { socket, before, after } => {
                let text = format!("{before}{MARK}{micros}{after}");
                socket.send(Message::text(text)).await?;
            }
        }
        Ok(())
    }
}

/// Writes `amount` messages and answers how long each took to each reader, and one frame as it arrived.
async fn measure(sockets: Vec<Socket>, amount: u64, mut writer: Writer) -> anyhow::Result<(Latencies, String)> {
    let begun = Instant::now();
    let mut readers = JoinSet::new();
    let expected = amount * u64::try_from(sockets.len())?;
    for socket in sockets {
        readers.spawn(read(socket, begun, amount));
    }
    let mut ticks = tokio::time::interval(Duration::from_millis(1_000 / PER_SECOND));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..amount {
        ticks.tick().await;
        writer.write(begun.elapsed().as_micros()).await?;
    }
    let (mut all, mut sample) = (Latencies::new()?, String::new());
    while let Some(read) = readers.join_next().await {
        let (latencies, frame) = read??;
        all.merge(&latencies)?;
        sample = frame;
    }
    ensure!(all.count() == expected, "{} frames instead of {expected}", all.count());
    Ok((all, sample))
}

async fn read(mut socket: Socket, begun: Instant, amount: u64) -> anyhow::Result<(Latencies, String)> {
    let mut latencies = Latencies::new()?;
    let mut sample = String::new();
    while latencies.count() < amount {
        let text = subscriber::next_text(&mut socket).await?;
        if let Some(written) = subscriber::written_at(&text) {
            latencies.add(begun.elapsed().saturating_sub(Duration::from_micros(written)));
            sample = text;
        }
    }
    Ok((latencies, sample))
}
