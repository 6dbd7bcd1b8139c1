//! The community: people, servers, channels and what was said, from `community.json`.

use std::time::Duration;

use anyhow::Context;
use serde::Deserialize;

/// A whole community.
#[derive(Deserialize)]
pub(super) struct Community {
    pub(super) people: Vec<Person>,
    pub(super) servers: Vec<Server>,
}

/// Someone in it.
#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) username: String,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) biography: String,
}

/// A server with its channels.
#[derive(Deserialize)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) visibility: String,
    pub(super) description: String,
    /// Usernames; the first is the owner. A private server has its owner alone until invitations exist.
    pub(super) members: Vec<String>,
    pub(super) channels: Vec<Channel>,
}

/// A channel, or a folder with channels in it.
#[derive(Deserialize)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) kind: String,
    #[serde(default)]
    pub(super) topic: Option<String>,
    #[serde(default)]
    pub(super) channels: Vec<Channel>,
    /// Who said what, and how many minutes after what was said before.
    #[serde(default)]
    pub(super) messages: Vec<(String, u32, String)>,
}

impl Community {
    pub(super) fn read() -> anyhow::Result<Self> {
        serde_json::from_str(include_str!("community.json")).context("the demonstration's community cannot be read")
    }

    /// The time that everything takes which was said, channel after channel.
    pub(super) fn span(&self) -> Duration {
        let minutes: u64 = self
            .servers
            .iter()
            .flat_map(|server| &server.channels)
            .map(Channel::minutes)
            .sum();
        Duration::from_mins(minutes + 60)
    }
}

impl Channel {
    fn minutes(&self) -> u64 {
        let own: u64 = self.messages.iter().map(|(_, minutes, _)| u64::from(*minutes)).sum();
        own + self.channels.iter().map(Self::minutes).sum::<u64>()
    }
}

impl Person {
    /// An address that can never be somebody's (RFC 2606).
    pub(super) fn email(&self) -> String {
        format!("{}@demo.example", self.username)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn everyone_who_speaks_is_a_member() {
        let community = Community::read().unwrap();
        for server in &community.servers {
            let known = |name: &String| {
                server.members.contains(name) && community.people.iter().any(|person| person.username == *name)
            };
            let channels = server
                .channels
                .iter()
                .flat_map(|channel| std::iter::once(channel).chain(&channel.channels));
            for (author, _, text) in channels.flat_map(|channel| &channel.messages) {
                assert!(known(author), "{author} in {}: {text}", server.name);
            }
            assert!(server.members.iter().all(known));
        }
        assert!(community.span() < Duration::from_hours(24 * 5));
    }
}
