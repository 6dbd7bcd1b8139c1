//! What peers are answered.

use contracts::messages::{GetLastNumbersRequest, ListMessagesRequest};
use serde_json::Value;

use crate::{
    peers::{AUTHOR, SERVER, TEXT, VOICE},
    world::{World, path_of, worlds},
};

async fn listed(world: &World, after: i64, up_to: i64) -> (Vec<(i64, Value)>, i64) {
    let request = ListMessagesRequest {
        server_id: SERVER,
        channel_id: TEXT,
        after,
        up_to,
    };
    let answer = world.calls.clone().list_messages(request).await.unwrap().into_inner();
    let message = |message: contracts::messages::NumberedMessage| {
        (message.seq, serde_json::from_str(&message.message_json).unwrap())
    };
    (answer.messages.into_iter().map(message).collect(), answer.up_to)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_numbers_are_those_of_the_server_asked_for() {
    for world in worlds().await {
        for text in ["one", "two"] {
            world.write(AUTHOR, TEXT, text).await;
        }
        let last = world.write(AUTHOR, VOICE, "elsewhere").await;
        world.user(AUTHOR).delete(&path_of(&last)).await.expect(204);
        let numbers = async |server_id| {
            let request = GetLastNumbersRequest { server_id };
            let answer = world
                .calls
                .clone()
                .get_last_numbers(request)
                .await
                .unwrap()
                .into_inner();
            let mut numbers: Vec<_> = answer
                .channels
                .iter()
                .map(|c| (c.channel_id, c.seq, c.sent_at > 0))
                .collect();
            numbers.sort_unstable();
            numbers
        };
        // The last one of the other channel was deleted.
        let mut expected = [(TEXT, 2, true), (VOICE, 1, false)];
        expected.sort_unstable();
        assert_eq!(numbers(SERVER).await, expected, "{}", world.kind);
        assert_eq!(numbers(SERVER + 1).await, [], "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_listed_by_number_as_clients_see_them() {
    for world in worlds().await {
        let mut written = Vec::new();
        for number in 1..=4 {
            written.push(world.write(AUTHOR, TEXT, &number.to_string()).await);
        }
        world.user(AUTHOR).delete(&path_of(&written[2])).await.expect(204);
        let expected = vec![(2, written[1].clone()), (4, written[3].clone())];
        assert_eq!(listed(&world, 1, 4).await, (expected, 4), "{}", world.kind);
        assert_eq!(listed(&world, 4, 4).await, (vec![], 4), "{}", world.kind);
        let (_, up_to) = listed(&world, 0, i64::MAX).await;
        assert_eq!(up_to, 200, "{}: a page", world.kind);
        assert_eq!(listed(&world, i64::MAX, i64::MAX).await.0, vec![], "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_of_a_message_says_its_number() {
    for world in worlds().await {
        let message = world.write(AUTHOR, TEXT, "hello").await;
        let changed = serde_json::json!({ "content": "hello again" });
        world.user(AUTHOR).patch(&path_of(&message), changed).await.expect(200);
        world.user(AUTHOR).delete(&path_of(&message)).await.expect(204);
        let seqs: Vec<_> = world.events().await.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, [Some(1); 3], "{}", world.kind);
    }
}
