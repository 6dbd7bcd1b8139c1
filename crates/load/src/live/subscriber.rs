//! A reader: a WebSocket that notes when frames with a time of writing arrive.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, bail};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

/// Stands before the time of writing in a text.
pub(crate) const MARK: &str = "written-at-";

const PATIENCE: Duration = Duration::from_mins(1);

/// An open WebSocket.
pub(crate) type Socket = WebSocketStream<TcpStream>;

/// Opens a WebSocket with buffers that leave room for ten thousand more.
pub(crate) async fn open(address: SocketAddr, path: &str) -> anyhow::Result<Socket> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default()
        .read_buffer_size(4 * 1024)
        .write_buffer_size(1024)
        .max_write_buffer_size(64 * 1024);
    let (socket, _) = client_async_with_config(format!("ws://{address}{path}"), stream, Some(config)).await?;
    Ok(socket)
}

/// Opens a connection to Beep's gateway and waits for `ready`.
pub(crate) async fn identify(address: SocketAddr, token: &str) -> anyhow::Result<Socket> {
    Ok(identify_sized(address, token).await?.0)
}

/// The same, with the size of `ready` in bytes.
pub(crate) async fn identify_sized(address: SocketAddr, token: &str) -> anyhow::Result<(Socket, usize)> {
    let mut socket = open(address, "/api/v1/gateway").await?;
    let frame = json!({ "op": "identify", "token": token }).to_string();
    socket.send(Message::text(frame)).await?;
    loop {
        let text = next_text(&mut socket).await?;
        let frame: Value = serde_json::from_str(&text)?;
        if frame["type"] == "ready" {
            return Ok((socket, text.len()));
        }
        if frame["op"] != "hello" {
            bail!("instead of ready: {text}");
        }
    }
}

/// Sends a heartbeat and waits for its answer.
pub(crate) async fn beat(socket: &mut Socket) -> anyhow::Result<()> {
    let frame = json!({ "op": "heartbeat", "seq": 1 }).to_string();
    socket.send(Message::text(frame)).await?;
    while !next_text(socket).await?.contains("heartbeat_ack") {}
    Ok(())
}

/// The next text, whatever it says.
pub(crate) async fn next_text(socket: &mut Socket) -> anyhow::Result<String> {
    loop {
        let message = timeout(PATIENCE, socket.next())
            .await?
            .context("the connection ended")??;
        match message {
            Message::Text(text) => return Ok(text.to_string()),
            Message::Close(frame) => bail!("closed: {frame:?}"),
            _ => {}
        }
    }
}

/// The time of writing in a frame, in microseconds since the measure began.
pub(crate) fn written_at(frame: &str) -> Option<u64> {
    let (_, rest) = frame.split_once(MARK)?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}
