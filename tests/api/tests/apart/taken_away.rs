//! Rights that are taken away are gone on every instance within a second, whatever becomes of NATS.

use std::{net::SocketAddr, time::Duration};

use api::{
    beep::{Beep, Database, NATS, Setup},
    http::{Caller, Credentials},
    left_out::{WITHOUT_POSTGRES, left_out},
    people::{Person, Server, id},
};
use serde_json::json;
use tokio::time::sleep;

/// The requirement: from the answer to the request that takes something away.
const GONE_WITHIN: Duration = Duration::from_secs(1);

/// How the services hear of each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Events {
    Arrive,
    /// NATS ended without a farewell.
    Killed,
    /// NATS stands still, and every connection to it looks well.
    Paused,
}

/// What is taken away.
#[derive(Debug, Clone, Copy)]
enum Loss {
    Membership,
    Channel,
    SignIn,
}

/// Somebody who writes on every instance.
struct Scene {
    owner: Person,
    member: Person,
    other_device: Person,
    server: Server,
    instances: Vec<SocketAddr>,
}

impl Scene {
    async fn new(beep: &Beep) -> Self {
        let (owner, member) = tokio::join!(Person::sign_up(beep), Person::sign_up(beep));
        let server = owner.create_server("public").await;
        member.join(&server).await;
        let instances = beep.instances_of("messages").into_iter();
        Self {
            other_device: member.sign_in_again().await,
            owner,
            member,
            server,
            instances: instances.map(|name| beep.address_of(name)).collect(),
        }
    }

    /// What each instance answers the member who writes a message.
    async fn answers(&self) -> Vec<u16> {
        let mut answers = Vec::new();
        for address in &self.instances {
            let caller = Caller::nobody(*address).with(Credentials::Bearer(self.member.token.clone()));
            let body = json!({ "content": "still here" });
            answers.push(caller.post(&self.server.messages(), body).await.status);
        }
        answers
    }

    async fn lose(&self, loss: Loss) {
        match loss {
            Loss::Membership => self.member.leave(&self.server).await,
            Loss::Channel => {
                self.owner.delete(&self.server.channel()).await.expect(204);
            }
            Loss::SignIn => {
                let sessions = self.member.get("/users/@me/sessions").await.expect(200);
                let sessions = sessions["items"].as_array().unwrap();
                let current = sessions.iter().find(|session| session["current"] == true).unwrap();
                let path = format!("/users/@me/sessions/{}", id(current));
                self.other_device.delete(&path).await.expect(204);
            }
        }
    }
}

async fn taken_away(beep: &Beep, events: Events, loss: Loss) {
    let scene = Scene::new(beep).await;
    assert_eq!(
        scene.answers().await,
        [201, 201],
        "{events:?}, {loss:?}: and now they know the member"
    );
    match events {
        Events::Arrive => {}
        Events::Killed => beep.kill(NATS),
        Events::Paused => beep.pause(NATS),
    }
    scene.lose(loss).await;
    sleep(GONE_WITHIN).await;
    let expected = match loss {
        Loss::Membership | Loss::Channel => 404,
        Loss::SignIn => 401,
    };
    assert_eq!(scene.answers().await, [expected, expected], "{events:?}, {loss:?}");
    match events {
        Events::Arrive => {}
        Events::Killed => beep.restart(NATS).await,
        Events::Paused => beep.unpause(NATS),
    }
    assert_eq!(
        scene.answers().await,
        [expected, expected],
        "{events:?}, {loss:?}: also when NATS is back"
    );
    if !matches!(loss, Loss::Channel) {
        let body = json!({ "content": "the owner goes on" });
        assert_eq!(
            scene.owner.post(&scene.server.messages(), body).await.expect(201)["content"],
            "the owner goes on"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_away_is_gone_on_every_instance_within_a_second_whatever_becomes_of_nats() {
    if !Database::all().contains(&Database::Postgres) {
        return left_out(WITHOUT_POSTGRES);
    }
    let setup = Setup::default()
        .with_instances("messages", 2)
        .with_instances("servers", 2);
    let beep = setup.start_apart().await;
    for events in [Events::Arrive, Events::Paused, Events::Killed] {
        for loss in [Loss::Membership, Loss::Channel, Loss::SignIn] {
            taken_away(&beep, events, loss).await;
        }
    }
}
