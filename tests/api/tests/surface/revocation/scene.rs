//! Those who lose something, and those who look on.

use std::collections::BTreeMap;

use api::{
    beep::Beep,
    gateway::Live,
    http::{Caller, Credentials},
    people::{Person, Server, text},
};
use serde_json::json;

/// A public server of the owner's, and the member with everything that gives access.
pub(super) struct Scene<'b> {
    pub(super) beep: &'b Beep,
    pub(super) owner: Person,
    pub(super) member: Person,
    pub(super) other_device: Person,
    /// A member who sees everything, and becomes the owner when the server is given away.
    pub(super) guard: Person,
    pub(super) visitor: Person,
    /// Comes by a link.
    pub(super) guest: Person,
    pub(super) nobody: Caller,
    pub(super) server: Server,
    /// A channel of it that only the role sees.
    pub(super) den: Server,
    /// Sees the den, and manages channels.
    pub(super) role: String,
    /// The code of an invitation.
    pub(super) link: String,
    /// Where a file in the server's first channel is, and one in the den.
    pub(super) file: String,
    pub(super) den_file: String,
    pub(super) live: Live,
    /// A session without a connection: its id, and the last event that arrived.
    pub(super) left: (String, u64),
    /// Sessions of the guard on whichever gateways there are: when they have heard something, all have been told.
    witnesses: Vec<Live>,
    /// What was said, by channel.
    said: BTreeMap<String, Vec<String>>,
}

/// So many that there is one on each gateway.
const WITNESSES: usize = 6;

impl<'b> Scene<'b> {
    pub(super) async fn new(beep: &'b Beep) -> Self {
        let [owner, member, guard, visitor, guest] = [(); 5].map(|()| Person::sign_up(beep));
        let (owner, member, guard, visitor, guest) = tokio::join!(owner, member, guard, visitor, guest);
        let server = owner.create_server("public").await;
        let name = json!({ "name": format!("club {}", server.id) });
        owner.patch(&server.path(), name).await.expect(200);
        let den = owner.create_private_channel(&server, "den").await;
        let role = owner.create_role(&server, &["manage_channels"]).await;
        let seen = json!({ "kind": "role", "allow": ["view_channel"] });
        owner.overwrite(&den.channel(), &role, seen).await.expect(200);
        for person in [&member, &guard] {
            person.join(&server).await;
            owner.give_roles(&server, person, &[&role]).await;
        }
        // The guard sees the den whatever becomes of the role.
        let seen = json!({ "kind": "member", "allow": ["view_channel"] });
        owner.overwrite(&den.channel(), &guard.id, seen).await.expect(200);
        let file = send_file(&guard, &server).await;
        let den_file = send_file(&guard, &den).await;
        let (live, _) = Live::identify(&member).await;
        let (left, _) = Live::identify(&member).await;
        let mut witnesses = Vec::new();
        for _ in 0..WITNESSES {
            witnesses.push(Live::identify(&guard).await.0);
        }
        let mut scene = Self {
            beep,
            other_device: member.sign_in_again().await,
            nobody: member.with(Credentials::None),
            left: (left.session_id.clone(), left.last),
            live,
            owner,
            member,
            guard,
            visitor,
            guest,
            server,
            den,
            role,
            link: String::new(),
            file,
            den_file,
            witnesses,
            said: BTreeMap::new(),
        };
        scene.invite().await;
        scene
    }

    /// There is a link into the server, another than before.
    pub(super) async fn invite(&mut self) {
        let path = format!("{}/invitations", self.server.path());
        let made = self.owner.post(&path, json!({})).await.expect(201);
        self.link = text(&made["code"]);
    }

    /// Says something in the channel that nobody has said before, and waits until all have been told; `None` when there is
    /// no channel any more.
    pub(super) async fn say(&mut self, channel: &Server) -> Option<String> {
        let said = self.said.entry(channel.channel_id.clone()).or_default();
        let words = format!("said afterwards {}.", said.len());
        let answer = self.guard.post(&channel.messages(), json!({ "content": words })).await;
        if answer.status != 201 {
            return None;
        }
        said.push(words.clone());
        for witness in &mut self.witnesses {
            loop {
                let heard = witness.event_among_others("message.created").await;
                if heard["content"] == words && heard["channel_id"] == channel.channel_id {
                    break;
                }
            }
        }
        Some(words)
    }

    /// What was said in a channel.
    pub(super) fn said_in(&self, channel: &Server) -> &[String] {
        self.said.get(&channel.channel_id).map_or(&[], Vec::as_slice)
    }
}

/// Sends a file into the channel and answers where it is, below `/api/v1`.
async fn send_file(person: &Person, channel: &Server) -> String {
    let message = person.send_file(channel, "a file", "file.txt", b"what is in it").await;
    let url = text(&message["attachments"][0]["url"]);
    url.strip_prefix("/api/v1").unwrap().to_owned()
}
