//! Drafts, on both databases.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    db::{Db, Tenants},
    testing::databases,
};

use super::{
    MIGRATIONS,
    drafts::{self, DraftRow},
};

const ADA: UserId = UserId(1);
const BOB: UserId = UserId(2);

fn row(server: i64, channel: i64, at: i64) -> DraftRow {
    DraftRow {
        server_id: ServerId(server),
        channel_id: ChannelId(channel),
        content: format!("begun at {at}"),
        reply_to_id: (at % 2 == 0).then_some(MessageId(at)),
        updated_at: Timestamp::from_millis(at),
    }
}

async fn list(db: &Db, user_id: UserId, servers: &[i64], limit: i64) -> Vec<DraftRow> {
    let servers: Vec<ServerId> = servers.iter().copied().map(ServerId).collect();
    drafts::list(db, user_id, &servers, limit).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_kept_listed_and_removed() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let (kind, db) = (database.kind, &database.db);
        let tenants = Tenants::single(database.db.clone());
        for (user_id, draft) in [
            (ADA, row(10, 20, 1)),
            (ADA, row(10, 21, 2)),
            (ADA, row(11, 30, 3)),
            (BOB, row(10, 20, 4)),
            (ADA, row(10, 20, 5)),
        ] {
            let mut tx = tenants.begin(draft.server_id).await.unwrap();
            drafts::put(&mut tx, user_id, &draft).await.unwrap();
            tx.commit().await.unwrap();
        }
        let all = [row(10, 20, 5), row(11, 30, 3), row(10, 21, 2)];
        assert_eq!(list(db, ADA, &[10, 11, 12], 9).await, all, "{kind}");
        assert_eq!(list(db, ADA, &[10, 11, 12], 2).await, all[..2], "{kind}: the newest");
        assert_eq!(list(db, ADA, &[11], 9).await, all[1..2], "{kind}");
        assert_eq!(list(db, ADA, &[], 9).await, [], "{kind}");
        assert_eq!(list(db, BOB, &[10], 9).await, [row(10, 20, 4)], "{kind}");

        let mut tx = tenants.begin(ServerId(10)).await.unwrap();
        assert!(drafts::remove_of(&mut tx, ADA, ChannelId(20)).await.unwrap(), "{kind}");
        assert!(!drafts::remove_of(&mut tx, ADA, ChannelId(20)).await.unwrap(), "{kind}");
        tx.commit().await.unwrap();
        assert_eq!(list(db, ADA, &[10, 11], 9).await, all[1..], "{kind}");
        assert_eq!(list(db, BOB, &[10], 9).await.len(), 1, "{kind}");

        let mut tx = tenants.begin(ServerId(10)).await.unwrap();
        drafts::remove(&mut tx, Some(ChannelId(20))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list(db, BOB, &[10], 9).await, [], "{kind}");
        let mut tx = tenants.begin(ServerId(10)).await.unwrap();
        drafts::remove(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(list(db, ADA, &[10, 11], 9).await, all[1..2], "{kind}");
    }
}
