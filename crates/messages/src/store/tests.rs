//! Every statement on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    db::Tenants,
    testing::{assert_all_are_called, databases},
};

use super::{
    messages::{Message, Part},
    *,
};

use crate::{mentions::Mentions, message_kind::MessageKind};

const SERVER: ServerId = ServerId(1);
const CHANNEL: ChannelId = ChannelId(2);
const AUTHOR: UserId = UserId(3);

fn message(seq: i64, nonce: Option<&str>) -> Message {
    Message {
        server_id: SERVER,
        channel_id: CHANNEL,
        id: MessageId(100 + seq),
        seq,
        author_id: AUTHOR,
        content: seq.to_string(),
        nonce: nonce.map(str::to_owned),
        created_at: Timestamp::from_millis(0),
        edited_at: None,
        kind: MessageKind::Default,
        reply_to_id: None,
        mentions: Mentions::default(),
        pinned_at: None,
        reacted: false,
        attachment_count: 0,
    }
}

#[test]
fn sizes_add_up() {
    for rows in 0..300 {
        assert_eq!(sizes(rows).sum::<usize>(), rows);
    }
    assert_eq!(sizes(77).collect::<Vec<_>>(), [64, 8, 4, 1]);
}

#[test]
fn every_function_is_called_here() {
    let both = concat!(
        include_str!("tests.rs"),
        include_str!("conversation_tests.rs"),
        include_str!("attachment_tests.rs"),
        include_str!("changes_tests.rs")
    );
    let modules = [
        ("messages", include_str!("messages.rs")),
        ("counters", include_str!("counters.rs")),
        ("changes", include_str!("changes.rs")),
        ("slow_mode", include_str!("slow_mode.rs")),
    ];
    assert_all_are_called(&modules, both);
    let modules = [
        ("mentions", include_str!("mentions.rs")),
        ("pins", include_str!("pins.rs")),
        ("reactions", include_str!("reactions.rs")),
        ("read_states", include_str!("read_states.rs")),
    ];
    assert_all_are_called(&modules, include_str!("conversation_tests.rs"));
    let modules = [("drafts", include_str!("drafts.rs"))];
    assert_all_are_called(&modules, include_str!("drafts_tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_added_found_changed_and_removed() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let mut tx = tenants.begin_group().await.unwrap();
        let rows: Vec<Message> = (1..=100).map(|seq| message(seq, Some(&format!("n{seq}")))).collect();
        assert_eq!(
            messages::add_all(&mut tx, &rows).await.unwrap(),
            100,
            "{}",
            database.kind
        );
        let again = [message(101, Some("n5")), message(102, None)];
        assert_eq!(
            messages::add_all(&mut tx, &again).await.unwrap(),
            1,
            "{}: the nonce is taken",
            database.kind
        );
        for count in [0, 1, 2, 3, 70] {
            let nonces: Vec<String> = (0..count).map(|number| format!("n{}", 31 + number)).collect();
            let attempts: Vec<_> = nonces
                .iter()
                .map(|nonce| (SERVER, CHANNEL, AUTHOR, nonce.as_str()))
                .collect();
            let found = messages::find_by_nonces(&mut tx, &attempts).await.unwrap();
            assert_eq!(found.len(), count, "{}", database.kind);
        }
        let strange = [(SERVER, CHANNEL, UserId(9), "n1"), (ServerId(9), CHANNEL, AUTHOR, "n1")];
        assert!(messages::find_by_nonces(&mut tx, &strange).await.unwrap().is_empty());
        tx.commit().await.unwrap();
        let reader = tenants.reader(SERVER);
        for (part, first) in [
            (Part::Newest, 102),
            (Part::Before(MessageId(150)), 49),
            (Part::After(MessageId(150)), 52),
        ] {
            let page = messages::list(reader, CHANNEL, part, 2).await.unwrap();
            assert_eq!((page.len(), page[0].seq), (2, first), "{}: {part:?}", database.kind);
        }
        assert_eq!(
            messages::lookup(reader, CHANNEL, MessageId(101))
                .await
                .unwrap()
                .unwrap(),
            rows[0]
        );
        let numbered = messages::list_by_number(reader, CHANNEL, 97, 102).await.unwrap();
        let numbers: Vec<_> = numbered.iter().map(|message| message.seq).collect();
        assert_eq!(numbers, [98, 99, 100, 102], "{}", database.kind);
        let by: BTreeMap<_, i64> = [((SERVER, CHANNEL), 102), ((SERVER, ChannelId(9)), 1)].into();
        let mut tx = tenants.begin_group().await.unwrap();
        counters::raise(&mut tx, &by).await.unwrap();
        tx.commit().await.unwrap();
        let mut last = counters::all(reader).await.unwrap();
        last.sort_unstable();
        let sent = Some(Timestamp::from_millis(0));
        assert_eq!(
            last,
            [(CHANNEL, 102, sent), (ChannelId(9), 1, None)],
            "{}",
            database.kind
        );
        let mut tx = tenants.begin(SERVER).await.unwrap();
        let now = Timestamp::from_millis(5);
        let text = ("x", &Mentions::default());
        let others = messages::edit(&mut tx, CHANNEL, MessageId(101), UserId(9), text, now).await;
        assert!(others.unwrap().is_none());
        let edited = messages::edit(&mut tx, CHANNEL, MessageId(101), AUTHOR, text, now).await;
        let edited = edited.unwrap().unwrap();
        assert_eq!((edited.content.as_str(), edited.edited_at), ("x", Some(now)));
        assert_eq!(
            messages::remove(&mut tx, CHANNEL, MessageId(101)).await.unwrap(),
            Some(1)
        );
        assert_eq!(messages::remove(&mut tx, CHANNEL, MessageId(101)).await.unwrap(), None);
        assert_eq!(
            messages::remove_some(&mut tx, Some(CHANNEL), 10).await.unwrap(),
            10,
            "{}",
            database.kind
        );
        assert_eq!(messages::remove_some(&mut tx, Some(ChannelId(9)), 10).await.unwrap(), 0);
        assert_eq!(
            messages::remove_some(&mut tx, None, 1_000).await.unwrap(),
            90,
            "{}",
            database.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn counters_are_raised_listed_and_removed() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let by: BTreeMap<_, i64> = (1..=70)
            .map(|channel| ((SERVER, ChannelId(channel)), channel))
            .collect();
        let mut tx = tenants.begin_group().await.unwrap();
        counters::raise(&mut tx, &by).await.unwrap();
        let last = counters::raise(&mut tx, &by).await.unwrap();
        assert!(by.iter().all(|(place, by)| last[place] == 2 * by), "{}", database.kind);
        tx.commit().await.unwrap();
        let all = counters::all(tenants.reader(SERVER)).await.unwrap();
        assert_eq!(all.len(), 70, "{}", database.kind);
        assert!(all.contains(&(ChannelId(70), 140, None)));
        assert!(counters::all(tenants.reader(ServerId(9))).await.unwrap().is_empty());
        let mut tx = tenants.begin_group().await.unwrap();
        let page = counters::list(&mut tx, (SERVER, ChannelId(60)), 5).await.unwrap();
        assert_eq!(
            page,
            (61..=65)
                .map(|channel| (SERVER, ChannelId(channel)))
                .collect::<Vec<_>>()
        );
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        counters::remove(&mut tx, Some(ChannelId(61))).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = tenants.begin_group().await.unwrap();
        let page = counters::list(&mut tx, (SERVER, ChannelId(60)), 100).await.unwrap();
        assert_eq!(page.len(), 9, "{}", database.kind);
        drop(tx);
        let mut tx = tenants.begin(ServerId(9)).await.unwrap();
        counters::remove(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        counters::remove(&mut tx, None).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = tenants.begin_group().await.unwrap();
        assert!(
            counters::list(&mut tx, (ServerId(0), ChannelId(0)), 9)
                .await
                .unwrap()
                .is_empty(),
            "{}",
            database.kind
        );
    }
}

/// Two processes number the messages of a channel in turn, but each makes ids of its own.
#[tokio::test(flavor = "multi_thread")]
async fn lists_are_in_the_order_of_numbers_whatever_the_ids_are() {
    // In the order of their numbers, from 1.
    const IDS: [i64; 6] = [100, 103, 102, 105, 104, 106];
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let mut tx = tenants.begin_group().await.unwrap();
        let row = |(seq, id)| Message {
            id: MessageId(id),
            ..message(seq, None)
        };
        let rows: Vec<Message> = (1..).zip(IDS).map(row).collect();
        messages::add_all(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let list = async |part| -> Vec<i64> {
            let page = messages::list(tenants.reader(SERVER), CHANNEL, part, 10).await.unwrap();
            page.iter().map(|message| message.seq).collect()
        };
        let at = |seq: usize| MessageId(IDS[seq - 1]);
        assert_eq!(list(Part::Newest).await, [6, 5, 4, 3, 2, 1], "{}", database.kind);
        assert_eq!(list(Part::Before(at(3))).await, [2, 1], "{}", database.kind);
        assert_eq!(list(Part::UpTo(at(2))).await, [2, 1], "{}", database.kind);
        assert_eq!(list(Part::After(at(4))).await, [6, 5], "{}", database.kind);
        // What is not there (any more) lies where its id does.
        let mut tx = tenants.begin(SERVER).await.unwrap();
        messages::remove(&mut tx, CHANNEL, at(4)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            list(Part::Before(at(4))).await,
            [5, 3, 2, 1],
            "{}: one is shown twice",
            database.kind
        );
        assert_eq!(list(Part::UpTo(at(4))).await, [5, 3, 2, 1], "{}", database.kind);
        assert_eq!(list(Part::After(at(4))).await, [6], "{}", database.kind);
        for nowhere in [1, 1_000] {
            let nowhere = MessageId(nowhere);
            let (older, newer) = (
                list(Part::Before(nowhere)).await.len(),
                list(Part::After(nowhere)).await.len(),
            );
            assert_eq!((older.min(newer), older + newer), (0, 5), "{}", database.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_moderation() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let mut tx = tenants.begin_group().await.unwrap();
        let rows: Vec<Message> = (1..=5)
            .map(|seq| Message {
                created_at: Timestamp::from_millis(seq),
                kind: MessageKind::MemberJoined,
                ..message(seq, None)
            })
            .collect();
        messages::add_all(&mut tx, &rows).await.unwrap();
        let (place, wait) = ((SERVER, CHANNEL), std::time::Duration::from_millis(10));
        for (now, last) in [(100, None), (109, Some(100)), (110, None), (119, Some(110))] {
            let noted = slow_mode::note(&mut tx, place, AUTHOR, Timestamp::from_millis(now), wait).await;
            assert_eq!(
                noted.unwrap(),
                last.map(Timestamp::from_millis),
                "{}: {now}",
                database.kind
            );
        }
        tx.commit().await.unwrap();
        let reader = tenants.reader(SERVER);
        let mut tx = tenants.begin(SERVER).await.unwrap();
        let now = Timestamp::from_millis(5);
        let edited = messages::edit(
            &mut tx,
            CHANNEL,
            MessageId(101),
            AUTHOR,
            ("x", &Mentions::default()),
            now,
        )
        .await;
        assert_eq!(edited.unwrap(), None, "{}: Beep's words are not theirs", database.kind);
        let within = (Timestamp::from_millis(2), Timestamp::from_millis(4));
        let mut gone = Vec::new();
        for count in [2, 1, 0] {
            let some = messages::remove_of_author(&mut tx, AUTHOR, within, 2).await.unwrap();
            assert_eq!(some.len(), count, "{}", database.kind);
            gone.extend(some);
        }
        gone.sort_unstable();
        let expected = [2, 3, 4].map(|seq| (CHANNEL, MessageId(100 + seq), seq));
        assert_eq!(gone, expected, "{}", database.kind);
        for of in [Some(CHANNEL), None] {
            slow_mode::remove(&mut tx, of).await.unwrap();
        }
        tx.commit().await.unwrap();
        let left = messages::list(reader, CHANNEL, Part::Newest, 9).await.unwrap();
        assert_eq!(left, [rows[4].clone(), rows[0].clone()], "{}", database.kind);
        let sql = "SELECT COUNT(*) FROM slow_mode WHERE server_id = $1";
        assert_eq!(reader.one::<(i64,)>(sql, []).await.unwrap(), (0,), "{}", database.kind);
    }
}
