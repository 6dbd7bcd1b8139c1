//! Lists that are changed bit by bit are those that a slow and obvious model makes.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use contracts::servers as wire;
use model::{PermissionSet, ServerId};
use proptest::prelude::*;

use super::*;

const SERVER: i64 = 1;
const OWNER: i64 = 100;
const CHANNELS: [i64; 3] = [11, 12, 13];
const FOLDER: i64 = 10;
const ROLES: [i64; 3] = [21, 22, 23];

/// What is so, as plainly as it can be said.
#[derive(Debug, Clone, Default)]
struct Truth {
    members: BTreeMap<i64, (String, BTreeSet<i64>)>,
    shown: BTreeMap<i64, PresenceStatus>,
    hoisted: BTreeSet<i64>,
    administrators: BTreeSet<i64>,
    /// By channel and target: shows, or hides.
    overwrites: BTreeMap<(i64, i64), bool>,
    version: i64,
}

impl Truth {
    fn tenant(&self) -> Arc<TenantAccess> {
        let view = PermissionSet::of(&[Permission::ViewChannel]);
        let role = |id: i64| wire::Role {
            id,
            permissions: match id {
                SERVER => view.bits(),
                _ if self.administrators.contains(&id) => PermissionSet::of(&[Permission::Administrator]).bits(),
                _ => 0,
            },
            position: if id == SERVER { 0 } else { id },
            hoisted: self.hoisted.contains(&id),
            mentionable: false,
            name: String::new(),
        };
        let channel = |id: i64| {
            let own = self.overwrites.iter().filter(|((channel, _), _)| *channel == id);
            wire::Channel {
                id,
                kind: wire::ChannelKind::Text.into(),
                parent_id: (id != FOLDER).then_some(FOLDER),
                overwrites: own
                    .map(|((_, target), shows)| wire::Overwrite {
                        target_id: *target,
                        member: *target >= OWNER,
                        allow: if *shows { view.bits() } else { 0 },
                        deny: if *shows { 0 } else { view.bits() },
                    })
                    .collect(),
                slow_mode_seconds: 0,
                name: String::new(),
            }
        };
        let tenant = wire::Tenant {
            server_id: SERVER,
            version: self.version,
            owner_id: OWNER,
            roles: [SERVER].into_iter().chain(ROLES).map(role).collect(),
            channels: [FOLDER].into_iter().chain(CHANNELS).map(channel).collect(),
            system_channel_id: None,
        };
        Arc::new(TenantAccess::from(&tenant))
    }

    fn member(&self, id: i64) -> Member {
        let (name, roles) = &self.members[&id];
        Member {
            server_id: ServerId(SERVER),
            user: Summary {
                id: UserId(id),
                username: format!("user{id}").into(),
                display_name: name.as_str().into(),
                avatar_url: None,
            },
            nickname: None,
            role_ids: roles.iter().copied().map(RoleId).collect(),
            joined_at: Timestamp::from_millis(0),
            timeout_until: None,
        }
    }

    /// One level of overwrites: everyone's, then those of roles together, then the member's.
    fn level(&self, before: bool, channel: i64, id: i64) -> bool {
        let of = |target: i64| self.overwrites.get(&(channel, target)).copied();
        let roles: Vec<bool> = self.members[&id].1.iter().filter_map(|role| of(*role)).collect();
        let mut sees = of(SERVER).unwrap_or(before);
        if roles.contains(&false) {
            sees = false;
        }
        if roles.contains(&true) {
            sees = true;
        }
        of(id).unwrap_or(sees)
    }

    fn sees(&self, channel: i64, id: i64) -> bool {
        let above = id == OWNER
            || self.members[&id]
                .1
                .iter()
                .any(|role| self.administrators.contains(role));
        above || self.level(self.level(true, FOLDER, id), channel, id)
    }

    fn group(&self, id: i64) -> String {
        if !self.shown.contains_key(&id) {
            return "offline".to_owned();
        }
        let highest = self.members[&id].1.intersection(&self.hoisted).max();
        highest.map_or_else(|| "online".to_owned(), i64::to_string)
    }

    /// The list as it ought to be: its groups with their numbers, and its members.
    fn list(&self, channel: i64) -> (Vec<(String, usize)>, Vec<i64>) {
        let groups = self.hoisted.iter().rev().map(i64::to_string);
        let groups = groups.chain(["online".to_owned(), "offline".to_owned()]);
        let (mut counts, mut all) = (Vec::new(), Vec::new());
        for group in groups {
            let ids = self.members.keys().copied();
            let mut these: Vec<i64> = ids
                .filter(|id| self.sees(channel, *id) && self.group(*id) == group)
                .collect();
            these.sort_by_key(|id| (fold(&self.members[id].0), *id));
            if !these.is_empty() {
                counts.push((group, these.len()));
            }
            all.extend(these);
        }
        (counts, all)
    }
}

#[derive(Debug, Clone)]
enum Step {
    Join(i64, String),
    Leave(i64),
    Rename(i64, String),
    Give(i64, i64),
    Show(i64, PresenceStatus),
    Hoist(i64),
    Promote(i64),
    Overwrite(i64, i64, Option<bool>),
    DropRole(i64),
    /// What is older than is known comes late.
    Late(i64),
}

fn steps() -> impl Strategy<Value = Step> {
    let user = OWNER..OWNER + 8;
    let name =
        prop::sample::select(vec!["Ada", "ada", "Émile", "emile", "Zoé", "Ω", "10", "9"]).prop_map(str::to_owned);
    let role = prop::sample::select(ROLES.to_vec());
    let channel = prop::sample::select(vec![FOLDER, 11, 12, 13]);
    let target = prop_oneof![Just(SERVER), role.clone(), user.clone()];
    let status = prop::sample::select(vec![
        PresenceStatus::Online,
        PresenceStatus::Away,
        PresenceStatus::Offline,
        PresenceStatus::DoNotDisturb,
    ]);
    prop_oneof![
        3 => (user.clone(), name.clone()).prop_map(|(id, name)| Step::Join(id, name)),
        1 => user.clone().prop_map(Step::Leave),
        1 => (user.clone(), name).prop_map(|(id, name)| Step::Rename(id, name)),
        3 => (user.clone(), role.clone()).prop_map(|(id, role)| Step::Give(id, role)),
        4 => (user.clone(), status).prop_map(|(id, status)| Step::Show(id, status)),
        1 => role.clone().prop_map(Step::Hoist),
        1 => role.clone().prop_map(Step::Promote),
        2 => (channel, target, prop::option::of(any::<bool>())).prop_map(|(channel, target, shows)| Step::Overwrite(channel, target, shows)),
        1 => role.prop_map(Step::DropRole),
        1 => user.prop_map(Step::Late),
    ]
}

fn toggle(set: &mut BTreeSet<i64>, id: i64) {
    if !set.remove(&id) {
        set.insert(id);
    }
}

/// Does it to the truth and to the directory.
fn follow(truth: &mut Truth, directory: &mut Directory, step: Step) {
    truth.version += 1;
    let version = truth.version;
    match step {
        Step::Join(id, name) => {
            truth.members.entry(id).or_insert((name, BTreeSet::new()));
            directory.put(truth.member(id), version);
        }
        Step::Leave(id) if id != OWNER => {
            truth.members.remove(&id);
            directory.remove(UserId(id), version);
        }
        Step::Rename(id, name) if truth.members.contains_key(&id) => {
            truth.members.get_mut(&id).unwrap().0 = name;
            directory.rename(truth.member(id).user);
        }
        Step::Give(id, role) if truth.members.contains_key(&id) => {
            toggle(&mut truth.members.get_mut(&id).unwrap().1, role);
            directory.put(truth.member(id), version);
        }
        Step::Show(id, status) => {
            match status {
                PresenceStatus::Offline => truth.shown.remove(&id),
                other => truth.shown.insert(id, other),
            };
            directory.show(UserId(id), status);
        }
        Step::Hoist(role) => {
            toggle(&mut truth.hoisted, role);
            directory.replace_tenant(truth.tenant());
        }
        Step::Promote(role) => {
            toggle(&mut truth.administrators, role);
            directory.replace_tenant(truth.tenant());
        }
        Step::Overwrite(channel, target, shows) => {
            match shows {
                Some(shows) => truth.overwrites.insert((channel, target), shows),
                None => truth.overwrites.remove(&(channel, target)),
            };
            directory.replace_tenant(truth.tenant());
        }
        Step::DropRole(role) => {
            for (_, roles) in truth.members.values_mut() {
                roles.remove(&role);
            }
            directory.drop_roles(&HashSet::from([RoleId(role)]));
        }
        Step::Late(id) if truth.members.contains_key(&id) => {
            let mut old = truth.member(id);
            old.nickname = Some("Nobody".into());
            directory.put(old, -1);
            directory.remove(UserId(id), -1);
        }
        Step::Leave(_) | Step::Rename(..) | Step::Give(..) | Step::Late(_) => {}
    }
}

fn compare(truth: &Truth, directory: &mut Directory) {
    for channel in CHANNELS {
        let (counts, ids) = truth.list(channel);
        let sight = directory.list_for(ChannelId(channel)).unwrap();
        let groups = directory.counts(&sight).into_iter();
        let groups: Vec<_> = groups
            .map(|(group, count)| (directory.groups().name(group).to_string(), count))
            .collect();
        assert_eq!(groups, counts, "groups of {channel}");
        let all = MemberRange {
            first: 0,
            last: u32::MAX,
        };
        let rows: Vec<_> = directory
            .rows(&sight, all)
            .map(|row| (row.member.clone(), row.status))
            .collect();
        let ought = ids.iter().map(|id| {
            let status = truth.shown.get(id).copied().unwrap_or(PresenceStatus::Offline);
            (truth.member(*id), status)
        });
        assert_eq!(rows, ought.collect::<Vec<_>>(), "members of {channel}");
        let some = MemberRange { first: 1, last: 2 };
        let part: Vec<i64> = directory.rows(&sight, some).map(|row| row.member.user.id.0).collect();
        assert_eq!(
            part,
            ids.into_iter().skip(1).take(2).collect::<Vec<_>>(),
            "a part of {channel}"
        );
    }
}

proptest! {
    #[test]
    fn lists_that_are_changed_are_those_that_are_made_anew(steps in prop::collection::vec(steps(), 1..60)) {
        let mut truth = Truth::default();
        truth.members.insert(OWNER, ("Owner".to_owned(), BTreeSet::new()));
        let members = vec![(truth.member(OWNER), 0)];
        let mut directory = Directory::new(truth.tenant(), members, HashMap::new());
        compare(&truth, &mut directory);
        for step in steps {
            let before = truth.clone();
            let revisions: Vec<_> = CHANNELS.iter().map(|id| revision(&mut directory, *id)).collect();
            follow(&mut truth, &mut directory, step);
            compare(&truth, &mut directory);
            // What is the same for whoever looks may keep its number; what is not may not.
            for (channel, revision_before) in CHANNELS.iter().zip(revisions) {
                let same = revision(&mut directory, *channel) == revision_before;
                prop_assert!(!same || before.list(*channel) == truth.list(*channel));
            }
        }
    }
}

fn revision(directory: &mut Directory, channel: i64) -> u64 {
    let sight = directory.list_for(ChannelId(channel)).unwrap();
    directory.revision(&sight).unwrap()
}

#[test]
fn channels_that_are_seen_alike_have_one_list() {
    let mut truth = Truth::default();
    truth.members.insert(OWNER, ("Owner".to_owned(), BTreeSet::new()));
    truth.overwrites.insert((12, SERVER), false);
    let mut directory = Directory::new(truth.tenant(), vec![(truth.member(OWNER), 0)], HashMap::new());
    let [open, hidden, other] = CHANNELS.map(|id| directory.list_for(ChannelId(id)).unwrap());
    assert!(open == other && open != hidden);
    assert_eq!(directory.list_for(ChannelId(99)), None);
    directory.keep_lists(&HashSet::from([&hidden]));
    assert_eq!(directory.revision(&open), None);
    assert!(directory.revision(&hidden).is_some());
}

#[test]
fn who_left_does_not_come_back_with_an_older_page() {
    let mut truth = Truth::default();
    truth.members.insert(OWNER, ("Owner".to_owned(), BTreeSet::new()));
    truth.members.insert(OWNER + 1, ("Bob".to_owned(), BTreeSet::new()));
    let mut directory = Directory::new(truth.tenant(), vec![(truth.member(OWNER), 5)], HashMap::new());
    directory.remove(UserId(OWNER + 1), 7);
    directory.put(truth.member(OWNER + 1), 6);
    let sight = directory.list_for(ChannelId(11)).unwrap();
    assert_eq!(directory.counts(&sight), [(Group::Offline, 1)]);
    directory.put(truth.member(OWNER + 1), 8);
    assert_eq!(directory.counts(&sight), [(Group::Offline, 2)]);
}
