//! Whatever happens, a picture is there while its owner shows it, and goes when nobody does.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use model::{ServerId, Timestamp};

use super::*;
use crate::{
    db::Tenants,
    testing::{PictureStore, TestDatabase, databases},
};

#[path = "shared_pictures_tests.rs"]
mod shared;

struct World {
    kind: &'static str,
    store: PictureStore,
    pictures: Pictures,
    now: Arc<AtomicI64>,
    database: TestDatabase,
}

impl World {
    async fn each() -> Vec<Self> {
        let mut all = Vec::new();
        for database in databases().await {
            let now = Arc::new(AtomicI64::new(1_800_000_000_000));
            let reads = Arc::clone(&now);
            let clock = Clock::from_fn(move || Timestamp::from_millis(reads.load(Ordering::SeqCst)));
            let store = PictureStore::default();
            // Nothing is done but by the test.
            let end = CancellationToken::new();
            let (pictures, _) = Pictures::open("users", &database.db, clock, store.client(), end)
                .await
                .unwrap();
            all.push(Self {
                kind: database.kind,
                store,
                pictures,
                now,
                database,
            });
        }
        all
    }

    fn now(&self) -> Timestamp {
        self.pictures.clock.now()
    }

    fn pass(&self, time: Duration) {
        let millis = i64::try_from(time.as_millis()).unwrap();
        self.now.fetch_add(millis, Ordering::SeqCst);
    }

    async fn keep(&self) -> String {
        self.pictures.keep(b"one".to_vec(), PictureShape::Avatar).await.unwrap()
    }

    async fn show(&self, owner: &str, url: Option<&str>) -> DbResult<()> {
        let mut tx = self.database.db.begin().await.unwrap();
        tx.show_picture("users", owner, url, self.now()).await?;
        tx.commit().await
    }

    async fn is_there(&self, url: &str) -> bool {
        self.pictures.delete_due().await.unwrap();
        self.store.shape_of(url).is_some()
    }

    async fn rows(&self) -> usize {
        let all: Vec<(String,)> = self.database.db.all("SELECT key FROM kept_pictures", []).await.unwrap();
        all.len()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_owner_lets_go_of_goes_and_nothing_else() {
    for world in World::each().await {
        let (first, second, of_another) = (world.keep().await, world.keep().await, world.keep().await);
        assert!(first != second && second != of_another, "each upload is one of its own");
        world.show("1/avatar", Some(&first)).await.unwrap();
        world.show("2/avatar", Some(&of_another)).await.unwrap();
        world.show("1/avatar", Some(&second)).await.unwrap();
        assert!(!world.is_there(&first).await, "{}", world.kind);
        world.show("1/banner", None).await.unwrap();
        world.show("1/avatar", Some(&second)).await.unwrap();
        assert!(world.is_there(&second).await, "{}: it is shown again", world.kind);
        world.show("1/avatar", None).await.unwrap();
        assert!(!world.is_there(&second).await, "{}", world.kind);
        world.pass(SHOWN_WITHIN * 2);
        assert!(world.is_there(&of_another).await, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_shows_in_time_goes_and_cannot_be_shown_any_more() {
    for world in World::each().await {
        let url = world.keep().await;
        world.store.is_away(true);
        let refused = world.pictures.keep(b"two".to_vec(), PictureShape::Banner).await;
        assert!(matches!(refused, Err(NotKept::Refused(_))), "{}", world.kind);
        world.store.is_away(false);
        world.pass(SHOWN_WITHIN.saturating_sub(Duration::from_millis(1)));
        assert!(world.is_there(&url).await, "{}", world.kind);
        assert_eq!(world.rows().await, 2, "{}: its row was there before it", world.kind);
        world.pass(Duration::from_millis(1));
        assert!(!world.is_there(&url).await, "{}", world.kind);
        for _ in 0..2 {
            let late = world.show("1/avatar", Some(&url)).await;
            assert!(matches!(late, Err(DbError::Conflict(_))), "{}: {late:?}", world.kind);
            world.pass(AGAIN_AFTER);
            world.pictures.delete_due().await.unwrap();
        }
        assert_eq!((world.rows().await, world.store.count()), (0, 0), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_decided_is_done_when_the_store_is_back_and_once_more_later() {
    for world in World::each().await {
        let url = world.keep().await;
        world.show("1/avatar", Some(&url)).await.unwrap();
        world.show("1/avatar", None).await.unwrap();
        world.store.is_away(true);
        assert!(matches!(world.pictures.delete_due().await, Err(NotKept::Refused(_))));
        assert!(world.show("2/avatar", Some(&url)).await.is_err(), "{}", world.kind);
        world.store.is_away(false);
        assert!(!world.is_there(&url).await, "{}", world.kind);
        // A request that was given up arrives late.
        let request = PutPictureRequest {
            content: b"one".to_vec(),
            shape: PictureShape::Avatar.into(),
            key: url.rsplit('/').next().unwrap().replace(".jpg", ""),
        };
        world.store.client().put_picture(request).await.unwrap();
        world.pass(AGAIN_AFTER.saturating_sub(Duration::from_millis(1)));
        assert!(world.is_there(&url).await, "{}", world.kind);
        world.pass(Duration::from_millis(1));
        assert!(!world.is_there(&url).await, "{}", world.kind);
        assert_eq!((world.rows().await, world.store.deletions()), (0, 2), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_committed_changes_nothing_and_services_do_not_meet() {
    for world in World::each().await {
        let url = world.keep().await;
        let tenants = Tenants::single(world.database.db.clone());
        let mut tx = tenants.begin(ServerId(7)).await.unwrap();
        tx.show_picture("users", "7/icon", Some(&url), world.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.database.db.begin().await.unwrap();
        tx.show_picture("users", "7/icon", None, world.now()).await.unwrap();
        drop(tx);
        let mut tx = world.database.db.begin().await.unwrap();
        tx.show_picture("servers", "7/icon", None, world.now()).await.unwrap();
        let strange = tx.show_picture("servers", "7/icon", Some(&url), world.now()).await;
        assert!(matches!(strange, Err(DbError::Conflict(_))), "{}", world.kind);
        drop(tx);
        world.pass(SHOWN_WITHIN * 2);
        assert!(world.is_there(&url).await, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_instances_delete_more_than_goes_at_once() {
    for world in World::each().await {
        let mut tx = world.database.db.begin().await.unwrap();
        for number in 0..450 {
            let key = format!("{number:064x}");
            kept_pictures::note(&mut tx, "users", &key, world.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (one, other) = tokio::join!(world.pictures.delete_due(), world.pictures.delete_due());
        one.and(other).unwrap();
        assert!(world.store.deletions() >= 450, "{}", world.kind);
        let sql = "SELECT COUNT(*) FROM kept_pictures WHERE deleted_at IS NULL";
        let (left,): (i64,) = world.database.db.one(sql, []).await.unwrap();
        assert_eq!(left, 0, "{}", world.kind);
    }
}
