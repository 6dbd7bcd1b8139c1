//! The community: people, servers, channels and what was said, from `community.json`.

use std::{collections::BTreeMap, time::Duration};

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
    /// Usernames; the first is the owner.
    pub(super) members: Vec<String>,
    #[serde(default)]
    pub(super) roles: Vec<Role>,
    pub(super) channels: Vec<Channel>,
}

/// A role whose members stand apart in the member list, and which everybody may mention.
#[derive(Deserialize)]
pub(super) struct Role {
    pub(super) name: String,
    /// As `#rrggbb`.
    pub(super) color: String,
    pub(super) permissions: Vec<String>,
    /// Usernames.
    pub(super) members: Vec<String>,
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
    #[serde(default)]
    pub(super) messages: Vec<Said>,
}

/// Something that was said.
#[derive(Deserialize)]
pub(super) struct Said {
    /// The username of who said it.
    pub(super) by: String,
    /// Minutes after what was said before.
    pub(super) after: u32,
    pub(super) says: String,
    /// Which of the messages before it answers: 1 is the last one.
    #[serde(default)]
    pub(super) answers: Option<usize>,
    /// Who has reacted with what.
    #[serde(default)]
    pub(super) reactions: BTreeMap<String, Vec<String>>,
    /// Whether the server's owner has pinned it.
    #[serde(default)]
    pub(super) pinned: bool,
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
        let own: u64 = self.messages.iter().map(|said| u64::from(said.after)).sum();
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
            for (place, said) in channels.flat_map(|channel| channel.messages.iter().enumerate()) {
                assert!(
                    said.answers.is_none_or(|back| (1..=place).contains(&back)),
                    "{}",
                    said.says
                );
                let mut present = std::iter::once(&said.by).chain(said.reactions.values().flatten());
                assert!(present.all(known), "in {}: {}", server.name, said.says);
            }
            assert!(server.members.iter().all(known));
            assert!(server.roles.iter().flat_map(|role| &role.members).all(known));
        }
        assert!(community.span() < Duration::from_hours(24 * 5));
    }
}
