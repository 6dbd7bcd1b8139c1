//! Messages are found by what they are, by whoever may read them, and by nobody else.

use std::time::Duration;

use api::{
    beep::{Database, shared},
    patience,
    people::{Person, Server, id, text},
};
use futures::future::join_all;
use serde_json::{Value, json};

/// Within this time a message is found.
const WITHIN: Duration = Duration::from_secs(20);

/// The contents of what is found, in order.
fn contents(found: &Value) -> Vec<String> {
    let items = found["items"].as_array().unwrap().iter();
    items.map(|item| text(&item["message"]["content"])).collect()
}

/// What is found with these parameters in the server, or wherever `path` is.
async fn find(person: &Person, path: &str, parameters: &str) -> Value {
    person.get(&format!("{path}/search?{parameters}")).await.expect(200)
}

/// Waits until this is found, and nothing else.
async fn finds(person: &Person, path: &str, parameters: &str, expected: &[&str]) {
    let mut last = Value::Null;
    let what = format!("{parameters} finds {expected:?}");
    patience::until(WITHIN, &what, async || {
        last = find(person, path, parameters).await;
        (contents(&last) == expected && last["total"] == expected.len() && last["is_complete"] == true).then_some(())
    })
    .await;
    assert_eq!(last["total_is_capped"], false);
}

async fn find_all_kinds(database: Database) {
    let beep = shared(database).await;
    let (owner, friend) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
    let server = owner.create_server("public").await;
    friend.join(&server).await;
    let elsewhere = server.with_channel(&owner.create_channel(&server, "elsewhere").await);
    let first = owner.send_message(&server, "Des ballons rouges à Lyon").await;
    let second = friend
        .send_message(&server, "The balloon is connected: https://beep.example")
        .await;
    let third = owner
        .send_message(&elsewhere, &format!("@{} ballons, err_404", friend.username))
        .await;
    let (all, here) = (server.path(), server.channel());
    finds(
        &owner,
        &all,
        "query=ballon+",
        &[&text(&third["content"]), &text(&first["content"])],
    )
    .await;
    let [a, b, c] = [&first, &second, &third].map(|message| text(&message["content"]));
    for (path, parameters, expected) in [
        (&all, "query=ball".to_owned(), &[&c, &b, &a][..]),
        (&here, "query=ball".to_owned(), &[&b, &a]),
        (&all, "query=ball&sort=oldest".to_owned(), &[&a, &b, &c]),
        (&all, "query=\"ballons rouges\"".to_owned(), &[&a]),
        (&all, "query=LYON+-rouge".to_owned(), &[]),
        (&all, "query=ballons+-lyon".to_owned(), &[&c]),
        (&all, "query=connection+".to_owned(), &[&b]),
        (&all, "query=404".to_owned(), &[&c]),
        (&all, "has=link".to_owned(), &[&b]),
        (&all, "has=image".to_owned(), &[]),
        (&all, format!("author={}", friend.id), &[&b]),
        (&all, format!("mentions={}", friend.id), &[&c]),
        (&all, format!("query=ball&channel={}", elsewhere.channel_id), &[&c]),
        (&all, format!("before={}", id(&second)), &[&a]),
        (&all, format!("query=ball&after={}", id(&second)), &[&c]),
        (&all, "query=ball&after=2100-01-01".to_owned(), &[]),
    ] {
        let expected: Vec<&str> = expected.iter().map(|content| content.as_str()).collect();
        finds(&friend, path, &parameters, &expected).await;
    }
    let page = find(&friend, &all, "query=ball&limit=2&sort=relevant").await;
    let next = find(
        &friend,
        &all,
        &format!("query=ball&limit=2&sort=relevant&cursor={}", text(&page["next"])),
    )
    .await;
    let mut both = [contents(&page), contents(&next)].concat();
    both.sort();
    assert_eq!(both.len(), 3, "{page} {next}");
    assert_eq!(
        (&page["total"], &next["total"], &next["next"]),
        (&json!(3), &json!(3), &Value::Null)
    );
    // It is the message as it is read elsewhere.
    let found = find(&friend, &all, "query=rouges").await;
    assert_eq!(
        found["items"][0]["message"],
        friend.get(&path_of(&server, &first)).await.expect(200)
    );
    assert_eq!(found["items"][0]["channel_id"], server.channel_id);
    assert_eq!(found["items"][0]["highlights"], json!([[12, 18]]));
    follow_changes(&owner, &server, (&first, &second)).await;
}

fn path_of(server: &Server, message: &Value) -> String {
    format!("{}/{}", server.messages(), id(message))
}

/// What is edited, pinned or deleted is found as it is.
async fn follow_changes(owner: &Person, server: &Server, (first, second): (&Value, &Value)) {
    let (all, place) = (server.path(), path_of(server, first));
    let pin = format!("{}/pins/{}", server.channel(), id(first));
    owner.send("PUT", &pin, api::http::Body::Empty).await.expect(204);
    finds(owner, &all, "pinned=true", &[&text(&first["content"])]).await;
    owner.patch(&place, json!({ "content": "green" })).await.expect(200);
    // At once: what was found by its old text is compared with the new one.
    assert_eq!(contents(&find(owner, &all, "query=rouges").await), [""; 0]);
    finds(owner, &all, "query=green&pinned=true", &["green"]).await;
    finds(owner, &all, "query=rouges", &[]).await;
    owner.delete(&path_of(server, second)).await.expect(204);
    assert_eq!(contents(&find(owner, &all, "query=connected").await), [""; 0]);
    finds(owner, &all, "query=connected", &[]).await;
    owner.delete(&pin).await.expect(204);
    finds(owner, &all, "pinned=true", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_found_by_what_they_are() {
    join_all(Database::all().into_iter().map(find_all_kinds)).await;
}

async fn find_only_what_may_be_read(database: Database) {
    let beep = shared(database).await;
    let (owner, member) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
    let server = owner.create_server("public").await;
    member.join(&server).await;
    let hidden = owner.create_private_channel(&server, "hidden").await;
    let forgetful = server.with_channel(&owner.create_channel(&server, "forgetful").await);
    let denied = json!({ "kind": "role", "deny": ["read_history"] });
    owner
        .overwrite(&forgetful.channel(), &server.id, denied)
        .await
        .expect(200);
    for (place, words) in [
        (&server, "zebra here"),
        (&hidden, "zebra hidden"),
        (&forgetful, "zebra forgotten"),
    ] {
        owner.send_message(place, words).await;
    }
    let all = server.path();
    finds(
        &owner,
        &all,
        "query=zebra",
        &["zebra forgotten", "zebra hidden", "zebra here"],
    )
    .await;
    finds(&member, &all, "query=zebra", &["zebra here"]).await;
    finds(
        &member,
        &all,
        &format!("query=zebra&channel={}", hidden.channel_id),
        &[],
    )
    .await;
    finds(&member, &forgetful.channel(), "query=zebra", &[]).await;
    let search = format!("{}/search?query=zebra", hidden.channel());
    member.get(&search).await.is_problem(404, "channel_not_found");
    // Given and taken away, it counts at once.
    let seen = json!({ "kind": "member", "allow": ["view_channel"] });
    owner.overwrite(&hidden.channel(), &member.id, seen).await.expect(200);
    finds(&member, &hidden.channel(), "query=zebra", &["zebra hidden"]).await;
    let unseen = json!({ "kind": "member", "deny": ["view_channel"] });
    owner.overwrite(&hidden.channel(), &member.id, unseen).await.expect(200);
    let found = find(&member, &all, "query=zebra").await;
    assert_eq!(
        (contents(&found), &found["total"]),
        (vec!["zebra here".to_owned()], &json!(1))
    );
    owner.kick(&server, &member).await;
    let search = format!("{all}/search?query=zebra");
    member.get(&search).await.is_problem(404, "server_not_found");
    // What is deleted with its channel, or goes with a ban, is not there any more.
    owner.delete(&hidden.channel()).await.expect(204);
    finds(&owner, &all, "query=zebra", &["zebra forgotten", "zebra here"]).await;
    member.join(&server).await;
    member
        .send_message(&server, "zebra of somebody who will be banned")
        .await;
    finds(&owner, &all, "query=banned", &["zebra of somebody who will be banned"]).await;
    let ban = json!({ "delete_messages_seconds": 3_600 });
    let path = format!("{all}/bans/{}", member.id);
    owner.send("PUT", &path, api::http::Body::Json(ban)).await;
    finds(&owner, &all, "query=banned", &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_found_that_may_not_be_read() {
    join_all(Database::all().into_iter().map(find_only_what_may_be_read)).await;
}
