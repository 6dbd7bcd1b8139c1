//! Frames that are wrong, too large or too many: each has its close code, and nobody else notices.

use api::{
    beep::{Database, shared},
    gateway::{Heard, Live},
    http::{Caller, Credentials},
    people::Person,
};
use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

/// A text frame of these bytes, whatever they are.
fn text_frame(bytes: Vec<u8>) -> Message {
    Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_frame_ends_the_connection_with_its_code() {
    let beep = shared(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let nested = format!(
        r#"{{"op":"heartbeat","seq":{}1{}}}"#,
        "[".repeat(1_500),
        "]".repeat(1_500)
    );
    let long = format!(r#"{{"op":"heartbeat","seq":1{}}}"#, " ".repeat(4_096));
    for (code, message) in [
        (4002, Message::text("")),
        (4002, Message::text("beep")),
        (4002, Message::text("[]")),
        (4002, Message::text("{}")),
        (4002, Message::text("\u{feff}{\"op\":\"heartbeat\"}")),
        (4002, Message::text(r#"{"op":"heartbeat","seq":NaN}"#)),
        (4002, Message::text(r#"{"op":"heartbeat","seq":-1}"#)),
        (4002, Message::text(r#"{"op":"heartbeat","seq":1e400}"#)),
        (4002, Message::text(r#"{"op":"heartbeat","op":"presence"}"#)),
        (4002, Message::text(r#"{"op":"presence","status":"\ud800"}"#)),
        (4002, Message::text(r#"{"op":"presence","status":"offline"}"#)),
        (4002, Message::text(r#"{"op":"subscribe","server_id":"1 OR 1=1"}"#)),
        (4002, Message::text(nested)),
        (4001, Message::text(r#"{"op":"fly"}"#)),
        (4001, Message::text(r#"{"op":""}"#)),
        (4005, Message::text(r#"{"op":"identify"}"#)),
        (4005, Message::text(r#"{"op":"resume","session_id":"x","seq":0}"#)),
        (4011, Message::text(long)),
        (4011, Message::binary(b"{\"op\":\"heartbeat\"}".to_vec())),
    ] {
        let what = format!("{message:?}").chars().take(120).collect::<String>();
        let (mut live, _) = Live::identify(&person).await;
        live.send_message(message).await;
        assert_eq!(live.close_code().await, Some(code), "{what}");
    }
    let (mut live, _) = Live::identify(&person).await;
    live.send_message(text_frame(vec![b'"', 0xff, 0xfe, b'"'])).await;
    let code = live.close_code().await;
    assert!(matches!(code, None | Some(1007 | 4002)), "{code:?}");
    let (mut live, _) = Live::identify(&person).await;
    assert_eq!(live.drain().await, Vec::<serde_json::Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_frames_end_the_connection_and_not_the_session() {
    let beep = shared(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let (mut live, _) = Live::identify(&person).await;
    for _ in 0..61 {
        live.send(&json!({ "op": "heartbeat", "seq": 1 })).await;
    }
    assert_eq!(live.close_code().await, Some(4008));
    assert!(Live::resume(&person, &live.session_id, live.last).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resume_of_what_never_was_leads_to_a_new_session_on_the_same_connection() {
    let beep = shared(Database::Sqlite).await;
    let person = Person::sign_up(&beep).await;
    let (known, _) = Live::identify(&person).await;
    for (session_id, seq) in [
        ("", 0),
        ("\u{1f41d}", 1),
        (known.session_id.as_str(), u64::MAX),
        (&known.session_id, 9),
    ] {
        let mut live = Live::connect(beep.address).await;
        let frame = json!({ "op": "resume", "token": person.token, "session_id": session_id, "seq": seq });
        live.send(&frame).await;
        assert_eq!(live.frame().await["op"], "invalid_session", "{session_id} {seq}");
        live.send(&json!({ "op": "identify", "token": person.token })).await;
        live.event("ready").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_upgrade_is_answered_as_http() {
    let beep = shared(Database::Sqlite).await;
    let nobody = Caller::nobody(beep.address);
    let answer = nobody.get("/gateway").await;
    assert!((400..500).contains(&answer.status), "{}", answer.text());
    assert_ne!(answer.code(), "", "{}", answer.text());
    let half = Credentials::Browser(vec![
        ("connection", "upgrade".to_owned()),
        ("upgrade", "h2c".to_owned()),
    ]);
    let answer = nobody.with(half).get("/gateway").await;
    assert!((400..500).contains(&answer.status), "{}", answer.text());
    let person = Person::sign_up(&beep).await;
    let (mut live, _) = Live::identify(&person).await;
    live.send_message(Message::Ping(vec![1; 100].into())).await;
    live.send(&json!({ "op": "heartbeat" })).await;
    assert_eq!(live.next().await, Heard::Frame(json!({ "op": "heartbeat_ack" })));
}
