//! What there is of people whose accounts end.

use std::time::Duration;

use super::{
    super::{audit, invitations::InvitationRow, member_roles},
    *,
};
use crate::store::directory;

const HEIRS: [UserId; 3] = [UserId(31), UserId(32), UserId(33)];

#[tokio::test(flavor = "multi_thread")]
async fn the_heir_stands_highest_or_is_there_longest() {
    for (database, tenants) in each().await {
        let kind = database.kind;
        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert_eq!(members::find_heir(&mut tx, OWNER).await.unwrap(), None, "{kind}");
        for (user, minutes) in HEIRS.into_iter().zip([3, 1, 2]) {
            let row = MemberRow {
                joined_at: now().plus(Duration::from_mins(minutes)),
                ..member(user, "Heir")
            };
            assert!(members::add(&mut tx, &row).await.unwrap());
            assert!(totals::count_membership(&mut tx, user).await.unwrap());
        }
        let [low, longest, high] = HEIRS;
        assert_eq!(
            members::find_heir(&mut tx, OWNER).await.unwrap(),
            Some(longest),
            "{kind}"
        );
        assert_eq!(
            members::find_heir(&mut tx, longest).await.unwrap(),
            Some(OWNER),
            "{kind}"
        );
        for (id, position) in [(RoleId(5), 1), (RoleId(6), 2)] {
            let role = RoleRow {
                server_id: SERVER,
                id,
                name: "role".to_owned(),
                color: None,
                position,
                hoisted: false,
                mentionable: false,
                permissions: PermissionSet::PUBLIC_DEFAULT,
            };
            roles::add(&mut tx, &role).await.unwrap();
        }
        member_roles::give(&mut tx, low, RoleId(5)).await.unwrap();
        assert_eq!(members::find_heir(&mut tx, OWNER).await.unwrap(), Some(low), "{kind}");
        for role in [RoleId(5), RoleId(6)] {
            member_roles::give(&mut tx, high, role).await.unwrap();
        }
        assert_eq!(members::find_heir(&mut tx, OWNER).await.unwrap(), Some(high), "{kind}");
        assert!(
            !totals::count_inheritance(&mut tx, high).await.unwrap(),
            "{kind}: not the owner's"
        );
        let mut server = servers::lookup(&mut tx).await.unwrap().unwrap();
        server.owner_id = high;
        servers::update(&mut tx, &server).await.unwrap();
        let most = "UPDATE user_totals SET owned = 1000 WHERE user_id = $2 AND EXISTS (SELECT 1 FROM servers WHERE server_id = $1)";
        tx.run(most, platform::args![high]).await.unwrap();
        assert!(
            totals::count_inheritance(&mut tx, high).await.unwrap(),
            "{kind}: whatever they own"
        );
        assert!(!totals::count_inheritance(&mut tx, UserId(99)).await.unwrap(), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_of_a_user_is_forgotten() {
    for (database, tenants) in each().await {
        let (db, kind) = (&database.db, database.kind);
        let mut tx = tenants.begin(SERVER).await.unwrap();
        for (code, user_id) in [("hers", Some(GUEST)), ("his", Some(OWNER)), ("link", None)] {
            let row = InvitationRow {
                code: code.to_owned(),
                server_id: SERVER,
                inviter_id: OWNER,
                user_id,
                uses: 0,
                max_uses: None,
                expires_at: None,
                created_at: now(),
            };
            invitations::add(&mut tx, &row).await.unwrap();
        }
        for (id, action, target) in [
            (1, Action::MemberNicknameUpdated, GUEST),
            (2, Action::MemberNicknameUpdated, OWNER),
            (3, Action::MemberRolesUpdated, GUEST),
        ] {
            let row = AuditRow {
                id,
                actor_id: OWNER,
                action,
                target_kind: TargetKind::User,
                target_id: target.to_string(),
                channel_id: None,
                changes: "[1]".to_owned(),
                reason: None,
                created_at: now(),
            };
            audit::add(&mut tx, &row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let known = directory::list_known(db, &[GUEST, OWNER, UserId(99)]).await.unwrap();
        assert_eq!(known, [OWNER, GUEST], "{kind}: a member, and one who was invited");
        assert!(directory::list_known(db, &[]).await.unwrap().is_empty(), "{kind}");
        let mut tx = db.begin().await.unwrap();
        directory::forget_user(&mut tx, GUEST).await.unwrap();
        directory::forget_user(&mut tx, GUEST).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            directory::list_known(db, &[GUEST, OWNER]).await.unwrap(),
            [OWNER],
            "{kind}"
        );
        let mut tx = tenants.begin(SERVER).await.unwrap();
        for (code, there) in [("hers", false), ("his", true), ("link", true)] {
            assert_eq!(
                invitations::find(&mut tx, code).await.unwrap().is_some(),
                there,
                "{kind}: {code}"
            );
        }
        let log = audit::list(&mut tx, &audit::Wanted::default(), 9).await.unwrap();
        let changes: Vec<_> = log.iter().map(|row| (row.id, row.changes.as_str())).collect();
        assert_eq!(changes, [(3, "[1]"), (2, "[1]"), (1, "[]")], "{kind}");
        drop(tx);
        let mut tx = db.begin().await.unwrap();
        directory::forget_user(&mut tx, OWNER).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            directory::list_known(db, &[OWNER]).await.unwrap(),
            [OWNER],
            "{kind}: still a member"
        );
    }
}
