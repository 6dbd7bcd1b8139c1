//! A client of the gateway that looks at every frame.

use std::{net::SocketAddr, time::Duration};

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest},
};

use crate::people::{Person, text};

/// How long something that must come may take.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// What came next.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    /// A frame.
    Frame(Value),
    /// The gateway closed the connection with this code.
    Closed(u16),
    /// The connection broke.
    Gone,
}

/// A connection to the gateway. Every event must carry the next number: anything else fails the test.
pub struct Live {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// From `ready`; empty before.
    pub session_id: String,
    /// The number of the last event.
    pub last: u64,
}

impl Live {
    /// Opens a connection with these headers and hears `hello`; the error is the status that refused it, if any.
    pub async fn open(address: SocketAddr, headers: &[(&'static str, String)]) -> Result<Self, Option<u16>> {
        let mut request = format!("ws://{address}/api/v1/gateway").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let socket = match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => socket,
            Err(Error::Http(response)) => return Err(Some(response.status().as_u16())),
            Err(_) => return Err(None),
        };
        let mut live = Self {
            socket,
            session_id: String::new(),
            last: 0,
        };
        match live.next().await {
            Heard::Frame(frame) if frame["op"] == "hello" => Ok(live),
            _ => Err(None),
        }
    }

    /// Opens a connection whose system keeps next to nothing that was not read.
    pub async fn connect_with_small_buffer(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4 * 1024).unwrap();
        let stream = MaybeTlsStream::Plain(socket.connect(address).await.unwrap());
        let url = format!("ws://{address}/api/v1/gateway");
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        let mut live = Self {
            socket,
            session_id: String::new(),
            last: 0,
        };
        assert_eq!(live.frame().await["op"], "hello");
        live
    }

    /// Opens a connection.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::open(address, &[]).await.expect("the gateway answers")
    }

    /// Begins a session and answers with what `ready` said.
    pub async fn identify(person: &Person) -> (Self, Value) {
        Self::identify_at(person.address, person).await
    }

    /// [`Live::identify`] at another address than the one where the person makes calls.
    pub async fn identify_at(address: SocketAddr, person: &Person) -> (Self, Value) {
        let mut live = Self::connect(address).await;
        live.send(&json!({ "op": "identify", "token": person.token })).await;
        let ready = live.event("ready").await;
        live.session_id = text(&ready["session_id"]);
        (live, ready)
    }

    /// Takes a session up again after its event `seq`; `None` when the gateway does not know it (any more).
    pub async fn resume(person: &Person, session_id: &str, seq: u64) -> Option<Self> {
        Self::resume_at(person.address, person, session_id, seq).await
    }

    /// [`Live::resume`] at another address than the one where the person makes calls.
    pub async fn resume_at(address: SocketAddr, person: &Person, session_id: &str, seq: u64) -> Option<Self> {
        let mut live = Self::connect(address).await;
        live.session_id = session_id.to_owned();
        live.last = seq;
        let frame = json!({ "op": "resume", "token": person.token, "session_id": session_id, "seq": seq });
        live.send(&frame).await;
        let answer = live.frame().await;
        match answer["op"].as_str() {
            Some("resumed") => Some(live),
            Some("invalid_session") => None,
            _ => panic!("neither resumed nor refused: {answer}"),
        }
    }

    /// Wishes to show this.
    pub async fn wish(&mut self, status: &str) {
        self.send(&json!({ "op": "presence", "status": status })).await;
    }

    /// Sends a frame. That the connection is gone is heard, not told here.
    pub async fn send(&mut self, frame: &Value) {
        self.send_message(Message::text(frame.to_string())).await;
    }

    /// Sends whatever this is.
    pub async fn send_message(&mut self, message: Message) {
        let _ = self.socket.send(message).await;
    }

    /// What comes next.
    pub async fn next(&mut self) -> Heard {
        tokio::time::timeout(PATIENCE, self.wait())
            .await
            .expect("nothing came from the gateway")
    }

    /// What comes within this time, if anything does.
    pub async fn next_within(&mut self, limit: Duration) -> Option<Heard> {
        tokio::time::timeout(limit, self.wait()).await.ok()
    }

    /// What comes next, however long it takes.
    pub async fn wait(&mut self) -> Heard {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Heard::Frame(self.read(&text)),
                Some(Ok(Message::Close(Some(frame)))) => return Heard::Closed(frame.code.into()),
                Some(Ok(Message::Close(None)) | Err(_)) | None => return Heard::Gone,
                Some(Ok(_)) => {}
            }
        }
    }

    fn read(&mut self, text: &str) -> Value {
        let frame: Value = serde_json::from_str(text).unwrap();
        if frame["op"] == "event" {
            let number = frame["seq"].as_u64().unwrap();
            assert_eq!(number, self.last + 1, "a hole or a double: {frame}");
            self.last = number;
        }
        frame
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Value {
        match self.next().await {
            Heard::Frame(frame) => frame,
            other => panic!("no frame: {other:?}"),
        }
    }

    /// The data of the next event, which must be of this type.
    pub async fn event(&mut self, kind: &str) -> Value {
        let frame = self.frame().await;
        assert_eq!(frame["type"], kind, "{frame}");
        frame["data"].clone()
    }

    /// The data of the next event of this type, whatever comes before.
    pub async fn event_among_others(&mut self, kind: &str) -> Value {
        let mut others = Vec::new();
        loop {
            match self.next_within(PATIENCE).await {
                Some(Heard::Frame(frame)) if frame["type"] == kind => return frame["data"].clone(),
                Some(Heard::Frame(frame)) => others.push(frame["type"].clone()),
                end => panic!("no {kind}, but {others:?} and then {end:?}"),
            }
        }
    }

    /// The code that the gateway closes with, whatever comes before; `None` when the connection just breaks.
    pub async fn close_code(&mut self) -> Option<u16> {
        loop {
            match self.next().await {
                Heard::Frame(_) => {}
                Heard::Closed(code) => return Some(code),
                Heard::Gone => return None,
            }
        }
    }

    /// Everything that waited for this client and has not been looked at. A closed connection has nothing more.
    pub async fn drain(&mut self) -> Vec<Value> {
        let mut frames = Vec::new();
        // The answer to a heartbeat overtakes the events that wait; they go out in the same write, before the next answer.
        for _ in 0..2 {
            self.send(&json!({ "op": "heartbeat", "seq": self.last })).await;
            while let Heard::Frame(frame) = self.next().await {
                if frame["op"] == "heartbeat_ack" {
                    break;
                }
                frames.push(frame);
            }
        }
        frames
    }
}
