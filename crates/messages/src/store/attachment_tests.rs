//! Every statement about files on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{ChannelId, FileId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    db::Tenants,
    testing::{assert_all_are_called, databases},
};

use super::{
    attachments::Attachment,
    messages::Message,
    uploads::{Facts, Kept, Part},
    *,
};
use crate::{mentions::Mentions, message_kind::MessageKind};

const SERVER: ServerId = ServerId(1);
const CHANNEL: ChannelId = ChannelId(2);
const AUTHOR: UserId = UserId(3);
const PLACE: (ServerId, ChannelId) = (SERVER, CHANNEL);

fn upload(id: i64, size: i64) -> Attachment {
    Attachment {
        server_id: SERVER,
        id: FileId(id),
        channel_id: CHANNEL,
        uploader_id: AUTHOR,
        name: "cat.png".to_owned(),
        size,
        received: 0,
        content_type: None,
        width: None,
        height: None,
        placeholder: None,
        has_thumbnail: false,
        expires_at: time(100),
        message_id: None,
        is_spoiler: false,
    }
}

const fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn facts(size: i64) -> Facts {
    Facts {
        size,
        content_type: "image/png".to_owned(),
        width: Some(4),
        height: Some(3),
        placeholder: Some("x".to_owned()),
        has_thumbnail: true,
    }
}

/// Files of `size` bytes that wait to be sent.
async fn finished(tenants: &Tenants, ids: impl Iterator<Item = i64> + Clone, size: i64) {
    let mut tx = tenants.begin_group().await.unwrap();
    for id in ids.clone() {
        uploads::add(&mut tx, &upload(id, 0)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut tx = tenants.begin(SERVER).await.unwrap();
    for id in ids {
        let done = uploads::finish(&mut tx, FileId(id), &facts(size)).await.unwrap();
        assert!(done.is_some());
    }
    tx.commit().await.unwrap();
}

#[test]
fn every_function_is_called_here() {
    let modules = [
        ("attachments", include_str!("attachments.rs")),
        ("uploads", include_str!("uploads.rs")),
        ("discarded_files", include_str!("discarded_files.rs")),
    ];
    assert_all_are_called(&modules, include_str!("attachment_tests.rs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_grow_part_by_part_and_are_finished_once() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let (reader, id) = (tenants.reader(SERVER), FileId(10));
        let mut tx = tenants.begin_group().await.unwrap();
        let none = Kept {
            bytes: 0,
            unfinished: 0,
        };
        assert_eq!(uploads::count_kept(&mut tx, AUTHOR).await.unwrap(), none);
        uploads::add(&mut tx, &upload(10, 9)).await.unwrap();
        let kept = Kept {
            bytes: 9,
            unfinished: 1,
        };
        assert_eq!(
            uploads::count_kept(&mut tx, AUTHOR).await.unwrap(),
            kept,
            "{}",
            database.kind
        );
        assert_eq!(uploads::count_kept(&mut tx, UserId(9)).await.unwrap(), none);
        tx.commit().await.unwrap();
        let lookup = async |user, now| uploads::lookup(reader, CHANNEL, id, user, time(now)).await.unwrap();
        assert_eq!(lookup(AUTHOR, 99).await, Some(upload(10, 9)), "{}", database.kind);
        assert_eq!((lookup(AUTHOR, 100).await, lookup(UserId(9), 0).await), (None, None));

        let part = |start, length, attempt| Part { start, length, attempt };
        for (next, fits) in [
            (part(1, 4, 1), false),
            (part(0, 5, 1), true),
            (part(0, 5, 2), false),
            // It would fit, but that has arrived.
            (part(0, 2, 2), false),
            (part(5, 5, 1), false),
            (part(5, 4, 3), true),
            (part(9, 1, 3), false),
        ] {
            let mut tx = tenants.begin(SERVER).await.unwrap();
            if next.start < 9 {
                let whole = uploads::finish(&mut tx, id, &facts(8)).await.unwrap();
                assert!(whole.is_none(), "{}: it is not whole", database.kind);
            }
            let added = uploads::add_part(&mut tx, id, next).await.unwrap();
            assert_eq!(added, fits, "{}: {next:?}", database.kind);
            tx.commit().await.unwrap();
        }
        let parts = uploads::parts(reader, id).await.unwrap();
        assert_eq!(parts, [part(0, 5, 1), part(5, 4, 3)], "{}", database.kind);
        assert_eq!(uploads::count_parts(reader, id).await.unwrap(), 2);
        let mut tx = tenants.begin_group().await.unwrap();
        assert!(
            !uploads::resize(&mut tx, &upload(10, 9), 8).await.unwrap(),
            "more has arrived"
        );
        assert!(uploads::resize(&mut tx, &upload(10, 9), 10).await.unwrap());
        assert!(uploads::resize(&mut tx, &upload(10, 9), 9).await.unwrap());
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        let done = uploads::finish(&mut tx, id, &facts(8)).await.unwrap().unwrap();
        assert_eq!(
            (done.size, done.received, done.width),
            (8, 9, Some(4)),
            "{}",
            database.kind
        );
        assert!(uploads::finish(&mut tx, id, &facts(7)).await.unwrap().is_none(), "once");
        assert!(!uploads::add_part(&mut tx, id, part(9, 0, 9)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(attachments::lookup(reader, id).await.unwrap(), Some(done));
        assert!(
            attachments::lookup(tenants.reader(ServerId(9)), id)
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(uploads::count_parts(reader, id).await.unwrap(), 0, "{}", database.kind);
        let mut tx = tenants.begin_group().await.unwrap();
        let kept = Kept {
            bytes: 8,
            unfinished: 0,
        };
        assert_eq!(uploads::count_kept(&mut tx, AUTHOR).await.unwrap(), kept);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_sent_once_and_go_with_their_messages() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        finished(&tenants, 1..=6, 5).await;
        let reader = tenants.reader(SERVER);
        let mut tx = tenants.begin_group().await.unwrap();
        uploads::add(&mut tx, &upload(7, 1)).await.unwrap();
        let by = |message| (MessageId(message), AUTHOR);
        for (place, by, id, now) in [
            ((ServerId(9), CHANNEL), by(50), 1, 0),
            ((SERVER, ChannelId(9)), by(50), 1, 0),
            (PLACE, (MessageId(50), UserId(9)), 1, 0),
            (PLACE, by(50), 7, 0),
            (PLACE, by(50), 8, 0),
            (PLACE, by(50), 1, 100),
        ] {
            let sent = attachments::send(&mut tx, place, by, (FileId(id), 0, false), time(now)).await;
            assert!(
                sent.unwrap().is_none(),
                "{}: {place:?} {by:?} {id} {now}",
                database.kind
            );
        }
        for (message, id, position) in [(50, 2, 0), (50, 1, 1), (51, 3, 0), (52, 4, 0)] {
            let sent = attachments::send(&mut tx, PLACE, by(message), (FileId(id), position, id == 1), time(0)).await;
            let sent = sent.unwrap().unwrap();
            assert_eq!((sent.message_id, sent.is_spoiler), (Some(MessageId(message)), id == 1));
            let again = attachments::send(&mut tx, PLACE, by(99), (FileId(id), 0, false), time(0)).await;
            assert!(again.unwrap().is_none(), "{}: once", database.kind);
        }
        attachments::take_back(&mut tx, PLACE, MessageId(52)).await.unwrap();
        let of = attachments::of_message(&mut tx, PLACE, MessageId(50)).await.unwrap();
        assert_eq!(
            of.iter().map(|file| file.id.0).collect::<Vec<_>>(),
            [2, 1],
            "{}",
            database.kind
        );
        tx.commit().await.unwrap();
        let list = async |ids: &[i64]| {
            let ids: Vec<MessageId> = ids.iter().copied().map(MessageId).collect();
            let files = attachments::list_of(reader, CHANNEL, &ids).await.unwrap();
            files.iter().map(|file| file.id.0).collect::<Vec<_>>()
        };
        assert_eq!(list(&[51, 50, 52]).await, [2, 1, 3], "{}", database.kind);
        assert_eq!(list(&[]).await, [0_i64; 0]);

        let mut tx = tenants.begin(SERVER).await.unwrap();
        for (id, gone) in [(1, false), (5, true), (7, true), (8, false)] {
            let removed = attachments::remove_unsent(&mut tx, CHANNEL, FileId(id), AUTHOR).await;
            assert_eq!(removed.unwrap(), gone, "{}: {id}", database.kind);
        }
        let of_50 = (CHANNEL, MessageId(50));
        assert!(!attachments::remove_sent(&mut tx, of_50, FileId(3)).await.unwrap());
        assert!(attachments::remove_sent(&mut tx, of_50, FileId(2)).await.unwrap());
        let left = attachments::left_of(&mut tx, CHANNEL, MessageId(50)).await.unwrap();
        assert_eq!(
            left.iter().map(|file| file.id.0).collect::<Vec<_>>(),
            [1],
            "{}",
            database.kind
        );
        let gone = attachments::remove_of(&mut tx, CHANNEL, &[MessageId(50), MessageId(9)])
            .await
            .unwrap();
        assert_eq!(gone, [FileId(1)], "{}", database.kind);
        tx.commit().await.unwrap();

        let mut tx = tenants.begin_group().await.unwrap();
        assert!(
            attachments::remove_expired(&mut tx, time(99), 9)
                .await
                .unwrap()
                .is_empty()
        );
        let gone = attachments::remove_expired(&mut tx, time(100), 1).await.unwrap();
        assert_eq!(gone.len(), 1, "{}", database.kind);
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        assert!(
            attachments::remove_some(&mut tx, Some(ChannelId(9)), 9)
                .await
                .unwrap()
                .is_empty()
        );
        assert_eq!(
            attachments::remove_some(&mut tx, Some(CHANNEL), 1).await.unwrap().len(),
            1
        );
        assert_eq!(
            attachments::remove_some(&mut tx, None, 9).await.unwrap().len(),
            1,
            "{}",
            database.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_discarded_is_listed_when_it_is_due_until_it_is_deleted() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let mut tx = tenants.begin_group().await.unwrap();
        for id in [1, 2] {
            uploads::add(&mut tx, &upload(id, 9)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        for id in [1, 2] {
            let part = Part {
                start: 0,
                length: 1,
                attempt: 1,
            };
            assert!(uploads::add_part(&mut tx, FileId(id), part).await.unwrap());
        }
        discarded_files::add(&mut tx, &[FileId(1)], time(20)).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = tenants.begin_group().await.unwrap();
        let others = [(SERVER, FileId(2)), (ServerId(9), FileId(3))];
        discarded_files::add_all(&mut tx, &others, time(10)).await.unwrap();
        discarded_files::add_all(&mut tx, &others, time(30)).await.unwrap();
        for id in [1, 2] {
            let left = uploads::count_parts(tenants.reader(SERVER), FileId(id)).await;
            assert!(left.is_ok(), "{}", database.kind);
        }
        assert!(discarded_files::list_due(&mut tx, time(9), 9).await.unwrap().is_empty());
        assert_eq!(
            discarded_files::list_due(&mut tx, time(10), 9).await.unwrap().len(),
            2,
            "{}",
            database.kind
        );
        let due = discarded_files::list_due(&mut tx, time(20), 9).await.unwrap();
        assert_eq!((due.len(), due[2]), (3, (SERVER, FileId(1))), "{}", database.kind);
        assert_eq!(discarded_files::list_due(&mut tx, time(20), 1).await.unwrap().len(), 1);
        discarded_files::remove(&mut tx, &due[..2]).await.unwrap();
        assert_eq!(
            discarded_files::list_due(&mut tx, time(99), 9).await.unwrap(),
            due[2..],
            "{}",
            database.kind
        );
        tx.commit().await.unwrap();
        for id in [1, 2] {
            let left = uploads::count_parts(tenants.reader(SERVER), FileId(id)).await;
            assert_eq!(left.unwrap(), 0, "{}", database.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_never_loses_both_its_text_and_its_files() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let message = |id: i64, content: &str, attachment_count: i64| Message {
            server_id: SERVER,
            channel_id: CHANNEL,
            id: MessageId(id),
            seq: id,
            author_id: AUTHOR,
            content: content.to_owned(),
            nonce: None,
            created_at: time(0),
            edited_at: None,
            kind: MessageKind::Default,
            reply_to_id: None,
            mentions: Mentions::default(),
            pinned_at: None,
            reacted: false,
            attachment_count,
        };
        let rows = [message(1, "x", 1), message(2, "", 2), message(3, "x", 0)];
        let mut tx = tenants.begin_group().await.unwrap();
        messages::add_all(&mut tx, &rows).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = tenants.begin(SERVER).await.unwrap();
        for (id, left) in [(1, Some(0)), (2, Some(1)), (2, None), (9, None)] {
            let row = messages::lose_attachment(&mut tx, CHANNEL, MessageId(id))
                .await
                .unwrap();
            assert_eq!(row.map(|row| row.attachment_count), left, "{}: {id}", database.kind);
        }
        for (id, edited) in [(1, false), (2, true), (3, false)] {
            let text = ("", &Mentions::default());
            let row = messages::edit(&mut tx, CHANNEL, MessageId(id), AUTHOR, text, time(1))
                .await
                .unwrap();
            assert_eq!(row.is_some(), edited, "{}: {id}", database.kind);
        }
    }
}
