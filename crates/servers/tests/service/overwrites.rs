//! Exceptions to the roles in a channel: what a member cannot see is not there.

use model::Permission;
use platform::args;
use serde_json::{Value, json};

use crate::world::{ADA, BOB, World, id, ids, worlds};

/// Takes a permission from everyone in a channel.
async fn deny(world: &World, server: &str, channel: &str, permission: Permission) {
    world
        .overwrite([server, channel], "role", server, [&[], &[permission]])
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_is_as_what_is_not() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/channels");
        let create = async |body: Value| id(&world.user(ADA).post(&path, body).await.expect(201));
        let folder = create(json!({"name": "staff", "kind": "folder"})).await;
        let inside = create(json!({"name": "plans", "kind": "text", "parent_id": folder})).await;
        let open = create(json!({"name": "open", "kind": "text"})).await;
        world.may_everyone(&server, &[Permission::ManageChannels]).await;
        deny(&world, &server, &folder, Permission::ViewChannel).await;
        let bob = world.user(BOB);
        let seen = ids(&bob.get(&path).await.expect(200));
        assert!(
            !seen.contains(&folder) && !seen.contains(&inside) && seen.contains(&open),
            "{}",
            world.kind
        );
        let detail = bob.get(&format!("/servers/{server}")).await.expect(200);
        assert_eq!(
            detail["channels"].as_array().unwrap().len(),
            2,
            "{}: {detail}",
            world.kind
        );
        let may = bob.get(&format!("/servers/{server}/permissions/@me")).await.expect(200);
        assert!(
            may["channels"].get(&inside).is_none() && may["channels"].get(&open).is_some(),
            "{may}"
        );
        for hidden in [&folder, &inside] {
            let path = format!("{path}/{hidden}");
            let hidden = bob.get(&path).await.is_problem(404, "channel_not_found");
            let nowhere = bob.get(&format!("/servers/{server}/channels/2")).await;
            assert_eq!(hidden, nowhere.is_problem(404, "channel_not_found"), "{}", world.kind);
            bob.patch(&path, json!({"name": "x"}))
                .await
                .is_problem(404, "channel_not_found");
            bob.delete(&path).await.is_problem(404, "channel_not_found");
        }
        let into = json!({"parent_id": folder});
        bob.patch(&format!("{path}/{open}"), into)
            .await
            .is_invalid("parent_id", "not_a_folder");
        bob.post(&path, json!({"name": "x", "kind": "text", "parent_id": folder}))
            .await
            .is_invalid("parent_id", "not_a_folder");
        let order = json!({"channels": [{"id": inside, "position": 0, "parent_id": null}]});
        bob.patch(&path, order)
            .await
            .is_invalid("channels.0.id", "unknown_channel");
        assert_eq!(
            ids(&world.user(ADA).get(&path).await.expect(200)).len(),
            4,
            "{}: the owner sees all",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_is_needed_in_each_channel_that_changes() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/channels");
        let create = async |body: Value| id(&world.user(ADA).post(&path, body).await.expect(201));
        let folder = create(json!({"name": "folder", "kind": "folder"})).await;
        let fixed = create(json!({"name": "fixed", "kind": "text", "parent_id": folder})).await;
        let free = create(json!({"name": "free", "kind": "text"})).await;
        world.may_everyone(&server, &[Permission::ManageChannels]).await;
        deny(&world, &server, &fixed, Permission::ManageChannels).await;
        let bob = world.user(BOB);
        for answer in [
            bob.patch(&format!("{path}/{fixed}"), json!({"name": "x"})).await,
            bob.delete(&format!("{path}/{fixed}")).await,
            bob.delete(&format!("{path}/{folder}")).await,
            bob.patch(
                &path,
                json!({"channels": [{"id": fixed, "position": 0, "parent_id": null}]}),
            )
            .await,
        ] {
            let problem = answer.is_problem(403, "missing_permission");
            assert!(
                problem["detail"].as_str().unwrap().contains("manage_channels"),
                "{problem}"
            );
        }
        bob.patch(&format!("{path}/{free}"), json!({"name": "freed", "parent_id": folder}))
            .await
            .expect(200);
        bob.delete(&format!("{path}/{free}")).await.expect(204);
        assert_eq!(ids(&bob.get(&path).await.expect(200)).len(), 3, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_and_a_time_out_count_at_once() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let bob = world.user(BOB);
        bob.patch(&path, json!({"name": "x"}))
            .await
            .is_problem(403, "missing_permission");
        let role = world.role(&server, &[Permission::ManageServer]).await;
        world.holds(&server, BOB, &[&role]).await;
        bob.patch(&path, json!({"name": "Bob's"})).await.expect(200);
        let me = bob.get(&path).await.expect(200)["me"].take();
        assert_eq!(me["role_ids"], json!([role]), "{}", world.kind);
        let page = bob.get(&format!("{path}/members?query=bob")).await.expect(200);
        assert_eq!(page["items"][0], me, "{}", world.kind);
        let time_out = "UPDATE members SET timeout_until = $3 WHERE server_id = $1 AND user_id = $2";
        world
            .meddle(&server, time_out, &args![BOB, i64::from(u32::MAX) * 1_000])
            .await;
        bob.patch(&path, json!({"name": "x"}))
            .await
            .is_problem(403, "missing_permission");
        world.meddle(&server, time_out, &args![BOB, 1_i64]).await;
        bob.patch(&path, json!({"name": "again"})).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_told_what_they_may_where_it_differs() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let create = async |body: Value| {
            id(&world
                .user(ADA)
                .post(&format!("{path}/channels"), body)
                .await
                .expect(201))
        };
        let folder = create(json!({"name": "f", "kind": "folder"})).await;
        let quiet = create(json!({"name": "quiet", "kind": "text", "parent_id": folder})).await;
        let hidden = create(json!({"name": "hidden", "kind": "text"})).await;
        deny(&world, &server, &folder, Permission::SendMessages).await;
        deny(&world, &server, &hidden, Permission::ViewChannel).await;
        let bob = world.user(BOB);
        let detail = bob.get(&path).await.expect(200);
        let may = bob.get(&format!("{path}/permissions/@me")).await.expect(200);
        let differing = detail["channel_permissions"].as_object().unwrap();
        assert_eq!(
            differing.keys().collect::<Vec<_>>(),
            [&folder, &quiet],
            "{}: {detail}",
            world.kind
        );
        for (channel, permissions) in differing {
            assert_eq!(permissions, &may["channels"][channel], "{}", world.kind);
        }
        let private = |detail: &Value| -> Vec<String> {
            let channels = detail["channels"].as_array().unwrap().iter();
            channels.filter(|channel| channel["private"] == true).map(id).collect()
        };
        assert!(private(&detail).is_empty(), "{}: {detail}", world.kind);
        let all = world.user(ADA).get(&path).await.expect(200);
        assert_eq!(private(&all), [hidden], "{}", world.kind);
        assert_eq!(
            all["channel_permissions"],
            json!({}),
            "{}: the owner may all everywhere",
            world.kind
        );
    }
}

/// What Bob sees and hears while Ada does things with a channel that he does not see.
#[tokio::test(flavor = "multi_thread")]
async fn positions_tell_nothing_of_hidden_channels() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}/channels");
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        let create = async |name: &str| id(&ada.post(&path, json!({"name": name, "kind": "text"})).await.expect(201));
        let (one, hidden, two) = (create("one").await, create("hidden").await, create("two").await);
        deny(&world, &server, &hidden, Permission::ViewChannel).await;
        let before = bob.get(&path).await.expect(200);
        world.events().await;
        let itself = format!("{path}/{hidden}");
        ada.patch(&itself, json!({"position": 0})).await.expect(200);
        ada.patch(&itself, json!({"position": 9})).await.expect(200);
        let order = json!({"channels": [{"id": hidden, "position": 1}]});
        ada.patch(&path, order).await.expect(200);
        ada.delete(&itself).await.expect(204);
        assert_eq!(bob.get(&path).await.expect(200), before, "{}", world.kind);
        let about_others = world
            .events()
            .await
            .into_iter()
            .filter(|event| !event.data.get().contains(&hidden));
        assert_eq!(about_others.count(), 0, "{}: told of a channel that stayed", world.kind);

        // A place is one among what the caller sees: Bob's first and second are not counted with what is hidden between.
        world.may_everyone(&server, &[Permission::ManageChannels]).await;
        let hidden = create("hidden again").await;
        deny(&world, &server, &hidden, Permission::ViewChannel).await;
        ada.patch(&format!("{path}/{hidden}"), json!({"position": 0}))
            .await
            .expect(200);
        bob.patch(&format!("{path}/{two}"), json!({"position": 1}))
            .await
            .expect(200);
        let seen = ids(&bob.get(&path).await.expect(200));
        assert_eq!((seen.len(), &seen[1], &seen[2]), (3, &two, &one), "{}", world.kind);
    }
}
