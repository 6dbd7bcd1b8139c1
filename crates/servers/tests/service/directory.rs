//! Finding public servers.

use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, ids, worlds};

async fn found(world: &World, name: &str, description: &str, visibility: &str) -> Value {
    let server = world
        .user(ADA)
        .post("/servers", json!({"name": name, "visibility": visibility}))
        .await
        .expect(201);
    let path = format!("/servers/{}", id(&server));
    world
        .user(ADA)
        .patch(&path, json!({"description": description}))
        .await
        .expect(200)
}

#[tokio::test(flavor = "multi_thread")]
async fn public_servers_are_found_by_what_they_say() {
    for world in worlds().await {
        let chess = found(&world, "Échecs", "Ouvertures et FINALES", "public").await;
        let full = found(&world, "100% fun", "a_b", "public").await;
        found(&world, "Échecs privés", "finales", "private").await;
        let find = async |query: &str| {
            ids(&world
                .user(BOB)
                .get(&format!("/servers/discover?query={query}"))
                .await
                .expect(200))
        };
        assert_eq!(find("ECHECS").await, [id(&chess)], "{}", world.kind);
        assert_eq!(find("%C3%A9chec").await, [id(&chess)], "{}", world.kind);
        assert_eq!(find("finales").await, [id(&chess)], "{}: by description", world.kind);
        assert_eq!(
            find("0%25").await,
            [id(&full)],
            "{}: a wildcard is a letter",
            world.kind
        );
        assert_eq!(find("_").await, [id(&full)], "{}: a wildcard is a letter", world.kind);
        assert_eq!(find("").await, [id(&chess), id(&full)], "{}", world.kind);
        assert!(find("nothing").await.is_empty());
        world
            .user(ADA)
            .patch(&format!("/servers/{}", id(&chess)), json!({"visibility": "private"}))
            .await
            .expect(200);
        assert!(find("echecs").await.is_empty(), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_with_most_members_come_first_in_pages() {
    for world in worlds().await {
        let mut servers = Vec::new();
        for number in 0..5 {
            servers.push(found(&world, &format!("Server {number}"), "", "public").await);
        }
        for (server, users) in [(3, vec![BOB, EVE]), (1, vec![EVE])] {
            for user in users {
                let path = format!("/servers/{}/join", id(&servers[server]));
                world.user(user).post(&path, Value::Null).await.expect(200);
            }
        }
        let expected: Vec<String> = [3, 1, 0, 2, 4].iter().map(|at: &usize| id(&servers[*at])).collect();
        let (mut paged, mut joined, mut after) = (Vec::new(), Vec::new(), String::new());
        loop {
            let page = world
                .user(BOB)
                .get(&format!("/servers/discover?limit=2{after}"))
                .await
                .expect(200);
            paged.extend(ids(&page));
            joined.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|server| server["joined"] == true),
            );
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        assert_eq!(paged, expected, "{}", world.kind);
        assert_eq!(
            joined,
            [true, false, false, false, false],
            "{}: Bob is in one",
            world.kind
        );
    }
}
