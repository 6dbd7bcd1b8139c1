//! The gateway's operations and events: who may, and who hears.

use api::{
    beep::{Beep, Database, shared},
    gateway::Live,
    http::{Body, Credentials},
    people::{PASSWORD, Person, id},
};
use futures::future::join_all;
use serde_json::{Value, json};

use super::scene::{Cast, NEVER, Place};

/// What the gateway's documentation says, which clients are written from.
const DOCUMENTATION: &str = include_str!("../../../../../docs/gateway.md");

/// What clients say, and whether it may come before `identify`.
const OPERATIONS: [(&str, bool); 5] = [
    ("identify", true),
    ("resume", true),
    ("heartbeat", false),
    ("subscribe", false),
    ("presence", false),
];

/// What the gateway says.
const ANSWERS: [&str; 9] = [
    "error",
    "members",
    "hello",
    "event",
    "heartbeat_ack",
    "resumed",
    "invalid_session",
    "subscribed",
    "reconnect",
];

#[test]
fn every_documented_frame_is_known_here() {
    let mut documented: Vec<&str> = DOCUMENTATION
        .split(r#""op":""#)
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    documented.sort_unstable();
    documented.dedup();
    let mut known: Vec<&str> = OPERATIONS.iter().map(|(name, _)| *name).chain(ANSWERS).collect();
    known.sort_unstable();
    assert_eq!(documented, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_is_signed_in_begins_or_resumes_a_session() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        let (victim, _) = Live::identify(&cast.owner).await;
        for (name, caller) in &cast.signed_out {
            let token = match &caller.credentials {
                Credentials::Bearer(token) => json!(token),
                _ => Value::Null,
            };
            // Whoever ends a sign-in wants its clients to know; everybody else learns nothing.
            let code = if name.contains("ended") { 4013 } else { 4004 };
            for frame in [
                json!({ "op": "identify", "token": token }),
                json!({ "op": "resume", "token": token, "session_id": victim.session_id, "seq": 1 }),
            ] {
                let mut live = Live::connect(beep.address).await;
                live.send(&frame).await;
                assert_eq!(live.close_code().await, Some(code), "{database:?}: {name}: {frame}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_done_before_a_session_began() {
    let beep = shared(Database::Sqlite).await;
    for (operation, before) in OPERATIONS {
        if !before {
            let mut live = Live::connect(beep.address).await;
            live.send(&json!({ "op": operation, "status": "online" })).await;
            assert_eq!(live.close_code().await, Some(4003), "{operation}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_resumed_by_whose_it_is() {
    for database in Database::all() {
        let beep = shared(database).await;
        let victim = Person::sign_up(&beep).await;
        let (live, _) = Live::identify(&victim).await;
        let (another_sign_in, attacker) = (victim.sign_in_again().await, Person::sign_up(&beep).await);
        for thief in [&attacker, &another_sign_in] {
            let mut answers = Vec::new();
            for session_id in [live.session_id.as_str(), "00000000000000000000000000000000"] {
                let mut attempt = Live::connect(beep.address).await;
                let frame = json!({ "op": "resume", "token": thief.token, "session_id": session_id, "seq": 1 });
                attempt.send(&frame).await;
                answers.push(attempt.frame().await);
            }
            assert_eq!(answers[0]["op"], "invalid_session", "{database:?}");
            assert_eq!(
                answers[0], answers[1],
                "{database:?}: it can be told that the session is there"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn presences_are_for_members() {
    for database in Database::all() {
        let beep = shared(database).await;
        let cast = Cast::new(&beep).await;
        for visibility in ["public", "private"] {
            let place = Place::new(&cast, visibility).await;
            let (mut owner, _) = Live::identify(&cast.owner).await;
            let subscribe = |id: &str| json!({ "op": "subscribe", "server_id": id });
            for outsider in [&cast.stranger, &cast.former, &cast.kicked, &cast.banned] {
                let (mut live, _) = Live::identify(outsider).await;
                live.send(&subscribe(NEVER)).await;
                let of_nothing = live.frame().await;
                live.send(&subscribe(&place.server.id)).await;
                assert_eq!(live.frame().await, of_nothing, "{database:?}, {visibility}");
            }
            owner.send(&subscribe(&place.server.id)).await;
            let seen = owner.frame().await;
            assert_eq!(seen["presences"][0]["user_id"], cast.owner.id, "{seen}");
            place.end(&cast).await;
        }
    }
}

/// Who hears of it, besides the owner, who causes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hearers {
    /// The members.
    Members,
    /// Whom the invitation concerns, and no other member.
    Invited,
    /// The one whom it happens to, and nobody else.
    TheNewcomer,
    /// Who has the server on screen.
    Watchers,
    /// Nobody.
    Nobody,
}

/// An event, and what makes the owner hear it.
struct Cause {
    event: &'static str,
    hearers: Hearers,
    /// Method, path below the server's, body. With no method it is the newcomer who joins or leaves.
    request: (&'static str, &'static str, Value),
}

fn causes() -> Vec<Cause> {
    use Hearers::{Invited, Members, Nobody, TheNewcomer, Watchers};
    let cause = |event, hearers, method, path, body| Cause {
        event,
        hearers,
        request: (method, path, body),
    };
    let content = || json!({ "content": "words" });
    let of_own = |event, method, path| cause(event, Members, method, path, Value::Null);
    let mine = "/channels/{channel}/messages/{own}/reactions/%F0%9F%91%8D/@me";
    let pin = "/channels/{channel}/pins/{own}";
    let typing = "/channels/{channel}/typing";
    vec![
        of_own("message.reaction_added", "PUT", mine),
        of_own("message.reaction_removed", "DELETE", mine),
        of_own("message.pinned", "PUT", pin),
        of_own("message.unpinned", "DELETE", pin),
        cause("typing.started", Watchers, "POST", typing, Value::Null),
        cause(
            "read_state.updated",
            Nobody,
            "PUT",
            "/channels/{channel}/read",
            json!({}),
        ),
        cause("draft.updated", Nobody, "PUT", "/channels/{channel}/draft", content()),
        cause(
            "message.created",
            Members,
            "POST",
            "/channels/{channel}/messages",
            content(),
        ),
        cause(
            "message.updated",
            Members,
            "PATCH",
            "/channels/{channel}/messages/{own}",
            content(),
        ),
        cause(
            "message.deleted",
            Members,
            "DELETE",
            "/channels/{channel}/messages/{own}",
            Value::Null,
        ),
        cause(
            "channel.created",
            Members,
            "POST",
            "/channels",
            json!({ "name": "new", "kind": "text" }),
        ),
        cause(
            "channel.updated",
            Members,
            "PATCH",
            "/channels/{channel}",
            json!({ "topic": "new" }),
        ),
        cause("invitation.received", Invited, "invitation", "", Value::Null),
        cause("invitation.revoked", Invited, "invitation", "", Value::Null),
        cause("invitation.declined", Invited, "invitation", "", Value::Null),
        cause("invitation.accepted", Invited, "invitation", "", Value::Null),
        cause("server.created", TheNewcomer, "join", "", Value::Null),
        cause("member.joined", Members, "join", "", Value::Null),
        cause(
            "member.updated",
            Members,
            "PATCH",
            "/members/{member}",
            json!({ "nickname": "new" }),
        ),
        cause("role.created", Members, "POST", "/roles", json!({ "name": "new" })),
        cause(
            "role.updated",
            Members,
            "PATCH",
            "/roles/{role}",
            json!({ "name": "new" }),
        ),
        cause("role.deleted", Members, "DELETE", "/roles/{role}", Value::Null),
        cause("member.left", Members, "leave", "", Value::Null),
        cause("user.updated", Members, "PATCH", "@me", json!({ "biography": "new" })),
        cause(
            "settings.updated",
            Nobody,
            "PATCH",
            "@me/settings",
            json!({ "theme": "dark" }),
        ),
        cause(
            "user.security_changed",
            Nobody,
            "PUT",
            "@me/password",
            json!({ "current_password": PASSWORD, "new_password": "another password", "end_other_sessions": false }),
        ),
        cause("presence.updated", Watchers, "presence", "", Value::Null),
        cause("server.updated", Members, "PATCH", "", json!({ "description": "new" })),
        cause("channel.deleted", Members, "DELETE", "/channels/{channel}", Value::Null),
        cause("server.deleted", Members, "DELETE", "", Value::Null),
    ]
}

/// Events that no request causes yet.
const WITHOUT_A_REQUEST: [&str; 1] = ["permissions.updated"];

#[test]
fn every_documented_event_has_a_cause_here() {
    let table = DOCUMENTATION.split("## Events").nth(1).unwrap();
    let table = table.split("## ").next().unwrap();
    let names = |line: &str| -> Vec<String> {
        let cell = line.split('|').nth(1).unwrap_or_default().to_owned();
        cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    let mut documented: Vec<String> = table.lines().flat_map(names).collect();
    documented.sort();
    documented.retain(|name| !WITHOUT_A_REQUEST.contains(&name.as_str()));
    let mut known: Vec<&str> = causes().iter().map(|cause| cause.event).collect();
    known.sort_unstable();
    assert_eq!(documented, known);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_reach_those_who_may_know_and_nobody_else() {
    let trials = Database::all()
        .into_iter()
        .flat_map(|database| ["public", "private"].map(|visibility| hear_all(database, visibility)));
    join_all(trials).await;
}

/// Everybody listens, with the server on screen as far as they may; but the member, who looks at something else.
struct Stage {
    cast: Cast,
    newcomer: Person,
    place: Place,
    /// A message of the owner's.
    own: String,
    owner: Live,
    member: Live,
    /// Hears what members hear.
    timed_out: Live,
    /// A member who does not see the channel.
    blind: Live,
    coming: Live,
    outsiders: Vec<Live>,
}

impl Stage {
    async fn new(beep: &Beep, visibility: &str) -> Self {
        let cast = Cast::new(beep).await;
        let newcomer = Person::sign_up(beep).await;
        let place = Place::new(&cast, visibility).await;
        let own = id(&cast.owner.send_message(&place.server, "own").await);
        let live = async |person: &Person| Live::identify(person).await.0;
        let outside = [&cast.stranger, &cast.former, &cast.kicked, &cast.banned];
        let mut stage = Self {
            owner: live(&cast.owner).await,
            member: live(&cast.member).await,
            timed_out: live(&cast.timed_out).await,
            blind: live(&cast.blind).await,
            coming: live(&newcomer).await,
            outsiders: join_all(outside.map(live)).await,
            cast,
            newcomer,
            place,
            own,
        };
        let subscribe = json!({ "op": "subscribe", "server_id": stage.place.server.id });
        stage.owner.send(&subscribe).await;
        stage.owner.drain().await;
        for outsider in &mut stage.outsiders {
            outsider.send(&subscribe).await;
            outsider.drain().await;
        }
        stage
    }

    async fn bring_about(&mut self, cause: &Cause, what: &str) {
        let (method, path, body) = &cause.request;
        let server = &self.place.server;
        match *method {
            "join" if cause.hearers == Hearers::TheNewcomer => {
                self.newcomer.join(server).await;
                self.coming.event_among_others("server.created").await;
                self.newcomer.leave(server).await;
            }
            "invitation" => self.invite(cause.event).await,
            "join" => {
                self.newcomer.join(server).await;
            }
            "leave" => self.newcomer.leave(server).await,
            "presence" => {
                self.member.send(&json!({ "op": "presence", "status": "away" })).await;
            }
            _ => {
                let path = match *path {
                    path if path.starts_with('@') => format!("/users/{path}"),
                    path => format!("{}{path}", server.path())
                        .replace("{channel}", &server.channel_id)
                        .replace("{member}", &self.cast.member.id)
                        .replace("{own}", &self.own)
                        .replace("{role}", &self.place.role_id),
                };
                let body = match body {
                    Value::Null => Body::Empty,
                    body => Body::Json(body.clone()),
                };
                let answer = self.cast.owner.send(method, &path, body).await;
                assert!(answer.status < 300, "{what}: {}", answer.text());
            }
        }
    }

    /// The owner invites the newcomer by name, and it ends in one way or another.
    async fn invite(&mut self, event: &str) {
        let server = &self.place.server;
        let body = json!({ "user_id": self.newcomer.id });
        let path = format!("{}/invitations", server.path());
        let made = self.cast.owner.post(&path, body).await.expect(201);
        self.coming.event_among_others("invitation.received").await;
        let path = format!("/invitations/{}", made["code"].as_str().unwrap());
        match event {
            "invitation.received" | "invitation.revoked" => {
                self.cast.owner.delete(&path).await.expect(204);
                self.coming.event_among_others("invitation.revoked").await;
            }
            "invitation.declined" => {
                let declined = self.newcomer.post(&format!("{path}/decline"), Value::Null).await;
                declined.expect(204);
                self.coming.event_among_others(event).await;
                self.owner.event_among_others(event).await;
            }
            _ => {
                let accepted = self.newcomer.post(&format!("{path}/accept"), Value::Null).await;
                accepted.expect(200);
                self.owner.event_among_others(event).await;
                self.newcomer.leave(server).await;
            }
        }
    }

    async fn is_heard(&mut self, cause: &Cause, what: &str) {
        match cause.hearers {
            Hearers::Members => {
                for live in [&mut self.owner, &mut self.member, &mut self.timed_out] {
                    live.event_among_others(cause.event).await;
                }
            }
            Hearers::Watchers | Hearers::Nobody => {
                self.owner.event_among_others(cause.event).await;
                let heard = self.member.drain().await;
                assert!(
                    heard.iter().all(|frame| frame["type"] != cause.event),
                    "{what}: {heard:?}"
                );
            }
            Hearers::Invited => {
                let heard = self.member.drain().await;
                let foreign = |frame: &Value| {
                    let kind = frame["type"].as_str().unwrap_or_default();
                    kind.starts_with("invitation.")
                };
                assert!(!heard.iter().any(foreign), "{what}: {heard:?}");
            }
            Hearers::TheNewcomer => {}
        }
        for outsider in &mut self.outsiders {
            assert_eq!(outsider.drain().await, Vec::<Value>::new(), "{what}");
        }
        let hidden = self.place.server.channel_id.as_str();
        let heard = self.blind.drain().await;
        let telling: Vec<_> = heard
            .iter()
            .filter(|frame| frame.to_string().contains(hidden))
            .collect();
        assert!(telling.is_empty(), "{what}: {telling:?}");
    }
}

async fn hear_all(database: Database, visibility: &str) {
    let beep = shared(database).await;
    let mut stage = Box::pin(Stage::new(&beep, visibility)).await;
    for cause in causes() {
        let coming = matches!(cause.request.0, "join" | "leave");
        if coming && visibility == "private" {
            continue;
        }
        let what = format!("{database:?}: {} of a {visibility} server", cause.event);
        stage.bring_about(&cause, &what).await;
        stage.is_heard(&cause, &what).await;
    }
    let heard = stage.coming.drain().await;
    let left = heard.iter().rposition(|frame| frame["type"] == "server.deleted");
    let after = left.map_or(0, |at| at + 1);
    assert_eq!(heard[after..], Vec::<Value>::new(), "{database:?}: heard after leaving");
}
