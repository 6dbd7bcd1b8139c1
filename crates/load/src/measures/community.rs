//! A large server: how long and how large its `ready` is, and whether a change of a role there holds anybody up who writes
//! elsewhere.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time::{MissedTickBehavior, interval, sleep},
};

use crate::{
    Bench,
    http::Connection,
    latency::Latencies,
    live::subscriber::{self, MARK, Socket},
    people::{Meeting, register, text},
    program::{Database, Program},
    report::{Report, number},
    store::add_members,
};

/// Those who are connected, each so often.
const PEOPLE: usize = 20;
const CONNECTIONS_PER_PERSON: usize = 20;
const OPENED_AT_ONCE: usize = 32;
/// Messages a second in another server.
const PER_SECOND: u64 = 50;
/// Between one change of a role and the next.
const PAUSE: Duration = Duration::from_millis(100);

pub(crate) async fn run(bench: &Bench, database: &Database, report: &mut Report) -> anyhow::Result<()> {
    let subject = format!("Beep on {}", database.name());
    let program = Program::start(bench, database).await?;
    let elsewhere = Meeting::of(program.address, 2).await?;
    let large = Large::build(bench, program.address).await?;
    let ground = program.leave().await?;
    let [members, ..] = bench.extent.community;
    add_members(&ground.open()?, large.server_id, i64::try_from(members)?, &large.roles).await?;
    let program = Program::start_on(bench, ground).await?;

    let opened = large.connect(program.address).await?;
    let name = "ready of a large server";
    report.add_latencies(name, &subject, &opened.latencies);
    report.add(&format!("{name}, size"), &subject, number(opened.bytes) / 1024.0, "KiB");

    let quiet = write(bench, program.address, &elsewhere).await?;
    let changes = large.change_roles(program.address, opened.sockets);
    let busy = write(bench, program.address, &elsewhere).await?;
    let handled = changes.end().await?;
    for (when, written) in [("before", &quiet), ("meanwhile", &busy)] {
        report.add_latencies(&format!("sends elsewhere, {when}"), &subject, &written.answered);
        report.add_latencies(&format!("to a reader elsewhere, {when}"), &subject, &written.read);
    }
    let measure = format!("a role change to {} sessions", PEOPLE * CONNECTIONS_PER_PERSON);
    report.add_latencies(&measure, &subject, &handled);
    program.end().await
}

/// The large server.
struct Large {
    server_id: i64,
    roles: Vec<i64>,
    /// Access tokens of members; the first is the owner's.
    tokens: Vec<String>,
}

/// Its members, connected.
struct Opened {
    sockets: Vec<Socket>,
    /// From asking to `ready`.
    latencies: Latencies,
    /// The size of one.
    bytes: u64,
}

impl Large {
    async fn build(bench: &Bench, address: SocketAddr) -> anyhow::Result<Self> {
        // Names that the other meeting does not have.
        const FIRST: usize = 1_000;
        let [_, channels, roles] = bench.extent.community;
        let mut connection = Connection::open(address).await?;
        let owner = register(address, FIRST).await?;
        let mut create = async |path: &str, body: Value| -> anyhow::Result<Value> {
            connection.post(path, Some(&owner), &body.to_string()).await?.json(201)
        };
        let server = create("/api/v1/servers", json!({ "name": "Large", "visibility": "public" })).await?;
        let id = text(&server, "/id")?;
        let path = format!("/api/v1/servers/{id}");
        for channel in 1..channels {
            let body = json!({ "name": format!("channel-{channel}"), "kind": "text" });
            create(&format!("{path}/channels"), body).await?;
        }
        let mut ids = Vec::new();
        for role in 1..roles {
            let body = json!({ "name": format!("Role {role}"), "permissions": ["view_channel"] });
            let role = create(&format!("{path}/roles"), body).await?;
            ids.push(text(&role, "/id")?.parse()?);
        }
        let mut tokens = vec![owner.clone()];
        for person in 1..PEOPLE {
            let token = register(address, FIRST + person).await?;
            let mut connection = Connection::open(address).await?;
            connection
                .post(&format!("{path}/join"), Some(&token), "")
                .await?
                .json(200)?;
            tokens.push(token);
        }
        Ok(Self {
            server_id: id.parse()?,
            roles: ids,
            tokens,
        })
    }

    async fn connect(&self, address: SocketAddr) -> anyhow::Result<Opened> {
        let opened: Vec<(Socket, Duration, usize)> = stream::iter(0..PEOPLE * CONNECTIONS_PER_PERSON)
            .map(async |number| {
                let begun = Instant::now();
                let (socket, bytes) = subscriber::identify_sized(address, &self.tokens[number % PEOPLE]).await?;
                anyhow::Ok((socket, begun.elapsed(), bytes))
            })
            .buffer_unordered(OPENED_AT_ONCE)
            .try_collect()
            .await?;
        let mut latencies = Latencies::new()?;
        for (_, taken, _) in &opened {
            latencies.add(*taken);
        }
        let bytes = opened.iter().map(|(.., bytes)| *bytes).max().unwrap_or(0);
        Ok(Opened {
            sockets: opened.into_iter().map(|(socket, ..)| socket).collect(),
            latencies,
            bytes: u64::try_from(bytes)?,
        })
    }

    /// Gives and takes a permission of everybody, again and again, until it is ended.
    fn change_roles(&self, address: SocketAddr, sockets: Vec<Socket>) -> Changes {
        let over = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&over);
        let (owner, id) = (self.tokens[0].clone(), self.server_id);
        let handled = tokio::spawn(async move {
            let (tells, mut heard) = mpsc::unbounded_channel();
            let all = sockets.len();
            let mut readers = JoinSet::new();
            for socket in sockets {
                readers.spawn(hear(socket, tells.clone()));
            }
            let mut connection = Connection::open(address).await?;
            let mut latencies = Latencies::new()?;
            let path = format!("/api/v1/servers/{id}/roles/{id}");
            for step in 0_u32.. {
                if told.load(Ordering::Relaxed) {
                    break;
                }
                let reading = if step % 2 == 0 { "add_reactions" } else { "read_history" };
                let body = json!({ "permissions": ["view_channel", "send_messages", reading] }).to_string();
                let begun = Instant::now();
                connection.patch(&path, Some(&owner), &body).await?.json(200)?;
                for _ in 0..all {
                    heard.recv().await.context("a session has ended")?;
                }
                latencies.add(begun.elapsed());
                sleep(PAUSE).await;
            }
            anyhow::Ok(latencies)
        });
        Changes { over, handled }
    }
}

/// Changes that go on.
struct Changes {
    over: Arc<AtomicBool>,
    handled: JoinHandle<anyhow::Result<Latencies>>,
}

impl Changes {
    /// Ends them and answers how long each took from asking to the last session that heard of it.
    async fn end(self) -> anyhow::Result<Latencies> {
        self.over.store(true, Ordering::Relaxed);
        self.handled.await?
    }
}

/// Tells of each change of a role that the session hears of.
async fn hear(mut socket: Socket, heard: mpsc::UnboundedSender<()>) -> anyhow::Result<()> {
    loop {
        let frame = subscriber::next_text(&mut socket).await?;
        if frame.contains("\"role.updated\"") {
            heard.send(())?;
        }
    }
}

/// How long messages took.
struct Written {
    /// Until they were answered.
    answered: Latencies,
    /// Until they were read.
    read: Latencies,
}

/// One writes, another reads.
async fn write(bench: &Bench, address: SocketAddr, meeting: &Meeting) -> anyhow::Result<Written> {
    let amount = bench.extent.seconds * PER_SECOND;
    let mut socket = subscriber::identify(address, &meeting.tokens[1]).await?;
    let begun = Instant::now();
    let reader = tokio::spawn(async move {
        let mut latencies = Latencies::new()?;
        while latencies.count() < amount {
            let frame = subscriber::next_text(&mut socket).await?;
            if let Some(written) = subscriber::written_at(&frame) {
                latencies.add(begun.elapsed().saturating_sub(Duration::from_micros(written)));
            }
        }
        anyhow::Ok(latencies)
    });
    let mut connection = Connection::open(address).await?;
    let mut answered = Latencies::new()?;
    let path = format!("{}/messages", meeting.channel_path);
    let mut ticks = interval(Duration::from_millis(1_000 / PER_SECOND));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for _ in 0..amount {
        ticks.tick().await;
        let at = Instant::now();
        let content = format!("This was {MARK}{} and is read at once.", begun.elapsed().as_micros());
        let body = json!({ "content": content }).to_string();
        connection
            .post(&path, Some(&meeting.tokens[0]), &body)
            .await?
            .json(201)?;
        answered.add(at.elapsed());
    }
    Ok(Written {
        answered,
        read: reader.await??,
    })
}
