//! People, and the server in which they meet.

use std::net::SocketAddr;

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::http::Connection;

/// Registrations at once: hashing passwords takes both cores anyway.
const AT_ONCE: usize = 4;

/// A channel, and people who may read and write in it.
pub(crate) struct Meeting {
    /// `/api/v1/servers/…/channels/…`.
    pub(crate) channel_path: String,
    /// Access tokens; the first is the owner's.
    pub(crate) tokens: Vec<String>,
}

impl Meeting {
    /// A new server in which so many people are.
    pub(crate) async fn of(address: SocketAddr, people: usize) -> anyhow::Result<Self> {
        let mut connection = Connection::open(address).await?;
        let owner = register(address, 0).await?;
        let body = json!({ "name": "Benchmark", "visibility": "public" }).to_string();
        let server = connection
            .post("/api/v1/servers", Some(&owner), &body)
            .await?
            .json(201)?;
        let server_id = text(&server, "/id")?;
        let channel_id = text(&server, "/channels/0/id")?;
        let join = format!("/api/v1/servers/{server_id}/join");
        let others: Vec<String> = stream::iter(1..people)
            .map(async |number| {
                let token = register(address, number).await?;
                let mut connection = Connection::open(address).await?;
                connection.post(&join, Some(&token), "").await?.json(200)?;
                anyhow::Ok(token)
            })
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(Self {
            channel_path: format!("/api/v1/servers/{server_id}/channels/{channel_id}"),
            tokens: [vec![owner], others].concat(),
        })
    }
}

pub(crate) async fn register(address: SocketAddr, number: usize) -> anyhow::Result<String> {
    let body = json!({
        "first_name": "Load",
        "last_name": "Generator",
        "username": format!("load{number}"),
        "email": format!("load{number}@example.org"),
        "password": "a password for measuring",
    });
    let mut connection = Connection::open(address).await?;
    let answer = connection
        .post("/api/v1/auth/register", None, &body.to_string())
        .await?
        .json(201)?;
    text(&answer, "/access_token")
}

pub(crate) fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {pointer} in the answer"))?.to_owned())
}
