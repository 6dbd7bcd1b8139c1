//! Statements on what has changed, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{ChannelId, MessageId, ServerId};
use platform::testing::databases;

use super::{changes::Position, conversation_tests::with_messages, *};

const SERVER: ServerId = ServerId(1);
const CHANNEL: ChannelId = ChannelId(2);

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_numbered_and_the_last_of_each_message_counts() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 3).await;
        let (reader, kind) = (tenants.reader(SERVER), database.kind);
        let position = |last_change| Position {
            server_id: SERVER,
            channel_id: CHANNEL,
            last_seq: 3,
            last_change,
        };
        let positions = async || {
            let begin = (ServerId(0), ChannelId(0));
            changes::positions(tenants.shared(), begin, 10).await.unwrap()
        };
        assert_eq!(positions().await, [position(0)], "{kind}");
        let mut tx = tenants.begin(SERVER).await.unwrap();
        for seq in [1, 3, 1, 2] {
            changes::note(&mut tx, CHANNEL, seq).await.unwrap();
        }
        messages::remove(&mut tx, CHANNEL, MessageId(103)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(positions().await, [position(4)], "{kind}");
        let after = async |number, limit| changes::list(reader, CHANNEL, number, limit).await.unwrap();
        let (one, two) = ((3, 1, Some(MessageId(101))), (4, 2, Some(MessageId(102))));
        assert_eq!(after(0, 9).await, [(2, 3, None), one, two], "{kind}");
        assert_eq!(after(2, 1).await, [one], "{kind}");
        assert_eq!(after(4, 9).await, [], "{kind}");
        let elsewhere = tenants.reader(ServerId(9));
        assert_eq!(changes::list(elsewhere, CHANNEL, 0, 9).await.unwrap(), [], "{kind}");
        let beyond = changes::positions(tenants.shared(), (SERVER, CHANNEL), 10);
        assert_eq!(beyond.await.unwrap(), [], "{kind}");
        for channel_id in [Some(CHANNEL), None] {
            let mut tx = tenants.begin(SERVER).await.unwrap();
            changes::note(&mut tx, CHANNEL, 1).await.unwrap();
            changes::remove(&mut tx, channel_id).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(after(0, 9).await, [], "{kind}: {channel_id:?}");
            assert_eq!(positions().await, [position(0)], "{kind}: {channel_id:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_found_by_their_places() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 9).await;
        let find = async |places: &[(ChannelId, i64)]| {
            let places: Vec<_> = places.iter().map(|(channel, id)| (*channel, MessageId(*id))).collect();
            let found = messages::lookup_places(tenants.reader(SERVER), &places).await.unwrap();
            let mut ids: Vec<i64> = found.iter().map(|message| message.id.0).collect();
            ids.sort_unstable();
            ids
        };
        let (here, elsewhere) = (CHANNEL, ChannelId(3));
        for (places, expected) in [
            (&[][..], &[][..]),
            (&[(here, 101)], &[101]),
            (&[(here, 101), (elsewhere, 102), (here, 999), (here, 103)], &[101, 103]),
        ] {
            assert_eq!(find(places).await, expected, "{}: {places:?}", database.kind);
        }
        let all: Vec<_> = (101..=109).map(|id| (here, id)).collect();
        assert_eq!(find(&all).await.len(), 9, "{}", database.kind);
        let one = [(here, MessageId(101))];
        let other = messages::lookup_places(tenants.reader(ServerId(9)), &one);
        assert_eq!(other.await.unwrap(), [], "{}", database.kind);
    }
}
