//! Access that is lost is lost everywhere, at once: ways to lose it × places where it must act.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Shape, shared},
    gateway::{Heard, Live},
    http::{Caller, Credentials},
    patience,
    people::{Person, Server, id},
};
use serde_json::{Value, json};

/// Within this time, on the node where it was lost.
const WITHIN: Duration = Duration::from_secs(1);

/// How access is lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    LogsOut,
    SignInEndedFromAnotherDevice,
    LeavesTheServer,
    ServerDestroyed,
    ChannelDeleted,
    ServerMadePrivate,
}

/// Where it acts. The member is the one who loses something; the visitor is no member, of a server that is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    ReadMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    ListedAsMember,
    OwnServers,
    OwnAccount,
    RefreshToken,
    BeginSession,
    Stream,
    Resume,
    Presences,
    OtherDevice,
    VisitorReads,
    VisitorFinds,
    VisitorJoins,
}

use Place::{
    BeginSession, ListedAsMember, OtherDevice, OwnAccount, OwnServers, Presences, ReadMembers, ReadMessages,
    ReadServerInside, RefreshToken, Resume, SendMessages, Stream, VisitorFinds, VisitorJoins, VisitorReads,
};

/// In this order: what changes something comes last.
const ALL: [Place; 16] = [
    ReadMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    ListedAsMember,
    OwnServers,
    OwnAccount,
    BeginSession,
    Presences,
    Stream,
    Resume,
    OtherDevice,
    VisitorReads,
    VisitorFinds,
    RefreshToken,
    VisitorJoins,
];

/// The matrix: the places at which each way acts. Everywhere else nothing changes.
const MATRIX: [(Way, &[Place]); 6] = [
    (Way::LogsOut, OF_A_SIGN_IN),
    (Way::SignInEndedFromAnotherDevice, OF_A_SIGN_IN),
    (Way::LeavesTheServer, OF_A_MEMBER),
    (
        Way::ServerDestroyed,
        &[
            ReadMessages,
            SendMessages,
            ReadServerInside,
            ReadMembers,
            ListedAsMember,
            OwnServers,
            Presences,
            Stream,
            Resume,
            VisitorReads,
            VisitorFinds,
            VisitorJoins,
        ],
    ),
    (Way::ChannelDeleted, &[ReadMessages, SendMessages, Stream, Resume]),
    (Way::ServerMadePrivate, &[VisitorReads, VisitorFinds, VisitorJoins]),
];

const OF_A_SIGN_IN: &[Place] = &[
    ReadMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    OwnServers,
    OwnAccount,
    BeginSession,
    Presences,
    Stream,
    Resume,
    RefreshToken,
];

const OF_A_MEMBER: &[Place] = &[
    ReadMessages,
    SendMessages,
    ReadServerInside,
    ReadMembers,
    ListedAsMember,
    OwnServers,
    Presences,
    Stream,
    Resume,
];

/// A public server of the owner's, and the member with everything that gives access.
struct Scene {
    owner: Person,
    member: Person,
    other_device: Person,
    visitor: Person,
    nobody: Caller,
    server: Server,
    live: Live,
    /// A session without a connection: its id, and the last event that arrived.
    left: (String, u64),
    /// Sessions of the owner on whichever gateways there are: when they have heard something, all have been told.
    witnesses: Vec<Live>,
    said: u32,
}

/// So many that there is one on each gateway.
const WITNESSES: usize = 6;

impl Scene {
    async fn new(beep: &Beep) -> Self {
        let [owner, member, visitor] = [(); 3].map(|()| Person::sign_up(beep));
        let (owner, member, visitor) = tokio::join!(owner, member, visitor);
        let server = owner.create_server("public").await;
        let name = json!({ "name": format!("club {}", server.id) });
        owner.patch(&server.path(), name).await.expect(200);
        member.join(&server).await;
        let (live, _) = Live::identify(&member).await;
        let (left, _) = Live::identify(&member).await;
        let mut witnesses = Vec::new();
        for _ in 0..WITNESSES {
            witnesses.push(Live::identify(&owner).await.0);
        }
        Self {
            other_device: member.sign_in_again().await,
            nobody: member.with(Credentials::None),
            left: (left.session_id.clone(), left.last),
            live,
            owner,
            member,
            visitor,
            server,
            witnesses,
            said: 0,
        }
    }

    async fn lose(&self, way: Way) {
        match way {
            Way::LogsOut => {
                self.member.post("/auth/logout", Value::Null).await.expect(204);
            }
            Way::SignInEndedFromAnotherDevice => {
                let sessions = self.member.get("/users/@me/sessions").await.expect(200);
                let sessions = sessions["items"].as_array().unwrap();
                let current = sessions.iter().find(|session| session["current"] == true).unwrap();
                let path = format!("/users/@me/sessions/{}", id(current));
                self.other_device.delete(&path).await.expect(204);
            }
            Way::LeavesTheServer => self.member.leave(&self.server).await,
            Way::ServerDestroyed => {
                self.owner.delete(&self.server.path()).await.expect(204);
            }
            Way::ChannelDeleted => {
                self.owner.delete(&self.server.channel()).await.expect(204);
            }
            Way::ServerMadePrivate => {
                let private = json!({ "visibility": "private" });
                self.owner.patch(&self.server.path(), private).await.expect(200);
            }
        }
    }

    async fn is_open(&mut self, place: Place) -> bool {
        let server = self.server.path();
        match place {
            ReadMessages => self.member.get(&self.server.messages()).await.status == 200,
            SendMessages => {
                let body = json!({ "content": "still here" });
                self.member.post(&self.server.messages(), body).await.status == 201
            }
            ReadServerInside => self.member.get(&server).await.json()["channels"].is_array(),
            ReadMembers => self.member.get(&format!("{server}/members")).await.status == 200,
            ListedAsMember => {
                let path = format!("{server}/members");
                self.owner.get(&path).await.text().contains(&self.member.id)
            }
            OwnServers => {
                let mine = self.member.get("/users/@me/servers").await;
                mine.text().contains(&self.server.id)
            }
            OwnAccount => self.member.get("/users/@me").await.status == 200,
            OtherDevice => self.other_device.get("/users/@me").await.status == 200,
            BeginSession => self.begins_a_session().await.is_some(),
            Presences => self.sees_presences().await,
            Stream => self.hears().await,
            Resume => self.resumes().await,
            RefreshToken => {
                let body = json!({ "refresh_token": self.member.refresh_token });
                self.nobody.post("/auth/refresh", body).await.status == 200
            }
            VisitorReads => self.visitor.get(&server).await.status == 200,
            VisitorFinds => {
                let path = format!("/servers/discover?query={}", self.server.id);
                self.visitor.get(&path).await.text().contains(&self.server.id)
            }
            VisitorJoins => {
                let joined = self.visitor.post(&format!("{server}/join"), Value::Null).await;
                joined.status == 200
            }
        }
    }

    async fn begins_a_session(&self) -> Option<Live> {
        let mut live = Live::connect(self.member.address).await;
        live.send(&json!({ "op": "identify", "token": self.member.token }))
            .await;
        matches!(live.next().await, Heard::Frame(_)).then_some(live)
    }

    async fn sees_presences(&self) -> bool {
        let Some(mut live) = self.begins_a_session().await else {
            return false;
        };
        live.send(&json!({ "op": "subscribe", "server_id": self.server.id }))
            .await;
        let heard = live.drain().await;
        heard
            .iter()
            .any(|frame| frame["op"] == "subscribed" && frame["server_id"] == self.server.id)
    }

    /// Says something in the channel that nobody has said before, and waits until all have been told; `None` when there is
    /// no channel any more.
    async fn say(&mut self) -> Option<String> {
        self.said += 1;
        let words = format!("said afterwards {}", self.said);
        let said = json!({ "content": words });
        let answer = self.owner.post(&self.server.messages(), said).await;
        if answer.status != 201 {
            return None;
        }
        for witness in &mut self.witnesses {
            while witness.event_among_others("message.created").await["content"] != words {}
        }
        Some(words)
    }

    async fn hears(&mut self) -> bool {
        let Some(words) = self.say().await else {
            return false;
        };
        self.live
            .drain()
            .await
            .iter()
            .any(|frame| frame["data"]["content"] == words)
    }

    /// Whether the session that was left would bring what was said after access was lost.
    async fn resumes(&mut self) -> bool {
        let Some(words) = self.say().await else {
            return false;
        };
        let (session_id, seq) = &self.left;
        let mut live = Live::connect(self.member.address).await;
        live.last = *seq;
        let frame = json!({ "op": "resume", "token": self.member.token, "session_id": session_id, "seq": seq });
        live.send(&frame).await;
        match live.next().await {
            Heard::Frame(answer) if answer["op"] == "resumed" => {}
            _ => return false,
        }
        let heard = live.drain().await;
        // The heartbeats have told the gateway that these arrived.
        self.left.1 = live.last;
        heard.iter().any(|frame| frame["data"]["content"] == words)
    }
}

async fn lose_and_look(database: Database, way: Way, ends: &[Place]) {
    let beep = shared(database).await;
    let mut scene = Scene::new(&beep).await;
    for place in ALL {
        // These can be done once only.
        if !matches!(place, RefreshToken | VisitorJoins) {
            let what = format!("{database:?}: {place:?} is open before {way:?}");
            patience::until(WITHIN, &what, async || scene.is_open(place).await.then_some(())).await;
        }
    }
    scene.lose(way).await;
    for place in ALL.into_iter().filter(|place| ends.contains(place)) {
        let what = format!("{database:?}: {way:?} ends {place:?}");
        patience::until(WITHIN, &what, async || (!scene.is_open(place).await).then_some(())).await;
    }
    // What everyone may do has changed: another gateway than the one that has the session lets it begin anew.
    let elsewhere = Shape::told() == Shape::Apart;
    let begins_anew = |place: Place| elsewhere && matches!((way, place), (Way::ServerMadePrivate, Resume));
    for place in ALL
        .into_iter()
        .filter(|place| !ends.contains(place) && !begins_anew(*place))
    {
        let what = format!("{database:?}: {way:?} does not end {place:?}");
        patience::until(WITHIN, &what, async || scene.is_open(place).await.then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn access_that_is_lost_is_lost_everywhere_at_once() {
    for database in Database::all() {
        let ways = MATRIX.map(|(way, ends)| lose_and_look(database, way, ends));
        futures::future::join_all(ways).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_are_told_why_they_end() {
    for database in Database::all() {
        let beep = shared(database).await;
        for (way, told) in [
            (Way::LogsOut, "4013"),
            (Way::SignInEndedFromAnotherDevice, "4013"),
            (Way::LeavesTheServer, "server.deleted"),
            (Way::ServerDestroyed, "server.deleted"),
            (Way::ChannelDeleted, "channel.deleted"),
        ] {
            let mut scene = Scene::new(&beep).await;
            scene.lose(way).await;
            let what = format!("{database:?}: {way:?} is told by {told}");
            patience::until(WITHIN, &what, async || match scene.live.next_within(WITHIN).await {
                Some(Heard::Closed(code)) => (code.to_string() == told).then_some(()),
                Some(Heard::Frame(frame)) => (frame["type"] == told).then_some(()),
                Some(Heard::Gone) | None => None,
            })
            .await;
        }
    }
}

/// `model::limits::SESSIONS_PER_USER`.
const SIGN_INS: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn one_sign_in_too_many_ends_the_oldest() {
    for database in Database::all() {
        let beep = shared(database).await;
        let first = Person::sign_up(&beep).await;
        let second = first.sign_in_again().await;
        let (mut live, _) = Live::identify(&first).await;
        for _ in 2..SIGN_INS {
            first.sign_in_again().await;
        }
        first.get("/users/@me").await.expect(200);
        let last = first.sign_in_again().await;
        patience::until(WITHIN, "the first sign-in ends", async || {
            (first.get("/users/@me").await.status == 401).then_some(())
        })
        .await;
        assert_eq!(live.close_code().await, Some(4013), "{database:?}");
        for person in [&second, &last] {
            person.get("/users/@me").await.expect(200);
        }
    }
}
