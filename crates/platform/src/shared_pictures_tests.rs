//! A picture that is shown in several places is there until the last of them lets go of it.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn keys(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(|url| key_of(url).to_owned()).collect()
}

impl World {
    async fn keep_of_page(&self) -> String {
        self.pictures.keep_of_page(b"one".to_vec()).await.unwrap().url
    }

    async fn exchange(&self, before: &[&str], after: &[&str]) -> DbResult<usize> {
        let mut tx = self.database.db.begin().await.unwrap();
        let (before, after) = (keys(before), keys(after));
        let exchanging = tx.exchange_pictures("users", &before, &after, self.now());
        let counted = exchanging.await?.len();
        tx.commit().await.map(|()| counted)
    }

    /// Until a transaction waits for a row of another one. On SQLite it waits for the other one's end before it begins.
    async fn until_one_waits(&self) {
        const SQL: &str = "SELECT COUNT(*) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'";
        while self.database.db.kind() == "postgresql" {
            let (waiting,): (i64,) = self.database.db.one(SQL, []).await.unwrap();
            if waiting > 0 {
                break;
            }
        }
    }

    async fn let_go(&self, fewer: &[(&str, i64)]) {
        let mut tx = self.database.db.begin().await.unwrap();
        let fewer: BTreeMap<_, _> = fewer
            .iter()
            .map(|(url, count)| (key_of(url).to_owned(), *count))
            .collect();
        tx.let_go_of_pictures("users", &fewer, self.now()).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_several_show_goes_with_the_last_of_them() {
    for world in World::each().await {
        let (one, two) = (world.keep_of_page().await, world.keep_of_page().await);
        assert_ne!(one, two);
        assert_eq!(world.exchange(&[], &[&one, &two]).await.unwrap(), 2, "{}", world.kind);
        assert_eq!(
            world.exchange(&[&two], &[&one, &two]).await.unwrap(),
            1,
            "{}: only what is new is counted",
            world.kind
        );
        for _ in 0..2 {
            assert_eq!(world.exchange(&[], &[&one]).await.unwrap(), 1);
        }
        world.pass(SHOWN_WITHIN * 2);
        assert!(
            world.is_there(&one).await && world.is_there(&two).await,
            "{}",
            world.kind
        );
        // Four show the first, one the second.
        world.let_go(&[(&one, 3), (&two, 1)]).await;
        assert!(!world.is_there(&two).await, "{}", world.kind);
        assert!(world.is_there(&one).await, "{}", world.kind);
        world.exchange(&[&one], &[]).await.unwrap();
        assert!(!world.is_there(&one).await, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_let_go_of_is_shown_again_until_it_is_being_deleted() {
    for world in World::each().await {
        let (url, other) = (world.keep_of_page().await, world.keep_of_page().await);
        world.exchange(&[], &[&url]).await.unwrap();
        world.exchange(&[&url], &[]).await.unwrap();
        world.exchange(&[], &[&url]).await.unwrap();
        assert!(world.is_there(&url).await, "{}: nothing had been decided", world.kind);
        world.exchange(&[&url], &[]).await.unwrap();
        assert!(!world.is_there(&url).await, "{}", world.kind);
        let late = world.exchange(&[], &[&other, &url]).await;
        assert!(matches!(late, Err(DbError::Conflict(_))), "{}: {late:?}", world.kind);
        world.pass(AGAIN_AFTER);
        world.pictures.delete_due().await.unwrap();
        assert_eq!(world.rows().await, 1, "{}: it is forgotten", world.kind);
        // One that was kept without a row is nobody's, and there is nothing to count.
        let strange = format!("/api/v1/pictures/{:064}.jpg", 7);
        assert_eq!(world.exchange(&[], &[&strange]).await.unwrap(), 0, "{}", world.kind);
        assert_eq!(world.rows().await, 1, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_shows_in_time_goes() {
    for world in World::each().await {
        let url = world.keep_of_page().await;
        let mut tx = world.database.db.begin().await.unwrap();
        tx.exchange_pictures("users", &keys(&[]), &keys(&[&url]), world.now())
            .await
            .unwrap();
        // Whoever was about to show it does not come back.
        drop(tx);
        world.pass(SHOWN_WITHIN.saturating_sub(Duration::from_millis(1)));
        assert!(world.is_there(&url).await, "{}", world.kind);
        world.pass(Duration::from_millis(1));
        assert!(!world.is_there(&url).await, "{}", world.kind);
        world.store.is_away(true);
        assert!(world.pictures.keep_of_page(b"one".to_vec()).await.is_err());
        assert_eq!(world.rows().await, 2, "{}: its row was there before it", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_who_let_go_at_the_same_time_one_is_the_last() {
    for world in World::each().await {
        let url = world.keep_of_page().await;
        for _ in 0..2 {
            world.exchange(&[], &[&url]).await.unwrap();
        }
        let mut first = world.database.db.begin().await.unwrap();
        let fewer = BTreeMap::from([(key_of(&url).to_owned(), 1)]);
        first.let_go_of_pictures("users", &fewer, world.now()).await.unwrap();
        let finish = async {
            world.until_one_waits().await;
            first.commit().await.unwrap();
        };
        let fewer = [(url.as_str(), 1)];
        tokio::join!(world.let_go(&fewer), finish);
        assert!(!world.is_there(&url).await, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_again_while_it_is_decided_stays() {
    for world in World::each().await {
        let url = world.keep_of_page().await;
        world.exchange(&[], &[&url]).await.unwrap();
        world.exchange(&[&url], &[]).await.unwrap();
        let mut taking = world.database.db.begin().await.unwrap();
        taking
            .exchange_pictures("users", &keys(&[]), &keys(&[&url]), world.now())
            .await
            .unwrap();
        // Who decides has found that it is due, and waits for whoever takes it.
        let finish = async {
            world.until_one_waits().await;
            taking.commit().await.unwrap();
        };
        let (decided, ()) = tokio::join!(world.pictures.delete_due(), finish);
        decided.unwrap();
        assert!(world.is_there(&url).await, "{}", world.kind);
        assert_eq!(world.store.deletions(), 0, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_than_a_statement_takes_are_let_go_of_and_those_who_share_many_do_not_stop_each_other() {
    for world in World::each().await {
        let mut tx = world.database.db.begin().await.unwrap();
        let names: Vec<String> = (0..1_027).map(|number| format!("{number:064x}")).collect();
        for key in &names {
            kept_pictures::note(&mut tx, "users", key, world.now().plus(SHOWN_WITHIN))
                .await
                .unwrap();
        }
        let all: BTreeSet<String> = names.iter().cloned().collect();
        let none = BTreeSet::new();
        for _ in 0..2 {
            tx.exchange_pictures("users", &none, &all, world.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let rows = async |holders: i64| {
            let sql = "SELECT COUNT(*) FROM kept_pictures WHERE holders = $1 AND (let_go_at IS NULL) = $2";
            let arguments = crate::args![holders, holders > 0];
            world.database.db.one::<(i64,)>(sql, arguments).await.unwrap().0
        };
        assert_eq!(rows(2).await, 1_027, "{}", world.kind);
        // One begins at the end, one at the beginning: both take them in one order.
        let let_go = async |names: Vec<String>| {
            let fewer: BTreeMap<String, i64> = names.into_iter().map(|key| (key, 1)).collect();
            let mut tx = world.database.db.begin().await.unwrap();
            tx.let_go_of_pictures("users", &fewer, world.now()).await.unwrap();
            tx.commit().await.unwrap();
        };
        let backwards: Vec<String> = names.iter().rev().cloned().collect();
        tokio::join!(let_go(backwards), let_go(names));
        assert_eq!(rows(0).await, 1_027, "{}", world.kind);
    }
}
