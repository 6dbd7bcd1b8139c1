//! A page of fifty messages as people write them: with answers, reactions and files; beside the same queries alone.

use std::time::{Duration, Instant};

use anyhow::Context;
use platform::db::{Db, Value, in_list};
use serde_json::json;

use super::page::{everywhere, read};
use crate::{
    Bench,
    http::Connection,
    latency::Latencies,
    people::{Meeting, text},
    program::{Database, Program},
    report::Report,
    store::settle,
};

/// Of so many messages one answers another, and one has a file.
const EVERY: usize = 3;
/// What everybody reacts with to every message.
const REACTIONS: [&str; 3] = ["%F0%9F%91%8D", "%F0%9F%8E%89", "%F0%9F%98%82"];
/// Messages of the plain history for one of this.
const SHARE: usize = 5;

pub(crate) async fn run(bench: &Bench, database: &Database, report: &mut Report) -> anyhow::Result<()> {
    let program = Program::start(bench, database).await?;
    let meeting = Meeting::of(program.address, 2).await?;
    let path = format!("{}/messages", meeting.channel_path);
    let ids = fill(&program, &meeting, bench.extent.history / SHARE).await?;
    let ground = program.leave().await?;
    if matches!(database, Database::Postgres(_)) {
        settle(&ground.open()?).await?;
    }
    let program = Program::start_on(bench, ground).await?;
    let latencies = read(bench, &program, &path, &meeting.tokens[0], &ids).await?;
    let measure = "page of 50 with answers, reactions, files";
    report.add_latencies(measure, &format!("Beep on {}", database.name()), &latencies);
    let ground = program.leave().await?;
    let bare = queries(bench, &ground.open()?, &ids).await?;
    report.add_latencies(measure, &format!("{} alone", database.name()), &bare);
    Ok(())
}

/// Writes the history and answers the ids of its messages.
async fn fill(program: &Program, meeting: &Meeting, amount: usize) -> anyhow::Result<Vec<String>> {
    let mut connection = Connection::open(program.address).await?;
    let (path, owner) = (&meeting.channel_path, meeting.tokens[0].as_str());
    let mut ids: Vec<String> = Vec::new();
    for number in 0..amount {
        let mut body = json!({ "content": format!("Message {number} of a long and winding conversation.") });
        if number % EVERY == 1 {
            body["reply_to_id"] = json!(ids[number * 7 / 8]);
        }
        if number % EVERY == 2 {
            body["attachment_ids"] = json!([upload(&mut connection, path, owner).await?]);
        }
        let answer = connection
            .post(&format!("{path}/messages"), Some(owner), &body.to_string())
            .await?;
        let id = text(&answer.json(201)?, "/id")?;
        for (token, emoji) in meeting
            .tokens
            .iter()
            .flat_map(|token| REACTIONS.map(|emoji| (token, emoji)))
        {
            let reaction = format!("{path}/messages/{id}/reactions/{emoji}/@me");
            let answer = connection.put(&reaction, Some(token)).await?;
            anyhow::ensure!(answer.status == 204, "a reaction is answered {}", answer.status);
        }
        ids.push(id);
    }
    Ok(ids)
}

/// Attaches a small text, and answers its id.
async fn upload(connection: &mut Connection, path: &str, token: &str) -> anyhow::Result<String> {
    let form =
        "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"notes.txt\"\r\n\r\nSome notes.\r\n--x--\r\n";
    let answer = connection
        .send(
            ("POST", &format!("{path}/attachments")),
            token,
            "content-type: multipart/form-data; boundary=x\r\n",
            form.as_bytes(),
        )
        .await?;
    text(&answer.json(201)?, "/id")
}

platform::record! {
    /// All that is stored of a message, as it comes.
    struct Message {
        id: i64,
        server_id: i64,
        channel_id: i64,
        reply_to_id: Option<i64>,
        attachment_count: i64,
        _seq: i64,
        _author_id: i64,
        _content: String,
        _nonce: Option<String>,
        _created_at: i64,
        _edited_at: Option<i64>,
        _kind: String,
        _mentions: Option<String>,
        _pinned_at: Option<i64>,
        _reacted: bool,
        _embeds: Option<String>,
    }
}

platform::record! {
    /// All that is stored of a file, as it comes.
    struct File {
        _id: i64,
        _message_id: Option<i64>,
        _uploader_id: i64,
        _name: String,
        _size: i64,
        _content_type: Option<String>,
        _width: Option<i64>,
        _height: Option<i64>,
        _placeholder: Option<String>,
        _has_thumbnail: bool,
        _is_spoiler: bool,
    }
}

/// The columns of [`Message`].
macro_rules! message {
    () => {
        "id, server_id, channel_id, reply_to_id, attachment_count, seq, author_id, content, nonce, created_at, edited_at,
        kind, mentions, pinned_at, reacted, embeds"
    };
}

/// What the same pages cost the database: four queries, one after the other, by the driver that Beep has.
async fn queries(bench: &Bench, db: &Db, ids: &[String]) -> anyhow::Result<Latencies> {
    let mut latencies = Latencies::new()?;
    let first: i64 = ids.first().context("no messages")?.parse()?;
    let place = concat!("SELECT ", message!(), " FROM messages WHERE id = $1");
    let first: Message = db.one(place, [Value::from(first)]).await?;
    let channel = [Value::from(first.server_id), first.channel_id.into()];
    let until = Instant::now() + Duration::from_secs(bench.extent.seconds);
    for before in everywhere(ids) {
        if Instant::now() >= until {
            break;
        }
        let before: i64 = before.parse()?;
        let begun = Instant::now();
        page(db, &channel, before).await?;
        latencies.add(begun.elapsed());
    }
    Ok(latencies)
}

async fn page(db: &Db, channel: &[Value; 2], before: i64) -> anyhow::Result<()> {
    const PAGE: &str = concat!(
        "SELECT ",
        message!(),
        " FROM messages WHERE server_id = $1 AND channel_id = $2 AND seq <
         (SELECT seq FROM messages WHERE server_id = $1 AND channel_id = $2 AND id = $3) ORDER BY seq DESC LIMIT 50"
    );
    let with = |values: Vec<Value>| [channel.to_vec(), values].concat();
    let messages: Vec<Message> = db.all(PAGE, with(vec![before.into()])).await?;
    let answered: Vec<i64> = messages.iter().filter_map(|message| message.reply_to_id).collect();
    if !answered.is_empty() {
        let (these, values) = in_list(3, answered);
        let sql = format!(
            "SELECT {} FROM messages WHERE server_id = $1 AND channel_id = $2 AND id IN {these}",
            message!()
        );
        db.all::<Message>(&sql, with(values)).await?;
    }
    if !messages.is_empty() {
        let (these, values) = in_list(3, messages.iter().map(|message| message.id));
        let sql = format!(
            "SELECT message_id, emoji, COUNT(*), MAX(user_id) FROM reactions WHERE server_id = $1 AND channel_id = $2
             AND message_id IN {these} GROUP BY message_id, emoji ORDER BY message_id, MIN(created_at), emoji"
        );
        db.all::<(i64, String, i64, i64)>(&sql, with(values)).await?;
    }
    let with_files: Vec<i64> = messages
        .iter()
        .filter(|message| message.attachment_count > 0)
        .map(|message| message.id)
        .collect();
    if !with_files.is_empty() {
        let (these, values) = in_list(3, with_files);
        let sql = format!(
            "SELECT id, message_id, uploader_id, name, size, content_type, width, height, placeholder, has_thumbnail,
             is_spoiler FROM attachments WHERE server_id = $1 AND channel_id = $2 AND message_id IN {these}
             ORDER BY message_id, position"
        );
        db.all::<File>(&sql, with(values)).await?;
    }
    Ok(())
}
