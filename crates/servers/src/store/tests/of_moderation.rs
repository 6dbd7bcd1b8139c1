//! Bans, time-outs and the audit log.

use super::{
    super::{audit::Wanted, bans::BanRow},
    *,
};

/// Each condition finds the entry, or does not.
pub(super) async fn read_log(tx: &mut TenantTx, entry: &AuditRow) {
    let none = Wanted::default;
    let with = |channels: &[ChannelId]| Wanted {
        channels: Some(channels.to_vec()),
        ..none()
    };
    let conditions = |before, actor_id, action, target: &str| Wanted {
        before: Some(before),
        actor_id: Some(actor_id),
        action: Some(action),
        target_id: Some(target.to_owned()),
        channels: Some(vec![FOLDER, CHANNEL]),
    };
    let target = CHANNEL.to_string();
    let all = conditions(8, OWNER, Action::ChannelCreated, &target);
    for (wanted, there) in [
        (none(), true),
        (with(&[CHANNEL]), true),
        (with(&[FOLDER]), false),
        (with(&[]), false),
        (all, true),
        (conditions(7, OWNER, Action::ChannelCreated, &target), false),
        (conditions(8, GUEST, Action::ChannelCreated, &target), false),
        (conditions(8, OWNER, Action::ChannelDeleted, &target), false),
        (conditions(8, OWNER, Action::ChannelCreated, "x"), false),
    ] {
        let found = audit::list(tx, &wanted, 5).await.unwrap();
        assert_eq!(
            found,
            if there { vec![entry.clone()] } else { Vec::new() },
            "{wanted:?}"
        );
    }
    assert!(audit::list(tx, &none(), 0).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_moderation() {
    for (database, tenants) in each().await {
        let mut tx = tenants.begin(SERVER).await.unwrap();
        let owner = MemberRow {
            timeout_until: Some(now()),
            ..members::lookup(&mut tx, OWNER).await.unwrap().unwrap().row
        };
        members::time_out(&mut tx, &owner).await.unwrap();
        assert_eq!(members::lookup(&mut tx, OWNER).await.unwrap().unwrap().row, owner);
        assert_eq!(servers::count_one_less(&mut tx).await.unwrap().unwrap().member_count, 0);
        assert_eq!(time_outs::find(&mut tx, GUEST).await.unwrap(), None);
        for millis in [5, 6] {
            let until = Timestamp::from_millis(millis);
            time_outs::keep(&mut tx, GUEST, until).await.unwrap();
            assert_eq!(
                time_outs::find(&mut tx, GUEST).await.unwrap(),
                Some(until),
                "{}",
                database.kind
            );
        }
        time_outs::forget(&mut tx, GUEST).await.unwrap();
        assert_eq!(time_outs::find(&mut tx, GUEST).await.unwrap(), None);
        let ban = |user_id, delete_since| BanRow {
            user_id,
            reason: Some("x".to_owned()),
            banned_by: OWNER,
            delete_since,
            created_at: now(),
        };
        let (first, second) = (ban(GUEST, Some(Timestamp::from_millis(5))), ban(UserId(12), None));
        for row in [&ban(GUEST, None), &first, &second] {
            bans::put(&mut tx, row).await.unwrap();
            assert_eq!(bans::lookup(&mut tx, row.user_id).await.unwrap().as_ref(), Some(row));
        }
        assert_eq!(
            bans::list(&mut tx, UserId(0), 1).await.unwrap(),
            std::slice::from_ref(&first)
        );
        assert_eq!(
            bans::list(&mut tx, GUEST, 5).await.unwrap(),
            std::slice::from_ref(&second)
        );
        assert_eq!(bans::remove(&mut tx, second.user_id).await.unwrap(), Some(second));
        assert_eq!(
            bans::remove(&mut tx, UserId(12)).await.unwrap(),
            None,
            "{}",
            database.kind
        );
        tx.commit().await.unwrap();
        let sweeping = (SERVER, GUEST, Timestamp::from_millis(5), now());
        let later = Timestamp::from_millis(now().as_millis() + 1);
        for (since, after, found) in [
            (now(), (ServerId(0), UserId(0)), vec![sweeping]),
            (later, (ServerId(0), UserId(0)), Vec::new()),
            (now(), (SERVER, GUEST), Vec::new()),
        ] {
            let bans = bans::list_sweeping(&database.db, since, after, 5).await.unwrap();
            assert_eq!(bans, found, "{}", database.kind);
        }
    }
}
