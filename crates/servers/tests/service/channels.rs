//! Channels and folders.

use serde_json::{Value, json};

use crate::world::{ADA, BOB, World, id, worlds};

/// Ada's server: general, folder (one, two), and voice at the end.
struct Place {
    path: String,
    general: String,
    folder: String,
    one: String,
    two: String,
    voice: String,
}

async fn place(world: &World) -> Place {
    let server = world.server("public").await;
    let path = format!("/servers/{}/channels", id(&server));
    let create = async |body: Value| id(&world.user(ADA).post(&path, body).await.expect(201));
    let folder = create(json!({"name": "Folder", "kind": "folder"})).await;
    let one = create(json!({"name": "one", "kind": "text", "parent_id": folder, "topic": " first "})).await;
    let two = create(json!({"name": "two", "kind": "text", "parent_id": folder})).await;
    let voice = create(json!({"name": "Lounge", "kind": "voice"})).await;
    world.events().await;
    let general = id(&server["channels"][0]);
    Place {
        path,
        general,
        folder,
        one,
        two,
        voice,
    }
}

/// The ids at the top level and in the folder, by position.
async fn rows(world: &World, place: &Place) -> (Vec<String>, Vec<String>) {
    let all = world.user(BOB).get(&place.path).await.expect(200);
    let row = |parent: Value| {
        let items = all["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|channel| channel["parent_id"] == parent);
        let row: Vec<&Value> = items.collect();
        let keys: Vec<i64> = row
            .iter()
            .map(|channel| channel["position"].as_i64().unwrap())
            .collect();
        assert!(keys.is_sorted_by(|one, next| one < next), "{}: {all}", world.kind);
        row.into_iter().map(id).collect::<Vec<_>>()
    };
    (row(Value::Null), row(json!(place.folder)))
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_are_created_at_the_end() {
    for world in worlds().await {
        let place = place(&world).await;
        let Place {
            general,
            folder,
            one,
            two,
            voice,
            ..
        } = &place;
        assert_eq!(
            rows(&world, &place).await,
            (
                vec![general.clone(), folder.clone(), voice.clone()],
                vec![one.clone(), two.clone()]
            )
        );
        let seen = world.user(BOB).get(&format!("{}/{one}", place.path)).await.expect(200);
        assert_eq!(
            (&seen["topic"], &seen["parent_id"], &seen["kind"]),
            (&json!("first"), &json!(folder), &json!("text"))
        );
        let ada = world.user(ADA);
        let create = async |body: Value| ada.post(&place.path, body).await;
        create(json!({"name": "x", "kind": "folder", "parent_id": folder}))
            .await
            .is_invalid("parent_id", "folder_in_folder");
        create(json!({"name": "x", "kind": "text", "parent_id": general}))
            .await
            .is_invalid("parent_id", "not_a_folder");
        create(json!({"name": "x", "kind": "text", "parent_id": "77"}))
            .await
            .is_invalid("parent_id", "not_a_folder");
        create(json!({"name": "x", "kind": "stage"}))
            .await
            .is_invalid("kind", "invalid_format");
        create(json!({"name": "x\u{7}y", "kind": "text"}))
            .await
            .is_invalid("name", "invalid_character");
        create(json!({"kind": "text"})).await.is_invalid("name", "required");
        create(json!({"name": "x", "kind": "text", "topic": "x".repeat(1_025)}))
            .await
            .is_invalid("topic", "too_long");
        create(json!({"name": "x", "kind": "text", "parent_id": 7}))
            .await
            .is_problem(400, "malformed_json");
        assert!(
            world.events().await.is_empty(),
            "{}: nothing was told of what did not happen",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_renamed_and_moved() {
    for world in worlds().await {
        let place = place(&world).await;
        let Place {
            general,
            folder,
            one,
            two,
            voice,
            ..
        } = &place;
        let ada = world.user(ADA);
        let change = async |id: &str, body: Value| ada.patch(&format!("{}/{id}", place.path), body).await;
        let renamed = change(one, json!({"name": "  Uno  ", "topic": null})).await.expect(200);
        assert_eq!((&renamed["name"], &renamed["topic"]), (&json!("Uno"), &Value::Null));
        let moved = change(general, json!({"parent_id": folder})).await.expect(200);
        assert_eq!(moved["parent_id"], json!(folder), "{}", world.kind);
        assert_eq!(
            rows(&world, &place).await,
            (
                vec![folder.clone(), voice.clone()],
                vec![one.clone(), two.clone(), general.clone()]
            )
        );
        change(general, json!({"position": 0})).await.expect(200);
        assert_eq!(
            rows(&world, &place).await.1,
            [general.clone(), one.clone(), two.clone()]
        );
        change(general, json!({"parent_id": null, "position": 1}))
            .await
            .expect(200);
        assert_eq!(
            rows(&world, &place).await.0,
            [folder.clone(), general.clone(), voice.clone()]
        );
        change(folder, json!({"parent_id": folder}))
            .await
            .is_invalid("parent_id", "folder_in_folder");
        change(one, json!({"parent_id": voice}))
            .await
            .is_invalid("parent_id", "not_a_folder");
        change(one, json!({"name": null})).await.is_invalid("name", "required");
        change(one, json!({"position": null}))
            .await
            .is_invalid("position", "required");
        change(one, json!({"position": -1}))
            .await
            .is_problem(400, "malformed_json");
        change("77", json!({"name": "x"}))
            .await
            .is_problem(404, "channel_not_found");
        world.events().await;
        change(one, json!({"name": "Uno"})).await.expect(200);
        change(one, json!({})).await.expect(200);
        assert!(
            world.events().await.is_empty(),
            "{}: what changes nothing is not told",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_made_whole_or_not_at_all() {
    for world in worlds().await {
        let place = place(&world).await;
        let Place {
            general,
            folder,
            one,
            two,
            voice,
            ..
        } = &place;
        let ada = world.user(ADA);
        let order = async |list: Value| ada.patch(&place.path, json!({"channels": list})).await;
        let before = rows(&world, &place).await;
        let good = json!({"id": voice, "position": 0, "parent_id": null});
        order(json!([good, {"id": "77", "position": 0, "parent_id": null}]))
            .await
            .is_invalid("channels.1.id", "unknown_channel");
        order(json!([good, good]))
            .await
            .is_invalid("channels.1.id", "duplicate");
        order(json!([good, {"id": one, "position": 0, "parent_id": general}]))
            .await
            .is_invalid("channels.1.parent_id", "not_a_folder");
        order(json!([good, {"id": one, "position": 0, "parent_id": "77"}]))
            .await
            .is_invalid("channels.1.parent_id", "not_a_folder");
        order(json!([{"id": folder, "position": 0, "parent_id": folder}]))
            .await
            .is_invalid("channels.0.parent_id", "folder_in_folder");
        let many: Vec<Value> = (0..501).map(|_| good.clone()).collect();
        order(json!(many)).await.is_invalid("channels", "too_long");
        let other = world.server("public").await;
        let foreign = id(&other["channels"][0]);
        order(json!([{"id": foreign, "position": 0, "parent_id": null}]))
            .await
            .is_invalid("channels.0.id", "unknown_channel");
        assert_eq!(rows(&world, &place).await, before, "{}", world.kind);

        let wanted = json!([
            {"id": folder, "position": 0, "parent_id": null},
            {"id": voice, "position": 1, "parent_id": folder},
            {"id": two, "position": 0},
            {"id": one, "position": 1, "parent_id": null},
        ]);
        world.events().await;
        let all = order(wanted.clone()).await.expect(200);
        assert_eq!(all["items"].as_array().unwrap().len(), 5);
        let after = (
            vec![folder.clone(), one.clone(), general.clone()],
            vec![two.clone(), voice.clone()],
        );
        assert_eq!(rows(&world, &place).await, after, "{}", world.kind);
        assert_eq!(
            world.events().await.len(),
            3,
            "{}: each that moved is told of, and no other",
            world.kind
        );
        order(wanted).await.expect(200);
        assert!(
            world.events().await.is_empty(),
            "{}: the same order again moves nothing",
            world.kind
        );
        order(json!([])).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_goes_with_what_it_holds() {
    for world in worlds().await {
        let place = place(&world).await;
        let Place {
            general,
            folder,
            one,
            two,
            voice,
            ..
        } = &place;
        let ada = world.user(ADA);
        ada.delete(&format!("{}/{folder}", place.path)).await.expect(204);
        assert_eq!(
            rows(&world, &place).await,
            (vec![general.clone(), voice.clone()], vec![]),
            "{}",
            world.kind
        );
        for gone in [folder, one, two] {
            ada.get(&format!("{}/{gone}", place.path))
                .await
                .is_problem(404, "channel_not_found");
            ada.delete(&format!("{}/{gone}", place.path))
                .await
                .is_problem(404, "channel_not_found");
        }
        ada.delete(&format!("{}/{general}", place.path)).await.expect(204);
        ada.delete(&format!("{}/{voice}", place.path)).await.expect(204);
        assert_eq!(
            rows(&world, &place).await,
            (vec![], vec![]),
            "{}: even the last",
            world.kind
        );
    }
}
