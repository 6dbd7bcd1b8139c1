//! A server with members who do not see all of it.

use api::{
    gateway::{Heard, Live},
    people::{Person, Server, id},
    trace,
};
use serde_json::{Value, json};

use super::{
    Secrets,
    world::{World, send_secret},
};
use crate::authorisation::scene::{EVERY_RIGHT, Place};

/// What the members who attack may do at most: one of them has all rights but to be an administrator, and to invite, since
/// codes of invitations differ.
fn every_right() -> Vec<&'static str> {
    let mut rights = EVERY_RIGHT.to_vec();
    rights.retain(|right| *right != "create_invitations");
    rights
}

/// A private server of the owner's with channels that the member sees, and a role, and none of the insiders.
pub(super) async fn build(
    owner: &Person,
    member: &Person,
    banned: &Person,
    insiders: &[(&'static str, Person); 3],
    secrets: &Secrets,
) -> Place {
    let server = owner.create_server("public").await;
    let [_, (_, timed_out), (_, moderator)] = insiders;
    for person in insiders.iter().map(|(_, person)| person).chain([member]) {
        person.join(&server).await;
    }
    owner
        .patch(&server.path(), json!({ "visibility": "private" }))
        .await
        .expect(200);
    let moderators = owner.create_role(&server, &every_right()).await;
    owner.give_roles(&server, moderator, &[&moderators]).await;
    owner.time_out(&server, timed_out).await;
    owner.ban(&server, banned).await;
    // The role that sees the hidden channels stands below the moderator, who does not.
    let role_id = owner.create_role(&server, &[]).await;
    let mut place = Place {
        server: hide(owner, member, &server, &role_id, secrets).await,
        message_id: String::new(),
        attachment_id: String::new(),
        user_id: member.id.clone(),
        role_id,
        banned_id: banned.id.clone(),
    };
    for number in 0..secrets.messages {
        (place.message_id, place.attachment_id) = send_secret(member, &place.server, secrets).await;
        if number > 0 {
            hide(owner, member, &server, &place.role_id, secrets).await;
        }
    }
    place
}

/// Makes a channel that only the member and the role see, under a name and a topic with the mark.
async fn hide(owner: &Person, member: &Person, server: &Server, role_id: &str, secrets: &Secrets) -> Server {
    let hidden = owner.create_private_channel(server, secrets.mark).await;
    let topic = json!({ "topic": secrets.mark });
    owner.patch(&hidden.channel(), topic).await.expect(200);
    for (kind, target) in [("member", member.id.as_str()), ("role", role_id)] {
        let seen = json!({ "kind": kind, "allow": ["view_channel"] });
        owner.overwrite(&hidden.channel(), target, seen).await.expect(200);
    }
    hidden
}

/// Whether a frame tells who is connected, which is told in this order or that, and has nothing to do with channels.
fn is_of_presence(frame: &Value) -> bool {
    frame["op"] == "subscribed" || frame["type"] == "presence.updated"
}

impl World {
    /// What the insiders hear while all kinds of things happen in channels that they do not see.
    pub(super) async fn listen_inside(&self, secrets: &Secrets) -> Vec<Value> {
        let server = &self.inside.server;
        let mut lives = Vec::new();
        for (_, person) in &self.insiders {
            let (mut live, ready) = Live::identify(person).await;
            live.send(&json!({ "op": "subscribe", "server_id": server.id })).await;
            lives.push((live, vec![ready]));
        }
        // The member sees it, and hears all of it.
        for _ in 0..secrets.messages {
            let (message_id, _) = send_secret(&self.owner, server, secrets).await;
            let path = format!("{}/{message_id}", server.messages());
            let changed = json!({ "content": secrets.mark });
            self.owner.patch(&path, changed).await.expect(200);
            self.owner.delete(&path).await.expect(204);
        }
        for _ in 0..secrets.channels {
            let (member, role_id) = (&self.inside.user_id, &self.inside.role_id);
            let made = self.owner.create_private_channel(server, secrets.mark).await;
            let renamed = json!({ "name": format!("{}-renamed", secrets.mark), "position": 0 });
            self.owner.patch(&made.channel(), renamed).await.expect(200);
            for (kind, target) in [("member", member), ("role", role_id)] {
                let seen = json!({ "kind": kind, "allow": ["view_channel"] });
                self.owner.overwrite(&made.channel(), target, seen).await.expect(200);
            }
            self.owner.delete(&made.channel()).await.expect(204);
        }
        // Of this all hear: it is the last of what comes.
        let detail = self.owner.get(&server.path()).await.expect(200);
        let channels = detail["channels"].as_array().unwrap().iter();
        let seen_by_all = channels
            .filter(|channel| channel["private"] == false)
            .map(id)
            .next()
            .unwrap();
        let last = json!({ "topic": "the last" });
        let path = server.with_channel(&seen_by_all).channel();
        self.owner.patch(&path, last).await.expect(200);
        let mut all = Vec::new();
        for (mut live, mut heard) in lives {
            while heard.last().is_none_or(|frame| frame["data"]["topic"] != "the last") {
                match live.next().await {
                    Heard::Frame(frame) if is_of_presence(&frame) => {}
                    Heard::Frame(mut frame) => {
                        // The numbers are without a hole, but those of presences are left out.
                        frame["seq"].take();
                        heard.push(frame);
                    }
                    end => panic!("{end:?} after {heard:?}"),
                }
            }
            all.extend(heard);
        }
        all.iter_mut().for_each(trace::scrub);
        all
    }
}
