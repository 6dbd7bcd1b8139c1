//! What peers are answered.

use contracts::{
    permissions::{MemberAccess, TenantAccess},
    servers::{GetMembershipRequest, GetTenantRequest, ListServersOfUserRequest},
};
use model::{ChannelId, Permission, PermissionSet, Timestamp};
use serde_json::{Value, json};

use crate::world::{ADA, BOB, EVE, id, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_and_a_membership_make_a_decision() {
    for world in worlds().await {
        let server = world.server("public").await;
        let server_id: i64 = id(&server).parse().unwrap();
        let general = ChannelId(id(&server["channels"][0]).parse().unwrap());
        let mut peer = world.peer.clone();
        let tenant = peer
            .get_tenant(GetTenantRequest { server_id })
            .await
            .unwrap()
            .into_inner()
            .tenant
            .unwrap();
        assert_eq!(
            (tenant.owner_id, tenant.roles.len(), tenant.channels.len()),
            (ADA, 1, 1),
            "{}",
            world.kind
        );
        let answer = peer
            .get_membership(GetMembershipRequest {
                server_id,
                user_id: BOB,
            })
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.version, tenant.version, "{}", world.kind);
        let (access, bob) = (
            TenantAccess::from(&tenant),
            MemberAccess::from(&answer.membership.unwrap()),
        );
        let now = Timestamp::from_millis(1);
        assert_eq!(
            access.in_channel(general, &bob, now),
            PermissionSet::PUBLIC_DEFAULT,
            "{}",
            world.kind
        );

        let (whole, channel) = (id(&server), general.to_string());
        let denied = [&[][..], &[Permission::ViewChannel]];
        world
            .overwrite([&whole, &channel], "member", &BOB.to_string(), denied)
            .await;
        let later = peer
            .get_tenant(GetTenantRequest { server_id })
            .await
            .unwrap()
            .into_inner()
            .tenant
            .unwrap();
        assert_eq!(later.version, tenant.version + 1, "{}: never out of date", world.kind);
        assert!(
            TenantAccess::from(&later).in_channel(general, &bob, now).is_empty(),
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_and_what_is_not_there() {
    for world in worlds().await {
        let server = world.server("public").await;
        let server_id: i64 = id(&server).parse().unwrap();
        let mut peer = world.peer.clone();
        assert!(
            peer.get_tenant(GetTenantRequest { server_id: 77 })
                .await
                .unwrap()
                .into_inner()
                .tenant
                .is_none()
        );
        let none = peer
            .get_membership(GetMembershipRequest {
                server_id: 77,
                user_id: BOB,
            })
            .await
            .unwrap()
            .into_inner();
        assert!(none.membership.is_none() && none.version == 0, "{}", world.kind);
        let stranger = peer
            .get_membership(GetMembershipRequest {
                server_id,
                user_id: EVE,
            })
            .await
            .unwrap()
            .into_inner();
        assert!(stranger.membership.is_none() && stranger.version > 0, "{}", world.kind);
        peer.get_tenant(GetTenantRequest { server_id }).await.unwrap();
        world
            .user(ADA)
            .delete(&format!("/servers/{server_id}"))
            .await
            .expect(204);
        let gone = peer
            .get_tenant(GetTenantRequest { server_id })
            .await
            .unwrap()
            .into_inner()
            .tenant;
        assert!(gone.is_none(), "{}: no snapshot outlives its server", world.kind);
        let of_eve = peer
            .list_servers_of_user(ListServersOfUserRequest { user_id: EVE })
            .await
            .unwrap()
            .into_inner();
        assert!(of_eve.servers.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_of_a_user_are_what_rest_shows() {
    for world in worlds().await {
        let mut expected = Vec::new();
        for number in 0..3 {
            let server = world.server("public").await;
            let path = format!("/servers/{}/channels", id(&server));
            for name in ["a", "b"] {
                world
                    .user(ADA)
                    .post(&path, json!({"name": format!("{name}{number}"), "kind": "voice"}))
                    .await
                    .expect(201);
            }
            expected.push(id(&server));
        }
        let mut peer = world.peer.clone();
        // Twice: from the database, then from memory; then after a change of one of them.
        for round in 0..3 {
            let list = peer
                .list_servers_of_user(ListServersOfUserRequest { user_id: BOB })
                .await
                .unwrap()
                .into_inner();
            assert_eq!(list.servers.len(), 3, "{}", world.kind);
            for (server, id) in list.servers.iter().zip(&expected) {
                assert_eq!(server.server_id.to_string(), *id);
                let json: Value = serde_json::from_str(&server.server_json).unwrap();
                assert_eq!(
                    json,
                    world.user(BOB).get(&format!("/servers/{id}")).await.expect(200),
                    "{}: {round}",
                    world.kind
                );
                let tenant = peer
                    .get_tenant(GetTenantRequest {
                        server_id: server.server_id,
                    })
                    .await
                    .unwrap()
                    .into_inner();
                assert_eq!(server.tenant, tenant.tenant, "{}: {round}", world.kind);
                assert_eq!(server.membership.as_ref().unwrap().user_id, BOB);
            }
            if round == 1 {
                let path = format!("/servers/{}/channels", expected[1]);
                world
                    .user(ADA)
                    .post(&path, json!({"name": "new", "kind": "text"}))
                    .await
                    .expect(201);
            }
        }
    }
}
