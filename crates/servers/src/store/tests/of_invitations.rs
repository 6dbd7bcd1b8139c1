//! Invitations, of one server and across servers, and what goes with them.

use std::time::Duration;

use super::{GUEST, OWNER, SERVER, each, invitations, now, roles, servers};
use crate::{cursor::InvitationCursor, store::directory, store::invitations::InvitationRow};

fn link(code: &str) -> InvitationRow {
    InvitationRow {
        code: code.to_owned(),
        server_id: SERVER,
        inviter_id: OWNER,
        user_id: None,
        uses: 0,
        max_uses: Some(1),
        expires_at: Some(now().plus(Duration::from_mins(1))),
        created_at: now(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_used_listed_and_removed() {
    for (database, tenants) in each().await {
        let (link, named) = (
            link("link"),
            InvitationRow {
                user_id: Some(GUEST),
                expires_at: None,
                ..link("named")
            },
        );
        let mut tx = tenants.begin(SERVER).await.unwrap();
        let welcoming = servers::touch_welcoming(&mut tx).await.unwrap().unwrap();
        assert_eq!((welcoming.version, welcoming.member_count), (2, 2));
        for row in [&link, &named] {
            invitations::add(&mut tx, row).await.unwrap();
        }
        tx.commit().await.unwrap();
        let db = &database.db;
        assert_eq!(directory::find_by_invitation(db, "link").await.unwrap(), Some(SERVER));
        let received = directory::list_invitations(db, GUEST, now(), 9).await.unwrap();
        assert_eq!(received, std::slice::from_ref(&named), "{}", database.kind);
        assert_eq!(directory::list_servers(db, &[SERVER]).await.unwrap().len(), 1);
        assert!(directory::list_servers(db, &[]).await.unwrap().is_empty());

        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert_eq!(invitations::count_open(&mut tx, now()).await.unwrap(), 2);
        assert!(invitations::is_invited(&mut tx, GUEST, now()).await.unwrap());
        assert_eq!(
            invitations::list_personal(&mut tx, now()).await.unwrap(),
            std::slice::from_ref(&named)
        );
        let start = InvitationCursor::start();
        let all = invitations::list_open(&mut tx, None, now(), &start, 9).await.unwrap();
        assert_eq!(all, [link.clone(), named.clone()], "{}", database.kind);
        let none = invitations::list_open(&mut tx, Some(GUEST), now(), &start, 9)
            .await
            .unwrap();
        assert!(none.is_empty(), "{}", database.kind);
        let late = link.expires_at.unwrap();
        assert!(invitations::find_open(&mut tx, "link", late).await.unwrap().is_none());
        assert!(
            invitations::use_once(&mut tx, "link", GUEST, late)
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            invitations::use_once(&mut tx, "named", OWNER, now())
                .await
                .unwrap()
                .is_none()
        );
        let used = invitations::use_once(&mut tx, "link", GUEST, now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(used.uses, 1, "{}", database.kind);
        assert!(
            invitations::use_once(&mut tx, "link", GUEST, now())
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(invitations::find(&mut tx, "link").await.unwrap(), Some(used));
        invitations::use_up_of_user(&mut tx, GUEST).await.unwrap();
        assert!(!invitations::is_invited(&mut tx, GUEST, now()).await.unwrap());
        assert!(!invitations::remove(&mut tx, "named", now()).await.unwrap());
        invitations::remove_ended(&mut tx, now()).await.unwrap();
        assert_eq!(invitations::find(&mut tx, "link").await.unwrap(), None);
        invitations::add(&mut tx, &named).await.unwrap();
        assert!(invitations::remove(&mut tx, "named", now()).await.unwrap());
        assert!(!invitations::remove(&mut tx, "named", now()).await.unwrap());
        invitations::remove_all(&mut tx).await.unwrap();
        let mut role = roles::list(&mut tx).await.unwrap().remove(0);
        role.name = "all".to_owned();
        roles::update(&mut tx, &role).await.unwrap();
        assert_eq!(roles::list(&mut tx).await.unwrap(), [role], "{}", database.kind);
    }
}
