//! Nobody acts on what stands at or above their highest role, nor gives or takes what they lack; and the owner is never
//! shut out.

use model::Permission::{
    self, Administrator, BanMembers, ManageChannels, ManageMessages, ManageRoles, SendMessages, ViewChannel,
};
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, World, id, ids, worlds};

/// Ada's server: Bob holds the role in the middle, which manages roles, and Eve the lowest of three.
struct Ranks<'a> {
    world: &'a World,
    server: String,
    general: String,
    low: String,
    middle: String,
    high: String,
}

impl<'a> Ranks<'a> {
    async fn new(world: &'a World, middle: &[Permission]) -> Self {
        let server = world.server("public").await;
        let (server, general) = (id(&server), id(&server["channels"][0]));
        let join = format!("/servers/{server}/join");
        world.user(EVE).post(&join, Value::Null).await.expect(200);
        let high = world.role(&server, &[ManageMessages]).await;
        let middle = world.role(&server, middle).await;
        let low = world.role(&server, &[]).await;
        world.holds(&server, BOB, &[&middle]).await;
        world.holds(&server, EVE, &[&low]).await;
        Self {
            world,
            server,
            general,
            low,
            middle,
            high,
        }
    }

    fn roles(&self) -> String {
        format!("/servers/{}/roles", self.server)
    }

    fn role(&self, role: &str) -> String {
        format!("{}/{role}", self.roles())
    }

    fn member(&self, user: i64) -> String {
        format!("/servers/{}/members/{user}", self.server)
    }

    fn overwrite(&self, target: &str) -> String {
        format!("/servers/{}/channels/{}/overwrites/{target}", self.server, self.general)
    }

    async fn order(&self) -> Vec<String> {
        ids(&self.world.user(ADA).get(&self.roles()).await.expect(200))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_stands_below_is_touched() {
    for world in worlds().await {
        let ranks = Ranks::new(&world, &[ManageRoles]).await;
        let bob = world.user(BOB);
        let before = ranks.order().await;
        for role in [&ranks.middle, &ranks.high] {
            let itself = ranks.role(role);
            let refused = [
                bob.patch(&itself, json!({"name": "x"})).await,
                bob.delete(&itself).await,
                bob.patch(&ranks.member(EVE), json!({"role_ids": [ranks.low, role]}))
                    .await,
                bob.put(&ranks.overwrite(role), json!({"kind": "role"})).await,
                bob.patch(&ranks.roles(), json!({"roles": [{"id": role, "position": 1}]}))
                    .await,
            ];
            for answer in refused {
                answer.is_problem(403, "role_too_high");
            }
        }
        // A lower role is not put above a higher one, in whatever words.
        for places in [
            json!([{"id": ranks.low, "position": 2}]),
            json!([{"id": ranks.low, "position": 3}]),
            json!([{"id": ranks.low, "position": 99}]),
        ] {
            let answer = bob.patch(&ranks.roles(), json!({ "roles": places })).await;
            answer.is_problem(403, "role_too_high");
        }
        bob.put(&ranks.overwrite(&ADA.to_string()), json!({"kind": "member"}))
            .await
            .is_problem(403, "member_too_high");
        bob.patch(&ranks.member(ADA), json!({"role_ids": [ranks.low]}))
            .await
            .is_problem(403, "member_too_high");
        // What stays where it is may be named, as by whoever sends the whole order.
        let whole = json!({"roles": [
            {"id": ranks.low, "position": 1}, {"id": ranks.middle, "position": 2}, {"id": ranks.high, "position": 3}
        ]});
        bob.patch(&ranks.roles(), whole).await.expect(200);
        assert_eq!(ranks.order().await, before, "{}", world.kind);

        // Below, all of it is theirs.
        let lowest = id(&bob.post(&ranks.roles(), json!({"name": "lowest"})).await.expect(201));
        let raise = json!({"roles": [{"id": lowest, "position": 2}]});
        let order = ids(&bob.patch(&ranks.roles(), raise).await.expect(200));
        let expected = [&ranks.server, &ranks.low, &lowest, &ranks.middle, &ranks.high];
        assert_eq!(order, expected.map(String::clone), "{}", world.kind);
        bob.patch(&ranks.role(&lowest), json!({"name": "lower"}))
            .await
            .expect(200);
        bob.patch(&ranks.member(EVE), json!({"role_ids": [lowest]}))
            .await
            .expect(200);
        let deny = json!({"kind": "member", "deny": ["send_messages"]});
        bob.put(&ranks.overwrite(&EVE.to_string()), deny).await.expect(200);
        bob.delete(&ranks.role(&lowest)).await.expect(204);
        // Equals are not below.
        world.holds(&ranks.server, EVE, &[&ranks.middle]).await;
        bob.patch(&ranks.member(EVE), json!({"role_ids": []}))
            .await
            .is_problem(403, "member_too_high");
        bob.delete(&ranks.overwrite(&EVE.to_string()))
            .await
            .is_problem(403, "member_too_high");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_or_takes_what_they_lack() {
    for world in worlds().await {
        let ranks = Ranks::new(&world, &[ManageRoles]).await;
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        let itself = ranks.role(&ranks.low);
        let refused = [
            bob.post(&ranks.roles(), json!({"name": "x", "permissions": ["ban_members"]}))
                .await,
            bob.patch(&itself, json!({"permissions": ["ban_members"]})).await,
            bob.patch(&itself, json!({"permissions": ["administrator"]})).await,
            bob.patch(&ranks.role(&ranks.server), json!({"permissions": ["ban_members"]}))
                .await,
            bob.put(
                &ranks.overwrite(&ranks.low),
                json!({"kind": "role", "allow": ["manage_messages"]}),
            )
            .await,
            bob.put(
                &ranks.overwrite(&ranks.low),
                json!({"kind": "role", "deny": ["manage_messages"]}),
            )
            .await,
        ];
        for answer in refused {
            let problem = answer.is_problem(403, "cannot_grant");
            assert!(
                !problem["detail"].as_str().unwrap().contains("send_messages"),
                "{problem}"
            );
        }
        // Neither is it taken: what the owner gave stays.
        ada.patch(&itself, json!({"permissions": ["ban_members"]}))
            .await
            .expect(200);
        for sets in [[&[BanMembers][..], &[]], [&[], &[BanMembers]]] {
            world
                .overwrite([&ranks.server, &ranks.general], "role", &ranks.low, sets)
                .await;
            let refused = [
                bob.patch(&itself, json!({"permissions": []})).await,
                bob.delete(&itself).await,
                bob.patch(&ranks.member(EVE), json!({"role_ids": []})).await,
                bob.patch(&ranks.member(BOB), json!({"role_ids": [ranks.middle, ranks.low]}))
                    .await,
                bob.put(&ranks.overwrite(&ranks.low), json!({"kind": "role"})).await,
                bob.delete(&ranks.overwrite(&ranks.low)).await,
            ];
            for answer in refused {
                answer.is_problem(403, "cannot_grant");
            }
        }
        // What one has one may give and take, beside what one lacks and leaves alone.
        let both = json!({"permissions": ["ban_members", "manage_roles"]});
        bob.patch(&itself, both).await.expect(200);
        bob.patch(&itself, json!({"permissions": ["ban_members"], "name": "bans"}))
            .await
            .expect(200);
        let beside = json!({"kind": "role", "allow": ["send_messages"], "deny": ["ban_members"]});
        bob.put(&ranks.overwrite(&ranks.low), beside).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_roles_are_ones_own_below_the_highest() {
    for world in worlds().await {
        let ranks = Ranks::new(&world, &[ManageRoles]).await;
        let bob = world.user(BOB);
        let mine = ranks.member(BOB);
        bob.patch(&mine, json!({"role_ids": [ranks.middle, ranks.low]}))
            .await
            .expect(200);
        bob.patch(&mine, json!({"role_ids": [ranks.middle]})).await.expect(200);
        for role_ids in [json!([]), json!([ranks.middle, ranks.high]), json!([ranks.low])] {
            let answer = bob.patch(&mine, json!({ "role_ids": role_ids })).await;
            answer.is_problem(403, "role_too_high");
        }
        bob.put(&ranks.overwrite(&BOB.to_string()), json!({"kind": "member"}))
            .await
            .is_problem(403, "member_too_high");
        // Who stands no higher than everyone, though everyone may manage roles, has nothing below.
        world.holds(&ranks.server, EVE, &[]).await;
        world.may_everyone(&ranks.server, &[ManageRoles]).await;
        let eve = world.user(EVE);
        for answer in [
            eve.post(&ranks.roles(), json!({"name": "x"})).await,
            eve.patch(&ranks.role(&ranks.server), json!({"permissions": []})).await,
            eve.put(&ranks.overwrite(&ranks.server), json!({"kind": "role"})).await,
        ] {
            answer.is_problem(403, "role_too_high");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_may_all_but_stands_no_higher() {
    for world in worlds().await {
        let ranks = Ranks::new(&world, &[Administrator]).await;
        let bob = world.user(BOB);
        let all = json!({"permissions": ["administrator", "ban_members"]});
        bob.patch(&ranks.role(&ranks.low), all.clone()).await.expect(200);
        bob.patch(&ranks.role(&ranks.high), all)
            .await
            .is_problem(403, "role_too_high");
        bob.patch(&ranks.member(ADA), json!({"role_ids": [ranks.low]}))
            .await
            .is_problem(403, "member_too_high");
        bob.patch(&ranks.member(EVE), json!({"role_ids": []})).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_never_locked_out_or_refused() {
    for world in worlds().await {
        let ranks = Ranks::new(&world, &[Administrator]).await;
        let (ada, bob) = (world.user(ADA), world.user(BOB));
        // Ada holds the lowest role and nothing else, and everybody is denied everything everywhere.
        ada.patch(&ranks.member(ADA), json!({"role_ids": [ranks.low]}))
            .await
            .expect(200);
        let all: Vec<Permission> = Permission::ALL
            .iter()
            .copied()
            .filter(|one| *one != Administrator)
            .collect();
        for role in [&ranks.server, &ranks.low] {
            bob.patch(&ranks.role(role), json!({"permissions": []}))
                .await
                .expect(200);
            world
                .overwrite([&ranks.server, &ranks.general], "role", role, [&[], &all])
                .await;
        }
        let seen = ada.get(&format!("/servers/{}", ranks.server)).await.expect(200);
        assert_eq!(
            (
                seen["permissions"].as_array().unwrap().len(),
                seen["channels"].as_array().unwrap().len()
            ),
            (Permission::ALL.len(), 1),
            "{}",
            world.kind
        );
        let channel = format!("/servers/{}/channels/{}", ranks.server, ranks.general);
        ada.patch(&channel, json!({"name": "mine"})).await.expect(200);
        ada.patch(&ranks.role(&ranks.high), json!({"permissions": ["administrator"]}))
            .await
            .expect(200);
        ada.patch(&ranks.member(BOB), json!({"role_ids": []})).await.expect(200);
        ada.patch(&ranks.member(ADA), json!({"role_ids": [ranks.high]}))
            .await
            .expect(200);
        ada.delete(&ranks.overwrite(&ranks.server)).await.expect(204);
        let order = json!({"roles": [{"id": ranks.high, "position": 1}]});
        ada.patch(&ranks.roles(), order).await.expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_to_manage_roles_of_one_channel_makes_no_administrator() {
    for world in worlds().await {
        let ranks = Ranks::new(&world, &[]).await;
        let bob = world.user(BOB);
        let channels = format!("/servers/{}/channels", ranks.server);
        let other = json!({"name": "other", "kind": "text"});
        let other = id(&world.user(ADA).post(&channels, other).await.expect(201));
        let place = [ranks.server.as_str(), ranks.general.as_str()];
        world
            .overwrite(place, "member", &BOB.to_string(), [&[ManageRoles], &[]])
            .await;
        // There, over those below, with what one has there.
        let silent = json!({"kind": "role", "deny": ["send_messages"]});
        bob.put(&ranks.overwrite(&ranks.low), silent.clone()).await.expect(200);
        for beyond in ["manage_messages", "manage_channels", "ban_members"] {
            let allow = json!({"kind": "role", "allow": [beyond]});
            bob.put(&ranks.overwrite(&ranks.low), allow)
                .await
                .is_problem(403, "cannot_grant");
        }
        // Not elsewhere, not in the server.
        bob.put(&format!("{channels}/{other}/overwrites/{}", ranks.low), silent)
            .await
            .is_problem(403, "missing_permission");
        for answer in [
            bob.post(&ranks.roles(), json!({"name": "x"})).await,
            bob.patch(&ranks.role(&ranks.low), json!({"name": "x"})).await,
            bob.delete(&ranks.role(&ranks.low)).await,
            bob.patch(&ranks.roles(), json!({"roles": []})).await,
            bob.patch(&ranks.member(EVE), json!({"role_ids": []})).await,
            bob.patch(&format!("{channels}/{}", ranks.general), json!({"name": "x"}))
                .await,
        ] {
            answer.is_problem(403, "missing_permission");
        }
        // What is taken from them there they can no longer give.
        world
            .overwrite(place, "member", &BOB.to_string(), [&[ManageRoles], &[SendMessages]])
            .await;
        bob.delete(&ranks.overwrite(&ranks.low))
            .await
            .is_problem(403, "cannot_grant");
        world
            .overwrite(place, "member", &BOB.to_string(), [&[ManageRoles], &[ViewChannel]])
            .await;
        bob.delete(&ranks.overwrite(&ranks.low))
            .await
            .is_problem(404, "channel_not_found");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_channel_grants_nothing_that_its_creator_lacks() {
    for world in worlds().await {
        let ranks = Ranks::new(&world, &[ManageChannels]).await;
        let (ada, bob, eve) = (world.user(ADA), world.user(BOB), world.user(EVE));
        let channels = format!("/servers/{}/channels", ranks.server);
        let private = json!({"name": "private", "kind": "text", "private": true});
        let own = bob.post(&channels, private.clone()).await.expect(201);
        assert_eq!(own["private"], true, "{}", world.kind);
        let itself = format!("{channels}/{}", id(&own));
        assert_eq!(bob.get(&itself).await.expect(200), own, "{}", world.kind);
        assert_eq!(ada.get(&itself).await.expect(200), own, "{}", world.kind);
        eve.get(&itself).await.is_problem(404, "channel_not_found");
        // No more than what they could do beside it, and no right to let others in.
        let mine = bob
            .get(&format!("/servers/{}/permissions/@me", ranks.server))
            .await
            .expect(200);
        assert_eq!(mine["channels"][&id(&own)], mine["permissions"], "{}", world.kind);
        bob.put(
            &format!("{itself}/overwrites/{}", ranks.low),
            json!({"kind": "role", "allow": ["view_channel"]}),
        )
        .await
        .is_problem(403, "missing_permission");
        let made = ada.get(&format!("{itself}/overwrites")).await.expect(200);
        assert_eq!(
            made["items"],
            json!([
                {"channel_id": own["id"], "target_id": BOB.to_string(), "kind": "member", "allow": ["view_channel"], "deny": []},
                {"channel_id": own["id"], "target_id": ranks.server, "kind": "role", "allow": [], "deny": ["view_channel"]},
            ]),
            "{}",
            world.kind
        );
        let of_owner = id(&ada.post(&channels, private.clone()).await.expect(201));
        let made = ada.get(&format!("{channels}/{of_owner}/overwrites")).await.expect(200);
        assert_eq!(
            made["items"].as_array().unwrap().len(),
            1,
            "{}: the owner sees it anyway",
            world.kind
        );
        bob.get(&format!("{channels}/{of_owner}"))
            .await
            .is_problem(404, "channel_not_found");
        // Who sees no channel does not make themselves see one.
        ada.patch(&ranks.role(&ranks.server), json!({"permissions": []}))
            .await
            .expect(200);
        bob.post(&channels, private).await.is_problem(403, "cannot_grant");
    }
}
