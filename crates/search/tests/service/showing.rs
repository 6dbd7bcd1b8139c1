//! What is found is shown as it is now, to whom it may be shown now.

use serde_json::{Value, json};

use crate::{
    peers::{ADA, Peers, TEXT, VOICE},
    world::{world, zebras},
};

fn ids(found: &Value) -> Vec<&str> {
    let items = found["items"].as_array().unwrap().iter();
    items.map(|item| item["message"]["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_may_be_behind_and_nothing_shows_it() {
    let world = world(zebras()).await;
    world.finds(ADA, "query=zebra", 4).await;
    // Of this nobody is told.
    world.peers.change(TEXT, 1, Some("lion"));
    world.peers.change(VOICE, 1, None);
    world.peers.state().withheld.insert("23001".to_owned());
    let found = world.find(ADA, "query=zebra").await;
    assert_eq!((ids(&found), &found["total"]), (vec!["24001"], &json!(1)));
    assert_eq!(world.find(ADA, "query=lion").await["total"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_full_where_some_are_left_out() {
    let peers = Peers::new();
    for _ in 0..9 {
        peers.write(TEXT, "zebra");
    }
    let world = world(peers).await;
    world.finds(ADA, "query=zebra", 9).await;
    world
        .peers
        .state()
        .withheld
        .extend(["20009", "20007"].map(str::to_owned));
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = world.find(ADA, &format!("query=zebra&limit=3{cursor}")).await;
        let ids = ids(&page);
        seen.extend(ids.iter().map(|id| (*id).to_owned()));
        let Some(next) = page["next"].as_str() else { break };
        assert_eq!(ids.len(), 3, "{page}");
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, ["20008", "20006", "20005", "20004", "20003", "20002", "20001"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_shown_as_it_is_read_elsewhere() {
    let peers = Peers::new();
    let seq = peers.write(TEXT, "A red balloon");
    let world = world(peers).await;
    world.finds(ADA, "query=balloons+", 1).await;
    let found = world.find(ADA, "query=balloons+red").await;
    let message = world.peers.state().channels[&TEXT].messages[&seq].clone();
    let item = json!({ "message": message, "channel_id": TEXT.to_string(), "highlights": [[2, 5], [6, 13]] });
    let expected = json!({
        "items": [item], "next": null, "total": 1, "total_is_capped": false, "is_complete": true
    });
    assert_eq!(found, expected);
}
