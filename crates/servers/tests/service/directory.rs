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
        assert_eq!(find("100%25").await, [id(&full)], "{}: signs part words", world.kind);
        for wildcard in ["%25", "_", "f_n", "%25un", "%5C"] {
            let found = find(wildcard).await;
            assert!(found.is_empty(), "{}: {wildcard} is no wildcard: {found:?}", world.kind);
        }
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

#[tokio::test(flavor = "multi_thread")]
async fn what_fits_best_comes_first() {
    for world in worlds().await {
        let mut servers = Vec::new();
        for (name, description) in [
            ("Games", "We play chess in this club"),
            ("Club", "for chess"),
            ("Night club of chess", ""),
            ("Chess club Lyon", ""),
            ("chess CLUB", ""),
            ("Chess", "no other word"),
            ("Chessboards and clubs", ""),
        ] {
            servers.push(id(&found(&world, name, description, "public").await));
        }
        // Members come after how well a server fits.
        for (server, users) in [(0, vec![BOB, EVE]), (6, vec![BOB])] {
            for user in users {
                let path = format!("/servers/{}/join", servers[server]);
                world.user(user).post(&path, Value::Null).await.expect(200);
            }
        }
        let expected: Vec<&str> = [4, 3, 6, 2, 0, 1].iter().map(|at: &usize| &*servers[*at]).collect();
        let path = "/servers/discover?query=ch%C3%A9ss%20club";
        assert_eq!(
            ids(&world.user(BOB).get(path).await.expect(200)),
            expected,
            "{}",
            world.kind
        );
        // The same in pages, wherever they end.
        for limit in 1..=3 {
            let (mut paged, mut after) = (Vec::new(), String::new());
            loop {
                let page = world
                    .user(BOB)
                    .get(&format!("{path}&limit={limit}{after}"))
                    .await
                    .expect(200);
                paged.extend(ids(&page));
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
            }
            assert_eq!(paged, expected, "{}: by {limit}", world.kind);
        }
        let other = world
            .user(BOB)
            .get("/servers/discover?query=club%20chess")
            .await
            .expect(200);
        let expected: Vec<&str> = [6, 2, 3, 4, 0, 1].iter().map(|at: &usize| &*servers[*at]).collect();
        assert_eq!(ids(&other), expected, "{}: in any order of words", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_found_by_what_it_says_now() {
    for world in worlds().await {
        let server = id(&found(&world, "Robots", "wheels", "public").await);
        let finds = async |query: &str| {
            let path = format!("/servers/discover?query={query}");
            !ids(&world.user(BOB).get(&path).await.expect(200)).is_empty()
        };
        let change = async |change: Value| {
            let path = format!("/servers/{server}");
            world.user(ADA).patch(&path, change).await.expect(200);
        };
        let kind = world.kind;
        assert!(
            finds("robots").await && finds("whee").await && finds("").await,
            "{kind}"
        );
        change(json!({"name": "Androids"})).await;
        assert!(
            !finds("robots").await && finds("andro").await && finds("wheels").await,
            "{kind}"
        );
        change(json!({"description": "legs"})).await;
        assert!(!finds("wheels").await && finds("legs").await, "{kind}");
        change(json!({"visibility": "private"})).await;
        for query in ["", "androids", "andro", "legs", "leg%20and"] {
            assert!(!finds(query).await, "{kind}: {query}");
        }
        change(json!({"name": "Cyborgs"})).await;
        assert!(!finds("cyborgs").await, "{kind}");
        change(json!({"visibility": "public"})).await;
        assert!(
            finds("cyborgs").await && finds("legs").await && !finds("androids").await,
            "{kind}"
        );
        let gone = world.user(ADA).delete(&format!("/servers/{server}")).await;
        gone.expect(204);
        assert!(!finds("cyborgs").await && !finds("").await, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_from_before_an_upgrade_are_found_after_the_start() {
    for world in worlds().await {
        let public = id(&found(&world, "Robots", "wheels", "public").await);
        let private = id(&found(&world, "Robots in secret", "wheels", "private").await);
        for server in [&public, &private] {
            let unknown = "UPDATE servers SET words_version = 0, name_key = NULL WHERE server_id = $1";
            world.meddle(server, unknown, &[]).await;
            world
                .meddle(server, "DELETE FROM server_words WHERE server_id = $1", &[])
                .await;
        }
        let find = async || {
            let found = world.user(BOB).get("/servers/discover?query=wheel%20robots").await;
            ids(&found.expect(200))
        };
        assert!(find().await.is_empty(), "{}", world.kind);
        world.start_another().await;
        assert_eq!(find().await, [public], "{}", world.kind);
    }
}
