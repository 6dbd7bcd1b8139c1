//! Statements on mentions, pins, reactions and read states, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use model::{ChannelId, MessageId, RoleId, ServerId, Timestamp, UserId};
use platform::{db::Tenants, testing::databases};

use super::{
    mentions::{self, Call},
    messages::{self, Message},
    pins, reactions, read_states, *,
};
use crate::{mentions::Mentions, message_kind::MessageKind};

const SERVER: ServerId = ServerId(1);
const CHANNEL: ChannelId = ChannelId(2);
const ADA: UserId = UserId(3);
const BOB: UserId = UserId(4);

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// Tenants with one channel of this many messages, whose ids are 100 more than their numbers.
pub(super) async fn with_messages(db: &platform::db::Db, count: i64) -> Tenants {
    db.migrate("messages", MIGRATIONS).await.unwrap();
    let tenants = Tenants::single(db.clone());
    let message = |seq: i64| Message {
        server_id: SERVER,
        channel_id: CHANNEL,
        id: MessageId(100 + seq),
        seq,
        author_id: ADA,
        content: seq.to_string(),
        nonce: None,
        created_at: time(seq),
        edited_at: None,
        kind: MessageKind::Default,
        reply_to_id: None,
        mentions: Mentions::default(),
        pinned_at: None,
        reacted: false,
        attachment_count: 0,
    };
    let rows: Vec<Message> = (1..=count).map(message).collect();
    let mut tx = tenants.begin_group().await.unwrap();
    messages::add_all(&mut tx, &rows).await.unwrap();
    counters::raise(&mut tx, &BTreeMap::from([((SERVER, CHANNEL), count)]))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    tenants
}

#[tokio::test(flavor = "multi_thread")]
async fn pins_and_reactions() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 3).await;
        let (reader, kind) = (tenants.reader(SERVER), database.kind);
        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert_eq!(
            pins::add(&mut tx, CHANNEL, MessageId(101), BOB, time(9)).await.unwrap(),
            Some(1)
        );
        assert_eq!(
            pins::add(&mut tx, CHANNEL, MessageId(101), BOB, time(9)).await.unwrap(),
            None
        );
        assert_eq!(
            pins::add(&mut tx, CHANNEL, MessageId(102), BOB, time(9)).await.unwrap(),
            Some(2)
        );
        assert_eq!(pins::count(&mut tx, CHANNEL).await.unwrap(), 2);
        assert_eq!(reactions::lock(&mut tx, CHANNEL, MessageId(1)).await.unwrap(), None);
        assert_eq!(
            reactions::lock(&mut tx, CHANNEL, MessageId(103)).await.unwrap(),
            Some(3)
        );
        let at = (CHANNEL, MessageId(103));
        for (emoji, user, is_new) in [("b", BOB, true), ("b", BOB, false), ("a", ADA, true), ("b", ADA, true)] {
            let added = reactions::add(&mut tx, at, emoji, user, time(9)).await.unwrap();
            assert_eq!(added, is_new, "{kind}: {emoji}");
        }
        assert_eq!(reactions::count(&mut tx, at, "b").await.unwrap(), (2, 2), "{kind}");
        assert_eq!(reactions::count(&mut tx, at, "c").await.unwrap(), (0, 2), "{kind}");
        tx.commit().await.unwrap();

        let some = [MessageId(101), MessageId(102), MessageId(9)];
        let found = messages::lookup_many(reader, CHANNEL, &some).await.unwrap();
        assert_eq!(found.len(), 2, "{kind}");
        let all = pins::list(reader, CHANNEL, None, 9).await.unwrap();
        assert_eq!(
            all.iter().map(|pin| pin.message_id.0).collect::<Vec<_>>(),
            [102, 101],
            "{kind}"
        );
        let after = (all[0].pinned_at, all[0].message_id);
        assert_eq!(pins::list(reader, CHANNEL, Some(after), 9).await.unwrap(), all[1..]);
        let tallies = reactions::tallies(reader, CHANNEL, &[MessageId(103), MessageId(101)], BOB)
            .await
            .unwrap();
        let seen: Vec<_> = tallies
            .iter()
            .map(|tally| (tally.emoji.as_str(), tally.count, tally.mine))
            .collect();
        assert_eq!(seen, [("a", 1, 0), ("b", 2, 1)], "{kind}");
        let users = reactions::list_users(reader, at, "b", UserId(0), 1).await.unwrap();
        assert_eq!(users, [ADA], "{kind}");
        assert_eq!(
            reactions::list_users(reader, at, "b", ADA, 5).await.unwrap(),
            [BOB],
            "{kind}"
        );

        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert_eq!(pins::remove(&mut tx, CHANNEL, MessageId(101)).await.unwrap(), Some(1));
        assert_eq!(pins::remove(&mut tx, CHANNEL, MessageId(101)).await.unwrap(), None);
        assert!(reactions::remove(&mut tx, at, "b", BOB).await.unwrap());
        assert!(!reactions::remove(&mut tx, at, "b", BOB).await.unwrap());
        assert_eq!(reactions::clear(&mut tx, at, "a").await.unwrap(), 1);
        reactions::remove_of(&mut tx, CHANNEL, &[MessageId(101)]).await.unwrap();
        assert_eq!(reactions::count(&mut tx, at, "b").await.unwrap(), (1, 1), "{kind}");
        reactions::remove_of(&mut tx, CHANNEL, &[MessageId(103), MessageId(9)])
            .await
            .unwrap();
        assert_eq!(reactions::count(&mut tx, at, "b").await.unwrap(), (0, 0), "{kind}");
        reactions::remove_all(&mut tx, Some(CHANNEL)).await.unwrap();
        reactions::remove_all(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn read_states_and_mentions() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 4).await;
        let kind = database.kind;
        let call = |target_id: i64, seq: i64| Call {
            server_id: SERVER,
            channel_id: CHANNEL,
            target_id,
            seq,
            sent_at: time(seq),
        };
        let mut tx = tenants.begin_group().await.unwrap();
        // Bob by name, as one of a role, with all, and twice in one.
        let calls = [
            call(BOB.0, 1),
            call(50, 2),
            call(SERVER.0, 3),
            call(BOB.0, 3),
            call(99, 4),
        ];
        mentions::add_all(&mut tx, &calls).await.unwrap();
        mentions::add_all(&mut tx, &calls[..1]).await.unwrap();
        tx.commit().await.unwrap();
        let who = (BOB, &[RoleId(50)][..]);
        let count = async |since: i64| {
            let counted = read_states::count_mentions(tenants.reader(SERVER), who, &[CHANNEL], time(since)).await;
            counted.unwrap()
        };
        assert_eq!(count(0).await, [(CHANNEL, 3)], "{kind}");
        assert_eq!(count(3).await, [(CHANNEL, 1)], "{kind}: since one joined");

        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert!(
            read_states::raise(&mut tx, BOB, CHANNEL, (2, MessageId(102)))
                .await
                .unwrap()
        );
        assert!(
            !read_states::raise(&mut tx, BOB, CHANNEL, (1, MessageId(101)))
                .await
                .unwrap(),
            "{kind}"
        );
        let read = read_states::find(&mut tx, BOB, CHANNEL).await.unwrap();
        assert_eq!(read, Some((2, MessageId(102))), "{kind}");
        assert_eq!(read_states::find(&mut tx, ADA, CHANNEL).await.unwrap(), None);
        assert_eq!(
            read_states::count_mentions_in(&mut tx, who, CHANNEL, 2).await.unwrap(),
            1,
            "{kind}"
        );
        tx.commit().await.unwrap();
        assert_eq!(
            count(9).await,
            [(CHANNEL, 1)],
            "{kind}: what was read counts more than the joining"
        );
        let states = read_states::list(tenants.shared(), BOB, &[SERVER, ServerId(9)])
            .await
            .unwrap();
        assert_eq!(states.len(), 1);
        let state = &states[0];
        assert_eq!(
            (state.last_seq, state.read_seq, state.last_sent_at),
            (4, Some(2), Some(time(4))),
            "{kind}"
        );
        assert!(state.has_more);
        assert!(read_states::list(tenants.shared(), BOB, &[]).await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_calls_nobody_and_is_nothing_to_be_read() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 4).await;
        let (kind, who) = (database.kind, (BOB, &[RoleId(50)][..]));
        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert!(
            read_states::raise(&mut tx, BOB, CHANNEL, (2, MessageId(102)))
                .await
                .unwrap()
        );
        for (seq, target) in [(1, BOB.0), (2, 50), (3, SERVER.0)] {
            mentions::replace(&mut tx, (CHANNEL, seq, time(seq)), &[target])
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        mentions::replace(&mut tx, (CHANNEL, 3, time(3)), &[ADA.0])
            .await
            .unwrap();
        assert_eq!(
            read_states::count_mentions_in(&mut tx, who, CHANNEL, 0).await.unwrap(),
            2,
            "{kind}"
        );
        mentions::remove_of(&mut tx, CHANNEL, 2).await.unwrap();
        assert_eq!(
            read_states::count_mentions_in(&mut tx, who, CHANNEL, 0).await.unwrap(),
            1,
            "{kind}"
        );
        mentions::remove(&mut tx, Some(CHANNEL)).await.unwrap();
        mentions::remove(&mut tx, None).await.unwrap();
        assert_eq!(
            read_states::count_mentions_in(&mut tx, who, CHANNEL, 0).await.unwrap(),
            0,
            "{kind}"
        );
        assert_eq!(messages::last_seen_by(&mut tx, CHANNEL, 3).await.unwrap(), 3, "{kind}");
        let gone = messages::remove_many(&mut tx, CHANNEL, &[MessageId(104), MessageId(103), MessageId(7)]).await;
        assert_eq!(gone.unwrap().len(), 2, "{kind}");
        assert_eq!(
            messages::last(&mut tx, CHANNEL).await.unwrap(),
            Some((2, MessageId(102))),
            "{kind}"
        );
        assert_eq!(
            messages::last_seen_by(&mut tx, CHANNEL, 2).await.unwrap(),
            4,
            "{kind}: nothing is left after it"
        );
        assert_eq!(counters::last(&mut tx, CHANNEL).await.unwrap(), 4);
        assert_eq!(counters::last(&mut tx, ChannelId(9)).await.unwrap(), 0);
        tx.commit().await.unwrap();
        let states = read_states::list(tenants.shared(), BOB, &[SERVER]).await.unwrap();
        assert!(!states[0].has_more, "{kind}: what is unread is gone");
        let mut tx = tenants.begin(SERVER).await.unwrap();
        read_states::remove(&mut tx, Some(CHANNEL)).await.unwrap();
        read_states::remove(&mut tx, None).await.unwrap();
        assert_eq!(read_states::find(&mut tx, BOB, CHANNEL).await.unwrap(), None);
        tx.commit().await.unwrap();
    }
}
