//! All members of a server, and the lists of those who see its channels. Pure: no clock, no task.
//!
//! One list for each way in which channels are seen, not for each reader. A change of a member moves them in each list;
//! a change of roles or overwrites makes the lists anew.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use contracts::permissions::TenantAccess;
use model::{ChannelId, Permission, RoleId, Timestamp, UserId, search_key::fold};

use super::{
    list::{Group, Groups, List, Place},
    member::{Member, Summary},
    sight::Sight,
};
use crate::protocol::{MemberRange, PresenceStatus};

/// How many are remembered who left: a page that was read before may still name them.
const GONE: usize = 4_096;

/// Somebody in the server.
#[derive(Debug)]
struct Person {
    member: Member,
    /// A version of the server at which they were so.
    version: i64,
    place: Arc<Place>,
}

/// The list of those who see channels alike.
#[derive(Debug)]
struct Seen {
    /// One of the channels.
    channel_id: ChannelId,
    list: List,
    /// Another number after each change.
    revision: u64,
}

/// The members of a server.
#[derive(Debug)]
pub struct Directory {
    tenant: Arc<TenantAccess>,
    groups: Groups,
    people: HashMap<UserId, Person>,
    /// Who is not offline, member or not.
    shown: HashMap<UserId, PresenceStatus>,
    gone: HashMap<UserId, i64>,
    everyone: List,
    seen: HashMap<Sight, Seen>,
    revisions: u64,
}

/// A part of a list, to be told.
pub struct Row<'a> {
    /// Who it is.
    pub member: &'a Member,
    /// What they show.
    pub status: PresenceStatus,
}

impl Directory {
    /// These members, each as they were at a version of the server.
    #[must_use]
    pub fn new(tenant: Arc<TenantAccess>, members: Vec<(Member, i64)>, shown: HashMap<UserId, PresenceStatus>) -> Self {
        let mut directory = Self {
            groups: groups_of(&tenant),
            tenant,
            people: HashMap::with_capacity(members.len()),
            shown,
            gone: HashMap::new(),
            everyone: List::default(),
            seen: HashMap::new(),
            revisions: 0,
        };
        for (member, version) in members {
            let place = Arc::new(directory.place_of(&member));
            let user_id = member.user.id;
            let person = Person { member, version, place };
            directory.people.insert(user_id, person);
        }
        directory.everyone = List::sorted(
            directory
                .people
                .values()
                .map(|person| Arc::clone(&person.place))
                .collect(),
        );
        directory
    }

    fn status(&self, user_id: UserId) -> PresenceStatus {
        self.shown.get(&user_id).copied().unwrap_or(PresenceStatus::Offline)
    }

    fn place_of(&self, member: &Member) -> Place {
        let is_connected = self.shown.contains_key(&member.user.id);
        Place {
            group: self.groups.of(is_connected, &member.role_ids),
            name: fold(member.name()).into_boxed_str(),
            user_id: member.user.id,
        }
    }

    fn sees(tenant: &TenantAccess, channel_id: ChannelId, member: &Member) -> bool {
        // A time-out hides nothing: at what time it is decided does not matter.
        let now = Timestamp::from_millis(0);
        let permissions = tenant.in_channel(channel_id, &member.access(), now);
        permissions.contains(Permission::ViewChannel)
    }

    /// A member is as this, or joined. What is older than is known is nothing new.
    pub fn put(&mut self, member: Member, version: i64) {
        let user_id = member.user.id;
        let known = self.people.get(&user_id).map(|person| person.version);
        if known.or(self.gone.get(&user_id).copied()) > Some(version) {
            return;
        }
        self.gone.remove(&user_id);
        let before = self.people.remove(&user_id).map(|person| person.place);
        let place = Arc::new(self.place_of(&member));
        self.move_to(before.as_deref(), Some((&member, &place)));
        let person = Person { member, version, place };
        self.people.insert(user_id, person);
    }

    /// A member is none since `version`.
    pub fn remove(&mut self, user_id: UserId, version: i64) {
        if self.people.get(&user_id).is_some_and(|person| person.version > version) {
            return;
        }
        if self.gone.len() >= GONE {
            self.gone.clear();
        }
        self.gone.insert(user_id, version);
        if let Some(person) = self.people.remove(&user_id) {
            self.move_to(Some(&person.place), None);
        }
    }

    /// A member shows something else.
    pub fn show(&mut self, user_id: UserId, status: PresenceStatus) {
        match status {
            PresenceStatus::Offline => self.shown.remove(&user_id),
            other => self.shown.insert(user_id, other),
        };
        self.change(user_id, |_| {});
    }

    /// A user is called otherwise.
    pub fn rename(&mut self, user: Summary) {
        self.change(user.id, |member| member.user = user);
    }

    /// A role is nobody's any more.
    pub fn drop_roles(&mut self, roles: &HashSet<RoleId>) {
        let holds = |person: &&Person| person.member.role_ids.iter().any(|role| roles.contains(role));
        let holders = self.people.values().filter(holds).map(|person| person.member.user.id);
        for user_id in holders.collect::<Vec<_>>() {
            self.change(user_id, |member| member.role_ids.retain(|role| !roles.contains(role)));
        }
    }

    fn change(&mut self, user_id: UserId, change: impl FnOnce(&mut Member)) {
        let Some(mut person) = self.people.remove(&user_id) else {
            return;
        };
        change(&mut person.member);
        let place = Arc::new(self.place_of(&person.member));
        let before = std::mem::replace(&mut person.place, place);
        self.move_to(Some(&before), Some((&person.member, &person.place)));
        self.people.insert(user_id, person);
    }

    /// Takes somebody out of the lists and puts them in again where they belong now.
    fn move_to(&mut self, before: Option<&Place>, after: Option<(&Member, &Arc<Place>)>) {
        if let Some(before) = before {
            self.everyone.remove(before);
        }
        if let Some((_, place)) = after {
            self.everyone.insert(place);
        }
        for seen in self.seen.values_mut() {
            let was_there = before.is_some_and(|before| seen.list.remove(before));
            let now_there = after.filter(|(member, _)| Self::sees(&self.tenant, seen.channel_id, member));
            if let Some((_, place)) = now_there {
                seen.list.insert(place);
            }
            if was_there || now_there.is_some() {
                self.revisions += 1;
                seen.revision = self.revisions;
            }
        }
    }

    /// Roles, channels or the owner are others. The lists are made anew when they are asked for.
    pub fn replace_tenant(&mut self, tenant: Arc<TenantAccess>) {
        let groups = groups_of(&tenant);
        self.tenant = tenant;
        self.seen.clear();
        if groups == self.groups {
            return;
        }
        self.groups = groups;
        let mut people = std::mem::take(&mut self.people);
        for person in people.values_mut() {
            let is_connected = self.shown.contains_key(&person.member.user.id);
            let group = self.groups.of(is_connected, &person.member.role_ids);
            if group != person.place.group {
                person.place = Arc::new(Place {
                    group,
                    name: person.place.name.clone(),
                    user_id: person.place.user_id,
                });
            }
        }
        self.everyone = List::sorted(people.values().map(|person| Arc::clone(&person.place)).collect());
        self.people = people;
    }

    /// Has the list of those who see the channel, and answers how it is found; `None` when there is no such channel.
    pub fn list_for(&mut self, channel_id: ChannelId) -> Option<Sight> {
        let sight = Sight::of(&self.tenant, channel_id)?;
        if !self.seen.contains_key(&sight) {
            let (people, tenant) = (&self.people, &self.tenant);
            let sees = |place: &Place| {
                let person = people.get(&place.user_id);
                person.is_some_and(|person| Self::sees(tenant, channel_id, &person.member))
            };
            let list = self.everyone.filtered(sees);
            self.revisions += 1;
            let listed = Seen {
                channel_id,
                list,
                revision: self.revisions,
            };
            self.seen.insert(sight.clone(), listed);
        }
        Some(sight)
    }

    /// Whether there is a list of those who see the channel, or can be none.
    #[must_use]
    pub fn is_listed(&self, channel_id: ChannelId) -> bool {
        Sight::of(&self.tenant, channel_id).is_none_or(|sight| self.seen.contains_key(&sight))
    }

    /// Forgets the lists that nobody looks at.
    pub fn keep_lists(&mut self, used: &HashSet<&Sight>) {
        self.seen.retain(|sight, _| used.contains(sight));
    }

    /// A number that is another after each change of the list; `None` when there is none.
    #[must_use]
    pub fn revision(&self, sight: &Sight) -> Option<u64> {
        self.seen.get(sight).map(|seen| seen.revision)
    }

    /// Some of those who see a channel, in order.
    pub fn rows(&self, sight: &Sight, range: MemberRange) -> impl Iterator<Item = Row<'_>> {
        let places = self
            .seen
            .get(sight)
            .map(|seen| seen.list.range(range))
            .unwrap_or_default();
        places.iter().filter_map(|place| {
            let person = self.people.get(&place.user_id)?;
            Some(Row {
                member: &person.member,
                status: self.status(place.user_id),
            })
        })
    }

    /// The groups that somebody is in who sees the channel, in order.
    #[must_use]
    pub fn counts(&self, sight: &Sight) -> Vec<(Group, usize)> {
        self.seen.get(sight).map(|seen| seen.list.counts()).unwrap_or_default()
    }

    /// The roles that stand apart.
    #[must_use]
    pub const fn groups(&self) -> &Groups {
        &self.groups
    }
}

/// The roles that stand apart, the highest first.
fn groups_of(tenant: &TenantAccess) -> Groups {
    let everyone = tenant.server_id.everyone();
    let hoisted = tenant
        .standings()
        .iter()
        .rev()
        .filter(|role| role.hoisted && role.id != everyone);
    Groups(hoisted.map(|role| role.id).collect())
}

#[cfg(test)]
#[path = "directory_tests.rs"]
mod tests;
