//! Pictures of previews: each is there while a message shows it or the link is remembered, and no longer.

use std::time::Duration;

use contracts::events::{EventKind, Sweep};
use model::{ServerId, Timestamp, UserId};
use serde_json::{Value, json};

use crate::{
    pages::{Site, picture},
    peers::{AUTHOR, BOB, FORGETFUL, MODERATOR, SERVER, TEXT},
    world::{World, becomes, path, path_of, worlds},
};

const PAGE: &[u8] = b"<title>Page</title><meta property='og:image' content='/cat.png'>";

/// Longer than a link is remembered.
const LONG: Duration = Duration::from_hours(2);

async fn site() -> Site {
    let cat = picture(40, 30);
    let pages: Vec<(&str, &'static str, &[u8])> = vec![
        ("/page", "text/html", PAGE),
        ("/other", "text/html", PAGE),
        ("/third", "text/html", PAGE),
        ("/fourth", "text/html", PAGE),
        ("/cat.png", "image/png", &cat),
    ];
    Site::new(&pages).await
}

impl World {
    /// Has somebody write these links, and answers the message and the addresses of the pictures of its previews.
    async fn write_of(&self, user: i64, channel: i64, links: &[String]) -> (Value, Vec<String>) {
        let sent = self.write(user, channel, &links.join(" ")).await;
        let embeds = self.previews(&sent, links.len()).await;
        let url = |embed: &Value| embed["image"]["url"].as_str().unwrap().to_owned();
        (sent, embeds.as_array().unwrap().iter().map(url).collect())
    }

    /// Has what is remembered of links forgotten. Links that were written before are not written any more: what was given to one who
    /// asked is given to all for some seconds, whatever the clock says.
    async fn forget_links(&self) {
        self.pass(LONG);
        // A process that starts begins with that.
        self.instance_without_previews().await;
        becomes("all links are forgotten", async || {
            self.count("link_previews", "1 = 1").await == 0
        })
        .await;
    }

    /// Until nothing is to be deleted for the first time.
    async fn all_is_deleted(&self) {
        becomes("what is let go of is deleted", async || {
            let due = "let_go_at IS NOT NULL AND deleted_at IS NULL";
            self.count("kept_pictures", due).await == 0
        })
        .await;
    }

    async fn count(&self, table: &str, which: &str) -> i64 {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {which}");
        self.db.one::<(i64,)>(&sql, platform::args![]).await.unwrap().0
    }

    fn kept(&self) -> Vec<String> {
        self.storage.pictures.lock().unwrap().iter().cloned().collect()
    }

    fn is_kept(&self, url: &str) -> bool {
        self.storage.pictures.lock().unwrap().contains(url)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_with_the_last_message_once_its_link_is_forgotten() {
    for world in worlds().await {
        let site = site().await;
        let link = [site.url("/page")];
        let (first, shown) = world.write_of(AUTHOR, TEXT, &link).await;
        let (second, again) = world.write_of(BOB, FORGETFUL, &link).await;
        assert_eq!(shown, again, "{}: it is remembered", world.kind);
        let url = &shown[0];
        world.user(AUTHOR).delete(&path_of(&first)).await.expect(204);
        world.user(BOB).delete(&path_of(&second)).await.expect(204);
        world.all_is_deleted().await;
        assert!(world.is_kept(url), "{}: the link is remembered", world.kind);
        let (third, again) = world.write_of(AUTHOR, TEXT, &link).await;
        assert_eq!(&shown, &again, "{}", world.kind);
        world.forget_links().await;
        world.all_is_deleted().await;
        assert!(world.is_kept(url), "{}: a message shows it", world.kind);
        world.user(AUTHOR).delete(&path_of(&third)).await.expect(204);
        becomes("it goes", async || !world.is_kept(url)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_to_another_a_moment_ago_may_be_on_its_way_out() {
    for world in worlds().await {
        let site = site().await;
        let link = [site.url("/page")];
        let (_, shown) = world.write_of(AUTHOR, TEXT, &link).await;
        // As if the link had been forgotten by then, the message been deleted, and the picture about to be.
        let mut tx = world.db.begin().await.unwrap();
        for sql in [
            "DELETE FROM link_previews",
            "DELETE FROM preview_pictures",
            "UPDATE kept_pictures SET holders = 0, let_go_at = 0",
        ] {
            tx.run(sql, platform::args![]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (_, other) = world.write_of(BOB, TEXT, &link).await;
        assert_ne!(shown, other, "{}", world.kind);
        world.all_is_deleted().await;
        assert!(!world.is_kept(&shown[0]) && world.is_kept(&other[0]), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_in_whichever_way_it_is_not_shown_any_more() {
    for world in worlds().await {
        let site = site().await;
        let links = [site.url("/page"), site.url("/other")];
        let (edited, both) = world.write_of(AUTHOR, TEXT, &links).await;
        let [page, other] = [&both[0], &both[1]];
        assert_ne!(page, other, "{}: equal ones are two", world.kind);
        world.forget_links().await;
        let change = json!({ "content": links[1] });
        world.user(AUTHOR).patch(&path_of(&edited), change).await.expect(200);
        becomes("what an edit takes away goes", async || !world.is_kept(page)).await;
        assert!(world.is_kept(other), "{}", world.kind);
        world.all_is_looked_at().await;
        world
            .user(AUTHOR)
            .delete(&format!("{}/embeds", path_of(&edited)))
            .await
            .expect(204);
        becomes("what is removed goes", async || !world.is_kept(other)).await;

        // Several at once, one of them with two, and one that stays.
        let links = [site.url("/third"), site.url("/fourth")];
        let one = &links[..1];
        let (stays, kept) = world.write_of(AUTHOR, TEXT, one).await;
        let mut ids = Vec::new();
        for links in [&links[..], one, one] {
            ids.push(world.write_of(BOB, TEXT, links).await.0["id"].clone());
        }
        assert_eq!(world.kept().len(), 2, "{}", world.kind);
        let bulk = format!("{}/bulk-delete", path(TEXT));
        let body = json!({ "message_ids": ids });
        world.user(MODERATOR).post(&bulk, body).await.expect(204);
        world.forget_links().await;
        world.all_is_deleted().await;
        assert_eq!(world.kept(), kept, "{}", world.kind);
        world.user(AUTHOR).delete(&path_of(&stays)).await.expect(204);
        becomes("the last goes", async || world.kept().is_empty()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_with_a_ban_a_channel_and_a_server() {
    for world in worlds().await {
        let site = site().await;
        let [page, other, third] = ["/page", "/other", "/third"].map(|path| [site.url(path)]);
        let (_, of_banned) = world.write_of(BOB, TEXT, &page).await;
        world.write_of(BOB, FORGETFUL, &page).await;
        let (_, of_channel) = world.write_of(AUTHOR, FORGETFUL, &other).await;
        world.write_of(AUTHOR, FORGETFUL, &other).await;
        let (_, of_server) = world.write_of(AUTHOR, TEXT, &third).await;
        world.forget_links().await;
        world.all_is_deleted().await;
        for url in [&of_banned[0], &of_channel[0], &of_server[0]] {
            assert!(world.is_kept(url), "{}", world.kind);
        }
        let now = world.now();
        let sweep = Sweep {
            server_id: ServerId(SERVER),
            author_id: UserId(BOB),
            since: Timestamp::from_millis(0),
            banned_at: Timestamp::from_millis(now),
        };
        let sweep = serde_json::to_value(sweep).unwrap();
        world.tell(EventKind::MemberBanned, 2, Some(BOB), sweep).await;
        becomes("what a banned one showed goes", async || !world.is_kept(&of_banned[0])).await;
        assert!(world.is_kept(&of_channel[0]), "{}", world.kind);

        let gone = json!({ "id": FORGETFUL.to_string() });
        world.tell(EventKind::ChannelDeleted, 3, None, gone).await;
        becomes("what a channel showed goes", async || !world.is_kept(&of_channel[0])).await;
        assert!(world.is_kept(&of_server[0]), "{}", world.kind);
        world.tell(EventKind::ServerDeleted, 4, None, json!({})).await;
        becomes("what a server showed goes", async || !world.is_kept(&of_server[0])).await;
        assert_eq!(world.count("preview_pictures", "1 = 1").await, 0, "{}", world.kind);
        let held = world.count("kept_pictures", "holders <> 0").await;
        assert_eq!(held, 0, "{}", world.kind);
    }
}
