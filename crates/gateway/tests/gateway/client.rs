//! A client of the gateway.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(10);

pub struct Client {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub session_id: String,
    pub last_seq: u64,
}

impl Client {
    /// Connects and hears `hello`.
    pub async fn connect(world: &World) -> Self {
        let (socket, _) = tokio_tungstenite::connect_async(format!("ws://{}/api/v1/gateway", world.address))
            .await
            .unwrap();
        let mut client = Self {
            socket,
            session_id: String::new(),
            last_seq: 0,
        };
        assert_eq!(client.frame().await["op"], "hello");
        client
    }

    /// Connects and identifies as the user's sign-in of the same number.
    pub async fn identify(world: &World, user: i64) -> Self {
        let mut client = Self::connect(world).await;
        client
            .send(&json!({ "op": "identify", "token": world.token(user, user) }))
            .await;
        let ready = client.event("ready").await;
        assert_eq!(ready["user"]["id"], user.to_string());
        ready["session_id"].as_str().unwrap().clone_into(&mut client.session_id);
        client
    }

    pub async fn send(&mut self, frame: &Value) {
        self.text(&frame.to_string()).await;
    }

    pub async fn text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Value {
        match self.next().await {
            Message::Text(text) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                if let Some(seq) = frame["seq"].as_u64().filter(|_| frame["op"] == "event") {
                    assert_eq!(seq, self.last_seq + 1, "a hole or a double: {frame}");
                    self.last_seq = seq;
                }
                frame
            }
            other => panic!("no text frame: {other:?}"),
        }
    }

    async fn next(&mut self) -> Message {
        tokio::time::timeout(PATIENCE, self.socket.next())
            .await
            .expect("nothing came")
            .expect("the socket ended")
            .unwrap()
    }

    /// The data of the next event, which must be of this type.
    pub async fn event(&mut self, kind: &str) -> Value {
        let frame = self.frame().await;
        assert_eq!(frame["type"], kind, "{frame}");
        frame["data"].clone()
    }

    /// The code that the gateway closes with, whatever comes before.
    pub async fn close_code(&mut self) -> u16 {
        loop {
            if let Message::Close(frame) = self.next().await {
                return frame.unwrap().code.into();
            }
        }
    }

    /// The code that the gateway closes with; nothing may come before.
    pub async fn ends_now(&mut self) -> u16 {
        match self.next().await {
            Message::Close(frame) => frame.unwrap().code.into(),
            other => panic!("{other:?}"),
        }
    }

    /// Everything that was told so far has arrived when the answer to a heartbeat has: nothing else may have come.
    pub async fn hears_nothing(&mut self) {
        // The bus, the hub and the queue work in order, but beside each other.
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.send(&json!({ "op": "heartbeat", "seq": self.last_seq })).await;
        assert_eq!(self.frame().await, json!({ "op": "heartbeat_ack" }));
    }
}
