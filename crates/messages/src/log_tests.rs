//! Groups on both databases: numbers without holes, retries without doubles.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::UserId;
use platform::testing::databases;

use super::*;
use crate::{
    api::resource::Author,
    store::{MIGRATIONS, messages::Part},
};

const SERVER: ServerId = ServerId(5);

fn new(channel: i64, author: i64, nonce: Option<&str>) -> NewMessage {
    NewMessage {
        server_id: SERVER,
        channel_id: ChannelId(channel),
        author: Author::unknown(UserId(author)),
        content: format!("{author}"),
        nonce: nonce.map(str::to_owned),
        kind: MessageKind::Default,
        answered: None,
        mentions: Mentions::default(),
        files: Vec::new(),
        slow_mode: SlowMode::default(),
        trace: None,
    }
}

fn stored(answer: Result<Appended, GroupError<DbError>>) -> Stored {
    match answer.unwrap() {
        Appended::Stored(stored) => stored,
        other => panic!("not stored: {other:?}"),
    }
}

fn log(tenants: &Tenants) -> Arc<Log> {
    let (log, work) = Log::new(tenants.clone(), Ids::new(Clock::system(), 1), Clock::system());
    tokio::spawn(work);
    Arc::new(log)
}

async fn seqs(tenants: &Tenants, channel: i64) -> Vec<i64> {
    let list = messages::list(tenants.reader(SERVER), ChannelId(channel), Part::Newest, 10_000)
        .await
        .unwrap();
    let mut seqs: Vec<i64> = list.iter().map(|message| message.seq).collect();
    seqs.reverse();
    seqs
}

#[tokio::test(flavor = "multi_thread")]
async fn many_senders_leave_no_hole_and_no_double() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let log = log(&tenants);
        let senders = (0..64_i64).map(|sender| {
            let log = Arc::clone(&log);
            tokio::spawn(async move {
                for number in 0..20 {
                    let nonce = format!("{sender}-{number}");
                    assert!(stored(log.append(new(sender % 4, sender, Some(&nonce))).await).new);
                }
            })
        });
        for sender in futures::future::join_all(senders).await {
            sender.unwrap();
        }
        for channel in 0..4 {
            assert_eq!(
                seqs(&tenants, channel).await,
                (1..=320).collect::<Vec<_>>(),
                "{}",
                database.kind
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nonce_is_stored_once_however_often_it_is_sent() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        // Two writers, as two instances of the service are.
        let logs = [log(&tenants), log(&tenants)];
        let attempts = (0..64_usize).map(|attempt| {
            let log = Arc::clone(&logs[attempt % 2]);
            tokio::spawn(async move { stored(log.append(new(1, 7, Some("same"))).await) })
        });
        let answers: Vec<Stored> = futures::future::join_all(attempts)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(
            answers.iter().filter(|answer| answer.new).count(),
            1,
            "{}",
            database.kind
        );
        assert!(
            answers.iter().all(|answer| answer.json.get() == answers[0].json.get()),
            "{}",
            database.kind
        );
        assert!(
            stored(logs[0].append(new(1, 8, Some("same"))).await).new,
            "another author's nonce is another"
        );
        assert_eq!(
            seqs(&tenants, 1).await,
            [1, 2],
            "{}: a retry takes no number",
            database.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_goes_away_takes_nobody_along() {
    for database in databases().await {
        database.db.migrate("messages", MIGRATIONS).await.unwrap();
        let tenants = Tenants::single(database.db.clone());
        let log = log(&tenants);
        let mut waiting = Vec::new();
        for number in 0..200_i64 {
            let log = Arc::clone(&log);
            let task = tokio::spawn(async move { stored(log.append(new(1, number, None)).await).new });
            if number % 3 == 0 {
                task.abort();
            } else {
                waiting.push(task);
            }
        }
        for task in waiting {
            assert!(task.await.unwrap(), "{}", database.kind);
        }
        let seqs = seqs(&tenants, 1).await;
        assert!(seqs.len() >= 133, "{}", database.kind);
        assert_eq!(
            seqs,
            (1..=i64::try_from(seqs.len()).unwrap()).collect::<Vec<_>>(),
            "{}",
            database.kind
        );
    }
}
