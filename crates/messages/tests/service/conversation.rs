//! Mentions, answers, pins, reactions, and deleting several messages (M2, M4, M5, M9, M10).

use std::collections::BTreeSet;

use contracts::events::{Audience, EventKind};
use model::{ChannelId, ServerId};
use serde_json::{Value, json};

use crate::{
    peers::{ADA, AUTHOR, BOB, FORGETFUL, HIDDEN, MODERATOR, MODERATORS, SERVER, TEXT, VOICE},
    world::{World, becomes, path, path_of, worlds},
};

const THUMB: &str = "%F0%9F%91%8D";

fn pins(channel: i64) -> String {
    format!("/servers/{SERVER}/channels/{channel}/pins")
}

fn pin(message: &Value) -> String {
    format!("{}/{}", pins(TEXT), message["id"].as_str().unwrap())
}

fn ids(page: &Value) -> Vec<Value> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item["id"].clone()).collect()
}

async fn told(world: &World) -> Vec<(EventKind, Value)> {
    let events = world.events().await;
    let data = |json: &str| serde_json::from_str(json).unwrap();
    events
        .iter()
        .map(|event| (event.kind, data(event.data.get())))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_mentions_who_sees_it_and_what_its_author_may() {
    for world in worlds().await {
        let text = "@user-1002, see #general and #hidden. `@user-1004` @user-1003 @nobody @everyone @Team lead <@1004>";
        let sent = world.write(AUTHOR, TEXT, text).await;
        assert_eq!(sent["content"], text);
        let mentions = &sent["mentions"];
        // Eve is a stranger, and a member may call neither all nor a role.
        assert_eq!(mentions["user_ids"], json!(["1002", "1004"]), "{mentions}");
        assert_eq!(mentions["channel_ids"], json!(["20"]), "{mentions}");
        assert_eq!(
            (&mentions["everyone"], &mentions["role_ids"]),
            (&json!(false), &json!([]))
        );
        assert_eq!(
            mentions["tokens"],
            json!([
                {"text": "@user-1002", "kind": "user", "id": "1002"},
                {"text": "#general", "kind": "channel", "id": "20"},
                {"text": "<@1004>", "kind": "user", "id": "1004"}
            ])
        );
        let owner = world
            .write(ADA, HIDDEN, "@everyone @team LEAD: @user-1002 #hidden")
            .await;
        let mentions = &owner["mentions"];
        assert_eq!(mentions["user_ids"], json!([]), "Bob does not see the channel");
        assert_eq!(
            (&mentions["everyone"], &mentions["role_ids"]),
            (&json!(true), &json!(["30"]))
        );
        assert_eq!(
            mentions["tokens"][1],
            json!({"text": "@team LEAD", "kind": "role", "id": "30"})
        );
        assert_eq!(
            world.user(ADA).get(&path_of(&owner)).await.expect(200),
            owner,
            "{}",
            world.kind
        );

        // A role that everybody may mention; all are still for those with the right to it.
        let version = world.peers.change(|state| state.mentionable = true);
        world.tell(EventKind::RoleUpdated, version, None, json!({})).await;
        becomes("the role may be mentioned", async || {
            world.write(AUTHOR, TEXT, "@Team lead").await["mentions"]["role_ids"] == json!(["30"])
        })
        .await;
        let called = world.write(AUTHOR, TEXT, "@Team lead @everyone <@&30> <@&10>").await;
        let mentions = &called["mentions"];
        assert_eq!(
            (&mentions["everyone"], &mentions["role_ids"]),
            (&json!(false), &json!(["30"])),
            "{mentions}"
        );
        assert_eq!(mentions["tokens"].as_array().unwrap().len(), 2, "{mentions}");

        // An edit mentions anew.
        let edited = world
            .user(AUTHOR)
            .patch(&path_of(&sent), json!({"content": "@user-1004"}))
            .await;
        assert_eq!(edited.expect(200)["mentions"]["user_ids"], json!(["1004"]));
        // However often somebody is named, they are mentioned once; and no more than so many.
        let many: String = (0..80).map(|_| "@user-1002 #general ").collect();
        let sent = world.write(AUTHOR, TEXT, &many).await;
        assert_eq!(sent["mentions"]["tokens"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_goes_on_meaning_whom_it_meant_when_its_message_is_edited() {
    for world in worlds().await {
        let sent = world.write(AUTHOR, TEXT, "@user-1002, look").await;
        // One gives up the name, and another takes it.
        let version = world
            .peers
            .change(|state| state.usernames = vec![(1002, "bob"), (1004, "user-1002")]);
        for id in [1002, 1004] {
            world.tell(EventKind::UserUpdated, version, Some(id), Value::Null).await;
        }
        becomes("the name is another's", async || {
            world.write(AUTHOR, TEXT, "@user-1002").await["mentions"]["user_ids"] == json!(["1004"])
        })
        .await;
        let edit = async |content: &str| {
            let user = world.user(AUTHOR);
            let edited = user
                .patch(&path_of(&sent), json!({ "content": content }))
                .await
                .expect(200);
            edited["mentions"]["tokens"].clone()
        };
        let of = |text: &str, id: &str| json!({"text": text, "kind": "user", "id": id});
        assert_eq!(
            edit("@USER-1002, look here, @bob").await,
            json!([of("@USER-1002", "1002"), of("@bob", "1002")]),
            "{}",
            world.kind
        );
        assert_eq!(edit("nobody").await, json!([]));
        // What is written anew means what it means today.
        assert_eq!(
            edit("@user-1002").await,
            json!([of("@user-1002", "1004")]),
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_roles_and_channels_go_on_meaning_what_they_meant() {
    for world in worlds().await {
        let text = "@Team lead, come to #general";
        let sent = world.write(ADA, TEXT, text).await;
        // Both names are given up, and that of the channel is another's now.
        let version = world.peers.change(|state| {
            state.other_names = vec![(MODERATORS, "Guides"), (TEXT, "lobby"), (VOICE, "general")];
        });
        world.tell(EventKind::RoleUpdated, version, None, json!({})).await;
        becomes("the names are others", async || {
            let mentions = &world.write(ADA, TEXT, text).await["mentions"];
            (&mentions["role_ids"], &mentions["channel_ids"]) == (&json!([]), &json!([VOICE.to_string()]))
        })
        .await;
        let edit = json!({ "content": "@TEAM LEAD: #general, or #lobby, @guides" });
        let edited = world.user(ADA).patch(&path_of(&sent), edit).await.expect(200);
        let of = |text: &str, kind: &str, id: i64| json!({"text": text, "kind": kind, "id": id.to_string()});
        assert_eq!(
            edited["mentions"]["tokens"],
            json!([
                of("@TEAM LEAD", "role", MODERATORS),
                of("#general", "channel", TEXT),
                of("#lobby", "channel", TEXT),
                of("@guides", "role", MODERATORS)
            ]),
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_shows_what_it_answers_as_long_as_that_is_there() {
    for world in worlds().await {
        let naming = world.write(BOB, TEXT, "see #general").await;
        let answer = json!({"content": "seen", "reply_to": naming["id"]});
        let sent = world.user(AUTHOR).post(&path(TEXT), answer).await.expect(201);
        assert_eq!(naming["mentions"]["tokens"][0]["text"], "#general");
        assert_eq!(
            sent["reply_to"]["tokens"], naming["mentions"]["tokens"],
            "{}",
            world.kind
        );

        let question = world
            .write(BOB, TEXT, &format!("{} #general", "why ".repeat(100)))
            .await;
        let answer = json!({"content": "because", "reply_to": question["id"], "nonce": "n"});
        let sent = world.user(AUTHOR).post(&path(TEXT), answer.clone()).await.expect(201);
        let shown = &sent["reply_to"];
        assert_eq!((&shown["id"], &shown["deleted"]), (&question["id"], &json!(false)));
        assert_eq!(shown["author"], question["author"]);
        assert_eq!(shown["content"].as_str().unwrap().chars().count(), 200);
        assert_eq!(shown["tokens"], json!([]), "{}: what it names comes later", world.kind);
        assert_eq!(
            sent["mentions"]["user_ids"],
            json!([BOB.to_string()]),
            "Bob is called by it"
        );
        assert_eq!(world.user(AUTHOR).post(&path(TEXT), answer).await.expect(200), sent);
        assert_eq!(
            world.user(BOB).get(&path_of(&sent)).await.expect(200),
            sent,
            "{}",
            world.kind
        );
        let list = world.user(BOB).get(&path(TEXT)).await.expect(200);
        assert_eq!(list["items"][0], sent);
        let edited = world
            .user(AUTHOR)
            .patch(&path_of(&sent), json!({"content": "so"}))
            .await
            .expect(200);
        assert_eq!(edited["mentions"]["user_ids"], json!([BOB.to_string()]), "and still is");
        world.user(BOB).delete(&path_of(&question)).await.expect(204);
        let gone = json!({"id": question["id"], "deleted": true, "author": null, "content": null, "tokens": null, "attachment_count": null});
        let list = world.user(BOB).get(&path(TEXT)).await.expect(200);
        assert_eq!(list["items"][0]["reply_to"], gone);

        let own = world.write(AUTHOR, TEXT, "to myself").await;
        let answer = json!({"content": "x", "reply_to": own["id"]});
        let sent = world.user(AUTHOR).post(&path(TEXT), answer.clone()).await.expect(201);
        assert_eq!(sent["mentions"]["user_ids"], json!([]), "nobody calls themselves");
        // What is elsewhere, or was before for one who may not read that, cannot be answered.
        let user = world.user(AUTHOR);
        user.post(&path(FORGETFUL), answer)
            .await
            .is_invalid("reply_to", "unknown_message");
        let forgotten = world.write(BOB, FORGETFUL, "before").await;
        let answer = json!({"content": "x", "reply_to": forgotten["id"]});
        user.post(&path(FORGETFUL), answer.clone())
            .await
            .is_invalid("reply_to", "unknown_message");
        // Nor is it shown to those who may not when somebody else answers it.
        world.events().await;
        let sent = world.user(ADA).post(&path(FORGETFUL), answer).await.expect(201);
        let withheld = json!({"id": forgotten["id"], "deleted": false, "author": null, "content": null, "tokens": null, "attachment_count": null});
        assert_eq!(sent["reply_to"], withheld);
        assert_eq!(told(&world).await[0].1["reply_to"], withheld);
        let read = world.user(ADA).get(&path_of(&sent)).await.expect(200);
        assert_eq!(read["reply_to"]["content"], "before", "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_are_listed_the_last_first_and_told_of() {
    for world in worlds().await {
        let mut sent = Vec::new();
        for number in 0..3 {
            sent.push(world.write(BOB, TEXT, &number.to_string()).await);
        }
        world.events().await;
        let ada = world.user(ADA);
        for message in [&sent[0], &sent[2], &sent[1], &sent[2]] {
            ada.put(&pin(message), Value::Null).await.expect(204);
        }
        let events = told(&world).await;
        assert_eq!(events.len(), 3, "what is pinned already stays so");
        assert_eq!(events[0].0, EventKind::MessagePinned);
        let expected =
            json!({"id": sent[0]["id"], "seq": 1, "server_id": "10", "channel_id": "20", "user_id": ADA.to_string()});
        assert_eq!(events[0].1, expected);
        let list = world.user(BOB).get(&pins(TEXT)).await.expect(200);
        let items = list["items"].as_array().unwrap();
        assert_eq!(items.len(), 3);
        assert!(
            items
                .iter()
                .all(|item| item["pinned"] == true && item["pinned_by"]["id"].as_str() == Some("1001"))
        );
        let mut pages = Vec::new();
        let mut before = String::new();
        loop {
            let page = ada.get(&format!("{}?limit=1{before}", pins(TEXT))).await.expect(200);
            pages.extend(ids(&page));
            match page["next"].as_str() {
                Some(next) => before = format!("&before={next}"),
                None => break,
            }
        }
        assert_eq!(pages, ids(&list), "{}", world.kind);
        ada.get(&format!("{}?before=x", pins(TEXT)))
            .await
            .is_invalid("before", "invalid_format");
        assert_eq!(
            world.user(BOB).get(&path_of(&sent[0])).await.expect(200)["pinned"],
            true
        );

        ada.delete(&pin(&sent[0])).await.expect(204);
        ada.delete(&pin(&sent[0])).await.expect(204);
        let events = told(&world).await;
        assert_eq!(
            events.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            [EventKind::MessageUnpinned]
        );
        world.user(BOB).delete(&path_of(&sent[1])).await.expect(204);
        assert_eq!(
            ids(&ada.get(&pins(TEXT)).await.expect(200)),
            [sent[2]["id"].clone()],
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_has_so_many_pins_and_no_more() {
    for world in worlds().await {
        let first = world.write(BOB, TEXT, "one too many").await;
        let sql = "INSERT INTO messages (server_id, channel_id, id, seq, author_id, content, created_at, pinned_at, pinned_by)
                   VALUES ($1, $2, $3, $3, $4, 'x', 0, 1, $4)";
        let mut tx = world.db.begin().await.unwrap();
        for id in 1_000..1_249_i64 {
            tx.run(sql, platform::args![SERVER, TEXT, id, ADA]).await.unwrap();
        }
        tx.commit().await.unwrap();
        // Of two at once, one is left without.
        let second = world.write(BOB, TEXT, "two too many").await;
        let (first, second) = (pin(&first), pin(&second));
        let (one, other) = tokio::join!(
            world.user(ADA).put(&first, Value::Null),
            world.user(ADA).put(&second, Value::Null)
        );
        let statuses = BTreeSet::from([one.status, other.status]);
        assert_eq!(statuses, BTreeSet::from([204, 409]), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_counted_told_of_and_taken_back() {
    for world in worlds().await {
        let sent = world.write(BOB, TEXT, "hello").await;
        let reaction = |emoji: &str| format!("{}/reactions/{emoji}", path_of(&sent));
        let own = |emoji: &str| format!("{}/@me", reaction(emoji));
        world.events().await;
        for (user, emoji) in [(BOB, THUMB), (ADA, THUMB), (ADA, THUMB), (AUTHOR, "%E2%9D%A4")] {
            world.user(user).put(&own(emoji), Value::Null).await.expect(204);
        }
        let events = told(&world).await;
        assert_eq!(events.len(), 3, "a reaction is there once");
        let expected = json!({
            "message_id": sent["id"], "seq": 1, "server_id": "10", "channel_id": "20", "emoji": "👍",
            "user_id": ADA.to_string(), "count": 2
        });
        assert_eq!(events[1], (EventKind::MessageReactionAdded, expected));
        let seen = |me: bool| json!([{"emoji": "👍", "count": 2, "me": me}, {"emoji": "❤️", "count": 1, "me": false}]);
        assert_eq!(
            world.user(ADA).get(&path_of(&sent)).await.expect(200)["reactions"],
            seen(true)
        );
        assert_eq!(
            world.user(MODERATOR).get(&path(TEXT)).await.expect(200)["items"][0]["reactions"],
            seen(false)
        );
        let edited = world
            .user(BOB)
            .patch(&path_of(&sent), json!({"content": "changed"}))
            .await
            .expect(200);
        assert_eq!(edited["reactions"], seen(true), "{}", world.kind);
        assert_eq!(
            told(&world).await[0].1["reactions"],
            seen(false),
            "who is meant by me differs"
        );

        let page = world
            .user(BOB)
            .get(&format!("{}?limit=1", reaction(THUMB)))
            .await
            .expect(200);
        assert_eq!(ids(&page), [ADA.to_string()]);
        let next = page["next"].as_str().unwrap();
        let page = world
            .user(BOB)
            .get(&format!("{}?after={next}", reaction(THUMB)))
            .await
            .expect(200);
        assert_eq!(
            (ids(&page), &page["next"]),
            (vec![json!(BOB.to_string())], &Value::Null)
        );

        for _ in 0..2 {
            world.user(ADA).delete(&own(THUMB)).await.expect(204);
        }
        world
            .user(MODERATOR)
            .delete(&reaction("%E2%9D%A4%EF%B8%8F"))
            .await
            .expect(204);
        let events = told(&world).await;
        let counts: Vec<_> = events
            .iter()
            .map(|(kind, data)| (*kind, data["count"].clone(), data["user_id"].clone()))
            .collect();
        let removed = EventKind::MessageReactionRemoved;
        let expected = [
            (removed, json!(1), json!(ADA.to_string())),
            (removed, json!(0), Value::Null),
        ];
        assert_eq!(counts, expected, "{}", world.kind);
        world
            .user(ADA)
            .put(&own("x"), Value::Null)
            .await
            .is_invalid("emoji", "invalid_format");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_so_many_different_reactions_and_no_more() {
    for world in worlds().await {
        let sent = world.write(BOB, TEXT, "hello").await;
        let reaction = |emoji: &str| format!("{}/reactions/{emoji}/@me", path_of(&sent));
        // Clocks, one after the other.
        for number in 0..20 {
            let emoji = format!("%F0%9F%95%{:02X}", 0x90 + number);
            world.user(BOB).put(&reaction(&emoji), Value::Null).await.expect(204);
        }
        let more = world.user(ADA).put(&reaction(THUMB), Value::Null).await;
        more.is_problem(409, "too_many_reactions");
        world
            .user(ADA)
            .put(&reaction("%F0%9F%95%90"), Value::Null)
            .await
            .expect(204);
        let shown = world.user(ADA).get(&path_of(&sent)).await.expect(200);
        assert_eq!(shown["reactions"].as_array().unwrap().len(), 20, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_messages_are_deleted_at_once_with_all_that_belongs_to_them() {
    for world in worlds().await {
        let (first, second) = (
            world.write(BOB, TEXT, "@user-1001").await,
            world.write(AUTHOR, TEXT, "two").await,
        );
        let third = world.write(BOB, TEXT, "three").await;
        world
            .user(ADA)
            .put(&format!("{}/reactions/{THUMB}/@me", path_of(&first)), Value::Null)
            .await
            .expect(204);
        world.events().await;
        let bulk = format!("{}/bulk-delete", path(TEXT));
        let moderator = world.user(MODERATOR);
        let ids = json!({"message_ids": [first["id"], "1", second["id"]]});
        moderator.post(&bulk, ids).await.expect(204);
        let mut gone: Vec<Value> = told(&world)
            .await
            .into_iter()
            .map(|(_, data)| data["id"].clone())
            .collect();
        gone.sort_by_key(ToString::to_string);
        assert_eq!(gone, [first["id"].clone(), second["id"].clone()], "{}", world.kind);
        let left = world.user(BOB).get(&path(TEXT)).await.expect(200);
        assert_eq!(left["items"], json!([third]));
        for table in ["reactions", "mentions"] {
            let (rows,): (i64,) = world
                .db
                .one(&format!("SELECT COUNT(*) FROM {table}"), platform::args![])
                .await
                .unwrap();
            assert_eq!(rows, 0, "{}: {table}", world.kind);
        }
        moderator
            .post(&bulk, json!({"message_ids": []}))
            .await
            .is_invalid("message_ids", "required");
        let many: Vec<String> = (1..=101).map(|id: i64| id.to_string()).collect();
        moderator
            .post(&bulk, json!({"message_ids": many}))
            .await
            .is_invalid("message_ids", "too_long");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn that_somebody_writes_is_told_to_those_who_see_the_channel() {
    for world in worlds().await {
        world.events().await;
        let path = format!("/servers/{SERVER}/channels/{TEXT}/typing");
        world.user(BOB).post(&path, Value::Null).await.expect(204);
        let events = world.events().await;
        assert_eq!(events.len(), 1, "{}", world.kind);
        assert_eq!(events[0].kind, EventKind::TypingStarted);
        let place = (ServerId(SERVER), ChannelId(TEXT));
        let audience = Audience::Channel {
            server_id: place.0,
            channel_id: place.1,
        };
        assert_eq!(events[0].audience, audience);
        let data: Value = serde_json::from_str(events[0].data.get()).unwrap();
        assert_eq!(data["user"]["username"], "user-1002");
        assert!(data["started_at"].is_string());
    }
}
