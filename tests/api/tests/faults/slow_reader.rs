//! A client that never reads costs little, is let go, and gets everything when it comes back.

use api::{
    beep::{Database, shared},
    gateway::{Heard, Live},
    people::Person,
};
use serde_json::json;

/// More than the buffers of both systems and the gateway's queue hold, but no more events than a session keeps.
const MESSAGES: u64 = 600;

#[tokio::test(flavor = "multi_thread")]
async fn who_never_reads_is_closed_and_can_resume_without_a_hole() {
    let beep = shared(Database::Sqlite).await;
    let (owner, slow) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
    let server = owner.create_server("public").await;
    slow.join(&server).await;
    let mut live = Live::connect_with_small_buffer(beep.address).await;
    live.send(&json!({ "op": "identify", "token": slow.token })).await;
    let ready = live.event("ready").await;
    live.session_id = api::people::text(&ready["session_id"]);
    // 16 KB each.
    let content = "\u{1f41d}".repeat(4_000);
    for _ in 0..MESSAGES {
        owner.send_message(&server, &content).await;
    }
    let mut received = 0;
    let end = loop {
        match live.next().await {
            Heard::Frame(frame) if frame["type"] == "message.created" => received += 1,
            Heard::Frame(frame) => panic!("{frame}"),
            end => break end,
        }
    };
    assert!(
        matches!(end, Heard::Closed(4010) | Heard::Gone) && received < MESSAGES,
        "{received} received, then {end:?}"
    );
    let mut resumed = Live::resume(&slow, &live.session_id, live.last)
        .await
        .expect("the session can be resumed");
    while received < MESSAGES {
        let message = resumed.event("message.created").await;
        received += 1;
        assert_eq!(message["seq"], received);
    }
}
