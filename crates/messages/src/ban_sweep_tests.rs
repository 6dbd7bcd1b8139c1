//! Bans whose event was lost: the sweep deletes what goes with them, and nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use contracts::servers::Ban;
use model::{ChannelId, MessageId};
use platform::{db::Tenants, testing::databases};

use super::*;
use crate::{
    message_kind::MessageKind,
    removal::tests::{Servers, service},
    store::{
        MIGRATIONS, counters,
        messages::{Message, Part},
    },
};

const SERVER: ServerId = ServerId(1);

/// Messages of one author in one channel, at these times.
async fn fill(tenants: &Tenants, channel: i64, author: i64, times: &[Timestamp]) {
    let place = (SERVER, ChannelId(channel));
    let count = i64::try_from(times.len()).unwrap();
    let mut tx = tenants.begin_group().await.unwrap();
    let last = counters::raise(&mut tx, &BTreeMap::from([(place, count)]))
        .await
        .unwrap()[&place];
    let rows: Vec<Message> = (last - count + 1..)
        .zip(times)
        .map(|(seq, at)| Message {
            server_id: place.0,
            channel_id: place.1,
            id: MessageId(channel * 10_000 + seq),
            seq,
            author_id: UserId(author),
            content: "x".to_owned(),
            nonce: None,
            created_at: *at,
            edited_at: None,
            kind: MessageKind::Default,
            reply_to_id: None,
            mentions: crate::mentions::Mentions::default(),
            pinned_at: None,
            reacted: false,
            attachment_count: 0,
        })
        .collect();
    messages::add_all(&mut tx, &rows).await.unwrap();
    tx.commit().await.unwrap();
}

/// The authors of what a channel has, with the times.
async fn left(tenants: &Tenants, channel: i64) -> Vec<(i64, i64)> {
    let reader = tenants.reader(SERVER);
    let mut all = messages::list(reader, ChannelId(channel), Part::Newest, 10_000)
        .await
        .unwrap();
    all.reverse();
    all.into_iter()
        .map(|message| (message.author_id.0, message.created_at.as_millis()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_deletes_what_goes_with_recent_bans_and_nothing_else() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let servers = Servers::default();
        let service = service(&database.db, &servers);
        let tenants = &service.tenants;
        let now = service.clock.now();
        let ago = |seconds| now.minus(Duration::from_secs(seconds));
        // Banned a minute ago, with what was written in the ten minutes before.
        let (old, recent, later) = (ago(700), ago(100), ago(10));
        fill(tenants, 7, 1, &[old, recent, later]).await;
        fill(tenants, 7, 2, &[recent]).await;
        // More than one transaction deletes, elsewhere.
        fill(tenants, 8, 1, &vec![recent; usize::try_from(AT_ONCE).unwrap() + 1]).await;
        // A ban of long ago, which has been followed.
        fill(tenants, 8, 3, &[recent]).await;
        let ban = |user_id, since: Timestamp, at: Timestamp| Ban {
            server_id: SERVER.0,
            user_id,
            delete_since: since.as_millis(),
            created_at: at.as_millis(),
        };
        let long_ago = now.minus(LOOKED_AT + Duration::from_mins(1));
        *servers.bans.lock().unwrap() = vec![ban(1, ago(660), ago(60)), ban(3, long_ago, long_ago)];
        for _ in 0..2 {
            sweep_recent(&service).await.unwrap();
            let expected = [
                (1, old.as_millis()),
                // Written after the ban was lifted.
                (1, later.as_millis()),
                (2, recent.as_millis()),
            ];
            assert_eq!(left(tenants, 7).await, expected, "{}", database.kind);
            assert_eq!(left(tenants, 8).await, [(3, recent.as_millis())], "{}", database.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_bans_than_a_page_are_all_looked_at() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let servers = Servers::default();
        let service = service(&database.db, &servers);
        let now = service.clock.now();
        let many = i64::from(PAGE) + 5;
        fill(&service.tenants, 7, many, &[now]).await;
        *servers.bans.lock().unwrap() = (1..=many)
            .map(|user_id| Ban {
                server_id: SERVER.0,
                user_id,
                delete_since: now.as_millis(),
                created_at: now.as_millis(),
            })
            .collect();
        sweep_recent(&service).await.unwrap();
        assert!(left(&service.tenants, 7).await.is_empty(), "{}", database.kind);
    }
}
