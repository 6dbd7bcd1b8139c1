//! Where newcomers begin, where it is said who joined, and channels in which one writes slowly.

use model::{Permission, PermissionSet};
use platform::args;
use serde_json::{Value, json};

use crate::{
    moderation::promote,
    world::{ADA, BOB, EVE, id, worlds},
};

#[tokio::test(flavor = "multi_thread")]
async fn default_and_system_channels_are_text_channels_that_the_actor_sees() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        promote(&world, &server, BOB, 5, &[Permission::ManageServer]).await;
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        let create = async |name: &str, kind: &str| {
            let body = json!({"name": name, "kind": kind});
            id(&ada.post(&format!("{path}/channels"), body).await.expect(201))
        };
        let [text, voice, folder, hidden] = [
            create("t", "text").await,
            create("v", "voice").await,
            create("f", "folder").await,
            create("h", "text").await,
        ];
        let hide = "INSERT INTO overwrites (server_id, channel_id, target_id, is_member, allowed, denied)
                    VALUES ($1, $2, $1, FALSE, 0, $3)";
        let view = PermissionSet::of(&[Permission::ViewChannel]);
        world
            .meddle(&server, hide, &args![hidden.parse::<i64>().unwrap(), view])
            .await;
        for field in ["default_channel_id", "system_channel_id"] {
            for wrong in [&voice, &folder] {
                bob.patch(&path, json!({field: wrong}))
                    .await
                    .is_invalid(field, "not_a_text_channel");
            }
            for unseen in [hidden.as_str(), "1"] {
                bob.patch(&path, json!({field: unseen}))
                    .await
                    .is_invalid(field, "unknown_channel");
            }
            let set = bob.patch(&path, json!({field: text})).await.expect(200);
            assert_eq!(set[field], json!(text), "{}", world.kind);
            assert_eq!(ada.get(&path).await.expect(200)[field], json!(text), "{}", world.kind);
            // Who is no member learns nothing of the inside.
            assert_eq!(
                world.user(EVE).get(&path).await.expect(200)[field],
                Value::Null,
                "{}",
                world.kind
            );
            let none = bob.patch(&path, json!({field: null})).await.expect(200);
            assert_eq!(none[field], Value::Null, "{}", world.kind);
        }
        let log = ada
            .get(&format!("{path}/audit-log?action=server.updated"))
            .await
            .expect(200);
        let changes = json!([{"field": "system_channel_id", "before": text, "after": null}]);
        assert_eq!(log["items"][0]["changes"], changes, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_mode_is_told_to_all_and_to_peers() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (path, server) = (format!("/servers/{}/channels", id(&server)), id(&server));
        let channels = world.user(BOB).get(&path).await.expect(200);
        let channel = format!("{path}/{}", id(&channels["items"][0]));
        let ada = world.user(ADA);
        let slow = ada
            .patch(&channel, json!({"slow_mode_seconds": 21_600}))
            .await
            .expect(200);
        assert_eq!(slow["slow_mode_seconds"], 21_600, "{}", world.kind);
        let request = contracts::servers::GetTenantRequest {
            server_id: server.parse().unwrap(),
        };
        let tenant = world
            .peer()
            .get_tenant(request)
            .await
            .unwrap()
            .into_inner()
            .tenant
            .unwrap();
        let told = tenant
            .channels
            .iter()
            .any(|channel| channel.slow_mode_seconds == 21_600);
        assert!(told, "{}", world.kind);
        for wrong in [-1, 21_601] {
            let answer = ada.patch(&channel, json!({"slow_mode_seconds": wrong})).await;
            answer.is_invalid("slow_mode_seconds", "out_of_range");
        }
        let off = ada
            .patch(&channel, json!({"slow_mode_seconds": null}))
            .await
            .expect(200);
        assert_eq!(off["slow_mode_seconds"], 0, "{}", world.kind);
        let log = ada.get(&format!("/servers/{server}/audit-log")).await.expect(200);
        let changes = json!([{"field": "slow_mode_seconds", "before": 21_600, "after": 0}]);
        assert_eq!(log["items"][0]["changes"], changes, "{}", world.kind);
        let folder = ada
            .post(&path, json!({"name": "f", "kind": "folder"}))
            .await
            .expect(201);
        let folder = format!("{path}/{}", id(&folder));
        let answer = ada.patch(&folder, json!({"slow_mode_seconds": 5})).await;
        answer.is_invalid("slow_mode_seconds", "not_for_folders");
    }
}
