//! Statements on previews, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{ChannelId, MessageId, ServerId, Timestamp, UserId};
use platform::testing::databases;

use super::{
    conversation_tests::with_messages,
    embeds, link_previews, messages,
    preview_jobs::{self, BUSY_AUTHORS, Job},
};
use crate::previews::{Embed, Embeds};

const SERVER: ServerId = ServerId(1);
const CHANNEL: ChannelId = ChannelId(2);
const ONE: MessageId = MessageId(101);
const NOBODY: [UserId; BUSY_AUTHORS] = [UserId(-1); BUSY_AUTHORS];

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn some() -> Embeds {
    let embed = r#"[{"url":"https://a.example/","kind":"link","title":"A \"title\" é"}]"#;
    let mut all: Vec<Embed> = serde_json::from_str(embed).unwrap();
    all.push(all[0].clone());
    Embeds(all)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_its_previews_until_they_are_removed() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 2).await;
        let (reader, kind) = (tenants.reader(SERVER), database.kind);
        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert_eq!(
            messages::content(&mut tx, CHANNEL, ONE).await.unwrap().as_deref(),
            Some("1")
        );
        assert_eq!(messages::content(&mut tx, CHANNEL, MessageId(9)).await.unwrap(), None);
        let set = embeds::set(&mut tx, (CHANNEL, ONE), "1", &some(), time(1))
            .await
            .unwrap()
            .unwrap();
        assert_eq!((set.embeds, set.edited_at), (some(), None), "{kind}");
        // It says something else by now, or is elsewhere, or is not there.
        for (at, content) in [
            ((CHANNEL, ONE), "another"),
            ((ChannelId(9), ONE), "1"),
            ((CHANNEL, MessageId(9)), "1"),
        ] {
            assert_eq!(
                embeds::set(&mut tx, at, content, &some(), time(1)).await.unwrap(),
                None,
                "{kind}"
            );
        }
        tx.commit().await.unwrap();
        let one = async || messages::lookup(reader, CHANNEL, ONE).await.unwrap().unwrap();
        assert_eq!(one().await.embeds, some(), "{kind}");
        let other = messages::lookup(reader, CHANNEL, MessageId(102))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(other.embeds, Embeds::default(), "{kind}");
        let mut tx = tenants.begin(SERVER).await.unwrap();
        let none = embeds::set(&mut tx, (CHANNEL, ONE), "1", &Embeds::default(), time(1))
            .await
            .unwrap();
        assert_eq!(none.unwrap().embeds, Embeds::default());
        embeds::set(&mut tx, (CHANNEL, ONE), "1", &some(), time(1))
            .await
            .unwrap();
        let removed = embeds::remove(&mut tx, CHANNEL, ONE, time(1)).await.unwrap().unwrap();
        assert_eq!(removed.embeds, Embeds::default(), "{kind}");
        assert_eq!(
            embeds::remove(&mut tx, CHANNEL, ONE, time(1)).await.unwrap(),
            None,
            "{kind}: once"
        );
        assert_eq!(
            embeds::remove(&mut tx, CHANNEL, MessageId(9), time(1)).await.unwrap(),
            None
        );
        let again = embeds::set(&mut tx, (CHANNEL, ONE), "1", &some(), time(1))
            .await
            .unwrap();
        assert_eq!(again, None, "{kind}: for good");
        tx.commit().await.unwrap();
        assert_eq!(one().await.embeds, Embeds::default(), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_taken_by_one() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 1).await;
        let kind = database.kind;
        let places: Vec<_> = (1..=70)
            .map(|id| (SERVER, CHANNEL, MessageId(id), UserId(id)))
            .collect();
        assert_eq!(preview_jobs::next_due(&database.db).await.unwrap(), None);
        let mut tx = tenants.begin_group().await.unwrap();
        preview_jobs::add_all(&mut tx, &[], time(1)).await.unwrap();
        preview_jobs::add_all(&mut tx, &places[1..], time(20)).await.unwrap();
        preview_jobs::add_all(&mut tx, &places, time(10)).await.unwrap();
        let job = Job {
            server_id: SERVER,
            channel_id: CHANNEL,
            message_id: MessageId(1),
            author_id: UserId(1),
            due_at: time(100),
            attempts: 1,
        };
        let taken = preview_jobs::take(&mut tx, (time(9), time(100)), NOBODY, 10)
            .await
            .unwrap();
        assert_eq!(taken, [], "{kind}: nothing is due");
        assert_eq!(
            preview_jobs::take(&mut tx, (time(50), time(100)), NOBODY, 1)
                .await
                .unwrap(),
            [job],
            "{kind}"
        );
        let rest = preview_jobs::take(&mut tx, (time(50), time(101)), NOBODY, 100)
            .await
            .unwrap();
        assert_eq!(rest.len(), 69, "{kind}: what is taken is not taken again");
        for done in &rest {
            preview_jobs::finish(&mut tx, *done).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(
            preview_jobs::next_due(&database.db).await.unwrap(),
            Some(time(100)),
            "{kind}"
        );

        let mut tx = tenants.begin_group().await.unwrap();
        preview_jobs::put_off(&mut tx, job, time(60)).await.unwrap();
        // Whoever held it does not any more.
        preview_jobs::finish(&mut tx, job).await.unwrap();
        preview_jobs::put_off(&mut tx, job, time(70)).await.unwrap();
        let again = preview_jobs::take(&mut tx, (time(60), time(200)), NOBODY, 9)
            .await
            .unwrap();
        let held = Job {
            due_at: time(200),
            ..job
        };
        assert_eq!(again, [held], "{kind}: the attempt did not count");
        assert_eq!(
            preview_jobs::take(&mut tx, (time(200), time(300)), NOBODY, 9)
                .await
                .unwrap(),
            [Job {
                due_at: time(300),
                attempts: 2,
                ..job
            }],
            "{kind}: nobody came back"
        );
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_renewed_is_taken_anew_and_what_is_dropped_is_not() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 1).await;
        let kind = database.kind;
        let mut tx = tenants.begin_group().await.unwrap();
        let place = (SERVER, CHANNEL, MessageId(1), UserId(1));
        preview_jobs::add_all(&mut tx, &[place], time(10)).await.unwrap();
        let held = preview_jobs::take(&mut tx, (time(200), time(300)), NOBODY, 9)
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut tx = tenants.begin(SERVER).await.unwrap();
        preview_jobs::renew(&mut tx, (CHANNEL, MessageId(1), UserId(1)), time(250))
            .await
            .unwrap();
        preview_jobs::renew(&mut tx, (CHANNEL, MessageId(2), UserId(2)), time(260))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = tenants.begin_group().await.unwrap();
        // Whoever held it does not any more.
        preview_jobs::finish(&mut tx, held[0]).await.unwrap();
        let renewed = preview_jobs::take(&mut tx, (time(260), time(400)), NOBODY, 9)
            .await
            .unwrap();
        let ids: Vec<_> = renewed.iter().map(|job| (job.message_id.0, job.attempts)).collect();
        assert_eq!(ids.len(), 2, "{kind}: {ids:?}");
        assert!(ids.iter().all(|(_, attempts)| *attempts == 1), "{kind}: {ids:?}");
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        preview_jobs::drop_one(&mut tx, CHANNEL, MessageId(1)).await.unwrap();
        preview_jobs::drop_one(&mut tx, ChannelId(9), MessageId(2))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = tenants.begin_group().await.unwrap();
        let left = preview_jobs::take(&mut tx, (time(400), time(500)), NOBODY, 9)
            .await
            .unwrap();
        assert_eq!(left.len(), 1, "{kind}");
        assert_eq!(left[0].message_id, MessageId(2), "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_author_has_their_turn() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 1).await;
        let kind = database.kind;
        let (ada, bob, tom) = (UserId(1), UserId(2), UserId(3));
        let of = |author, id| (SERVER, CHANNEL, MessageId(id), author);
        let mut tx = tenants.begin_group().await.unwrap();
        // Ada was first, with many.
        let flood: Vec<_> = (1..=20).map(|id| of(ada, id)).collect();
        preview_jobs::add_all(&mut tx, &flood, time(10)).await.unwrap();
        preview_jobs::add_all(&mut tx, &[of(bob, 31), of(bob, 32)], time(20))
            .await
            .unwrap();
        preview_jobs::add_all(&mut tx, &[of(tom, 41)], time(30)).await.unwrap();
        let mut take = async |busy: [UserId; BUSY_AUTHORS], most| {
            let taken = preview_jobs::take(&mut tx, (time(50), time(100)), busy, most)
                .await
                .unwrap();
            let mut ids: Vec<_> = taken.iter().map(|job| (job.author_id, job.message_id.0)).collect();
            ids.sort_unstable();
            ids
        };
        assert_eq!(take(NOBODY, 2).await, [(ada, 1), (bob, 31)], "{kind}");
        assert_eq!(take(NOBODY, 9).await, [(ada, 2), (bob, 32), (tom, 41)], "{kind}");
        assert_eq!(take([ada, bob, bob, ada], 9).await, [], "{kind}");
        assert_eq!(take([tom; BUSY_AUTHORS], 9).await, [(ada, 3)], "{kind}");
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_fetched_by_one_and_remembered_for_a_while() {
    for database in databases().await {
        let tenants = with_messages(&database.db, 1).await;
        let (db, kind) = (&database.db, database.kind);
        let known = async |at| link_previews::lookup(db, "hash", time(at)).await.unwrap();
        assert_eq!(known(0).await, None);
        let mut tx = tenants.begin_group().await.unwrap();
        assert!(link_previews::claim(&mut tx, "hash", time(10), time(20)).await.unwrap());
        assert!(
            !link_previews::claim(&mut tx, "hash", time(19), time(30)).await.unwrap(),
            "{kind}"
        );
        assert!(
            link_previews::claim(&mut tx, "other", time(19), time(30))
                .await
                .unwrap()
        );
        assert!(
            link_previews::claim(&mut tx, "hash", time(20), time(30)).await.unwrap(),
            "{kind}: nobody came back"
        );
        tx.commit().await.unwrap();
        assert_eq!(known(20).await, None, "{kind}: not yet");
        let mut tx = tenants.begin_group().await.unwrap();
        link_previews::store(&mut tx, "hash", Some(&some().0[0]), (time(20), time(40)))
            .await
            .unwrap();
        assert!(
            !link_previews::claim(&mut tx, "hash", time(39), time(60)).await.unwrap(),
            "{kind}: it is known"
        );
        tx.commit().await.unwrap();
        let json = serde_json::to_string(&some().0[0]).unwrap();
        assert_eq!(known(39).await, Some(Some(json)), "{kind}");
        assert_eq!(known(40).await, None, "{kind}: not for ever");
        let mut tx = tenants.begin_group().await.unwrap();
        assert!(
            link_previews::claim(&mut tx, "hash", time(40), time(60)).await.unwrap(),
            "{kind}"
        );
        link_previews::store(&mut tx, "hash", None, (time(40), time(80)))
            .await
            .unwrap();
        link_previews::sweep(&mut tx, time(79), 9).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(known(79).await, Some(None), "{kind}: it is known to be nothing");
        let mut tx = tenants.begin_group().await.unwrap();
        link_previews::sweep(&mut tx, time(80), 9).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(known(0).await, None, "{kind}: forgotten");
    }
}
