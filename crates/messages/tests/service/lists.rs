//! History in pages (M1): at every edge.

use model::limits::{PAGE_DEFAULT, PAGE_MAX};
use serde_json::{Value, json};

use crate::{
    peers::{AUTHOR, BOB, TEXT, VOICE},
    world::{World, path, path_of, worlds},
};

/// A page: the numbers of its messages, and the cursor.
async fn page(world: &World, query: &str) -> (Vec<i64>, Option<String>) {
    let page = world
        .user(BOB)
        .get(&format!("{}?{query}", path(TEXT)))
        .await
        .expect(200);
    let seqs = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["seq"].as_i64().unwrap());
    (seqs.collect(), page["next"].as_str().map(str::to_owned))
}

async fn filled(world: &World, count: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for number in 0..count {
        let message = world.write(AUTHOR, TEXT, &number.to_string()).await;
        ids.push(message["id"].as_str().unwrap().to_owned());
    }
    world.write(AUTHOR, VOICE, "elsewhere").await;
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_channel_is_one_empty_page() {
    for world in worlds().await {
        for query in ["", "limit=100", "before=5", "after=5", "around=5"] {
            assert_eq!(page(&world, query).await, (vec![], None), "{}: {query}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_begin_and_end_where_they_should() {
    for world in worlds().await {
        let ids = filled(&world, 7).await;
        let id = |seq: usize| ids[seq - 1].clone();
        for (query, seqs, next) in [
            (String::new(), vec![7, 6, 5, 4, 3, 2, 1], None),
            ("limit=7".into(), vec![7, 6, 5, 4, 3, 2, 1], None),
            ("limit=6".into(), vec![7, 6, 5, 4, 3, 2], Some(id(2))),
            ("limit=1".into(), vec![7], Some(id(7))),
            (format!("before={}", id(7)), vec![6, 5, 4, 3, 2, 1], None),
            (format!("before={}&limit=2", id(4)), vec![3, 2], Some(id(2))),
            (format!("before={}&limit=2", id(3)), vec![2, 1], None),
            (format!("before={}", id(1)), vec![], None),
            ("before=1".into(), vec![], None),
            (format!("before={}", i64::MAX), vec![7, 6, 5, 4, 3, 2, 1], None),
            (format!("after={}", id(7)), vec![], None),
            (format!("after={}", id(5)), vec![7, 6], Some(id(6))),
            (format!("after={}&limit=2", id(1)), vec![3, 2], Some(id(2))),
            (format!("around={}&limit=3", id(4)), vec![5, 4, 3], Some(id(3))),
            (format!("around={}&limit=4", id(4)), vec![6, 5, 4, 3], Some(id(3))),
            (format!("around={}&limit=4", id(1)), vec![3, 2, 1], None),
            (format!("around={}&limit=4", id(7)), vec![7, 6, 5, 4], Some(id(4))),
            (format!("around={}&limit=1", id(4)), vec![4], Some(id(4))),
        ] {
            assert_eq!(page(&world, &query).await, (seqs, next), "{}: {query}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn walking_the_pages_meets_every_message_once() {
    for world in worlds().await {
        let ids = filled(&world, 23).await;
        for limit in [1, 5, 22, 23, 24] {
            let (mut met, mut query) = (Vec::new(), format!("limit={limit}"));
            loop {
                let (seqs, next) = page(&world, &query).await;
                assert!(seqs.len() <= limit);
                met.extend(seqs);
                let Some(next) = next else { break };
                query = format!("limit={limit}&before={next}");
            }
            assert_eq!(met, (1..=23).rev().collect::<Vec<_>>(), "{}: {limit}", world.kind);
        }
        // Upwards, from the newest of each page.
        let (mut met, mut after) = (Vec::<i64>::new(), 1_i64);
        loop {
            let (seqs, _) = page(&world, &format!("limit=4&after={after}")).await;
            let Some(newest) = seqs.first() else { break };
            after = ids[usize::try_from(*newest).unwrap() - 1].parse().unwrap();
            met.extend(seqs.iter().rev());
        }
        assert_eq!(met, (1..=23).collect::<Vec<i64>>(), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_at_most_a_hundred_and_fifty_if_nothing_is_asked() {
    for world in worlds().await {
        filled(&world, PAGE_MAX + 1).await;
        assert_eq!(page(&world, "").await.0.len(), PAGE_DEFAULT, "{}", world.kind);
        assert_eq!(page(&world, "limit=100").await.0.len(), PAGE_MAX, "{}", world.kind);
        let bob = world.user(BOB);
        for limit in ["0", "101", "65535"] {
            let answer = bob.get(&format!("{}?limit={limit}", path(TEXT))).await;
            answer.is_invalid("limit", "out_of_range");
        }
        for malformed in [
            "limit=x",
            "limit=-1",
            "limit=65536",
            "limit=",
            "limit=1&limit=2",
            "around=x",
        ] {
            let answer = bob.get(&format!("{}?{malformed}", path(TEXT))).await;
            answer.is_problem(400, "malformed_query");
        }
        for (query, field, code) in [
            ("before=x", "before", "invalid_format"),
            ("after=-1", "after", "invalid_format"),
            ("before=5&after=4", "after", "exclusive"),
            ("before=5&around=4", "around", "exclusive"),
            ("after=5&around=4", "around", "exclusive"),
        ] {
            bob.get(&format!("{}?{query}", path(TEXT)))
                .await
                .is_invalid(field, code);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_message_leaves_its_place_to_its_neighbours() {
    for world in worlds().await {
        let ids = filled(&world, 5).await;
        let third = json!({"server_id": "10", "channel_id": "20", "id": ids[2]});
        world.user(AUTHOR).delete(&path_of(&third)).await.expect(204);
        assert_eq!(page(&world, "").await, (vec![5, 4, 2, 1], None));
        assert_eq!(page(&world, &format!("before={}", ids[2])).await.0, [2, 1]);
        assert_eq!(page(&world, &format!("after={}", ids[2])).await.0, [5, 4]);
        assert_eq!(
            page(&world, &format!("around={}&limit=3", ids[2])).await.0,
            [4, 2, 1],
            "{}",
            world.kind
        );
        let whole: Value = world.user(BOB).get(&path(TEXT)).await.expect(200);
        assert!(
            whole["items"]
                .as_array()
                .unwrap()
                .iter()
                .all(|message| message["id"] != ids[2])
        );
    }
}
