//! WebSockets pass through the edge, and end when either side does.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{
        WebSocketUpgrade,
        ws::{CloseFrame, Message as Sent, WebSocket},
    },
    routing::any,
};
use contracts::calls::Service;
use futures::{SinkExt, StreamExt};
use http::StatusCode;
use platform::testing::certificates::Authority;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        protocol::{CloseFrame as ClientClose, frame::coding::CloseCode},
    },
};

use crate::{
    edge::{Edge, Plan},
    instance::Instance,
    patience::{soon, until},
};

const PATH: &str = "/api/v1/gateway";

/// How clients said goodbye.
type Goodbyes = Arc<Mutex<Vec<u16>>>;

/// Echoes texts; on "end" it ends with the code 4009.
async fn echo(mut socket: WebSocket, goodbyes: Goodbyes) {
    while let Some(Ok(message)) = socket.recv().await {
        match message {
            Sent::Text(text) if text == "end" => {
                let close = CloseFrame {
                    code: 4009,
                    reason: "session ended".into(),
                };
                socket.send(Sent::Close(Some(close))).await.unwrap();
            }
            Sent::Text(text) => socket.send(Sent::Text(text)).await.unwrap(),
            Sent::Close(Some(close)) => goodbyes.lock().unwrap().push(close.code),
            _ => {}
        }
    }
    goodbyes.lock().unwrap().push(0);
}

fn routes(goodbyes: &Goodbyes) -> Router {
    let goodbyes = Arc::clone(goodbyes);
    let answer = async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(move |socket| echo(socket, goodbyes));
    Router::new().route(PATH, any(answer))
}

fn gateway(goodbyes: &Goodbyes) -> Instance {
    Instance::start(routes(goodbyes))
}

fn plan(gateways: &[&Instance]) -> Plan {
    let at = gateways.iter().map(|gateway| gateway.at()).collect();
    Plan::new().with(Service::Gateway, &[PATH], at)
}

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn connect(edge: &Edge) -> Client {
    let url = format!("ws://{}{PATH}", edge.address);
    let (mut client, _) = soon("a WebSocket", connect_async(url)).await.expect("a WebSocket");
    assert_eq!(say(&mut client, "hello").await, Message::text("hello"));
    client
}

async fn say(client: &mut Client, text: &str) -> Message {
    client.send(Message::text(text)).await.unwrap();
    soon("an answer", client.next()).await.unwrap().unwrap()
}

/// Whether the connection ended, without a goodbye.
async fn broke(client: &mut Client) -> bool {
    !matches!(soon("the end", client.next()).await, Some(Ok(_)))
}

/// Says and hears something, and ends in either way.
async fn talk(edge: &Edge, goodbyes: &Goodbyes) {
    let mut client = connect(edge).await;
    let long = "x".repeat(100_000);
    assert_eq!(say(&mut client, &long).await, Message::text(long));
    let Message::Close(Some(close)) = say(&mut client, "end").await else {
        panic!("the gateway said no goodbye")
    };
    assert_eq!((u16::from(close.code), close.reason.as_str()), (4009, "session ended"));

    let mut client = connect(edge).await;
    let close = ClientClose {
        code: CloseCode::from(4001),
        reason: "bye".into(),
    };
    client.close(Some(close)).await.unwrap();
    until("the gateway hears the goodbye", async || {
        goodbyes.lock().unwrap().contains(&4001)
    })
    .await;
}

#[tokio::test]
async fn texts_and_close_codes_pass_in_both_directions() {
    let goodbyes = Goodbyes::default();
    let one = gateway(&goodbyes);
    let edge = plan(&[&one]).start_ready().await;
    talk(&edge, &goodbyes).await;
}

#[tokio::test]
async fn they_pass_with_tls_as_without_and_end_with_a_killed_gateway() {
    let authority = Authority::new("ours");
    let (its, _files) = authority.tls("127.0.0.1", &authority).await;
    let goodbyes = Goodbyes::default();
    let mut one = Instance::encrypted(&its, routes(&goodbyes));
    let (ours, _files) = authority.tls("edge", &authority).await;
    let edge = plan(&[&one]).showing(&ours).start_ready().await;
    talk(&edge, &goodbyes).await;
    let mut client = connect(&edge).await;
    one.kill().await;
    assert!(broke(&mut client).await);
}

#[tokio::test]
async fn a_client_that_goes_without_goodbye_is_gone_for_the_gateway_too() {
    let goodbyes = Goodbyes::default();
    let one = gateway(&goodbyes);
    let edge = plan(&[&one]).start_ready().await;
    drop(connect(&edge).await);
    until("the gateway notices", async || goodbyes.lock().unwrap().contains(&0)).await;
}

#[tokio::test]
async fn a_killed_gateway_ends_its_sockets_and_another_takes_the_next() {
    let (mut one, mut two) = (gateway(&Goodbyes::default()), gateway(&Goodbyes::default()));
    let edge = plan(&[&one, &two]).without_looking().start_ready().await;
    let mut client = connect(&edge).await;
    let (killed, left) = if one.served() > 0 {
        (&mut one, &two)
    } else {
        (&mut two, &one)
    };
    killed.kill().await;
    assert!(broke(&mut client).await);
    for _ in 0..20 {
        // The edge has not looked since: it finds out by being refused.
        connect(&edge).await;
    }
    assert_eq!(left.served(), 20);
}

#[tokio::test]
async fn sockets_end_when_the_edge_stops() {
    let goodbyes = Goodbyes::default();
    let one = gateway(&goodbyes);
    let edge = plan(&[&one]).start_ready().await;
    let mut client = connect(&edge).await;
    edge.shutdown.cancel();
    assert!(broke(&mut client).await);
    until("the gateway notices", async || goodbyes.lock().unwrap().contains(&0)).await;
}

#[tokio::test]
async fn a_refusal_of_the_gateway_passes() {
    let one = Instance::start(Router::new().route(PATH, any(async || (StatusCode::SERVICE_UNAVAILABLE, "full"))));
    let edge = plan(&[&one]).start_ready().await;
    let refused = connect_async(format!("ws://{}{PATH}", edge.address)).await;
    let Err(tokio_tungstenite::tungstenite::Error::Http(answer)) = refused else {
        panic!("it was not refused")
    };
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.body().as_deref(), Some(&b"full"[..]));
}
