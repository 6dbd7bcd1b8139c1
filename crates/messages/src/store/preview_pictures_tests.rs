//! Who shows which picture of a preview, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use model::{ChannelId, MessageId, ServerId, Timestamp};
use platform::{
    args,
    clock::Clock,
    db::{Db, DbError, Tenants, Tx},
    pictures::{Pictures, key_of},
    testing::{PictureStore, databases},
};
use tokio_util::sync::CancellationToken;

use super::{conversation_tests::with_messages, embeds, link_previews, preview_pictures};
use crate::{
    NAME,
    previews::{Embed, Embeds},
};

const SERVER: ServerId = ServerId(1);
const CHANNEL: ChannelId = ChannelId(2);
const ONE: MessageId = MessageId(101);
const TWO: MessageId = MessageId(102);

fn time(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn embed(url: &str) -> Embed {
    let json =
        format!(r#"{{"url":"https://a.example/","kind":"link","image":{{"url":"{url}","width":40,"height":30}}}}"#);
    serde_json::from_str(&json).unwrap()
}

fn of(urls: &[&str]) -> Embeds {
    Embeds(urls.iter().map(|url| embed(url)).collect())
}

/// Pictures that are kept, and nothing that deletes them.
struct World {
    kind: &'static str,
    db: Db,
    tenants: Tenants,
    pictures: Pictures,
}

impl World {
    async fn on(db: &Db, kind: &'static str) -> Self {
        let clock = Clock::from_fn(|| time(1_000));
        let (store, end) = (PictureStore::default(), CancellationToken::new());
        let (pictures, _) = Pictures::open(NAME, db, clock, store.client(), end).await.unwrap();
        Self {
            kind,
            db: db.clone(),
            tenants: with_messages(db, 3).await,
            pictures,
        }
    }

    async fn keep(&self) -> String {
        self.pictures.keep_of_page(b"one".to_vec()).await.unwrap().url
    }

    /// How many show it; `None` when it was let go of.
    async fn holders(&self, url: &str) -> Option<i64> {
        let sql = "SELECT holders, let_go_at FROM kept_pictures WHERE key = $1";
        let (holders, let_go_at): (i64, Option<Timestamp>) = self.db.one(sql, args![key_of(url)]).await.unwrap();
        assert_eq!(holders > 0, let_go_at.is_none(), "{}", self.kind);
        let_go_at.is_none().then_some(holders)
    }

    async fn set(&self, id: MessageId, urls: &[&str]) {
        let mut tx = self.tenants.begin(SERVER).await.unwrap();
        let content = (id.0 - 100).to_string();
        let set = embeds::set(&mut tx, (CHANNEL, id), &content, &of(urls), time(1_000)).await;
        assert!(set.unwrap().is_some(), "{}", self.kind);
        tx.commit().await.unwrap();
    }

    async fn remembered(&self, link: &str, url: Option<&str>) {
        let mut tx = self.tenants.begin_group().await.unwrap();
        let embed = url.map(embed);
        link_previews::store(&mut tx, link, embed.as_ref(), (time(1_000), time(2_000)))
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    async fn in_group(&self, work: impl AsyncFnOnce(&mut Tx)) {
        let mut tx = self.tenants.begin_group().await.unwrap();
        work(&mut tx).await;
        tx.commit().await.unwrap();
    }

    async fn rows(&self) -> i64 {
        let sql = "SELECT COUNT(*) FROM preview_pictures";
        self.db.one::<(i64,)>(sql, args![]).await.unwrap().0
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_shows_the_pictures_of_the_previews_that_it_has() {
    for database in databases().await {
        let world = World::on(&database.db, database.kind).await;
        let (cat, dog) = (world.keep().await, world.keep().await);
        // Twice in one message is once, and again is nothing new.
        for _ in 0..2 {
            world.set(ONE, &[&cat, &cat]).await;
        }
        world.set(TWO, &[&dog, &cat]).await;
        assert_eq!(
            (world.holders(&cat).await, world.holders(&dog).await),
            (Some(2), Some(1)),
            "{}",
            world.kind
        );
        world.set(ONE, &[&dog]).await;
        world.set(TWO, &[&dog]).await;
        assert_eq!(
            (world.holders(&cat).await, world.holders(&dog).await),
            (None, Some(2)),
            "{}",
            world.kind
        );
        let mut tx = world.tenants.begin(SERVER).await.unwrap();
        embeds::remove(&mut tx, CHANNEL, ONE, time(1_000)).await.unwrap();
        // What was removed has none, whatever is set.
        let content = "1";
        let set = embeds::set(&mut tx, (CHANNEL, ONE), content, &of(&[&cat]), time(1_000)).await;
        assert_eq!(set.unwrap(), None, "{}", world.kind);
        tx.commit().await.unwrap();
        assert_eq!(world.holders(&dog).await, Some(1), "{}", world.kind);
        world.set(TWO, &[]).await;
        assert_eq!(world.holders(&dog).await, None, "{}", world.kind);
        assert_eq!(world.rows().await, 0, "{}", world.kind);
        // One from before: it is shown, and nobody counts.
        world.set(TWO, &[&format!("/api/v1/pictures/{:064}.jpg", 7)]).await;
        assert_eq!(world.rows().await, 0, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_goes_in_bulk_lets_go_of_what_it_showed() {
    for database in databases().await {
        let world = World::on(&database.db, database.kind).await;
        let (cat, dog, cow) = (world.keep().await, world.keep().await, world.keep().await);
        world.set(ONE, &[&cat, &dog]).await;
        world.set(TWO, &[&cat, &dog]).await;
        world.set(MessageId(103), &[&dog, &cow]).await;
        let mut tx = world.tenants.begin(SERVER).await.unwrap();
        let elsewhere = preview_pictures::remove_of(&mut tx, ChannelId(9), &[ONE])
            .await
            .unwrap();
        assert_eq!(elsewhere, Vec::<String>::new(), "{}", world.kind);
        let none = preview_pictures::remove_of(&mut tx, CHANNEL, &[]).await.unwrap();
        assert_eq!(none, Vec::<String>::new(), "{}", world.kind);
        let gone = preview_pictures::remove_of(&mut tx, CHANNEL, &[ONE, TWO])
            .await
            .unwrap();
        assert_eq!(gone.len(), 4, "{}", world.kind);
        preview_pictures::let_go(&mut tx, gone, time(1_000)).await.unwrap();
        tx.commit().await.unwrap();
        let holders = async || {
            let (cat, dog) = (world.holders(&cat).await, world.holders(&dog).await);
            (cat, dog, world.holders(&cow).await)
        };
        assert_eq!(holders().await, (None, Some(1), Some(1)), "{}", world.kind);
        world.set(ONE, &[&cow]).await;
        for (channel, left) in [(Some(ChannelId(9)), 3), (Some(CHANNEL), 1), (None, 0)] {
            let mut tx = world.tenants.begin(SERVER).await.unwrap();
            let gone = preview_pictures::remove_some(&mut tx, channel, 2).await.unwrap();
            preview_pictures::let_go(&mut tx, gone, time(1_000)).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(world.rows().await, left, "{}: {channel:?}", world.kind);
        }
        assert_eq!(holders().await, (None, None, None), "{}", world.kind);
        // Of another server nothing goes.
        world.set(ONE, &[&cow]).await;
        let mut tx = world.tenants.begin(ServerId(9)).await.unwrap();
        let gone = preview_pictures::remove_some(&mut tx, None, 2).await.unwrap();
        assert_eq!(gone, Vec::<String>::new(), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_remembered_shows_its_picture_until_it_is_forgotten() {
    for database in databases().await {
        let world = World::on(&database.db, database.kind).await;
        let (cat, dog) = (world.keep().await, world.keep().await);
        for link in ["link", "other"] {
            let claiming = async |tx: &mut Tx| {
                assert!(link_previews::claim(tx, link, time(10), time(20)).await.unwrap());
            };
            world.in_group(claiming).await;
        }
        world.remembered("link", Some(&cat)).await;
        world.set(ONE, &[&cat]).await;
        assert_eq!(world.holders(&cat).await, Some(2), "{}", world.kind);
        // It was fetched again, and by two.
        world.remembered("link", Some(&dog)).await;
        world.remembered("link", Some(&dog)).await;
        assert_eq!(world.holders(&cat).await, Some(1), "{}", world.kind);
        assert_eq!(world.holders(&dog).await, Some(1), "{}", world.kind);
        world.set(ONE, &[&dog]).await;
        assert_eq!(world.holders(&cat).await, None, "{}", world.kind);
        let sweep = async |now: i64| {
            let mut forgotten = 0;
            world
                .in_group(async |tx: &mut Tx| forgotten = link_previews::sweep(tx, time(now), 10).await.unwrap())
                .await;
            forgotten
        };
        assert_eq!(sweep(1_999).await, 1, "{}: what nobody came back to", world.kind);
        assert_eq!(world.holders(&dog).await, Some(2), "{}", world.kind);
        assert_eq!(sweep(2_000).await, 1, "{}", world.kind);
        assert_eq!(world.holders(&dog).await, Some(1), "{}", world.kind);
        // Who comes too late keeps nothing.
        let late = world.keep().await;
        world.remembered("link", Some(&late)).await;
        assert_eq!(world.holders(&late).await, None, "{}", world.kind);
        world.set(ONE, &[]).await;
        assert_eq!(world.holders(&dog).await, None, "{}", world.kind);
        assert_eq!(sweep(9_000).await, 0, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn so_much_is_forgotten_at_once_and_what_shows_nothing_any_more_holds_nothing() {
    for database in databases().await {
        let world = World::on(&database.db, database.kind).await;
        let cat = world.keep().await;
        for link in ["1", "2", "3"] {
            world
                .in_group(async |tx: &mut Tx| {
                    link_previews::claim(tx, link, time(10), time(20)).await.unwrap();
                })
                .await;
            world.remembered(link, Some(&cat)).await;
        }
        assert_eq!(world.holders(&cat).await, Some(3), "{}", world.kind);
        world.remembered("3", None).await;
        assert_eq!(world.holders(&cat).await, Some(2), "{}", world.kind);
        let mut steps = Vec::new();
        for _ in 0..3 {
            world
                .in_group(async |tx: &mut Tx| steps.push(link_previews::sweep(tx, time(2_000), 2).await.unwrap()))
                .await;
        }
        assert_eq!(steps, [2, 1, 0], "{}", world.kind);
        assert_eq!(world.holders(&cat).await, None, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_being_deleted_is_shown_by_nothing_any_more() {
    for database in databases().await {
        let world = World::on(&database.db, database.kind).await;
        let cat = world.keep().await;
        world.set(ONE, &[&cat]).await;
        world.set(ONE, &[]).await;
        // As the sweep decides it.
        world
            .in_group(async |tx: &mut Tx| {
                tx.run("UPDATE kept_pictures SET let_go_at = 0", []).await.unwrap();
            })
            .await;
        let mut tx = world.tenants.begin(SERVER).await.unwrap();
        let set = embeds::set(&mut tx, (CHANNEL, TWO), "2", &of(&[&cat]), time(1_000)).await;
        assert!(matches!(set, Err(DbError::Conflict(_))), "{}: {set:?}", world.kind);
        drop(tx);
        assert_eq!(world.rows().await, 0, "{}", world.kind);
    }
}
