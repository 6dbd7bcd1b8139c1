//! What the search is answered, in one process with it and apart: where it is behind, what has changed, and what was found
//! as a user sees it.

use contracts::messages::{
    ListChangesRequest, ListPositionsRequest, MessagePlace, ReadMessagesRequest, messages_client::MessagesClient,
};
use model::{SessionId, UserId};
use platform::{
    auth::Caller,
    rpc::testing::{Conformance, is_refused},
};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::{
    conformance::{NOWHERE, conform},
    peers::{ADA, AUTHOR, BOB, EVE, FORGETFUL, HIDDEN, MODERATOR, SERVER, TEXT, VOICE},
    world::{World, path, path_of},
};

/// Channels with the numbers of their last message and their last change.
async fn positions(calls: &Conformance, after: (i64, i64), limit: u32) -> Result<Vec<(i64, i64, i64)>, Status> {
    let request = ListPositionsRequest {
        after_server_id: after.0,
        after_channel_id: after.1,
        limit,
    };
    let answer = MessagesClient::new(calls.peer()).list_positions(request).await?;
    let channels = answer.into_inner().channels.into_iter();
    Ok(channels
        .inspect(|channel| assert_eq!(channel.server_id, SERVER))
        .map(|channel| (channel.channel_id, channel.last_seq, channel.last_change))
        .collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_those_of_all_channels_in_order() {
    conform("ListPositions", async |world, calls| {
        let first = world.write(AUTHOR, TEXT, "one").await;
        world.write(AUTHOR, TEXT, "two").await;
        world.write(AUTHOR, VOICE, "elsewhere").await;
        world.user(AUTHOR).delete(&path_of(&first)).await.expect(204);
        let all = ListPositionsRequest {
            after_server_id: 0,
            after_channel_id: 0,
            limit: 1_000,
        };
        calls
            .keeps_the_laws("ListPositions", None, all, async |peer, request| {
                MessagesClient::new(peer).list_positions(request).await
            })
            .await;
        let (text, voice) = ((TEXT, 2, 1), (VOICE, 1, 0));
        for (after, limit, expected) in [
            ((0, 0), u32::MAX, &[text, voice][..]),
            ((0, 0), 1, &[text]),
            ((SERVER, TEXT), 9, &[voice]),
            ((SERVER, VOICE), 9, &[]),
            ((SERVER - 1, i64::MAX), 9, &[text, voice]),
            ((0, 0), 0, &[]),
        ] {
            let seen = positions(calls, after, limit).await.unwrap();
            assert_eq!(seen, expected, "{}: {after:?}", world.kind);
        }
        world.db.go_away();
        is_refused(positions(calls, (0, 0), 1).await, Code::Unavailable, "unavailable");
    })
    .await;
}

/// Number of the change, number of the message, and its content and whether it is pinned, if it is there.
type Seen = (i64, i64, Option<(String, bool)>);

async fn changes(calls: &Conformance, request: ListChangesRequest) -> Result<Vec<Seen>, Status> {
    let answer = MessagesClient::new(calls.peer()).list_changes(request).await?;
    let shown = |json: String| {
        let message: Value = serde_json::from_str(&json).unwrap();
        (
            message["content"].as_str().unwrap().to_owned(),
            message["pinned"] == json!(true),
        )
    };
    let changes = answer.into_inner().changes.into_iter();
    Ok(changes
        .map(|change| (change.number, change.seq, change.message_json.map(shown)))
        .collect())
}

const fn after(after: i64) -> ListChangesRequest {
    ListChangesRequest {
        server_id: SERVER,
        channel_id: TEXT,
        after,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_changed_message_is_told_once_with_its_last_change() {
    conform("ListChanges", async |world, calls| {
        let mut written = Vec::new();
        for text in ["one", "two", "three", "four"] {
            written.push(world.write(AUTHOR, TEXT, text).await);
        }
        assert_eq!(
            changes(calls, after(0)).await.unwrap(),
            [],
            "{}: sending is no change",
            world.kind
        );
        let (author, ada) = (world.user(AUTHOR), world.user(ADA));
        let edit = |text: &str| json!({ "content": text });
        author.patch(&path_of(&written[0]), edit("uno")).await.expect(200);
        author.patch(&path_of(&written[1]), edit("due")).await.expect(200);
        let pin = format!(
            "/servers/{SERVER}/channels/{TEXT}/pins/{}",
            written[0]["id"].as_str().unwrap()
        );
        ada.put(&pin, Value::Null).await.expect(204);
        author.delete(&path_of(&written[2])).await.expect(204);
        let answer = calls
            .keeps_the_laws("ListChanges", None, after(0), async |peer, request| {
                MessagesClient::new(peer).list_changes(request).await
            })
            .await;
        assert_eq!(answer.changes.len(), 3, "{}", world.kind);
        let due = (2, 2, Some(("due".to_owned(), false)));
        let uno = |number, pinned| (number, 1, Some(("uno".to_owned(), pinned)));
        assert_eq!(
            changes(calls, after(0)).await.unwrap(),
            [due.clone(), uno(3, true), (4, 3, None)],
            "{}",
            world.kind
        );
        ada.delete(&pin).await.expect(204);
        let some = json!({ "message_ids": [written[3]["id"]] });
        ada.post(&format!("{}/bulk-delete", path(TEXT)), some).await.expect(204);
        let last = [uno(5, false), (6, 4, None)];
        assert_eq!(changes(calls, after(4)).await.unwrap(), last, "{}", world.kind);
        assert_eq!(changes(calls, after(6)).await.unwrap(), [], "{}", world.kind);
        for nowhere in NOWHERE {
            let server = ListChangesRequest {
                server_id: nowhere,
                ..after(0)
            };
            assert_eq!(changes(calls, server).await.unwrap(), [], "{}: {nowhere}", world.kind);
            let channel = ListChangesRequest {
                channel_id: nowhere,
                ..after(0)
            };
            assert_eq!(changes(calls, channel).await.unwrap(), [], "{}: {nowhere}", world.kind);
        }
        world.db.go_away();
        is_refused(changes(calls, after(0)).await, Code::Unavailable, "unavailable");
    })
    .await;
}

const fn caller(user: i64) -> Caller {
    Caller {
        user_id: UserId(user),
        session_id: SessionId(1),
    }
}

fn wanted(world: &World, messages: &[(i64, &Value)]) -> ReadMessagesRequest {
    let place = |(channel_id, message): &(i64, &Value)| MessagePlace {
        channel_id: *channel_id,
        message_id: message["id"].as_str().unwrap().parse().unwrap(),
    };
    assert!(!world.kind.is_empty());
    ReadMessagesRequest {
        server_id: SERVER,
        messages: messages.iter().map(place).collect(),
    }
}

/// The contents of what the user may read of it.
async fn read(calls: &Conformance, user: i64, request: ReadMessagesRequest) -> Result<Vec<String>, Status> {
    let asking = async { MessagesClient::new(calls.peer()).read_messages(request).await };
    let answer = calls.working_for(caller(user), asking).await?;
    let content = |json: &str| {
        let message: Value = serde_json::from_str(json).unwrap();
        message["content"].as_str().unwrap().to_owned()
    };
    let mut contents: Vec<String> = answer
        .into_inner()
        .messages
        .iter()
        .map(|message| content(&message.message_json))
        .collect();
    contents.sort_unstable();
    Ok(contents)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_read_as_the_user_may_read_it() {
    conform("ReadMessages", async |world, calls| {
        let text = world.write(AUTHOR, TEXT, "text").await;
        let voice = world.write(AUTHOR, VOICE, "voice").await;
        let forgetful = world.write(ADA, FORGETFUL, "forgetful").await;
        let hidden = world.write(ADA, HIDDEN, "hidden").await;
        let deleted = world.write(AUTHOR, TEXT, "deleted").await;
        world.user(AUTHOR).delete(&path_of(&deleted)).await.expect(204);
        let all = [
            (TEXT, &text),
            (VOICE, &voice),
            (FORGETFUL, &forgetful),
            (HIDDEN, &hidden),
            (TEXT, &deleted),
            // Where it is not.
            (VOICE, &text),
            (TEXT, &hidden),
        ];
        let request = wanted(world, &all);
        let answer = calls
            .keeps_the_laws(
                "ReadMessages",
                Some(caller(BOB)),
                wanted(world, &all[..1]),
                async |peer, request| MessagesClient::new(peer).read_messages(request).await,
            )
            .await;
        let shown: Value = serde_json::from_str(&answer.messages[0].message_json).unwrap();
        assert_eq!(shown, text, "{}", world.kind);
        for (user, expected) in [
            (BOB, &["text", "voice"][..]),
            (MODERATOR, &["text", "voice"]),
            (ADA, &["forgetful", "hidden", "text", "voice"]),
            (EVE, &[]),
        ] {
            let seen = read(calls, user, request.clone()).await.unwrap();
            assert_eq!(seen, expected, "{}: {user}", world.kind);
        }
        for nowhere in NOWHERE {
            let elsewhere = ReadMessagesRequest {
                server_id: nowhere,
                ..request.clone()
            };
            assert_eq!(
                read(calls, ADA, elsewhere).await.unwrap(),
                [""; 0],
                "{}: {nowhere}",
                world.kind
            );
        }
        let many = |count| ReadMessagesRequest {
            messages: vec![request.messages[0]; count],
            ..request.clone()
        };
        assert_eq!(read(calls, BOB, many(100)).await.unwrap(), ["text"], "{}", world.kind);
        is_refused(read(calls, BOB, many(101)).await, Code::InvalidArgument, "too_many_ids");
        world.db.go_away();
        is_refused(read(calls, BOB, many(1)).await, Code::Unavailable, "unavailable");
    })
    .await;
}
