//! What peers are answered, in one process with them and apart.

use contracts::{
    permissions::{MemberAccess, TenantAccess},
    servers::{
        GetMembershipRequest, GetMembershipResponse, GetTenantRequest, ListBansRequest, ListChannelsRequest,
        ListMembersRequest, ListServersOfUserRequest, OnlineCount, ReportOnlineRequest, ServerOfUser, ShownChannel,
        Tenant, servers_client::ServersClient,
    },
};
use model::{ChannelId, Permission, PermissionSet, Timestamp};
use platform::{
    args,
    rpc::testing::{Conformance, Shape, is_refused},
};
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::world::{ADA, BOB, EVE, World, id, worlds};

/// Ids that no server and no user has.
const NOBODY: [i64; 4] = [77, 0, i64::MIN, i64::MAX];

/// The calls of a service, as a test makes them.
struct Peers<'a>(&'a Conformance);

impl Peers<'_> {
    fn client(&self) -> ServersClient<platform::rpc::Peer> {
        ServersClient::new(self.0.peer())
    }

    async fn tenant(&self, server_id: i64) -> Result<Option<Tenant>, Status> {
        let answer = self.client().get_tenant(GetTenantRequest { server_id }).await?;
        Ok(answer.into_inner().tenant)
    }

    async fn membership(&self, server_id: i64, user_id: i64) -> Result<GetMembershipResponse, Status> {
        let request = GetMembershipRequest { server_id, user_id };
        Ok(self.client().get_membership(request).await?.into_inner())
    }

    async fn channels(&self, server_id: i64, channel_ids: Vec<i64>) -> Result<Vec<ShownChannel>, Status> {
        let request = ListChannelsRequest { server_id, channel_ids };
        Ok(self.client().list_channels(request).await?.into_inner().channels)
    }

    async fn servers_of(&self, user_id: i64) -> Result<Vec<ServerOfUser>, Status> {
        let request = ListServersOfUserRequest { user_id };
        Ok(self.client().list_servers_of_user(request).await?.into_inner().servers)
    }
}

/// Does it in both shapes and on both databases.
async fn in_each_shape(test: impl AsyncFn(&World, &Conformance)) {
    for shape in Shape::ALL {
        for world in worlds().await {
            let calls = Conformance::start(shape, world.server.clone(), &world.app).await;
            test(&world, &calls).await;
        }
    }
}

/// Shows of a call that it does what its peers rely on.
async fn conform(method: &str, test: impl AsyncFn(&World, &Conformance)) {
    in_each_shape(async |world, calls| {
        test(world, calls).await;
        calls.assert_complete(method);
    })
    .await;
}

fn number(id: &str) -> i64 {
    id.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_is_all_that_permissions_depend_on() {
    conform("GetTenant", async |world, calls| {
        let server = world.server("public").await;
        let (server_id, peers) = (number(&id(&server)), Peers(calls));
        let folder = json!({"name": "Folder", "kind": "folder"});
        let path = format!("/servers/{server_id}/channels");
        let folder = id(&world.user(ADA).post(&path, folder).await.expect(201));
        let inner = json!({"name": "inner", "kind": "voice", "parent_id": folder});
        let inner = number(&id(&world.user(ADA).post(&path, inner).await.expect(201)));
        let asked = GetTenantRequest { server_id };
        let answer = calls
            .keeps_the_laws("GetTenant", None, asked, async |peer, request| {
                ServersClient::new(peer).get_tenant(request).await
            })
            .await;
        let tenant = answer.tenant.unwrap();
        let what = format!("{} {:?}", world.kind, calls.shape());
        assert_eq!(
            (
                tenant.server_id,
                tenant.owner_id,
                tenant.roles.len(),
                tenant.channels.len()
            ),
            (server_id, ADA, 1, 3),
            "{what}"
        );
        let inner = tenant.channels.iter().find(|channel| channel.id == inner).unwrap();
        assert_eq!(inner.parent_id, Some(number(&folder)), "{what}");

        for nobody in NOBODY {
            assert_eq!(peers.tenant(nobody).await.unwrap(), None, "{what}: {nobody}");
        }
        let gone = world.user(ADA).delete(&format!("/servers/{server_id}")).await;
        gone.expect(204);
        let tenant = peers.tenant(server_id).await.unwrap();
        assert_eq!(tenant, None, "{what}: no snapshot outlives its server");
        world.db.go_away();
        is_refused(peers.tenant(server_id).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_is_told_with_the_version_at_which_it_was_so() {
    conform("GetMembership", async |world, calls| {
        let server_id = number(&id(&world.server("public").await));
        let (user_id, peers) = (BOB, Peers(calls));
        let asked = GetMembershipRequest { server_id, user_id };
        let answer = calls
            .keeps_the_laws("GetMembership", None, asked, async |peer, request| {
                ServersClient::new(peer).get_membership(request).await
            })
            .await;
        let what = format!("{} {:?}", world.kind, calls.shape());
        let tenant = peers.tenant(server_id).await.unwrap().unwrap();
        assert_eq!(answer.version, tenant.version, "{what}");
        assert_eq!(answer.membership.unwrap().user_id, BOB, "{what}");
        for stranger in [EVE].into_iter().chain(NOBODY) {
            let answer = peers.membership(server_id, stranger).await.unwrap();
            let seen = (answer.membership, answer.version);
            assert_eq!(seen, (None, tenant.version), "{what}: {stranger}");
        }
        for nowhere in NOBODY {
            let answer = peers.membership(nowhere, BOB).await.unwrap();
            assert_eq!((answer.membership, answer.version), (None, 0), "{what}: {nowhere}");
        }
        let leave = format!("/servers/{server_id}/leave");
        world.user(BOB).post(&leave, Value::Null).await.expect(204);
        let former = peers.membership(server_id, BOB).await.unwrap();
        assert!(former.membership.is_none() && former.version > tenant.version, "{what}");
        world.db.go_away();
        let away = peers.membership(server_id, BOB).await;
        is_refused(away, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_of_a_user_are_what_rest_shows() {
    conform("ListServersOfUser", async |world, calls| {
        let peers = Peers(calls);
        let mut expected = Vec::new();
        for number in 0..3 {
            let server = world.server("public").await;
            let path = format!("/servers/{}/channels", id(&server));
            for name in ["a", "b"] {
                let channel = json!({"name": format!("{name}{number}"), "kind": "voice"});
                world.user(ADA).post(&path, channel).await.expect(201);
            }
            expected.push(id(&server));
        }
        let asked = ListServersOfUserRequest { user_id: BOB };
        calls
            .keeps_the_laws("ListServersOfUser", None, asked, async |peer, request| {
                ServersClient::new(peer).list_servers_of_user(request).await
            })
            .await;
        // From memory; then after a change of one of them.
        for round in 0..2 {
            let what = format!("{} {:?}, {round}", world.kind, calls.shape());
            let servers = peers.servers_of(BOB).await.unwrap();
            assert_eq!(servers.len(), 3, "{what}");
            for (server, id) in servers.iter().zip(&expected) {
                assert_eq!(server.server_id.to_string(), *id, "{what}");
                let seen: Value = serde_json::from_str(&server.server_json).unwrap();
                let shown = world.user(BOB).get(&format!("/servers/{id}")).await.expect(200);
                assert_eq!(seen, shown, "{what}");
                assert_eq!(server.tenant, peers.tenant(server.server_id).await.unwrap(), "{what}");
                assert_eq!(server.membership.as_ref().unwrap().user_id, BOB);
            }
            let path = format!("/servers/{}/channels", expected[1]);
            let channel = json!({"name": format!("new{round}"), "kind": "text"});
            world.user(ADA).post(&path, channel).await.expect(201);
        }
        for nobody in [EVE].into_iter().chain(NOBODY) {
            assert_eq!(peers.servers_of(nobody).await.unwrap(), [], "{}: {nobody}", world.kind);
        }
        world.db.go_away();
        is_refused(peers.servers_of(BOB).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recent_bans_that_have_messages_deleted_are_listed_by_pages() {
    conform("ListBans", async |world, calls| {
        let server_id = number(&id(&world.server("public").await));
        let bans = format!("/servers/{server_id}/bans");
        for (user, body) in [
            (BOB, json!({"delete_messages_seconds": 60})),
            (EVE, json!({"delete_messages_seconds": 60})),
        ] {
            world.user(ADA).put(&format!("{bans}/{user}"), body).await.expect(200);
        }
        world.is_user(5_000, "quiet", "Q");
        world
            .user(ADA)
            .put(&format!("{bans}/5000"), json!({}))
            .await
            .expect(200);
        let asked = ListBansRequest {
            since: 0,
            after_server_id: 0,
            after_user_id: 0,
            limit: 1,
        };
        let first = calls
            .keeps_the_laws("ListBans", None, asked, async |peer, request| {
                ServersClient::new(peer).list_bans(request).await
            })
            .await;
        let what = format!("{} {:?}", world.kind, calls.shape());
        let ban = first.bans[0];
        assert_eq!(
            (first.bans.len(), ban.server_id, ban.user_id),
            (1, server_id, BOB),
            "{what}"
        );
        assert_eq!(ban.created_at - ban.delete_since, 60_000, "{what}");
        let listed = async |request| {
            let answer = Peers(calls).client().list_bans(request).await;
            answer.map(|answer| {
                answer
                    .into_inner()
                    .bans
                    .iter()
                    .map(|ban| ban.user_id)
                    .collect::<Vec<_>>()
            })
        };
        let next = ListBansRequest {
            after_server_id: server_id,
            after_user_id: BOB,
            limit: 5,
            ..asked
        };
        assert_eq!(
            listed(next).await.unwrap(),
            [EVE],
            "{what}: only those that delete something"
        );
        let later = ListBansRequest {
            since: i64::MAX,
            limit: 5,
            ..asked
        };
        assert_eq!(listed(later).await.unwrap(), [0; 0], "{what}");
        world.db.go_away();
        is_refused(listed(next).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_are_as_those_who_see_them_are_shown_them() {
    conform("ListChannels", async |world, calls| {
        let server_id = number(&id(&world.server("public").await));
        let path = format!("/servers/{server_id}/channels");
        let new = json!({"name": "new", "kind": "text", "topic": "What is new?"});
        let new = world.user(ADA).post(&path, new).await.expect(201);
        let folder = json!({"name": "Folder", "kind": "folder"});
        let folder = world.user(ADA).post(&path, folder).await.expect(201);
        let (peers, asked) = (Peers(calls), vec![number(&id(&folder)), 77, number(&id(&new))]);
        let request = ListChannelsRequest {
            server_id,
            channel_ids: asked.clone(),
        };
        let answer = calls
            .keeps_the_laws("ListChannels", None, request, async |peer, request| {
                ServersClient::new(peer).list_channels(request).await
            })
            .await;
        let mut shown: Vec<Value> = Vec::new();
        for channel in &answer.channels {
            let json: Value = serde_json::from_str(&channel.channel_json).unwrap();
            assert_eq!(id(&json), channel.channel_id.to_string(), "{}", world.kind);
            shown.push(json);
        }
        assert_eq!(shown.len(), 2, "{}: {shown:?}", world.kind);
        assert!(
            shown.contains(&new) && shown.contains(&folder),
            "{}: {shown:?}",
            world.kind
        );

        for nobody in NOBODY {
            assert_eq!(
                peers.channels(nobody, asked.clone()).await.unwrap(),
                [],
                "{}",
                world.kind
            );
            assert_eq!(peers.channels(server_id, vec![nobody]).await.unwrap(), []);
        }
        let other = number(&id(&world.server("public").await));
        assert_eq!(
            peers.channels(other, asked.clone()).await.unwrap(),
            [],
            "of another server"
        );
        world.db.go_away();
        is_refused(peers.channels(server_id, asked).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gateways_report_is_shown_to_those_outside() {
    conform("ReportOnline", async |world, calls| {
        let server = id(&world.server("public").await);
        let what = format!("{} {:?}", world.kind, calls.shape());
        let invitation = world
            .user(ADA)
            .post(&format!("/servers/{server}/invitations"), json!({}))
            .await
            .expect(201);
        assert_eq!(invitation["server"]["online_count"], 0, "{what}");
        let report = |gateway_id, begins, online| ReportOnlineRequest {
            gateway_id,
            begins,
            counts: vec![OnlineCount {
                server_id: number(&server),
                online,
            }],
        };
        let kept = calls
            .keeps_the_laws("ReportOnline", None, report(7, true, 1), async |peer, request| {
                ServersClient::new(peer).report_online(request).await
            })
            .await;
        assert!(kept.kept, "{what}");
        let tell = async |request| {
            let answer = Peers(calls).client().report_online(request).await;
            answer.map(|answer| answer.into_inner().kept)
        };
        let shown = async || {
            let discovered = world.user(EVE).get("/servers/discover").await.expect(200);
            let code = invitation["code"].as_str().unwrap();
            let preview = world.nobody().get(&format!("/invitations/{code}")).await.expect(200);
            let (outside, invited) = (&discovered["items"][0], &preview["server"]);
            assert_eq!(outside["online_count"], invited["online_count"], "{what}");
            outside["online_count"].as_i64().unwrap()
        };
        assert_eq!(shown().await, 1, "{what}");
        assert!(!tell(report(8, false, 2)).await.unwrap(), "{what}: it must begin anew");
        assert_eq!(shown().await, 1, "{what}");
        assert!(tell(report(8, true, 2)).await.unwrap(), "{what}");
        assert_eq!(shown().await, 2, "{what}: each counts all, and one knows of more");
        assert!(tell(report(8, false, 0)).await.unwrap(), "{what}");
        assert_eq!(shown().await, 1, "{what}");
        assert!(tell(report(7, false, u32::MAX)).await.unwrap(), "{what}");
        assert_eq!(shown().await, 2, "{what}: no more than there are members");
        for nowhere in NOBODY {
            let counts = vec![OnlineCount {
                server_id: nowhere,
                online: 3,
            }];
            let request = ReportOnlineRequest {
                counts,
                ..report(7, false, 0)
            };
            assert!(tell(request).await.unwrap(), "{what}: {nowhere}");
        }
        let request = ReportOnlineRequest {
            counts: vec![OnlineCount::default(); 1_001],
            ..report(7, false, 0)
        };
        is_refused(tell(request).await, Code::InvalidArgument, "too_many_counts");
        world.db.go_away();
        is_refused(tell(report(7, false, 1)).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_members_are_listed_by_pages_as_rest_shows_them() {
    conform("ListMembers", async |world, calls| {
        let server_id = number(&id(&world.server("public").await));
        let (peers, what) = (Peers(calls), format!("{} {:?}", world.kind, calls.shape()));
        let asked = ListMembersRequest {
            server_id,
            after_user_id: i64::MIN,
            limit: 1,
        };
        let first = calls
            .keeps_the_laws("ListMembers", None, asked, async |peer, request| {
                ServersClient::new(peer).list_members(request).await
            })
            .await;
        let version = peers.tenant(server_id).await.unwrap().unwrap().version;
        assert_eq!((first.members.len(), first.version), (1, version), "{what}");
        let listed = async |request| {
            peers
                .client()
                .list_members(request)
                .await
                .map(tonic::Response::into_inner)
        };
        let mut users = Vec::new();
        let mut after_user_id = i64::MIN;
        loop {
            let page = listed(ListMembersRequest { after_user_id, ..asked }).await.unwrap();
            let Some(member) = page.members.first() else { break };
            after_user_id = member.user_id;
            let seen: Value = serde_json::from_str(&member.member_json).unwrap();
            let shown = format!("/servers/{server_id}/members/{}", member.user_id);
            assert_eq!(seen, world.user(ADA).get(&shown).await.expect(200), "{what}");
            users.push(member.user_id);
        }
        let mut expected = [ADA, BOB];
        expected.sort_unstable();
        assert_eq!(users, expected, "{what}");
        for nobody in NOBODY {
            let none = listed(ListMembersRequest {
                server_id: nobody,
                ..asked
            })
            .await
            .unwrap();
            assert_eq!((none.members, none.version), (Vec::new(), 0), "{what}: {nobody}");
        }
        world.db.go_away();
        is_refused(listed(asked).await, Code::Unavailable, "unavailable");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_and_a_membership_make_a_decision() {
    in_each_shape(async |world, calls| {
        let (server, peers) = (world.server("public").await, Peers(calls));
        let server_id = number(&id(&server));
        let general = ChannelId(number(&id(&server["channels"][0])));
        let tenant = peers.tenant(server_id).await.unwrap().unwrap();
        let bob = peers.membership(server_id, BOB).await.unwrap().membership.unwrap();
        let (bob, now) = (MemberAccess::from(&bob), Timestamp::from_millis(1));
        let may = |tenant: &Tenant| TenantAccess::from(tenant).in_channel(general, &bob, now);
        assert_eq!(may(&tenant), PermissionSet::PUBLIC_DEFAULT, "{}", world.kind);

        let deny = "INSERT INTO overwrites (server_id, channel_id, target_id, is_member, allowed, denied) VALUES ($1, $2, $3, TRUE, 0, $4)";
        let denied = PermissionSet::of(&[Permission::ViewChannel]);
        world.meddle(&id(&server), deny, &args![general, BOB, denied]).await;
        let later = peers.tenant(server_id).await.unwrap().unwrap();
        assert_eq!(later.version, tenant.version + 1, "{}: never out of date", world.kind);
        assert!(may(&later).is_empty(), "{}", world.kind);
    })
    .await;
}
