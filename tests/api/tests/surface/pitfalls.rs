//! What went wrong with permissions elsewhere, each by its name: the list in the specification's field study. A test here
//! says what a user would notice; the proofs of the rules themselves are beside the code.

use api::{
    beep::{Beep, Database, shared},
    gateway::Live,
    http::Answer,
    people::{Person, Server, id},
};
use serde_json::{Value, json};

/// The owner's server with a moderator, who holds a role in the middle, and a member, who holds the lowest.
struct Club {
    owner: Person,
    moderator: Person,
    member: Person,
    server: Server,
    high: String,
    middle: String,
    low: String,
}

impl Club {
    async fn new(beep: &Beep, rights: &[&str]) -> Self {
        let [owner, moderator, member] = [(); 3].map(|()| Person::sign_up(beep));
        let (owner, moderator, member) = tokio::join!(owner, moderator, member);
        let server = owner.create_server("public").await;
        tokio::join!(moderator.join(&server), member.join(&server));
        // Each new role stands lowest.
        let high = owner.create_role(&server, &[]).await;
        let middle = owner.create_role(&server, rights).await;
        let low = owner.create_role(&server, &[]).await;
        owner.give_roles(&server, &moderator, &[&middle]).await;
        owner.give_roles(&server, &member, &[&low]).await;
        Self {
            owner,
            moderator,
            member,
            server,
            high,
            middle,
            low,
        }
    }

    fn channels(&self) -> String {
        format!("{}/channels", self.server.path())
    }

    fn roles(&self) -> String {
        format!("{}/roles", self.server.path())
    }

    async fn overwrite(&self, target: &str, kind: &str, allow: &[&str], deny: &[&str]) {
        let body = json!({ "kind": kind, "allow": allow, "deny": deny });
        let channel = self.server.channel();
        self.owner.overwrite(&channel, target, body).await.expect(200);
    }

    /// What each way of asking says that the person may do in the first channel: whether they see it, and write there.
    async fn says(&self, person: &Person) -> [(bool, bool); 4] {
        let path = format!("{}/permissions/{}", self.server.channel(), person.id);
        let explained = self.owner.get(&path).await.expect(200);
        let path = format!("{}/permissions/@me", self.server.path());
        let mine = person.get(&path).await.expect(200);
        let (_, ready) = Live::identify(person).await;
        let mut servers = ready["servers"].as_array().unwrap().iter();
        let in_ready = servers.find(|server| server["id"] == self.server.id).unwrap();
        let in_detail = person.get(&self.server.path()).await.expect(200);
        let may = |set: &Value, name: &str| set.as_array().is_some_and(|set| set.iter().any(|one| one == name));
        let both = |set: &Value| (may(set, "view_channel"), may(set, "send_messages"));
        [
            both(&explained["permissions"]),
            both(&mine["channels"][&self.server.channel_id]),
            self.listed(in_ready),
            self.listed(&in_detail),
        ]
    }

    fn listed(&self, server: &Value) -> (bool, bool) {
        let channels = server["channels"].as_array().unwrap();
        let sees = channels.iter().any(|channel| channel["id"] == self.server.channel_id);
        let there = &server["channel_permissions"][&self.server.channel_id];
        let may = if there.is_array() {
            there
        } else {
            &server["permissions"]
        };
        let writes = may.as_array().unwrap().iter().any(|one| one == "send_messages");
        (sees, sees && writes)
    }
}

/// Runs a test on each database.
async fn on_each(rights: &[&str], test: impl AsyncFn(Club)) {
    for database in Database::all() {
        let beep = shared(database).await;
        test(Club::new(&beep, rights).await).await;
    }
}

fn refused(answer: &Answer, code: &str) {
    answer.is_problem(403, code);
}

/// Discord: an allowance wins among roles whatever their rank, so that a role that is to silence needs care. It is so here,
/// and it is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_silencing_role_loses_against_an_allowance_and_it_is_told() {
    on_each(&[], async |club| {
        club.owner
            .give_roles(&club.server, &club.member, &[&club.high, &club.low])
            .await;
        club.overwrite(&club.high, "role", &[], &["send_messages"]).await;
        assert_eq!(club.says(&club.member).await, [(true, false); 4]);
        club.overwrite(&club.low, "role", &["send_messages"], &[]).await;
        assert_eq!(club.says(&club.member).await, [(true, true); 4]);
        let path = format!("{}/permissions/{}", club.server.channel(), club.member.id);
        let why = club.owner.get(&path).await.text();
        assert!(why.contains(&club.low) && !why.contains(&club.high), "{why}");
    })
    .await;
}

/// Discord: `manage_roles` in an overwrite acted as the channel's administrator.
#[tokio::test(flavor = "multi_thread")]
async fn to_manage_roles_of_a_channel_is_not_to_administrate_it() {
    on_each(&[], async |club| {
        club.overwrite(&club.moderator.id, "member", &["manage_roles"], &[])
            .await;
        let channel = club.server.channel();
        for right in ["manage_channels", "manage_messages", "mention_everyone"] {
            let allow = json!({ "kind": "role", "allow": [right] });
            refused(
                &club.moderator.overwrite(&channel, &club.low, allow).await,
                "cannot_grant",
            );
        }
        let themselves = json!({ "kind": "member", "allow": ["manage_roles", "send_messages"] });
        let answer = club.moderator.overwrite(&channel, &club.moderator.id, themselves).await;
        refused(&answer, "member_too_high");
        refused(
            &club.moderator.patch(&channel, json!({ "name": "x" })).await,
            "missing_permission",
        );
        refused(&club.moderator.delete(&channel).await, "missing_permission");
    })
    .await;
}

/// Discord: creating a channel with overwrites gave rights that its creator lacked.
#[tokio::test(flavor = "multi_thread")]
async fn who_creates_a_channel_has_no_more_in_it_than_elsewhere() {
    on_each(&["manage_channels"], async |club| {
        let with = json!({
            "name": "mine", "kind": "text", "private": true,
            "overwrites": [{ "target_id": club.moderator.id, "kind": "member", "allow": ["manage_roles"] }],
        });
        // Whatever is said besides is not heard.
        let made = club.moderator.post(&club.channels(), with).await.expect(201);
        let mine = club.server.with_channel(&id(&made)).channel();
        let open = json!({ "kind": "role", "allow": ["view_channel"] });
        refused(
            &club.moderator.overwrite(&mine, &club.low, open).await,
            "missing_permission",
        );
    })
    .await;
}

/// Discord: a time-out left the rights of the whole server.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_takes_the_rights_of_the_whole_server_too() {
    let rights = ["kick_members", "manage_roles", "manage_server", "manage_channels"];
    on_each(&rights, async |club| {
        club.owner.time_out(&club.server, &club.moderator).await;
        let (moderator, server) = (&club.moderator, club.server.path());
        for answer in [
            moderator.delete(&format!("{server}/members/{}", club.member.id)).await,
            moderator.post(&club.roles(), json!({ "name": "x" })).await,
            moderator.patch(&server, json!({ "name": "x" })).await,
            moderator
                .post(&club.channels(), json!({ "name": "x", "kind": "text" }))
                .await,
            moderator
                .change_member(&club.server, moderator, json!({ "timeout_until": null }))
                .await,
        ] {
            refused(&answer, "missing_permission");
        }
        let mine = moderator.get(&format!("{server}/permissions/@me")).await.expect(200);
        assert_eq!(mine["permissions"], json!(["view_channel", "read_history"]));
    })
    .await;
}

/// Discord: channels "in sync" with their folder had a copy, which broke at the first edit.
#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_inherited_also_by_channels_with_overwrites_of_their_own() {
    on_each(&[], async |club| {
        let folder = json!({ "name": "folder", "kind": "folder" });
        let folder = id(&club.owner.post(&club.channels(), folder).await.expect(201));
        let into = json!({ "parent_id": folder });
        club.owner.patch(&club.server.channel(), into).await.expect(200);
        club.overwrite(&club.low, "role", &[], &["add_reactions"]).await;
        assert_eq!(club.says(&club.member).await, [(true, true); 4]);
        for (deny, expected) in [
            (json!(["send_messages"]), (true, false)),
            (json!(["view_channel"]), (false, false)),
            (json!([]), (true, true)),
        ] {
            let change = json!({ "kind": "role", "deny": deny });
            let path = club.server.with_channel(&folder).channel();
            club.owner.overwrite(&path, &club.server.id, change).await.expect(200);
            assert_eq!(club.says(&club.member).await, [expected; 4], "{deny}");
        }
    })
    .await;
}

/// Stoat: the owner was locked out, or refused.
#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_never_locked_out() {
    on_each(&["administrator"], async |club| {
        // Whom an administrator denies everything that can be denied.
        let all = [
            "view_channel",
            "send_messages",
            "manage_channels",
            "manage_roles",
            "read_history",
        ];
        let deny = json!({ "kind": "role", "deny": all });
        let (moderator, owner) = (&club.moderator, &club.owner);
        moderator
            .overwrite(&club.server.channel(), &club.server.id, deny)
            .await
            .expect(200);
        moderator
            .allow_role(&club.server, &club.server.id, json!([]))
            .await
            .expect(200);
        let demoted = json!({ "role_ids": [club.low] });
        refused(
            &moderator.change_member(&club.server, owner, demoted).await,
            "member_too_high",
        );
        assert_eq!(club.says(owner).await, [(true, true); 4]);
        owner.send_message(&club.server, "still mine").await;
        owner
            .patch(&club.server.channel(), json!({ "name": "mine" }))
            .await
            .expect(200);
        owner
            .allow_role(&club.server, &club.middle, json!([]))
            .await
            .expect(200);
    })
    .await;
}

/// Stoat: a lower role put a higher one below itself.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_orders_what_stands_above_them() {
    on_each(&["manage_roles"], async |club| {
        for (role, position) in [(&club.high, 1), (&club.middle, 3), (&club.low, 2), (&club.low, 3)] {
            let order = json!({ "roles": [{ "id": role, "position": position }] });
            refused(&club.moderator.patch(&club.roles(), order).await, "role_too_high");
        }
        let roles = club.owner.get(&club.roles()).await.expect(200);
        let order: Vec<String> = roles["items"].as_array().unwrap().iter().map(id).collect();
        let expected = [&club.server.id, &club.low, &club.middle, &club.high];
        assert_eq!(order.iter().collect::<Vec<_>>(), expected);
    })
    .await;
}

/// Stoat: a right to see that was given back never reached the clients. Others: events went to members who did not see the
/// channel.
#[tokio::test(flavor = "multi_thread")]
async fn the_view_that_is_given_back_reaches_clients_and_nothing_before_it() {
    on_each(&[], async |club| {
        let (mut live, _) = Live::identify(&club.member).await;
        let path = format!("{}/overwrites/{}", club.server.channel(), club.low);
        club.overwrite(&club.low, "role", &[], &["view_channel"]).await;
        live.event_among_others("channel.deleted").await;
        club.owner.send_message(&club.server, "unseen").await;
        club.owner
            .patch(&club.server.channel(), json!({ "topic": "unseen" }))
            .await
            .expect(200);
        club.owner.delete(&path).await.expect(204);
        let mut heard = Vec::new();
        loop {
            let frame = live.frame().await;
            if frame["type"] == "channel.created" {
                assert_eq!(frame["data"]["id"], club.server.channel_id);
                break;
            }
            heard.push(frame);
        }
        let telling = heard.iter().any(|frame| frame.to_string().contains("unseen"));
        assert!(!telling, "{heard:?}");
        club.owner.send_message(&club.server, "seen").await;
        assert_eq!(live.event_among_others("message.created").await["content"], "seen");
        let read = club.member.get(&club.server.messages()).await.text();
        assert!(read.contains("unseen"), "{read}");
    })
    .await;
}

/// Stoat: a time-out was shed by leaving and coming back.
#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_outlives_leaving() {
    on_each(&[], async |club| {
        club.owner.time_out(&club.server, &club.member).await;
        club.member.leave(&club.server).await;
        let me = club.member.join(&club.server).await["me"].clone();
        assert!(me["timeout_until"].is_string(), "{me}");
        let said = json!({ "content": "free" });
        refused(
            &club.member.post(&club.server.messages(), said).await,
            "missing_permission",
        );
    })
    .await;
}

/// Stoat: the calculation for one channel and that for all disagreed.
#[tokio::test(flavor = "multi_thread")]
async fn one_channel_and_all_channels_are_decided_alike() {
    on_each(&["manage_messages"], async |club| {
        let changes: [(&str, &str, &[&str], &[&str]); 6] = [
            (&club.server.id, "role", &[], &["send_messages"]),
            (&club.low, "role", &["send_messages"], &[]),
            (&club.member.id, "member", &[], &["send_messages"]),
            (&club.server.id, "role", &[], &["view_channel"]),
            (&club.middle, "role", &["view_channel"], &[]),
            (&club.member.id, "member", &["view_channel"], &["send_messages"]),
        ];
        for (target, kind, allow, deny) in changes {
            club.overwrite(target, kind, allow, deny).await;
            for person in [&club.owner, &club.moderator, &club.member] {
                let all @ [explained, ..] = club.says(person).await;
                assert_eq!(all, [explained; 4], "{kind} {allow:?} {deny:?}");
                let may = person
                    .post(&club.server.messages(), json!({ "content": "words" }))
                    .await;
                assert_eq!(
                    may.status == 201,
                    explained.1,
                    "{kind} {allow:?} {deny:?}: {}",
                    may.text()
                );
            }
        }
    })
    .await;
}

/// Stoat: what a moderator did to somebody was done to the moderator.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_done_to_somebody_is_done_to_them() {
    let rights = [
        "time_out_members",
        "manage_nicknames",
        "kick_members",
        "manage_roles",
        "ban_members",
    ];
    on_each(&rights, async |club| {
        let of = async |person: &Person| {
            let path = format!("{}/members/{}", club.server.path(), person.id);
            club.owner.get(&path).await
        };
        let before = of(&club.moderator).await.expect(200);
        let (moderator, member, server) = (&club.moderator, &club.member, &club.server);
        moderator.time_out(server, member).await;
        let renamed = json!({ "nickname": "Renamed" });
        moderator.change_member(server, member, renamed).await.expect(200);
        moderator.give_roles(server, member, &[]).await;
        let after = of(member).await.expect(200);
        assert_eq!(
            (&after["nickname"], &after["role_ids"]),
            (&json!("Renamed"), &json!([]))
        );
        assert!(after["timeout_until"].is_string(), "{after}");
        moderator.kick(server, member).await;
        assert_eq!(of(member).await.status, 404);
        member.join(server).await;
        moderator.ban(server, member).await;
        assert_eq!(of(member).await.status, 404);
        assert_eq!(of(moderator).await.expect(200), before);
    })
    .await;
}

/// Others: overwrites were rebuilt by deleting them all, and with them the one by which the editor could edit.
#[tokio::test(flavor = "multi_thread")]
async fn who_changes_an_overwrite_keeps_theirs() {
    on_each(&[], async |club| {
        let channel = club.server.channel();
        club.overwrite(&club.middle, "role", &["manage_roles"], &[]).await;
        for deny in [json!(["send_messages"]), json!([]), json!(["add_reactions"])] {
            let change = json!({ "kind": "role", "deny": deny });
            club.moderator.overwrite(&channel, &club.low, change).await.expect(200);
        }
        let path = format!("{channel}/overwrites");
        club.moderator.delete(&format!("{path}/{}", club.low)).await.expect(204);
        let left = club.moderator.get(&path).await.expect(200);
        let targets: Vec<&Value> = left["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| &one["target_id"])
            .collect();
        assert_eq!(targets, [&json!(club.middle)]);
    })
    .await;
}

/// Several: editing forgot what creating checks, and checks looked at one direction or at one path.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_way_a_right_is_written_it_must_be_ones_own() {
    on_each(&["manage_roles"], async |club| {
        let foreign = ["ban_members"];
        let (moderator, channel) = (&club.moderator, club.server.channel());
        let given = json!({ "name": "x", "permissions": foreign });
        refused(&moderator.post(&club.roles(), given).await, "cannot_grant");
        refused(
            &moderator.allow_role(&club.server, &club.low, json!(foreign)).await,
            "cannot_grant",
        );
        for side in ["allow", "deny"] {
            let body = json!({ "kind": "role", side: foreign });
            refused(&moderator.overwrite(&channel, &club.low, body).await, "cannot_grant");
        }
        // In the other direction: what the owner gave is not taken by who lacks it.
        let strong = club.owner.create_role(&club.server, &foreign).await;
        club.owner.give_roles(&club.server, &club.member, &[&strong]).await;
        club.overwrite(&club.low, "role", &foreign, &[]).await;
        refused(
            &moderator.allow_role(&club.server, &strong, json!([])).await,
            "cannot_grant",
        );
        refused(
            &moderator.delete(&format!("{}/{strong}", club.roles())).await,
            "cannot_grant",
        );
        let none = json!({ "role_ids": [] });
        refused(
            &moderator.change_member(&club.server, &club.member, none).await,
            "cannot_grant",
        );
        let mine = json!({ "role_ids": [club.middle, strong] });
        refused(
            &moderator.change_member(&club.server, moderator, mine).await,
            "cannot_grant",
        );
        refused(
            &moderator.delete(&format!("{channel}/overwrites/{}", club.low)).await,
            "cannot_grant",
        );
    })
    .await;
}
