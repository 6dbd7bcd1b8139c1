//! The search dies again and again while messages are sent, edited and deleted: in the end it finds what there is.

use std::time::Duration;

use api::{
    beep::{Database, Setup, Shape},
    patience,
    people::{Person, Server, id, text},
};
use futures::future::join_all;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

const KILLS: usize = 6;
/// Within this time after the last start everything is found.
const WITHIN: Duration = Duration::from_mins(1);
const WORDS: [&str; 4] = ["zebra", "lion", "otter", "heron"];

/// Sends, edits and deletes until it is told to stop.
async fn write(person: Person, server: Server, stop: CancellationToken) {
    let mut known: Vec<Value> = Vec::new();
    while !stop.is_cancelled() {
        let word = WORDS[rand::random_range(0..WORDS.len())];
        let content = json!({ "content": format!("{word} {}", known.len()) });
        let answer = person
            .try_send("POST", &server.messages(), api::http::Body::Json(content))
            .await;
        // Where it is one process, nobody answers while it is away; whether it is stored does not matter here.
        if let Ok(answer) = answer
            && answer.status == 201
        {
            known.push(answer.json());
        }
        if known.len() % 3 == 2 {
            let message = &known[rand::random_range(0..known.len())];
            let path = format!("{}/{}", server.messages(), id(message));
            let word = WORDS[rand::random_range(0..WORDS.len())];
            let body = api::http::Body::Json(json!({ "content": format!("{word} edited") }));
            let (method, body) = if known.len().is_multiple_of(2) {
                ("PATCH", body)
            } else {
                ("DELETE", api::http::Body::Empty)
            };
            let _ = person.try_send(method, &path, body).await;
        }
    }
}

/// The ids of all that is found; nothing as long as the edge has not seen that the search is back.
async fn found(person: &Person, server: &Server, word: &str) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("{}/search?limit=50&query={word}%20{cursor}", server.path());
        let answer = person.get(&path).await;
        if answer.status == 503 {
            return Vec::new();
        }
        let page = answer.expect(200);
        ids.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| id(&item["message"])),
        );
        if let Some(next) = page["next"].as_str() {
            cursor = format!("&cursor={next}");
            continue;
        }
        assert_eq!(page["total_is_capped"], false);
        let counted = page["total"].as_u64() == u64::try_from(ids.len()).ok();
        return if counted { ids } else { Vec::new() };
    }
}

async fn kill_the_search(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let setup = Setup::default().with("SEARCH__DIRECTORY", &index.display().to_string());
    let beep = setup.start(database).await;
    let owner = Person::sign_up(&beep).await;
    let server = owner.create_server("public").await;
    let stop = CancellationToken::new();
    let writers = (0..3).map(|_| tokio::spawn(write(owner.clone(), server.clone(), stop.clone())));
    let writers: Vec<_> = writers.collect();
    let part = match Shape::told() {
        Shape::Apart => beep.instances_of("search")[0].to_owned(),
        Shape::Together => beep.processes()[0].to_owned(),
    };
    for kill in 1..=KILLS {
        // Writing and the kill are to meet at every point of the way into the index.
        tokio::time::sleep(Duration::from_millis(rand::random_range(100..1_500))).await;
        beep.kill(&part);
        tokio::time::sleep(Duration::from_millis(rand::random_range(0..500))).await;
        if kill == KILLS {
            // Without its files it begins anew.
            std::fs::remove_dir_all(&index).unwrap();
        }
        beep.restart(&part).await;
    }
    stop.cancel();
    join_all(writers).await;
    let there = owner.read_all(&server.channel()).await;
    let mut all = 0;
    for word in WORDS {
        let of_word = there
            .iter()
            .filter(|message| text(&message["content"]).starts_with(word));
        // The newest by their ids: two that were sent at once to different instances may have their numbers the other way.
        let mut expected: Vec<String> = of_word.map(id).collect();
        expected.sort_unstable_by_key(|id| std::cmp::Reverse(id.parse::<i64>().unwrap()));
        all += expected.len();
        let what = format!("{database:?}: all {} of {word} are found", expected.len());
        patience::until(WITHIN, &what, async || {
            (found(&owner, &server, word).await == expected).then_some(())
        })
        .await;
    }
    println!("{database:?}: {all} messages are found after {KILLS} kills of {part}");
    assert!(all > 20, "nothing was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_dies_again_and_again_finds_everything_in_the_end() {
    join_all(Database::all().into_iter().map(kill_the_search)).await;
}
