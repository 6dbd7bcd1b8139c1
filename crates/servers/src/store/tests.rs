//! Every statement on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use contracts::users::UserSummary;
use model::{ChannelId, Permission, PermissionSet, RoleId, ServerId, TargetId, Timestamp, UserId};
use platform::{
    db::Tenants,
    testing::{TestDatabase, assert_all_are_called, databases},
};

use super::{
    audit::AuditRow, channels::ChannelRow, members::MemberRow, overwrites::OverwriteRow, roles::RoleRow,
    servers::ServerRow, *,
};
use crate::{
    audit::{Action, TargetKind},
    channel_kind::ChannelKind,
    cursor::MemberCursor,
    placement::Place,
    visibility::Visibility,
};

mod of_departures;
mod of_discovery;
mod of_invitations;
mod of_moderation;

const SERVER: ServerId = ServerId(1);
const OWNER: UserId = UserId(10);
const GUEST: UserId = UserId(11);
const FOLDER: ChannelId = ChannelId(20);
const CHANNEL: ChannelId = ChannelId(21);

fn now() -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000)
}

fn channel(id: ChannelId, kind: ChannelKind, parent_id: Option<ChannelId>) -> ChannelRow {
    ChannelRow {
        server_id: SERVER,
        id,
        kind,
        name: "general".to_owned(),
        topic: None,
        parent_id,
        position: 0,
        created_at: now(),
        slow_mode_seconds: 0,
    }
}

fn member(user_id: UserId, name: &str) -> MemberRow {
    MemberRow {
        server_id: SERVER,
        user_id,
        nickname: None,
        joined_at: now(),
        timeout_until: None,
        username: name.to_lowercase(),
        display_name: name.to_owned(),
        avatar_url: None,
    }
}

/// A server with its owner, a role, a folder and a channel in it.
async fn found(tx: &mut TenantTx) {
    let server = ServerRow {
        id: SERVER,
        version: 1,
        name: "Chess".to_owned(),
        description: String::new(),
        visibility: Visibility::Public,
        owner_id: OWNER,
        member_count: 1,
        created_at: now(),
        icon_url: None,
        banner_url: None,
        default_channel_id: None,
        system_channel_id: None,
    };
    servers::add(tx, &server).await.unwrap();
    let role = RoleRow {
        server_id: SERVER,
        id: RoleId(1),
        name: "everyone".to_owned(),
        color: None,
        position: 0,
        hoisted: false,
        mentionable: false,
        permissions: PermissionSet::PUBLIC_DEFAULT,
    };
    roles::add(tx, &role).await.unwrap();
    channels::add(tx, &channel(FOLDER, ChannelKind::Folder, None))
        .await
        .unwrap();
    channels::add(tx, &channel(CHANNEL, ChannelKind::Text, Some(FOLDER)))
        .await
        .unwrap();
    assert!(members::add(tx, &member(OWNER, "Ada")).await.unwrap());
    assert!(totals::count_membership(tx, OWNER).await.unwrap());
    assert!(totals::count_ownership(tx, OWNER).await.unwrap());
}

async fn each() -> Vec<(TestDatabase, Tenants)> {
    let mut all = Vec::new();
    for database in databases().await {
        database.db.migrate("servers", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let mut tx = tenants.begin(SERVER).await.unwrap();
        found(&mut tx).await;
        tx.commit().await.unwrap();
        all.push((database, tenants));
    }
    all
}

#[test]
fn every_function_is_called_here() {
    let modules = [
        ("audit", include_str!("audit.rs")),
        ("bans", include_str!("bans.rs")),
        ("time_outs", include_str!("time_outs.rs")),
        ("channels", include_str!("channels.rs")),
        ("directory", include_str!("directory.rs")),
        ("discovery", include_str!("discovery.rs")),
        ("invitations", include_str!("invitations.rs")),
        ("member_roles", include_str!("member_roles.rs")),
        ("members", include_str!("members.rs")),
        ("online", include_str!("online.rs")),
        ("overwrites", include_str!("overwrites.rs")),
        ("roles", include_str!("roles.rs")),
        ("servers", include_str!("servers.rs")),
        ("totals", include_str!("totals.rs")),
        ("words", include_str!("words.rs")),
    ];
    let tests = [
        include_str!("tests.rs"),
        include_str!("tests/of_departures.rs"),
        include_str!("tests/of_discovery.rs"),
        include_str!("tests/of_invitations.rs"),
        include_str!("tests/of_moderation.rs"),
    ]
    .concat();
    assert_all_are_called(&modules, &tests);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_server() {
    for (database, tenants) in each().await {
        let mut reader = tenants.reader(SERVER);
        assert_eq!(servers::find_version(&mut reader).await.unwrap(), Some(1));
        assert_eq!(roles::list(&mut reader).await.unwrap().len(), 1);
        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert_eq!(servers::touch(&mut tx).await.unwrap().unwrap().version, 2);
        assert_eq!(
            servers::touch_admitting(&mut tx).await.unwrap().unwrap().member_count,
            2
        );
        assert_eq!(
            servers::touch_dismissing(&mut tx).await.unwrap().unwrap().member_count,
            1
        );
        let mut changed = servers::lookup(&mut tx).await.unwrap().unwrap();
        changed.name = "Go".to_owned();
        changed.description = "Stones".to_owned();
        changed.visibility = Visibility::Private;
        changed.owner_id = GUEST;
        changed.icon_url = Some("/icon".to_owned());
        changed.banner_url = Some("/banner".to_owned());
        changed.default_channel_id = Some(CHANNEL);
        changed.system_channel_id = Some(FOLDER);
        servers::update(&mut tx, &changed).await.unwrap();
        assert!(
            servers::touch_admitting(&mut tx).await.unwrap().is_none(),
            "{}: private",
            database.kind
        );
        assert_eq!(
            servers::lookup(&mut tx).await.unwrap(),
            Some(changed),
            "{}",
            database.kind
        );
        let mut renamed = channel(CHANNEL, ChannelKind::Text, Some(FOLDER));
        renamed.topic = Some("Openings".to_owned());
        renamed.slow_mode_seconds = 30;
        channels::describe(&mut tx, &renamed).await.unwrap();
        assert!(
            channels::list(&mut tx).await.unwrap().contains(&renamed),
            "{}",
            database.kind
        );
        assert!(overwrites::list(&mut tx).await.unwrap().is_empty());
        overwrites::remove_of_channel(&mut tx, FOLDER).await.unwrap();
        overwrites::remove_of_member(&mut tx, GUEST).await.unwrap();
        channels::remove(&mut tx, FOLDER).await.unwrap();
        assert!(channels::list(&mut tx).await.unwrap().is_empty(), "{}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_roles_and_overwrites() {
    for (database, tenants) in each().await {
        let mut tx = tenants.begin(SERVER).await.unwrap();
        let mut role = RoleRow {
            server_id: SERVER,
            id: RoleId(2),
            name: "Mod".to_owned(),
            color: None,
            position: 5,
            hoisted: false,
            mentionable: false,
            permissions: PermissionSet::EMPTY,
        };
        roles::add(&mut tx, &role).await.unwrap();
        role.name = "Moderator".to_owned();
        role.color = Some("#aabbcc".to_owned());
        role.hoisted = true;
        role.mentionable = true;
        role.permissions = PermissionSet::ALL;
        roles::update(&mut tx, &role).await.unwrap();
        role.position = 7;
        roles::rank(&mut tx, role.id, role.position).await.unwrap();
        assert_eq!(roles::list(&mut tx).await.unwrap()[1], role, "{}", database.kind);

        let other = RoleRow {
            id: RoleId(3),
            ..role.clone()
        };
        roles::add(&mut tx, &other).await.unwrap();
        assert!(members::add(&mut tx, &member(GUEST, "Bob")).await.unwrap());
        for (user, role) in [(OWNER, role.id), (OWNER, other.id), (GUEST, role.id), (GUEST, other.id)] {
            member_roles::give(&mut tx, user, role).await.unwrap();
        }
        member_roles::take(&mut tx, OWNER, role.id).await.unwrap();
        for (user, held) in [(OWNER, vec![other.id]), (GUEST, vec![role.id, other.id])] {
            let found = members::lookup(&mut tx, user).await.unwrap().unwrap();
            assert_eq!(found.role_ids, held, "{}", database.kind);
        }
        member_roles::take_from_all(&mut tx, role.id).await.unwrap();
        let found = members::lookup(&mut tx, GUEST).await.unwrap().unwrap();
        assert_eq!(found.role_ids, [other.id], "{}", database.kind);

        let overwrite = |target_id, is_member| OverwriteRow {
            server_id: SERVER,
            channel_id: CHANNEL,
            target_id,
            is_member,
            allowed: PermissionSet::EMPTY,
            denied: PermissionSet::TIMED_OUT,
        };
        let changed = OverwriteRow {
            allowed: PermissionSet::TIMED_OUT,
            denied: PermissionSet::EMPTY,
            ..overwrite(GUEST.0, true)
        };
        for row in [overwrite(role.id.0, false), overwrite(GUEST.0, true), changed] {
            overwrites::put(&mut tx, &row).await.unwrap();
        }
        overwrites::remove_of_role(&mut tx, role.id).await.unwrap();
        assert_eq!(overwrites::list(&mut tx).await.unwrap(), [changed], "{}", database.kind);
        overwrites::remove(&mut tx, CHANNEL, TargetId(GUEST.0)).await.unwrap();
        assert!(overwrites::list(&mut tx).await.unwrap().is_empty(), "{}", database.kind);
        roles::remove(&mut tx, role.id).await.unwrap();
        assert_eq!(roles::list(&mut tx).await.unwrap().len(), 2, "{}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn places_of_many_channels() {
    for (database, tenants) in each().await {
        let mut tx = tenants.begin(SERVER).await.unwrap();
        for id in 100..400 {
            channels::add(&mut tx, &channel(ChannelId(id), ChannelKind::Text, None))
                .await
                .unwrap();
        }
        for count in [1, 2, 3, 128, 129, 300] {
            let place = |number: i64| Place {
                id: ChannelId(100 + number),
                folder: false,
                parent_id: (number % 2 == 0).then_some(FOLDER),
                position: count * 1_000 + number,
            };
            let places: Vec<Place> = (0..count).map(place).collect();
            channels::place(&mut tx, &places).await.unwrap();
            let stored = channels::list(&mut tx).await.unwrap();
            let mut moved: Vec<Place> = stored
                .iter()
                .map(ChannelRow::place)
                .filter(|row| row.position >= count * 1_000)
                .collect();
            moved.sort_unstable_by_key(|place| place.id);
            assert_eq!(moved, places, "{}: {count}", database.kind);
        }
        channels::place(&mut tx, &[]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_members() {
    for (database, tenants) in each().await {
        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert!(members::add(&mut tx, &member(GUEST, "Bob")).await.unwrap());
        assert!(
            !members::add(&mut tx, &member(GUEST, "Bob")).await.unwrap(),
            "{}",
            database.kind
        );
        assert!(totals::count_membership(&mut tx, GUEST).await.unwrap());
        assert_eq!(
            members::lookup(&mut tx, GUEST).await.unwrap().unwrap().row.username,
            "bob"
        );
        let mut called = member(GUEST, "Bob");
        called.nickname = Some("Bobby".to_owned());
        members::rename(&mut tx, &called).await.unwrap();
        assert_eq!(members::lookup(&mut tx, GUEST).await.unwrap().unwrap().row, called);
        let standing = members::find_standing(&mut tx, UserId(99)).await.unwrap().unwrap();
        assert_eq!((standing.version, standing.member), (1, None));
        let term = "b".parse().unwrap();
        let found = members::list(&mut tx, &term, None, &MemberCursor::start(), 5)
            .await
            .unwrap();
        assert_eq!(found.len(), 1, "{}", database.kind);
        let ids = |found: Vec<members::Membership>| found.iter().map(|one| one.row.user_id).collect::<Vec<_>>();
        let all = members::list_by_id(&mut tx, UserId(i64::MIN), 5).await.unwrap();
        let all = ids(all);
        assert!(all.is_sorted() && all.contains(&GUEST), "{}: {all:?}", database.kind);
        let rest = members::list_by_id(&mut tx, all[0], 1).await.unwrap();
        assert_eq!(ids(rest), all[1..2], "{}", database.kind);
        let these = members::list_these(&mut tx, &[GUEST, UserId(99), GUEST]).await.unwrap();
        assert_eq!(ids(these), [GUEST], "{}", database.kind);
        assert_eq!(members::list_these(&mut tx, &[]).await.unwrap(), []);
        totals::forget_membership(&mut tx, GUEST).await.unwrap();
        // Nothing: the server is the owner's.
        totals::forget_ownership(&mut tx, OWNER).await.unwrap();
        assert!(members::remove(&mut tx, GUEST).await.unwrap());
        assert!(!members::remove(&mut tx, GUEST).await.unwrap(), "{}", database.kind);
        totals::forget_server(&mut tx).await.unwrap();
        overwrites::remove_all(&mut tx).await.unwrap();
        channels::remove_all(&mut tx).await.unwrap();
        members::remove_all(&mut tx).await.unwrap();
        roles::remove_all(&mut tx).await.unwrap();
        belongings(&mut tx).await;
        servers::remove(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        assert!(
            servers::lookup(&mut tenants.reader(SERVER)).await.unwrap().is_none(),
            "{}",
            database.kind
        );
    }
}

/// One row in every table that goes with its server.
async fn belongings(tx: &mut TenantTx) {
    let entry = AuditRow {
        id: 7,
        actor_id: OWNER,
        action: Action::ChannelCreated,
        target_kind: TargetKind::Channel,
        target_id: CHANNEL.to_string(),
        channel_id: Some(CHANNEL),
        changes: "[]".to_owned(),
        reason: None,
        created_at: now(),
    };
    audit::add(tx, &entry).await.unwrap();
    of_moderation::read_log(tx, &entry).await;
    let sql = "SELECT id, actor_id, action, target_kind, target_id, channel_id, changes, reason, created_at
               FROM audit_log WHERE server_id = $1";
    assert_eq!(tx.all::<AuditRow>(sql, []).await.unwrap(), [entry]);
    assert!(!bans::stands(tx, GUEST).await.unwrap());
    for sql in [
        "INSERT INTO bans (server_id, user_id, reason, banned_by, delete_since, created_at) VALUES ($1, 11, NULL, 10, 5, 6)",
        "INSERT INTO time_outs (server_id, user_id, ends_at) VALUES ($1, 11, 5)",
        "INSERT INTO invitations (code, server_id, inviter_id, user_id, uses, max_uses, expires_at, created_at)
         VALUES ('x', $1, 10, NULL, 0, 1, NULL, 5)",
        "INSERT INTO online_counts (server_id, gateway_id, online) VALUES ($1, 1, 2)",
    ] {
        assert_eq!(tx.run(sql, []).await.unwrap(), 1);
    }
    let word = "INSERT INTO server_words (word, server_id, in_name) VALUES ($2, $1, TRUE)";
    tx.run(word, platform::args![b"go".to_vec()]).await.unwrap();
    assert!(bans::stands(tx, GUEST).await.unwrap());
}

/// What was there before the second migration.
#[tokio::test(flavor = "multi_thread")]
async fn older_servers_keep_their_order_and_rights() {
    for database in databases().await {
        let db = &database.db;
        db.migrate("servers", &MIGRATIONS[..1]).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        for sql in [
            "INSERT INTO servers (server_id, version, name, name_fold, description, description_fold, visibility, owner_id,
                                  member_count, created_at) VALUES (1, 1, 'x', 'x', '', '', 'public', 10, 1, 5)",
            "INSERT INTO roles (server_id, id, name, position, hoisted, permissions)
             VALUES (1, 1, 'everyone', 0, FALSE, 1024)",
            "INSERT INTO roles (server_id, id, name, position, hoisted, permissions) VALUES (1, 2, 'x', 1, FALSE, 0)",
            "INSERT INTO channels (server_id, id, kind, name, position, created_at) VALUES (1, 30, 'text', 'a', 1, 5)",
            "INSERT INTO channels (server_id, id, kind, name, position, created_at) VALUES (1, 31, 'text', 'b', 0, 5)",
        ] {
            tx.run(sql, []).await.unwrap();
        }
        tx.commit().await.unwrap();
        db.migrate("servers", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(db.clone());
        let mut reader = tenants.reader(SERVER);
        let channels = channels::list(&mut reader).await.unwrap();
        let order: Vec<(i64, i64)> = channels.iter().map(|row| (row.id.0, row.position)).collect();
        assert_eq!(order, [(31, 1 << 30), (30, 2 << 30)], "{}", database.kind);
        let roles = roles::list(&mut reader).await.unwrap();
        let rights: Vec<PermissionSet> = roles.iter().map(|row| row.permissions).collect();
        let everyone = PermissionSet::of(&[Permission::ViewChannel, Permission::UseExternalLinks]);
        assert_eq!(rights, [everyone, PermissionSet::EMPTY], "{}", database.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn across_servers() {
    for (database, _) in each().await {
        let db = &database.db;
        assert_eq!(directory::list_of_user(db, OWNER).await.unwrap().len(), 1);
        assert_eq!(directory::list_memberships(db, OWNER).await.unwrap().len(), 1);
        for count in [0, 1, 3, 200] {
            let ids: Vec<ServerId> = (1..=count).map(ServerId).collect();
            let (versions, parts) = (
                directory::list_versions(db, &ids).await.unwrap(),
                directory::list_parts(db, &ids).await.unwrap(),
            );
            let expected = usize::from(count > 0);
            assert_eq!(
                (versions.len(), parts.roles.len()),
                (expected, expected),
                "{}",
                database.kind
            );
            assert_eq!(
                (parts.channels.len(), parts.overwrites.len()),
                (2 * expected, 0),
                "{}",
                database.kind
            );
        }
        assert_eq!(directory::list_users(db, UserId(0), 5).await.unwrap(), [OWNER]);
        let mut tx = db.begin().await.unwrap();
        let summary = UserSummary {
            id: OWNER.0,
            username: "ada".to_owned(),
            display_name: "Augusta".to_owned(),
            avatar_url: None,
        };
        assert_eq!(
            directory::update_summary(&mut tx, &summary).await.unwrap(),
            1,
            "{}",
            database.kind
        );
        assert_eq!(
            directory::update_summary(&mut tx, &summary).await.unwrap(),
            0,
            "{}: nothing new",
            database.kind
        );
    }
}
