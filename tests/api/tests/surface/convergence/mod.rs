//! Old `ready` + events = new `ready`, for everything that changes something and everybody who sees it.

mod steps;

use std::{collections::BTreeSet, net::Ipv4Addr, time::Duration};

use api::{
    beep::{Beep, Database, Setup, Shape, shared},
    contract,
    gateway::{Heard, Live},
    governing::time_in,
    http::Body,
    patience::until,
    people::{Person, Server, id, picture},
    site::Site,
    view::View,
};
use serde_json::Value;
use steps::{Step, Who, steps};
use tokio::time::Instant;

/// How long events may take to arrive.
const WITHIN: Duration = Duration::from_secs(5);

/// When nothing comes, a new session is begun again after this.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A connection may not say too much at once, and each step makes it say something.
const STEPS_OF_A_CONNECTION: usize = 20;

/// Somebody who follows their world by events.
struct Viewer {
    name: &'static str,
    person: Person,
    live: Live,
    view: View,
    /// Whether the server's first channel is on their screen whenever they see it.
    looks_into: bool,
}

impl Viewer {
    async fn new(name: &'static str, person: &Person) -> Self {
        let (live, ready) = Live::identify(person).await;
        Self {
            name,
            person: person.clone(),
            live,
            view: View::of_ready(&ready),
            looks_into: false,
        }
    }

    /// Goes on with the session by another connection. Another gateway lets it begin anew when rights may have changed.
    async fn connect_again(&mut self, server: &Server) {
        match Live::resume(&self.person, &self.live.session_id, self.live.last).await {
            Some(resumed) => self.live = resumed,
            None if Shape::told() == Shape::Apart => {
                let looks_into = self.view.looks_into(&server.channel_id);
                *self = Self {
                    looks_into: self.looks_into,
                    ..Self::new(self.name, &self.person).await
                };
                if looks_into {
                    self.look_into(server).await;
                }
            }
            None => panic!("{} must begin anew", self.name),
        }
    }

    async fn look_into(&mut self, server: &Server) {
        let messages = self.person.read_all(&server.channel()).await;
        self.view.look_into(&server.channel_id, &messages);
        self.looks_into = true;
    }

    /// Follows an event, and reads the channel again when it comes into sight.
    async fn follow(&mut self, server: &Server, event: &Value) {
        self.view.follow(event);
        if self.looks_into && event["type"] == "channel.created" && event["data"]["id"] == server.channel_id {
            self.look_into(server).await;
        }
    }

    /// What a new session would begin with.
    async fn anew(&self, server: &Server) -> View {
        let (_, ready) = Live::identify(&self.person).await;
        let mut view = View::of_ready(&ready);
        if self.view.looks_into(&server.channel_id) {
            let answer = self.person.get(&format!("{}?limit=100", server.messages())).await;
            // The channel may be gone by now, and its messages with it.
            if answer.status != 404 {
                let page = answer.expect(200);
                view.look_into(&server.channel_id, page["items"].as_array().unwrap());
            }
        }
        view
    }

    /// Follows what comes until the view is what a new session begins with. Both may lag behind the answer: names are
    /// copied to where they are shown.
    async fn converges(&mut self, server: &Server, what: &str) {
        let deadline = Instant::now() + WITHIN;
        loop {
            let expected = self.anew(server).await;
            if self.view == expected {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{what}: {} does not learn of it:\n{}",
                self.name,
                self.view.difference(&expected)
            );
            match self.live.next_within(LOOK_AGAIN).await {
                Some(Heard::Frame(frame)) if frame["op"] == "event" => self.follow(server, &frame).await,
                Some(Heard::Frame(_)) | None => {}
                other => panic!("{what}: {}: {other:?}", self.name),
            }
        }
    }

    /// Nothing that still comes changes the view for the worse.
    async fn stays(&mut self, server: &Server, what: &str) {
        for frame in self.live.drain().await {
            if frame["op"] == "event" {
                self.follow(server, &frame).await;
            }
        }
        let expected = self.anew(server).await;
        assert!(
            self.view == expected,
            "{what}: {} has something else in the end:\n{}",
            self.name,
            self.view.difference(&expected)
        );
    }
}

/// Operations that change something which nobody sees in `ready` or a channel.
const UNSEEN: [(&str, &str); 36] = [
    ("POST", "/servers/{server_id}/channels/{channel_id}/attachments"),
    (
        "PATCH",
        "/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}",
    ),
    (
        "DELETE",
        "/servers/{server_id}/channels/{channel_id}/attachments/{attachment_id}",
    ),
    ("PUT", "/servers/{server_id}/channels/{channel_id}/draft"),
    ("POST", "/servers/{server_id}/channels/{channel_id}/typing"),
    ("POST", "/auth/register"),
    ("POST", "/auth/login"),
    ("POST", "/auth/refresh"),
    ("POST", "/auth/logout"),
    // With an identity manager: tests/identity.
    ("POST", "/auth/complete"),
    ("DELETE", "/auth/complete"),
    ("POST", "/auth/link"),
    ("POST", "/users/@me/security/actions"),
    ("DELETE", "/users/@me/providers/{provider_id}"),
    ("POST", "/auth/backchannel-logout"),
    ("DELETE", "/users/@me/sessions/{session_id}"),
    // How one signs in is read when it is looked at. With mail, see accounts_by_mail.rs.
    ("POST", "/auth/password/forgot"),
    ("POST", "/auth/password/reset"),
    ("POST", "/auth/email/verify"),
    ("PUT", "/users/@me/password"),
    ("POST", "/users/@me/totp"),
    ("DELETE", "/users/@me/totp"),
    ("POST", "/users/@me/totp/confirm"),
    ("POST", "/users/@me/totp/recovery-codes"),
    ("POST", "/auth/passkey/begin"),
    ("POST", "/auth/passkey"),
    ("POST", "/users/@me/passkeys/begin"),
    ("POST", "/users/@me/passkeys"),
    ("DELETE", "/users/@me/passkeys/{passkey_id}"),
    // It ends the sign-ins of whoever would look: see deletion.rs.
    ("POST", "/users/@me/deletion"),
    ("DELETE", "/users/@me/deletion"),
    ("POST", "/users/@me/email"),
    ("DELETE", "/users/@me/email"),
    // `export.rs`
    ("POST", "/users/@me/export"),
    ("DELETE", "/invitations/{code}"),
    ("POST", "/invitations/{code}/decline"),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_that_changes_something_is_a_step() {
    let beep = shared(Database::Sqlite).await;
    let as_in_contract = |path: &str| {
        path.replace("{folder_id}", "{channel_id}")
            .replace("{newcomer_id}", "{user_id}")
            .replace("overwrites/{server_id}", "overwrites/{target_id}")
            .replace("overwrites/{member_id}", "overwrites/{target_id}")
            .replace("{member_id}", "{user_id}")
            .replace("roles/{server_id}", "roles/{role_id}")
    };
    let mut steps: BTreeSet<(String, String)> = steps()
        .iter()
        .map(|step| (step.method.to_owned(), as_in_contract(step.path)))
        .collect();
    steps.extend(UNSEEN.map(|(method, path)| (method.to_owned(), path.to_owned())));
    let changing = contract::operations(&beep).await;
    let changing: BTreeSet<_> = changing.into_iter().filter(|(method, _)| method != "GET").collect();
    assert_eq!(changing, steps);
}

/// What steps have made so far.
#[derive(Default)]
struct Made {
    folder: String,
    message: String,
    attachment: String,
    role: String,
    code: String,
    newcomer: String,
    owner: String,
    member: String,
}

async fn take(step: &Step, caller: &Person, server: &Server, made: &mut Made) {
    let fill = |text: String| {
        text.replace("{server_id}", &server.id)
            .replace("{channel_id}", &server.channel_id)
            .replace("{folder_id}", &made.folder)
            .replace("{message_id}", &made.message)
            .replace("{attachment_id}", &made.attachment)
            .replace("{code}", &made.code)
            .replace("{emoji}", "%F0%9F%91%8D")
            .replace("{role_id}", &made.role)
            .replace("{target_id}", &made.role)
            .replace("{newcomer_id}", &made.newcomer)
            .replace("{owner_id}", &made.owner)
            .replace("{member_id}", &made.member)
            .replace("{in_an_hour}", &time_in(Duration::from_hours(1)))
            .replace("{user_id}", &caller.id)
    };
    let body = match &step.body {
        Value::Null if step.method == "PUT" || step.path.ends_with("/attachments") => Body::File(picture(3)),
        Value::Null => Body::Empty,
        json => Body::Json(serde_json::from_str(&fill(json.to_string())).unwrap()),
    };
    let answer = caller.send(step.method, &fill(step.path.to_owned()), body).await;
    assert!(answer.status < 300, "{} {}: {}", step.method, step.path, answer.text());
    if let Some(code) = answer.json()["code"].as_str() {
        code.clone_into(&mut made.code);
    }
    if answer.json()["kind"] == "folder" {
        made.folder = id(&answer.json());
    }
    if step.path.ends_with("/roles") && step.method == "POST" {
        made.role = id(&answer.json());
    }
    if step.path.ends_with("/attachments") {
        made.attachment = id(&answer.json());
    }
    if step.path.ends_with("/messages") {
        made.message = id(&answer.json());
    }
}

async fn converge(beep: &Beep) {
    let [owner, member, newcomer, stranger] = [(); 4].map(|()| Person::sign_up(beep));
    let (owner, member, newcomer, stranger) = tokio::join!(owner, member, newcomer, stranger);
    let server = owner.create_server("public").await;
    member.join(&server).await;
    let mut viewers = vec![
        Viewer::new("the owner", &owner).await,
        Viewer::new("the owner's other device", &owner.sign_in_again().await).await,
        Viewer::new("a member", &member).await,
        Viewer::new("a newcomer", &newcomer).await,
        Viewer::new("a stranger", &stranger).await,
    ];
    for viewer in &mut viewers[..3] {
        viewer.look_into(&server).await;
    }
    let mut made = Made {
        newcomer: newcomer.id.clone(),
        owner: owner.id.clone(),
        member: member.id.clone(),
        ..Made::default()
    };
    for (number, step) in steps().iter().enumerate() {
        if number % STEPS_OF_A_CONNECTION == STEPS_OF_A_CONNECTION - 1 {
            for viewer in &mut viewers {
                viewer.connect_again(&server).await;
            }
        }
        let person = match step.who {
            Who::Owner => &owner,
            Who::Member => &member,
            Who::Newcomer => &newcomer,
        };
        take(step, person, &server, &mut made).await;
        let what = format!("{:?}: {} {}", beep.database, step.method, step.path);
        for viewer in &mut viewers {
            viewer.converges(&server, &what).await;
        }
        // What this step made may still be on its way, and worse than what was there already.
        for viewer in &mut viewers {
            viewer.stays(&server, &what).await;
        }
    }
}

/// A preview comes when nobody asks for anything, and goes again.
async fn converge_on_previews(database: Database) {
    let beep = Setup::default().with_previews().start(database).await;
    let page = b"<title>A page</title>".to_vec();
    let site = Site::start(Ipv4Addr::LOCALHOST.into(), vec![("/page", "text/html", page)]).await;
    let (owner, member) = tokio::join!(Person::sign_up(&beep), Person::sign_up(&beep));
    let server = owner.create_server("public").await;
    member.join(&server).await;
    let mut viewers = vec![
        Viewer::new("the owner", &owner).await,
        Viewer::new("a member", &member).await,
    ];
    for viewer in &mut viewers {
        viewer.look_into(&server).await;
    }
    let message = member.send_message(&server, &site.url("/page")).await;
    let path = format!("{}/{}", server.messages(), id(&message));
    for (what, count) in [("a preview comes", 1), ("a preview goes", 0)] {
        until(WITHIN, what, async || {
            let embeds = owner.get(&path).await.expect(200)["embeds"].clone();
            (embeds.as_array().unwrap().len() == count).then_some(())
        })
        .await;
        for viewer in &mut viewers {
            viewer.converges(&server, what).await;
            viewer.stays(&server, what).await;
        }
        member.delete(&format!("{path}/embeds")).await.expect(204);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_ends_up_with_the_previews_that_there_are() {
    for database in Database::all() {
        converge_on_previews(database).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_ends_up_with_what_a_new_session_begins_with() {
    for database in Database::all() {
        converge(&*shared(database).await).await;
    }
}
