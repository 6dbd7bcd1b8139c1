//! Overwrites made through the API, what comes of them for members, and why.

use contracts::events::{Audience, EventKind};
use model::{
    ChannelId,
    Permission::{self, Connect, ManageRoles, ReadHistory, SendMessages, ViewChannel},
    PermissionSet, ServerId,
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, worlds};

/// What a member may do in a channel, and why, as the owner is told.
async fn explained(world: &World, server: &str, channel: &str, user: i64) -> Value {
    let path = format!("/servers/{server}/channels/{channel}/permissions/{user}");
    world.user(ADA).get(&path).await.expect(200)
}

/// Whether the member may do this, and what decided.
async fn decided(world: &World, place: [&str; 2], user: i64, permission: Permission) -> (bool, Value) {
    let explained = explained(world, place[0], place[1], user).await;
    let mut reasons = explained["reasons"].as_array().unwrap().iter();
    let reason = reasons
        .find(|reason| reason["permission"] == permission.name())
        .unwrap();
    (reason["allowed"] == true, reason["because"].clone())
}

fn because(kind: &str, role: Option<&str>, channel: Option<&str>) -> Value {
    json!({"kind": kind, "role_id": role, "channel_id": channel})
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_made_changed_and_removed_and_leaves_the_others() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server, general) = (id(&server), id(&server["channels"][0]));
        let role = world.role(&server, &[]).await;
        let ada = world.user(ADA);
        let overwrites = format!("/servers/{server}/channels/{general}/overwrites");
        let one = |target: &str, kind: &str, allow: Value, deny: Value| json!({"channel_id": general, "target_id": target, "kind": kind, "allow": allow, "deny": deny});
        let none = json!([]);
        let body = json!({"kind": "role", "allow": ["connect"], "deny": ["send_messages"]});
        let made = ada.put(&format!("{overwrites}/{role}"), body).await.expect(200);
        assert_eq!(
            made,
            one(&role, "role", json!(["connect"]), json!(["send_messages"])),
            "{}",
            world.kind
        );
        let bob = BOB.to_string();
        let of_bob = ada
            .put(
                &format!("{overwrites}/{bob}"),
                json!({"kind": "member", "deny": ["speak"]}),
            )
            .await
            .expect(200);
        world.events().await;
        let path = format!("{overwrites}/{server}");
        let of_all = ada
            .put(&path, json!({"kind": "role", "deny": ["view_channel"]}))
            .await
            .expect(200);
        let events = world.events().await;
        let audience = Audience::Channel {
            server_id: ServerId(server.parse().unwrap()),
            channel_id: ChannelId(general.parse().unwrap()),
        };
        assert_eq!(
            (events.len(), events[0].kind, events[0].audience),
            (1, EventKind::ChannelUpdated, audience),
            "{}",
            world.kind
        );
        assert!(events[0].tenant_version.is_some());
        let told: Value = serde_json::from_str(events[0].data.get()).unwrap();
        let shown = ada
            .get(&format!("/servers/{server}/channels/{general}"))
            .await
            .expect(200);
        assert_eq!((&told, &told["private"]), (&shown, &json!(true)), "{}", world.kind);
        assert!(
            !events[0].data.get().contains("deny"),
            "{}: overwrites are not for all",
            world.kind
        );

        ada.put(&path, json!({"kind": "role", "deny": ["view_channel"]}))
            .await
            .expect(200);
        ada.delete(&format!("{overwrites}/1")).await.expect(204);
        assert!(
            world.events().await.is_empty(),
            "{}: nothing new is not told",
            world.kind
        );
        let list = ada.get(&overwrites).await.expect(200);
        let mut expected = vec![of_bob.clone(), of_all, made];
        expected.sort_by_key(|one| one["target_id"].as_str().unwrap().parse::<i64>().unwrap());
        assert_eq!(list["items"], json!(expected), "{}", world.kind);

        ada.put(&path, json!({"kind": "role"})).await.expect(200);
        ada.delete(&format!("{overwrites}/{role}")).await.expect(204);
        assert_eq!(world.events().await.len(), 2, "{}", world.kind);
        let list = ada.get(&overwrites).await.expect(200);
        let empty = one(&server, "role", none.clone(), none);
        assert_eq!(list["items"], json!([of_bob, empty]), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn among_roles_an_allowance_outweighs_a_denial() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server, general) = (id(&server), id(&server["channels"][0]));
        let place = [server.as_str(), general.as_str()];
        let [muted, talker] = [world.role(&server, &[]).await, world.role(&server, &[]).await];
        world.holds(&server, BOB, &[&muted]).await;
        world.overwrite(place, "role", &muted, [&[], &[SendMessages]]).await;
        let by = |role: &str| because("role_overwrite", Some(role), Some(&general));
        assert_eq!(
            decided(&world, place, BOB, SendMessages).await,
            (false, by(&muted)),
            "{}",
            world.kind
        );
        // The role that silences stands above; still the other's allowance counts.
        world.overwrite(place, "role", &talker, [&[SendMessages], &[]]).await;
        world.holds(&server, BOB, &[&muted, &talker]).await;
        assert_eq!(
            decided(&world, place, BOB, SendMessages).await,
            (true, by(&talker)),
            "{}",
            world.kind
        );
        // What silences one member whatever their roles is an overwrite for the member.
        world
            .overwrite(place, "member", &BOB.to_string(), [&[], &[SendMessages]])
            .await;
        let by_member = because("member_overwrite", None, Some(&general));
        assert_eq!(
            decided(&world, place, BOB, SendMessages).await,
            (false, by_member),
            "{}",
            world.kind
        );
        assert_eq!(
            decided(&world, place, ADA, SendMessages).await,
            (true, because("owner", None, None))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_reaches_the_channels_in_it_whatever_they_say_themselves() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let channels = format!("/servers/{server}/channels");
        let ada = world.user(ADA);
        let create = async |body: Value| id(&ada.post(&channels, body).await.expect(201));
        let folder = create(json!({"name": "folder", "kind": "folder"})).await;
        let edited = create(json!({"name": "edited", "kind": "text", "parent_id": folder})).await;
        let plain = create(json!({"name": "plain", "kind": "text", "parent_id": folder})).await;
        let open = create(json!({"name": "open", "kind": "text", "parent_id": folder})).await;
        world
            .overwrite([&server, &edited], "role", &server, [&[Connect], &[]])
            .await;
        world
            .overwrite([&server, &open], "role", &server, [&[ViewChannel], &[]])
            .await;
        world.events().await;
        let deny: [&[Permission]; 2] = [&[], &[SendMessages]];
        world.overwrite([&server, &folder], "role", &server, deny).await;
        let by_folder = because("role_overwrite", Some(&server), Some(&folder));
        for channel in [&folder, &edited, &plain, &open] {
            let decision = decided(&world, [&server, channel], BOB, SendMessages).await;
            assert_eq!(decision, (false, by_folder.clone()), "{}", world.kind);
        }
        let told = |events: &[std::sync::Arc<contracts::events::Event>]| -> Vec<String> {
            let data = events
                .iter()
                .map(|event| serde_json::from_str::<Value>(event.data.get()).unwrap());
            let mut all: Vec<String> = data.map(|channel| id(&channel)).collect();
            all.sort();
            all
        };
        assert_eq!(
            told(&world.events().await),
            std::slice::from_ref(&folder),
            "{}: the others look the same",
            world.kind
        );
        // Hidden with the folder, but for the one that is open by itself.
        world
            .overwrite([&server, &folder], "role", &server, [&[], &[ViewChannel]])
            .await;
        let mut hidden = vec![folder.clone(), edited.clone(), plain.clone()];
        hidden.sort();
        assert_eq!(told(&world.events().await), hidden, "{}", world.kind);
        let (may, why) = decided(&world, [&server, &plain], BOB, ReadHistory).await;
        assert_eq!(
            (may, why),
            (false, because("not_visible", None, None)),
            "{}",
            world.kind
        );
        let (may, why) = decided(&world, [&server, &open], BOB, ViewChannel).await;
        assert_eq!(
            (may, why),
            (true, because("role_overwrite", Some(&server), Some(&open))),
            "{}",
            world.kind
        );
        let seen = world.user(BOB).get(&channels).await.expect(200);
        let seen: Vec<&Value> = seen["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["name"])
            .collect();
        assert_eq!(seen.len(), 2, "{}: {seen:?}", world.kind);
        // Given back: as it was.
        ada.delete(&format!("{channels}/{folder}/overwrites/{server}"))
            .await
            .expect(204);
        assert_eq!(told(&world.events().await), hidden, "{}", world.kind);
        let (may, _) = decided(&world, [&server, &edited], BOB, SendMessages).await;
        assert!(may, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_an_overwrite_is_refused() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server, general) = (id(&server), id(&server["channels"][0]));
        let ada = world.user(ADA);
        let path = format!("/servers/{server}/channels/{general}/overwrites");
        for (body, field, code) in [
            (
                json!({"kind": "role", "allow": ["administrator"]}),
                "allow",
                "administrator",
            ),
            (
                json!({"kind": "role", "deny": ["administrator"]}),
                "deny",
                "administrator",
            ),
            (
                json!({"kind": "role", "allow": ["speak"], "deny": ["speak"]}),
                "deny",
                "also_allowed",
            ),
            (
                json!({"kind": "role", "allow": ["speak", "fly"]}),
                "allow.1",
                "unknown_permission",
            ),
            (json!({"kind": "role", "deny": ["fly"]}), "deny.0", "unknown_permission"),
            (json!({"kind": "user"}), "kind", "invalid_format"),
            (json!({}), "kind", "required"),
        ] {
            ada.put(&format!("{path}/{server}"), body).await.is_invalid(field, code);
        }
        let role = json!({"kind": "role"});
        ada.put(&format!("{path}/{BOB}"), role)
            .await
            .is_problem(404, "role_not_found");
        let member = json!({"kind": "member"});
        for target in [EVE.to_string(), server.clone()] {
            let answer = ada.put(&format!("{path}/{target}"), member.clone()).await;
            answer.is_problem(404, "member_not_found");
        }
        assert_eq!(ada.get(&path).await.expect(200)["items"], json!([]), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn why_is_told_to_oneself_and_to_who_manages_roles() {
    for world in worlds().await {
        let server = world.server("public").await;
        let (server, general) = (id(&server), id(&server["channels"][0]));
        let join = format!("/servers/{server}/join");
        world.user(EVE).post(&join, Value::Null).await.expect(200);
        let bob = world.user(BOB);
        let path = format!("/servers/{server}/channels/{general}/permissions");
        let mine = bob.get(&format!("{path}/{BOB}")).await.expect(200);
        assert_eq!(mine, explained(&world, &server, &general, BOB).await, "{}", world.kind);
        assert_eq!(mine["reasons"].as_array().unwrap().len(), Permission::ALL.len());
        let (may, why) = decided(&world, [&server, &general], BOB, SendMessages).await;
        assert_eq!(
            (may, why),
            (true, because("role", Some(&server), None)),
            "{}",
            world.kind
        );
        let (may, why) = decided(&world, [&server, &general], BOB, ManageRoles).await;
        assert_eq!((may, why), (false, because("no_role", None, None)), "{}", world.kind);
        bob.get(&format!("{path}/{EVE}"))
            .await
            .is_problem(403, "missing_permission");
        world
            .overwrite([&server, &general], "member", &BOB.to_string(), [&[ManageRoles], &[]])
            .await;
        bob.get(&format!("{path}/{EVE}")).await.expect(200);
        bob.get(&format!("{path}/1")).await.is_problem(404, "member_not_found");
        world
            .overwrite([&server, &general], "role", &server, [&[], &[ViewChannel]])
            .await;
        bob.get(&format!("{path}/{BOB}"))
            .await
            .is_problem(404, "channel_not_found");
        let hidden = explained(&world, &server, &general, BOB).await;
        assert_eq!(hidden["permissions"], json!([]), "{}", world.kind);
    }
}

/// A few permissions, at random.
fn some(rng: &mut impl Rng) -> PermissionSet {
    [ViewChannel, SendMessages, Connect, ReadHistory, ManageRoles]
        .into_iter()
        .filter(|_| rng.random_bool(0.3))
        .collect()
}

/// Whoever is asked, about one channel or about all, the answer is the same.
#[tokio::test(flavor = "multi_thread")]
async fn single_and_bulk_decisions_agree() {
    let mut rng = StdRng::seed_from_u64(4);
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        let create = async |body: Value| id(&ada.post(&format!("{path}/channels"), body).await.expect(201));
        let folder = create(json!({"name": "f", "kind": "folder"})).await;
        let inside = create(json!({"name": "i", "kind": "text", "parent_id": folder})).await;
        let [one, other] = [world.role(&server, &[]).await, world.role(&server, &[]).await];
        let member = BOB.to_string();
        for round in 0..24 {
            for role in [&server, &one, &other] {
                let permissions = json!({"permissions": some(&mut rng)});
                ada.patch(&format!("{path}/roles/{role}"), permissions)
                    .await
                    .expect(200);
            }
            for channel in [&folder, &inside] {
                for (kind, target) in [("role", &server), ("role", &one), ("role", &other), ("member", &member)] {
                    let (allow, deny) = (some(&mut rng), some(&mut rng));
                    let body = json!({"kind": kind, "allow": allow, "deny": deny - allow});
                    let overwrite = format!("{path}/channels/{channel}/overwrites/{target}");
                    ada.put(&overwrite, body).await.expect(200);
                }
            }
            let held: Vec<&str> = [one.as_str(), &other]
                .into_iter()
                .filter(|_| rng.random_bool(0.5))
                .collect();
            world.holds(&server, BOB, &held).await;
            let mine = bob.get(&format!("{path}/permissions/@me")).await.expect(200);
            let detail = bob.get(&path).await.expect(200);
            assert_eq!(mine["permissions"], detail["permissions"], "{}: {round}", world.kind);
            for channel in [&folder, &inside] {
                let what = format!("{}: round {round}", world.kind);
                let why = explained(&world, &server, channel, BOB).await;
                let reasons = why["reasons"].as_array().unwrap().iter();
                let allowed: Vec<&Value> = reasons
                    .filter(|reason| reason["allowed"] == true)
                    .map(|reason| &reason["permission"])
                    .collect();
                assert_eq!(json!(allowed), why["permissions"], "{what}");
                let visible = mine["channels"].get(channel);
                assert_eq!(visible.unwrap_or(&json!([])), &why["permissions"], "{what}");
                let listed = detail["channels"].as_array().unwrap().iter();
                assert_eq!(
                    listed.filter(|one| one["id"] == **channel).count() == 1,
                    visible.is_some(),
                    "{what}"
                );
                if let Some(visible) = visible {
                    let differing = detail["channel_permissions"].get(channel);
                    assert_eq!(differing.unwrap_or(&detail["permissions"]), visible, "{what}");
                }
            }
        }
    }
}
