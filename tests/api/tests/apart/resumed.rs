//! A session whose connection is lost is gone on with at another gateway only while nobody's rights have changed: nobody
//! knows there what its client was shown.

use std::net::SocketAddr;

use api::{
    beep::{Beep, Database, Setup},
    gateway::Live,
    left_out::{WITHOUT_POSTGRES, left_out},
    people::{Person, Server},
};
use serde_json::{Value, json};

/// What happens while nobody is connected.
#[derive(Debug, Clone, Copy)]
enum Gap {
    Nothing,
    ServerTurnsPrivate,
    RoleTaken,
    RightTakenFromRole,
    ViewDenied,
    TimedOut,
    OwnershipTransferred,
    Kicked,
}

/// A member with a role that sees a private channel.
struct Scene {
    owner: Person,
    member: Person,
    server: Server,
    den: Server,
    role: String,
    gateways: [SocketAddr; 2],
}

impl Scene {
    async fn new(beep: &Beep) -> Self {
        let (owner, member) = tokio::join!(Person::sign_up(beep), Person::sign_up(beep));
        let server = owner.create_server("public").await;
        member.join(&server).await;
        let den = owner.create_private_channel(&server, "den").await;
        let role = owner.create_role(&server, &["manage_channels"]).await;
        let seen = json!({ "kind": "role", "allow": ["view_channel"] });
        owner.overwrite(&den.channel(), &role, seen).await.expect(200);
        owner.give_roles(&server, &member, &[&role]).await;
        let gateways = beep.instances_of("gateway");
        let [one, other] = gateways[..] else {
            panic!("two gateways: {gateways:?}")
        };
        Self {
            owner,
            member,
            server,
            den,
            role,
            gateways: [one, other].map(|name| beep.address_of(name)),
        }
    }

    async fn pass(&self, gap: Gap) {
        let (owner, member, server) = (&self.owner, &self.member, &self.server);
        match gap {
            Gap::Nothing => {}
            Gap::ServerTurnsPrivate => {
                let private = json!({ "visibility": "private" });
                owner.patch(&server.path(), private).await.expect(200);
            }
            Gap::RoleTaken => owner.give_roles(server, member, &[]).await,
            Gap::RightTakenFromRole => {
                owner.allow_role(server, &self.role, json!([])).await.expect(200);
            }
            Gap::ViewDenied => {
                let denied = json!({ "kind": "member", "deny": ["view_channel"] });
                let target = &member.id;
                owner.overwrite(&self.den.channel(), target, denied).await.expect(200);
            }
            Gap::TimedOut => owner.time_out(server, member).await,
            Gap::OwnershipTransferred => {
                let given = json!({ "owner_id": member.id });
                owner.patch(&server.path(), given).await.expect(200);
            }
            Gap::Kicked => owner.kick(server, member).await,
        }
    }

    /// Whether a session that was begun at one gateway goes on at another after the gap; if it does, what it hears.
    async fn goes_on(&self, gap: Gap, same: bool) -> Option<Vec<Value>> {
        let [one, other] = self.gateways;
        let (live, _) = Live::identify_at(one, &self.member).await;
        let (session_id, seq) = (live.session_id.clone(), live.last);
        drop(live);
        self.pass(gap).await;
        let said = self
            .owner
            .post(&self.den.messages(), json!({ "content": "in the den" }))
            .await;
        assert!(matches!(said.status, 201 | 404), "{}", said.text());
        // The gateways hear of it in their own time: what each of them says now is true of what it has heard.
        let (mut witness, _) = Live::identify_at(other, &self.owner).await;
        let words = json!({ "content": "the gap is over" });
        self.owner.post(&self.server.messages(), words).await.expect(201);
        while witness.event_among_others("message.created").await["content"] != "the gap is over" {}
        let at = if same { one } else { other };
        let mut live = Live::resume_at(at, &self.member, &session_id, seq).await?;
        // What was missed is written into a journal before it is sent: two heartbeats may be answered first.
        let mut heard = Vec::new();
        while !matches!(gap, Gap::Kicked) && !tells(&heard, "the gap is over") {
            heard.push(live.frame().await);
        }
        heard.extend(live.drain().await);
        Some(heard)
    }
}

fn tells(heard: &[Value], words: &str) -> bool {
    heard.iter().any(|frame| frame["data"]["content"] == words)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_anew_at_another_gateway_when_rights_changed_in_the_gap() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    let setup = Setup::default().with_instances("gateway", 2);
    let beep = setup.start_apart().await;
    // Nothing changed: it goes on with everything.
    let scene = Scene::new(&beep).await;
    let heard = scene.goes_on(Gap::Nothing, false).await.expect("it goes on");
    assert!(
        tells(&heard, "in the den") && tells(&heard, "the gap is over"),
        "{heard:?}"
    );
    for gap in [
        Gap::ServerTurnsPrivate,
        Gap::RoleTaken,
        Gap::RightTakenFromRole,
        Gap::ViewDenied,
        Gap::TimedOut,
        Gap::OwnershipTransferred,
    ] {
        let scene = Scene::new(&beep).await;
        let heard = scene.goes_on(gap, false).await;
        assert!(heard.is_none(), "{gap:?}: {heard:?}");
    }
    // Where the session was, it goes on, and is told what is lost before anything that was said after it.
    for (gap, told) in [
        (Gap::RoleTaken, "channel.deleted"),
        (Gap::ViewDenied, "channel.deleted"),
        (Gap::TimedOut, "permissions.updated"),
        (Gap::Kicked, "server.deleted"),
    ] {
        let scene = Scene::new(&beep).await;
        let heard = scene.goes_on(gap, true).await.expect("it goes on");
        assert!(heard.iter().any(|frame| frame["type"] == told), "{gap:?}: {heard:?}");
        let sees_den = matches!(gap, Gap::TimedOut);
        assert_eq!(tells(&heard, "in the den"), sees_den, "{gap:?}: {heard:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_in_the_gap_hears_nothing_of_the_server_at_any_gateway() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    let setup = Setup::default().with_instances("gateway", 2);
    let beep = setup.start_apart().await;
    let scene = Scene::new(&beep).await;
    let heard = scene.goes_on(Gap::Kicked, false).await.unwrap_or_default();
    for words in ["in the den", "the gap is over"] {
        assert!(!tells(&heard, words), "{heard:?}");
    }
}
