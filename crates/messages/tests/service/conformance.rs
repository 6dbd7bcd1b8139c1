//! What peers are answered, in one process with them and apart.

use std::sync::atomic::Ordering;

use contracts::messages::{
    GetLastNumbersRequest, GetLastNumbersResponse, LastNumber, ListMessagesRequest, ListMessagesResponse,
    ListReadStatesRequest, ReadableServer, messages_client::MessagesClient,
};
use platform::rpc::testing::{Conformance, Shape, is_refused};
use serde_json::Value;
use tonic::{Code, Status};

use crate::{
    peers::{AUTHOR, BOB, SERVER, TEXT, VOICE},
    world::{World, path_of, worlds},
};

/// Ids that no server and no channel has.
pub(crate) const NOWHERE: [i64; 4] = [SERVER + 1, 0, i64::MIN, i64::MAX];

/// Shows of a call that it does what its peers rely on, in both shapes and on both databases.
pub(crate) async fn conform(method: &str, test: impl AsyncFn(&World, &Conformance)) {
    for shape in Shape::ALL {
        for world in worlds().await {
            let calls = Conformance::start(shape, world.server.clone(), &world.app).await;
            test(&world, &calls).await;
            calls.assert_complete(method);
        }
    }
}

async fn numbers(calls: &Conformance, server_id: i64) -> Result<GetLastNumbersResponse, Status> {
    let mut client = MessagesClient::new(calls.peer());
    let answer = client.get_last_numbers(GetLastNumbersRequest { server_id }).await?;
    Ok(answer.into_inner())
}

/// Channels with their last numbers, and whether the message is still there.
fn sorted(answer: &GetLastNumbersResponse) -> Vec<(i64, i64, bool)> {
    let last = |last: &LastNumber| (last.channel_id, last.seq, last.sent_at > 0);
    let mut all: Vec<_> = answer.channels.iter().map(last).collect();
    all.sort_unstable();
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_numbers_are_those_of_the_server_asked_for() {
    conform("GetLastNumbers", async |world, calls| {
        assert!(
            numbers(calls, SERVER).await.unwrap().channels.is_empty(),
            "{}",
            world.kind
        );
        for text in ["one", "two"] {
            world.write(AUTHOR, TEXT, text).await;
        }
        let last = world.write(AUTHOR, VOICE, "elsewhere").await;
        world.user(AUTHOR).delete(&path_of(&last)).await.expect(204);
        let asked = GetLastNumbersRequest { server_id: SERVER };
        let answer = calls
            .keeps_the_laws("GetLastNumbers", None, asked, async |peer, request| {
                MessagesClient::new(peer).get_last_numbers(request).await
            })
            .await;
        // The last one of the other channel was deleted.
        let mut expected = [(TEXT, 2, true), (VOICE, 1, false)];
        expected.sort_unstable();
        assert_eq!(sorted(&answer), expected, "{}", world.kind);
        for nowhere in NOWHERE {
            assert_eq!(
                sorted(&numbers(calls, nowhere).await.unwrap()),
                [],
                "{}: {nowhere}",
                world.kind
            );
        }
        world.db.go_away();
        is_refused(numbers(calls, SERVER).await, Code::Unavailable, "unavailable");
    })
    .await;
}

const fn range(after: i64, up_to: i64) -> ListMessagesRequest {
    ListMessagesRequest {
        server_id: SERVER,
        channel_id: TEXT,
        after,
        up_to,
    }
}

fn shown(answer: &ListMessagesResponse) -> Vec<(i64, Value)> {
    let messages = answer.messages.iter();
    messages
        .map(|message| (message.seq, serde_json::from_str(&message.message_json).unwrap()))
        .collect()
}

async fn listed(calls: &Conformance, request: ListMessagesRequest) -> Result<(Vec<(i64, Value)>, i64), Status> {
    let mut client = MessagesClient::new(calls.peer());
    let answer = client.list_messages(request).await?.into_inner();
    Ok((shown(&answer), answer.up_to))
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_listed_by_number_as_clients_see_them() {
    conform("ListMessages", async |world, calls| {
        let mut written = Vec::new();
        for number in 1..=4 {
            written.push(world.write(AUTHOR, TEXT, &number.to_string()).await);
        }
        world.user(AUTHOR).delete(&path_of(&written[2])).await.expect(204);
        let answer = calls
            .keeps_the_laws("ListMessages", None, range(1, 4), async |peer, request| {
                MessagesClient::new(peer).list_messages(request).await
            })
            .await;
        let what = format!("{} {:?}", world.kind, calls.shape());
        let expected = vec![(2, written[1].clone()), (4, written[3].clone())];
        assert_eq!((shown(&answer), answer.up_to), (expected, 4), "{what}");
        assert!(answer.messages.iter().all(|message| message.sent_at > 0), "{what}");

        let all = [1, 2, 4];
        for (after, up_to, numbers, answered_up_to) in [
            (0, i64::MAX, &all[..], 200),
            (-5, 4, &all[..], 4),
            (1, 2, &all[1..2], 2),
            (4, 4, &[], 4),
            (4, 1, &[], 1),
            (i64::MAX, i64::MAX, &[], i64::MAX),
            (i64::MIN, i64::MAX, &[], i64::MIN + 200),
        ] {
            let (messages, up_to_seen) = listed(calls, range(after, up_to)).await.unwrap();
            let seen: Vec<i64> = messages.iter().map(|(seq, _)| *seq).collect();
            assert_eq!(
                (&seen[..], up_to_seen),
                (numbers, answered_up_to),
                "{what}: {after} to {up_to}"
            );
        }
        for nowhere in NOWHERE {
            let elsewhere = ListMessagesRequest {
                server_id: nowhere,
                ..range(0, 10)
            };
            assert_eq!(
                listed(calls, elsewhere).await.unwrap(),
                (vec![], 10),
                "{what}: server {nowhere}"
            );
            let elsewhere = ListMessagesRequest {
                channel_id: nowhere,
                ..range(0, 10)
            };
            assert_eq!(
                listed(calls, elsewhere).await.unwrap(),
                (vec![], 10),
                "{what}: channel {nowhere}"
            );
        }
        // Of a longer range than one call answers for, the first part. They are of somebody whose name is not known yet.
        insert(world, VOICE, 1..=205).await;
        let many = ListMessagesRequest {
            channel_id: VOICE,
            ..range(0, i64::MAX)
        };
        world.peers.away.store(true, Ordering::SeqCst);
        is_refused(listed(calls, many).await, Code::Unavailable, "unavailable");
        world.peers.away.store(false, Ordering::SeqCst);
        let (messages, up_to) = listed(calls, many).await.unwrap();
        let seen: Vec<i64> = messages.iter().map(|(seq, _)| *seq).collect();
        assert_eq!((seen, up_to), ((1..=200).collect(), 200), "{what}");
        let rest = ListMessagesRequest { after: up_to, ..many };
        assert_eq!(listed(calls, rest).await.unwrap().0.len(), 5, "{what}");

        world.db.go_away();
        is_refused(listed(calls, range(0, 1)).await, Code::Unavailable, "unavailable");
    })
    .await;
}

/// Messages of Bob's, as if he had written them long ago.
async fn insert(world: &World, channel: i64, numbers: impl Iterator<Item = i64>) {
    let sql = "INSERT INTO messages (server_id, channel_id, id, seq, author_id, content, created_at)
               VALUES ($1, $2, $3, $4, $5, 'hello', 1)";
    let mut tx = world.db.begin().await.unwrap();
    for seq in numbers {
        let args = platform::args![SERVER, channel, 9_000_000 + seq, seq, BOB];
        tx.run(sql, args).await.unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn read_states_are_of_the_user_and_the_channels_that_are_named() {
    conform("ListReadStates", async |world, calls| {
        for channel in [TEXT, VOICE] {
            world.write(AUTHOR, channel, "@user-1002").await;
        }
        let readable = |server_id: i64, channel_ids: &[i64]| ReadableServer {
            server_id,
            joined_at: 0,
            role_ids: Vec::new(),
            channel_ids: channel_ids.to_vec(),
        };
        let asked = ListReadStatesRequest {
            user_id: BOB,
            servers: vec![readable(SERVER, &[VOICE, 1])],
        };
        let answer = calls
            .keeps_the_laws("ListReadStates", None, asked, async |peer, request| {
                MessagesClient::new(peer).list_read_states(request).await
            })
            .await;
        let states = |json: &str| serde_json::from_str::<Value>(json).unwrap();
        let expected = serde_json::json!([{
            "server_id": SERVER.to_string(), "channel_id": VOICE.to_string(), "last_seq": 1, "last_read_seq": 0,
            "last_read_id": null, "mention_count": 1
        }]);
        assert_eq!(states(&answer.read_states_json), expected, "{}", world.kind);
        let ask = async |servers: Vec<ReadableServer>, user_id: i64| {
            let mut client = MessagesClient::new(calls.peer());
            let answer = client
                .list_read_states(ListReadStatesRequest { user_id, servers })
                .await?;
            Ok::<Value, Status>(states(&answer.into_inner().read_states_json))
        };
        // What was there before one joined is nothing that one misses.
        let late = ReadableServer {
            joined_at: i64::MAX,
            ..readable(SERVER, &[VOICE])
        };
        let state = ask(vec![late], BOB).await.unwrap();
        assert_eq!(
            (&state[0]["last_read_seq"], &state[0]["mention_count"]),
            (&serde_json::json!(1), &serde_json::json!(0))
        );
        assert_eq!(ask(vec![], BOB).await.unwrap(), serde_json::json!([]));
        for nowhere in NOWHERE {
            let nothing = ask(vec![readable(nowhere, &[VOICE])], BOB).await;
            assert_eq!(nothing.unwrap(), serde_json::json!([]), "{}: {nowhere}", world.kind);
        }
        world.db.go_away();
        is_refused(
            ask(vec![readable(SERVER, &[VOICE])], BOB).await,
            Code::Unavailable,
            "unavailable",
        );
    })
    .await;
}
