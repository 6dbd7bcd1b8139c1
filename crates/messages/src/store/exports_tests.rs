//! Exports, and what is read for them, on both databases.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use model::{ChannelId, FileId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    db::{Db, Tenants, Tx},
    testing::{assert_all_are_called, databases},
};

use super::{
    MIGRATIONS,
    attachments::Attachment,
    counters, discarded_files,
    exports::{self, Job, Status},
    messages::{self, Message},
    own,
    uploads::{self, Facts},
};
use crate::{mentions::Mentions, message_kind::MessageKind, previews::Embeds};

const ADA: UserId = UserId(1);
const BOB: UserId = UserId(2);

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

#[test]
fn every_function_is_called_here() {
    let modules = [("exports", include_str!("exports.rs")), ("own", include_str!("own.rs"))];
    assert_all_are_called(&modules, include_str!("exports_tests.rs"));
}

/// What does one thing and commits it.
async fn within<R>(db: &Db, act: impl AsyncFnOnce(&mut Tx) -> R) -> R {
    let mut tx = db.begin().await.unwrap();
    let done = act(&mut tx).await;
    tx.commit().await.unwrap();
    done
}

async fn add(db: &Db, id: i64, user: UserId, now: i64) -> bool {
    within(db, async |tx| {
        exports::add(tx, (id, user), at(now), (at(now - 1_000), 2))
            .await
            .unwrap()
    })
    .await
}

async fn take(db: &Db, now: i64, file: i64) -> Option<Job> {
    within(db, async |tx| {
        exports::take(tx, (at(now), at(now + 100)), FileId(file), at(now + 50))
            .await
            .unwrap()
    })
    .await
}

async fn finish(db: &Db, job: Job, now: i64) -> bool {
    within(db, async |tx| {
        exports::finish(tx, job, ("beep.zip", 77), (at(now), at(now + 500)))
            .await
            .unwrap()
    })
    .await
}

/// The files that are thrown away by then.
async fn thrown_away(db: &Db, now: i64) -> Vec<i64> {
    let gone = within(db, async |tx| {
        discarded_files::list_due(tx, at(now), 100).await.unwrap()
    })
    .await;
    assert!(gone.iter().all(|(server, _)| *server == ServerId(0)));
    gone.into_iter().map(|(_, file)| file.0).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_prepared_at_a_time_and_two_are_had_in_a_while() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("messages", MIGRATIONS).await.unwrap();
        assert!(!exports::any_due(db, at(5_000)).await.unwrap(), "{kind}");
        assert!(add(db, 1, ADA, 5_000).await, "{kind}");
        assert!(!add(db, 2, ADA, 5_001).await, "{kind}: one is being prepared");
        assert!(add(db, 3, BOB, 5_002).await, "{kind}: somebody else's");
        assert!(exports::any_due(db, at(5_000)).await.unwrap(), "{kind}");
        let first = take(db, 5_003, 70).await.unwrap();
        assert!(finish(db, first, 5_010).await, "{kind}");
        let row = exports::newest(db, ADA, at(5_011)).await.unwrap().unwrap();
        assert_eq!(
            (row.status, row.requested_at, row.ready_at, row.expires_at),
            (Status::Ready, at(5_000), Some(at(5_010)), Some(at(5_510))),
            "{kind}"
        );
        assert_eq!(
            (row.size, row.file_id, row.file_name.as_str()),
            (Some(77), Some(FileId(70)), "beep.zip")
        );
        assert!(add(db, 4, ADA, 5_020).await, "{kind}: the second");
        assert_eq!(
            exports::newest(db, ADA, at(5_021)).await.unwrap().unwrap().status,
            Status::Preparing,
            "{kind}: the last one that was asked for"
        );
        let ready = exports::newest_ready(db, ADA, at(5_021)).await.unwrap().unwrap();
        assert_eq!(ready, row, "{kind}: what is there until then");
        assert_eq!(exports::newest_ready(db, BOB, at(5_021)).await.unwrap(), None, "{kind}");
        assert_eq!(exports::newest_ready(db, ADA, at(5_510)).await.unwrap(), None, "{kind}");
        let of_bob = take(db, 5_021, 71).await.unwrap();
        assert_eq!(of_bob.user_id, BOB, "{kind}: who has waited longest");
        assert!(finish(db, of_bob, 5_022).await, "{kind}");
        let second = take(db, 5_022, 72).await.unwrap();
        assert!(finish(db, second, 5_030).await, "{kind}");
        let ready = exports::newest_ready(db, ADA, at(5_031)).await.unwrap().unwrap();
        assert_eq!(
            ready.file_id,
            Some(FileId(72)),
            "{kind}: the last of those that are ready"
        );
        assert!(!add(db, 5, ADA, 5_040).await, "{kind}: the third");
        let asked = exports::asked_since(db, ADA, at(4_999)).await.unwrap();
        assert_eq!(asked, [at(5_020), at(5_000)], "{kind}");
        assert_eq!(exports::asked_since(db, ADA, at(5_000)).await.unwrap(), [at(5_020)]);
        assert!(add(db, 6, ADA, 6_000).await, "{kind}: the first counts no more");
        let third = take(db, 6_001, 73).await.unwrap();
        within(db, async |tx| {
            assert!(exports::fail(tx, third, at(6_500), at(6_050)).await.unwrap());
            assert!(!exports::fail(tx, third, at(6_500), at(6_050)).await.unwrap(), "once");
        })
        .await;
        let row = exports::newest(db, ADA, at(6_002)).await.unwrap().unwrap();
        assert_eq!((row.status, row.file_id), (Status::Failed, None), "{kind}");
        assert!(thrown_away(db, 6_050).await.contains(&73), "{kind}");
        assert!(add(db, 7, ADA, 6_010).await, "{kind}: what failed does not count");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_come_back_loses_it() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("messages", MIGRATIONS).await.unwrap();
        add(db, 1, ADA, 1_000).await;
        let first = take(db, 1_000, 70).await.unwrap();
        assert_eq!((first.id, first.file_id, first.attempts), (1, FileId(70), 1), "{kind}");
        assert_eq!(take(db, 1_099, 71).await, None, "{kind}: it is taken");
        let kept = within(db, async |tx| exports::keep(tx, first, at(1_200)).await.unwrap()).await;
        assert!(kept, "{kind}");
        assert_eq!(take(db, 1_199, 71).await, None, "{kind}: it is taken for longer");
        let second = take(db, 1_200, 72).await.unwrap();
        assert_eq!((second.file_id, second.attempts), (FileId(72), 2), "{kind}");
        assert_eq!(thrown_away(db, 1_249).await, [0_i64; 0], "{kind}: it may be on its way");
        assert_eq!(thrown_away(db, 1_250).await, [70], "{kind}: what was begun");
        within(db, async |tx| {
            assert!(!exports::keep(tx, first, at(9_000)).await.unwrap(), "{kind}");
            assert!(!exports::put_off(tx, first, at(1), false).await.unwrap(), "{kind}");
            assert!(!exports::fail(tx, first, at(9_000), at(1)).await.unwrap(), "{kind}");
        })
        .await;
        assert!(!finish(db, first, 1_210).await, "{kind}: it is somebody else's");
        let put_off = within(db, async |tx| {
            exports::put_off(tx, second, at(1_215), true).await.unwrap()
        });
        assert!(put_off.await, "{kind}");
        assert_eq!(take(db, 1_214, 73).await, None, "{kind}");
        let third = take(db, 1_215, 74).await.unwrap();
        assert_eq!(third.attempts, 2, "{kind}: the one before does not count");
        assert!(finish(db, third, 1_220).await, "{kind}");
        assert_eq!(take(db, 9_000, 75).await, None, "{kind}: it is ready");

        // Its time is over.
        let expire = async |now, most| within(db, async |tx| exports::expire(tx, at(now), most).await.unwrap()).await;
        assert_eq!(expire(1_719, 10).await, 0, "{kind}");
        assert!(exports::newest(db, ADA, at(1_719)).await.unwrap().is_some(), "{kind}");
        assert!(exports::newest(db, ADA, at(1_720)).await.unwrap().is_none(), "{kind}");
        let forget = async |before| within(db, async |tx| exports::forget(tx, at(before)).await.unwrap()).await;
        assert_eq!(forget(9_000).await, 0, "{kind}: its file is there");
        assert_eq!(expire(1_720, 10).await, 1, "{kind}");
        assert!(thrown_away(db, 1_720).await.contains(&74), "{kind}");
        assert_eq!(expire(9_000, 10).await, 0, "{kind}: once");
        add(db, 2, BOB, 900).await;
        assert_eq!(forget(999).await, 0, "{kind}");
        assert_eq!(forget(1_000).await, 1, "{kind}: and not the one that is prepared");
    }
}

fn message((server, channel, id): (i64, i64, i64), author_id: UserId, created_at: i64) -> Message {
    Message {
        server_id: ServerId(server),
        channel_id: ChannelId(channel),
        id: MessageId(id),
        seq: id,
        author_id,
        content: "x".to_owned(),
        nonce: None,
        created_at: at(created_at),
        edited_at: None,
        kind: MessageKind::Default,
        reply_to_id: None,
        mentions: Mentions::default(),
        pinned_at: None,
        reacted: false,
        attachment_count: 0,
        embeds: Embeds::default(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_has_written_is_found_page_by_page() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("messages", MIGRATIONS).await.unwrap();
        let joined = Message {
            kind: MessageKind::MemberJoined,
            ..message((10, 20, 9), ADA, 9)
        };
        let rows = [
            message((10, 20, 1), ADA, 5),
            // Of the same millisecond.
            message((10, 21, 3), ADA, 5),
            message((10, 20, 2), ADA, 5),
            message((10, 20, 4), BOB, 6),
            message((10, 20, 5), ADA, 7),
            joined,
            message((11, 30, 6), BOB, 6),
            message((12, 40, 7), ADA, 6),
        ];
        within(db, async |tx| {
            let places = [(10, 20), (10, 21), (11, 30), (12, 40)];
            let places = places.map(|(server, channel)| ((ServerId(server), ChannelId(channel)), 9));
            counters::raise(tx, &places.into()).await.unwrap();
            messages::add_all(tx, &rows).await.unwrap();
        })
        .await;
        let servers = async |user, after, most| {
            let found = own::list_servers(db, user, ServerId(after), most).await.unwrap();
            found.into_iter().map(|id| id.0).collect::<Vec<_>>()
        };
        assert_eq!(servers(ADA, 0, 9).await, [10, 12], "{kind}");
        assert_eq!(servers(ADA, 0, 1).await, [10], "{kind}");
        assert_eq!(servers(ADA, 10, 9).await, [12], "{kind}");
        assert_eq!(servers(BOB, 0, 9).await, [10, 11], "{kind}");
        assert!(servers(UserId(3), 0, 9).await.is_empty(), "{kind}");

        let tenants = Tenants::single(db.clone());
        let mut found = Vec::new();
        let mut after = (at(i64::MIN), MessageId(0));
        loop {
            let tenant = tenants.reader(ServerId(10));
            let page = own::list_messages(tenant, ADA, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = (last.created_at, last.id);
            found.extend(page.iter().map(|place| (place.channel_id.0, place.id.0)));
        }
        assert_eq!(found, [(20, 1), (20, 2), (21, 3), (20, 5)], "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn those_of_somebody_who_is_no_more_go_with_their_files() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("messages", MIGRATIONS).await.unwrap();
        assert!(add(db, 1, ADA, 1_000).await, "{kind}");
        let ready = take(db, 1_001, 70).await.unwrap();
        assert!(finish(db, ready, 1_002).await, "{kind}");
        assert!(add(db, 2, BOB, 1_003).await, "{kind}");
        let of_bob = take(db, 1_004, 71).await.unwrap();
        assert!(add(db, 3, ADA, 1_005).await, "{kind}");
        let lost = take(db, 1_006, 72).await.unwrap();

        within(db, async |tx| {
            exports::remove_of(tx, ADA, (at(1_010), at(1_060))).await.unwrap();
        })
        .await;
        assert_eq!(exports::newest(db, ADA, at(1_011)).await.unwrap(), None, "{kind}");
        assert!(
            exports::asked_since(db, ADA, at(0)).await.unwrap().is_empty(),
            "{kind}: nothing says that there was one"
        );
        assert_eq!(thrown_away(db, 1_010).await, [70], "{kind}: nobody is at it any more");
        assert_eq!(thrown_away(db, 1_060).await, [70, 72], "{kind}");
        assert!(!finish(db, lost, 1_020).await, "{kind}: it is lost");
        assert!(finish(db, of_bob, 1_021).await, "{kind}: somebody else's");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_has_sent_is_found_page_by_page() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(db.clone());
        for (server, id, user, size, is_finished) in [
            (10, 1, ADA, 5, true),
            (11, 2, ADA, 5, true),
            (10, 3, BOB, 5, true),
            (10, 4, ADA, 9, false),
            (10, 5, ADA, 3, true),
            (10, 6, ADA, 7, true),
        ] {
            let upload = Attachment {
                server_id: ServerId(server),
                id: FileId(id),
                channel_id: ChannelId(20),
                uploader_id: user,
                name: "cat.png".to_owned(),
                size,
                received: 0,
                content_type: None,
                width: None,
                height: None,
                placeholder: None,
                has_thumbnail: false,
                expires_at: at(100),
                message_id: None,
                is_spoiler: false,
            };
            within(db, async |tx| uploads::add(tx, &upload).await.unwrap()).await;
            if is_finished {
                let mut tx = tenants.begin(ServerId(server)).await.unwrap();
                let part = uploads::Part {
                    start: 0,
                    length: size,
                    attempt: 1,
                };
                assert!(uploads::add_part(&mut tx, FileId(id), part).await.unwrap());
                let facts = Facts {
                    size,
                    content_type: "image/png".to_owned(),
                    width: None,
                    height: None,
                    placeholder: None,
                    has_thumbnail: false,
                };
                uploads::finish(&mut tx, FileId(id), &facts).await.unwrap().unwrap();
                tx.commit().await.unwrap();
            }
        }
        let mut found = Vec::new();
        let mut after = (0, FileId(0));
        loop {
            let page = own::list_files(db, ADA, after, 2).await.unwrap();
            let Some(last) = page.last() else { break };
            after = (last.size, last.id);
            found.extend(page.iter().map(|file| (file.server_id.0, file.id.0)));
        }
        assert_eq!(found, [(10, 5), (10, 1), (11, 2), (10, 6)], "{kind}");
    }
}
