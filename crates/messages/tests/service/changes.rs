//! Editing and deleting (M2, M3), and what happens elsewhere.

use contracts::events::EventKind;
use serde_json::{Value, json};

use crate::{
    peers::{AUTHOR, BOB, MODERATOR, TEXT, VOICE},
    world::{becomes, path, path_of, worlds},
};

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_changes_the_content_and_nothing_else() {
    for world in worlds().await {
        let sent = world.write(AUTHOR, TEXT, "first").await;
        world.events().await;
        let edited = world
            .user(AUTHOR)
            .patch(&path_of(&sent), json!({"content": "second"}))
            .await
            .expect(200);
        assert!(edited["edited_at"].is_string(), "{edited}");
        let mut expected = sent.clone();
        expected["content"] = json!("second");
        expected["edited_at"] = edited["edited_at"].clone();
        assert_eq!(edited, expected, "{}", world.kind);
        assert_eq!(world.user(BOB).get(&path_of(&sent)).await.expect(200), edited);
        let told = world.events().await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].kind, EventKind::MessageUpdated);
        assert_eq!(serde_json::from_str::<Value>(told[0].data.get()).unwrap(), edited);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_is_gone_and_its_number_is_not_given_again() {
    for world in worlds().await {
        let sent = world.write(AUTHOR, TEXT, "first").await;
        world.events().await;
        world.user(MODERATOR).delete(&path_of(&sent)).await.expect(204);
        let told = world.events().await;
        assert_eq!(told.len(), 1);
        let gone = json!({"id": sent["id"], "seq": 1, "server_id": "10", "channel_id": "20"});
        assert_eq!(told[0].kind, EventKind::MessageDeleted);
        assert_eq!(serde_json::from_str::<Value>(told[0].data.get()).unwrap(), gone);
        let author = world.user(AUTHOR);
        author.get(&path_of(&sent)).await.is_problem(404, "message_not_found");
        author
            .patch(&path_of(&sent), json!({"content": "x"}))
            .await
            .is_problem(404, "message_not_found");
        author
            .delete(&path_of(&sent))
            .await
            .is_problem(404, "message_not_found");
        assert!(
            world.events().await.is_empty(),
            "{}: nothing is told of what is refused",
            world.kind
        );
        assert_eq!(world.write(AUTHOR, TEXT, "second").await["seq"], 2, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_delete_one_does() {
    for world in worlds().await {
        let sent = world.write(AUTHOR, TEXT, "first").await;
        world.events().await;
        let one = path_of(&sent);
        let answers = futures::future::join_all((0..32).map(|_| world.user(AUTHOR).delete(&one))).await;
        assert_eq!(
            answers.iter().filter(|answer| answer.status == 204).count(),
            1,
            "{}",
            world.kind
        );
        assert_eq!(world.events().await.len(), 1, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_name_stands_beside_old_messages() {
    for world in worlds().await {
        let sent = world.write(AUTHOR, TEXT, "first").await;
        let version = world
            .peers
            .change(|state| state.renamed = Some((AUTHOR, "Aaron".to_owned())));
        world
            .tell(EventKind::UserUpdated, version, Some(AUTHOR), Value::Null)
            .await;
        becomes("the new name", async || {
            let message = world.user(BOB).get(&path_of(&sent)).await.expect(200);
            message["author"]["display_name"] == "Aaron"
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_channel_takes_its_messages_with_it() {
    for world in worlds().await {
        for number in 0..3 {
            world.write(AUTHOR, TEXT, &number.to_string()).await;
        }
        world.write(AUTHOR, VOICE, "stays").await;
        let version = world.peers.change(|state| state.channels.retain(|id| *id != TEXT));
        let gone = json!({"id": TEXT.to_string(), "server_id": "10"});
        world.tell(EventKind::ChannelDeleted, version, None, gone).await;
        becomes("the rows are gone", async || world.rows(TEXT).await == (0, 0)).await;
        world
            .user(AUTHOR)
            .get(&path(TEXT))
            .await
            .is_problem(404, "channel_not_found");
        assert_eq!(world.rows(VOICE).await, (1, 1), "{}", world.kind);
        world
            .tell(EventKind::ServerDeleted, version + 1, None, json!({"id": "10"}))
            .await;
        becomes("the server's rows are gone", async || world.rows(VOICE).await == (0, 0)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_of_a_message_says_its_number() {
    for world in worlds().await {
        let message = world.write(AUTHOR, TEXT, "hello").await;
        let changed = json!({ "content": "hello again" });
        world.user(AUTHOR).patch(&path_of(&message), changed).await.expect(200);
        world.user(AUTHOR).delete(&path_of(&message)).await.expect(204);
        let seqs: Vec<_> = world.events().await.iter().map(|event| event.seq).collect();
        assert_eq!(seqs, [Some(1); 3], "{}", world.kind);
    }
}
