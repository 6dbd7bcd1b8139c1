//! What is private to users who are no more, on both databases.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::time::Duration;

use model::{ChannelId, FileId, MessageId, ServerId, Timestamp, UserId};
use platform::{
    args,
    db::{Db, Tenants},
    testing::{assert_all_are_called, databases},
};

use super::{
    MIGRATIONS,
    attachments::Attachment,
    departures,
    drafts::{self, DraftRow},
    exports, read_states, slow_mode, uploads,
};

const CHANNEL: ChannelId = ChannelId(20);
const ADA: UserId = UserId(1);
const BOB: UserId = UserId(2);

#[test]
fn every_function_is_called_here() {
    let modules = [("departures", include_str!("departures.rs"))];
    assert_all_are_called(&modules, include_str!("departures_tests.rs"));
}

const fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

/// An upload that has not begun to arrive.
fn upload(server_id: ServerId, id: i64, uploader_id: UserId) -> Attachment {
    Attachment {
        server_id,
        id: FileId(id),
        channel_id: CHANNEL,
        uploader_id,
        name: "cat.png".to_owned(),
        size: 5,
        received: 0,
        content_type: None,
        width: None,
        height: None,
        placeholder: None,
        has_thumbnail: false,
        expires_at: at(100),
        message_id: None,
        is_spoiler: false,
    }
}

/// One of all that is private to a user, in this server.
async fn keep(tenants: &Tenants, server: i64, user: UserId) {
    let server_id = ServerId(server);
    let mut tx = tenants.begin(server_id).await.unwrap();
    let draft = DraftRow {
        server_id,
        channel_id: CHANNEL,
        content: "begun".to_owned(),
        reply_to_id: None,
        updated_at: at(1),
    };
    drafts::put(&mut tx, user, &draft).await.unwrap();
    let read = (7, MessageId(70));
    assert!(read_states::raise(&mut tx, user, CHANNEL, read).await.unwrap());
    tx.commit().await.unwrap();
    let mut tx = tenants.begin_group().await.unwrap();
    let place = (server_id, CHANNEL);
    let minute = Duration::from_mins(1);
    slow_mode::note(&mut tx, place, user, at(1), minute).await.unwrap();
    uploads::count_kept(&mut tx, user).await.unwrap();
    for id in [1, 2, 3] {
        let id = id + 10 * server + 1_000 * user.0;
        uploads::add(&mut tx, &upload(server_id, id, user)).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// How many rows there are of the user, in each table.
async fn counts(db: &Db, user: UserId) -> [i64; 5] {
    let count = async |table: &str, column: &str| {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1");
        db.one::<(i64,)>(&sql, args![user]).await.unwrap().0
    };
    [
        count("drafts", "user_id").await,
        count("read_states", "user_id").await,
        count("slow_mode", "user_id").await,
        count("uploaders", "user_id").await,
        count("attachments", "uploader_id").await,
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_private_goes_in_all_servers_and_what_was_sent_stays() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(db.clone());
        for server in [1, 2] {
            keep(&tenants, server, ADA).await;
            keep(&tenants, server, BOB).await;
        }
        let mut tx = tenants.begin_group().await.unwrap();
        let sent = "UPDATE attachments SET message_id = 9, content_type = 'image/png' WHERE id IN (1011, 1021)";
        assert_eq!(tx.run(sent, args![]).await.unwrap(), 2, "{kind}");

        let mut gone = departures::remove_unsent(&mut tx, ADA, 3).await.unwrap();
        assert_eq!(gone.len(), 3, "{kind}: no more than that");
        gone.extend(departures::remove_unsent(&mut tx, ADA, 3).await.unwrap());
        gone.sort_unstable();
        let file = |server, id| (ServerId(server), FileId(id));
        assert_eq!(
            gone,
            [file(1, 1_012), file(1, 1_013), file(2, 1_022), file(2, 1_023)],
            "{kind}"
        );
        departures::remove_rows(&mut tx, ADA).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counts(db, ADA).await, [0, 0, 0, 0, 2], "{kind}: but what was sent");
        assert_eq!(counts(db, BOB).await, [2, 2, 2, 1, 6], "{kind}: nothing of others");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_anything_private_is_known() {
    for database in databases().await {
        let (db, kind) = (&database.db, database.kind);
        db.migrate("messages", MIGRATIONS).await.unwrap();
        let known = async |users: &[i64]| {
            let users: Vec<UserId> = users.iter().copied().map(UserId).collect();
            let found = departures::list_known(db, &users).await.unwrap();
            found.into_iter().map(|id| id.0).collect::<Vec<_>>()
        };
        assert!(known(&[]).await.is_empty(), "{kind}");
        let mut tx = db.begin().await.unwrap();
        for sql in [
            "INSERT INTO drafts (server_id, user_id, channel_id, content, updated_at) VALUES (1, 11, 1, '', 1)",
            "INSERT INTO read_states (server_id, user_id, channel_id, last_seq, message_id) VALUES (1, 12, 1, 1, 1)",
            "INSERT INTO slow_mode (server_id, channel_id, user_id, sent_at) VALUES (1, 1, 13, 1)",
            "INSERT INTO uploaders (user_id, uploads) VALUES (14, 1)",
        ] {
            tx.run(sql, args![]).await.unwrap();
        }
        assert!(exports::add(&mut tx, (1, UserId(15)), at(1), (at(0), 2)).await.unwrap());
        for user in [16, 17] {
            let unsent = upload(ServerId(1), user, UserId(user));
            uploads::add(&mut tx, &unsent).await.unwrap();
        }
        let sent = "UPDATE attachments SET message_id = 9 WHERE id = 17";
        tx.run(sent, args![]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            known(&[18, 17, 16, 15, 14, 13, 12, 11]).await,
            [11, 12, 13, 14, 15, 16],
            "{kind}"
        );
        assert_eq!(known(&[12, 99]).await, [12], "{kind}: those alone who are asked for");
    }
}
