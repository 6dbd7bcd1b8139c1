//! Previews of links (M7).

use contracts::events::EventKind;
use futures::future::join_all;
use model::UserId;
use serde_json::{Value, json};

use crate::{
    pages::{Site, picture},
    peers::{AUTHOR, BOB, FORGETFUL, HIDDEN, MODERATOR, PLAIN, SERVER, TEXT},
    world::{World, becomes, path, path_of, worlds},
};

const ARTICLE: &[u8] = b"<!doctype html><head><title>T</title>
    <meta property='og:title' content='An article'><meta property='og:description' content='About &amp; around'>
    <meta property='og:site_name' content='Site'><meta property='og:image' content='/cat.png'>
    <meta name='theme-color' content='#ff8800'>
    <link rel='alternate' type='application/json+oembed' href='/oembed?format=json'></head>";
const TOLD: &[u8] =
    br#"{"type":"rich","version":"1.0","title":"other","author_name":"Ada","html":"<script>x</script>"}"#;

async fn site() -> Site {
    Site::new(&[
        ("/article", "text/html; charset=utf-8", ARTICLE),
        ("/oembed", "application/json", TOLD),
        ("/cat.png", "image/png", &picture(40, 30)),
        ("/dot.png", "image/png", &picture(1, 1)),
        ("/fake.png", "image/png", b"<html>"),
        ("/plain", "text/html", b"<title>Plain</title>"),
        ("/one", "text/html", b"<title>One</title>"),
        ("/two", "text/html", b"<title>Two</title>"),
        ("/nothing", "text/html", b"<p>no head"),
        ("/file", "application/zip", b"PK"),
        ("/home", "location", b"https://beep.example/channels/1"),
        ("/inside", "location", b"http://127.0.0.2/secret"),
        ("/moved", "location", b"/plain"),
    ])
    .await
}

impl World {
    pub(crate) async fn embeds(&self, message: &Value) -> Value {
        // The owner reads everywhere.
        let message = self.user(crate::peers::ADA).get(&path_of(message)).await.expect(200);
        message["embeds"].clone()
    }

    /// Waits until the message has so many previews, and answers them.
    pub(crate) async fn previews(&self, message: &Value, count: usize) -> Value {
        becomes(&format!("{}: {count} previews", self.kind), async || {
            self.embeds(message).await.as_array().unwrap().len() == count
        })
        .await;
        self.embeds(message).await
    }

    /// Waits until nothing waits to be looked at.
    pub(crate) async fn all_is_looked_at(&self) {
        becomes("nothing waits", async || {
            let sql = "SELECT COUNT(*) FROM preview_jobs";
            self.db.one::<(i64,)>(sql, platform::args![]).await.unwrap() == (0,)
        })
        .await;
    }
}

fn titles(embeds: &Value) -> Vec<&str> {
    let embeds = embeds.as_array().unwrap();
    embeds.iter().map(|embed| embed["title"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_gets_a_preview_some_time_after_the_message() {
    for world in worlds().await {
        let site = site().await;
        let link = site.url("/article#part");
        let sent = world.write(AUTHOR, TEXT, &format!("see {link}")).await;
        assert_eq!(sent["embeds"], json!([]), "nothing waits for it");
        let embeds = world.previews(&sent, 1).await;
        let url = &embeds[0]["image"]["url"];
        assert!(
            world.storage.pictures.lock().unwrap().contains(url.as_str().unwrap()),
            "{}: {url}",
            world.kind
        );
        let expected = json!([{
            "url": link, "kind": "link", "provider": "Site", "title": "An article", "description": "About & around",
            "author": "Ada", "color": "#ff8800", "player": null,
            "image": {"url": url, "width": 40, "height": 30, "placeholder": null},
        }]);
        assert_eq!(embeds, expected, "{}", world.kind);
        assert_eq!(site.asked(), ["/article", "/oembed?format=json", "/cat.png"]);
        world.all_is_looked_at().await;
        let told = world.events().await;
        let kinds: Vec<_> = told.iter().map(|event| event.kind).collect();
        assert_eq!(
            kinds,
            [EventKind::MessageCreated, EventKind::MessageUpdated],
            "{}",
            world.kind
        );
        let mut now = sent.clone();
        now["embeds"] = expected;
        assert_eq!(now["edited_at"], Value::Null);
        assert_eq!(
            serde_json::from_str::<Value>(told[1].data.get()).unwrap(),
            now,
            "{}",
            world.kind
        );
        assert_eq!(told[1].seq, Some(1));
        // The same on every way to it.
        assert_eq!(world.user(BOB).get(&path_of(&sent)).await.expect(200), now);
        assert_eq!(world.user(BOB).get(&path(TEXT)).await.expect(200)["items"][0], now);
        // And to whoever sends it again.
        let again = json!({"content": format!("see {link}"), "nonce": "n"});
        let first = world.user(AUTHOR).post(&path(TEXT), again.clone()).await.expect(201);
        world.previews(&first, 1).await;
        let second = world.user(AUTHOR).post(&path(TEXT), again).await.expect(200);
        assert_eq!((&second["id"], &second["embeds"]), (&first["id"], &now["embeds"]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_for_none_has_none_and_nobody_is_contacted() {
    for world in worlds().await {
        let site = site().await;
        let link = site.url("/plain");
        for (channel, text) in [
            (PLAIN, link.clone()),
            (TEXT, format!("<{link}>")),
            (TEXT, format!("||{link}||")),
            (TEXT, format!("`{link}`")),
            (TEXT, "https://beep.example/channels/1".to_owned()),
            (TEXT, "http://beep.example/".to_owned()),
        ] {
            let sent = world.write(AUTHOR, channel, &text).await;
            let jobs = world
                .db
                .one::<(i64,)>("SELECT COUNT(*) FROM preview_jobs", platform::args![]);
            assert_eq!(jobs.await.unwrap(), (0,), "{}: {text}", world.kind);
            assert_eq!(world.embeds(&sent).await, json!([]), "{text}");
        }
        // Nor on the way of a link to elsewhere.
        let home = world.write(AUTHOR, TEXT, &site.url("/home")).await;
        world.all_is_looked_at().await;
        assert_eq!(world.embeds(&home).await, json!([]));
        assert_eq!(site.asked(), ["/home"], "{}", world.kind);
        assert_eq!(
            world.peers.state.lock().unwrap().names,
            Vec::<String>::new(),
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_thing_is_shown_as_what_it_is() {
    for world in worlds().await {
        let site = site().await;
        let text = ["/cat.png", "/plain", "/moved?x"].map(|path| site.url(path)).join(" ");
        let sent = world
            .write(AUTHOR, TEXT, &format!("{text} https://youtu.be/dQw4w9WgXcQ"))
            .await;
        let embeds = world.previews(&sent, 4).await;
        let kinds: Vec<_> = embeds
            .as_array()
            .unwrap()
            .iter()
            .map(|embed| embed["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["image", "link", "link", "video"], "{}", world.kind);
        assert_eq!(
            (&embeds[0]["title"], &embeds[0]["image"]["width"]),
            (&Value::Null, &json!(40))
        );
        assert_eq!(
            (&embeds[1]["title"], &embeds[1]["image"]),
            (&json!("Plain"), &Value::Null)
        );
        assert_eq!(embeds[2]["title"], "Plain", "a redirect is followed");
        assert_eq!(
            embeds[2]["url"],
            site.url("/moved?x"),
            "and the link stays what was written"
        );
        // Nobody was there to ask for its title.
        let player = json!({
            "kind": "youtube", "id": "dQw4w9WgXcQ", "url": "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ",
            "width": 16, "height": 9,
        });
        assert_eq!(
            (&embeds[3]["provider"], &embeds[3]["player"]),
            (&json!("YouTube"), &player)
        );
        let text = ["/dot.png", "/fake.png", "/nothing", "/file", "/inside"]
            .map(|path| site.url(path))
            .join(" ");
        let nothing = world.write(AUTHOR, TEXT, &text).await;
        world.all_is_looked_at().await;
        assert_eq!(world.embeds(&nothing).await, json!([]), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_five_at_most_and_one_that_is_missing_keeps_no_other() {
    for world in worlds().await {
        let site = site().await;
        let paths = ["/one", "/missing", "/two", "/plain", "/article", "/moved"];
        let text = paths.map(|path| site.url(path)).join("\n");
        let sent = world.write(AUTHOR, TEXT, &text).await;
        let embeds = world.previews(&sent, 4).await;
        assert_eq!(titles(&embeds), ["One", "Two", "Plain", "An article"], "{}", world.kind);
        assert!(!site.asked().contains(&"/moved".to_owned()), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_that_changes_the_links_changes_the_previews() {
    for world in worlds().await {
        let site = site().await;
        let (one, two) = (site.url("/one"), site.url("/two"));
        let edit = async |message: &Value, content: String| {
            let changed = json!({"content": content});
            world.user(AUTHOR).patch(&path_of(message), changed).await.expect(200)
        };
        let sent = world.write(AUTHOR, TEXT, &one).await;
        world.previews(&sent, 1).await;
        // Other words, the same links: nothing comes and goes.
        world.events().await;
        let edited = edit(&sent, format!("read {one}")).await;
        assert_eq!(titles(&edited["embeds"]), ["One"], "{}", world.kind);
        world.all_is_looked_at().await;
        assert_eq!(world.events().await.len(), 1, "{}", world.kind);
        // One more: the first stays, the second comes.
        let edited = edit(&sent, format!("{one} {two}")).await;
        assert_eq!(titles(&edited["embeds"]), ["One"], "{}", world.kind);
        assert_eq!(titles(&world.previews(&sent, 2).await), ["One", "Two"]);
        // One less, at once, and that is all that is told.
        world.all_is_looked_at().await;
        world.events().await;
        let edited = edit(&sent, two.clone()).await;
        assert_eq!(titles(&edited["embeds"]), ["Two"], "{}", world.kind);
        world.all_is_looked_at().await;
        assert_eq!(world.events().await.len(), 1, "{}", world.kind);
        assert_eq!(titles(&world.embeds(&sent).await), ["Two"]);
        let edited = edit(&sent, "nothing".to_owned()).await;
        assert_eq!(edited["embeds"], json!([]), "{}", world.kind);
        // What could not be had before without the right cannot be had by an edit.
        let plain = world.write(AUTHOR, PLAIN, "x").await;
        edit(&plain, one.clone()).await;
        world.all_is_looked_at().await;
        assert_eq!(world.embeds(&plain).await, json!([]), "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_while_links_are_looked_at_wins() {
    for world in worlds().await {
        let slow = Site::closed(&[("/slow", "text/html", b"<title>Slow</title>")]).await;
        let site = site().await;
        let sent = world.write(AUTHOR, TEXT, &slow.url("/slow")).await;
        becomes("it is looked at", async || !slow.asked().is_empty()).await;
        let changed = json!({"content": site.url("/one")});
        world.user(AUTHOR).patch(&path_of(&sent), changed).await.expect(200);
        slow.open();
        assert_eq!(titles(&world.previews(&sent, 1).await), ["One"], "{}", world.kind);
        world.all_is_looked_at().await;
        assert_eq!(titles(&world.embeds(&sent).await), ["One"], "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_removed_stays_away() {
    for world in worlds().await {
        let site = site().await;
        for (user, channel) in [(AUTHOR, TEXT), (MODERATOR, TEXT), (AUTHOR, FORGETFUL)] {
            let sent = world.write(AUTHOR, channel, &site.url("/one")).await;
            world.previews(&sent, 1).await;
            world.all_is_looked_at().await;
            world.events().await;
            let embeds = format!("{}/embeds", path_of(&sent));
            world.user(user).delete(&embeds).await.expect(204);
            let told = world.events().await;
            assert_eq!(told.len(), 1, "{}", world.kind);
            assert_eq!(told[0].kind, EventKind::MessageUpdated);
            assert_eq!(
                serde_json::from_str::<Value>(told[0].data.get()).unwrap(),
                sent,
                "{}",
                world.kind
            );
            // Again: nothing is there, and nothing is told.
            world.user(user).delete(&embeds).await.expect(204);
            assert!(world.events().await.is_empty(), "{}", world.kind);
            let changed = json!({"content": format!("{} {}", site.url("/one"), site.url("/two"))});
            world.user(AUTHOR).patch(&path_of(&sent), changed).await.expect(200);
            world.all_is_looked_at().await;
            assert_eq!(world.embeds(&sent).await, json!([]), "{}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_while_it_is_looked_at_does_not_come() {
    for world in worlds().await {
        let site = Site::closed(&[("/slow", "text/html", b"<title>Slow</title>")]).await;
        let kept = world.write(AUTHOR, TEXT, &site.url("/slow")).await;
        let removed = world.write(AUTHOR, TEXT, &site.url("/slow")).await;
        let deleted = world.write(AUTHOR, TEXT, &site.url("/slow")).await;
        becomes("it is looked at", async || !site.asked().is_empty()).await;
        let embeds = format!("{}/embeds", path_of(&removed));
        world.user(AUTHOR).delete(&embeds).await.expect(204);
        world.user(AUTHOR).delete(&path_of(&deleted)).await.expect(204);
        site.open();
        world.previews(&kept, 1).await;
        world.all_is_looked_at().await;
        assert_eq!(world.embeds(&removed).await, json!([]), "{}", world.kind);
        assert_eq!(site.asked(), ["/slow"], "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_fetched_once_however_often_it_is_written() {
    for world in worlds().await {
        let site = Site::closed(&[("/once", "text/html", b"<title>Once</title>")]).await;
        let other = world.instance(0).await;
        let body = json!({"content": site.url("/once")});
        let sending = (0..12).map(|number| {
            let app = if number % 2 == 0 { &world.app } else { &other };
            let body = body.clone();
            async move { app.user(UserId(AUTHOR)).post(&path(TEXT), body).await.expect(201) }
        });
        let sent = join_all(sending).await;
        becomes("it is asked for", async || !site.asked().is_empty()).await;
        site.open();
        for message in &sent {
            world.previews(message, 1).await;
        }
        // Nor later, nor in a channel that others do not see.
        let hidden = world.write(crate::peers::ADA, HIDDEN, &site.url("/once#again")).await;
        world.previews(&hidden, 1).await;
        // What leads nowhere is known to.
        for _ in 0..3 {
            world.write(AUTHOR, TEXT, &site.url("/nowhere")).await;
            world.all_is_looked_at().await;
        }
        assert_eq!(site.asked(), ["/once", "/nowhere"], "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_process_left_another_one_does() {
    for world in worlds().await {
        let site = site().await;
        let left = world.write(AUTHOR, TEXT, &format!("<{}>", site.url("/one"))).await;
        let gone = world.write(AUTHOR, TEXT, "x").await;
        world.user(AUTHOR).delete(&path_of(&gone)).await.expect(204);
        // As a process leaves it that has stored the messages, and has taken one, before it died.
        let mut tx = world.db.begin().await.unwrap();
        for (message, attempts) in [(&left, 1_i64), (&gone, 0)] {
            let id: i64 = message["id"].as_str().unwrap().parse().unwrap();
            let sql = "INSERT INTO preview_jobs (server_id, channel_id, message_id, due_at, attempts) VALUES ($1, $2, $3, 1, $4)";
            tx.run(sql, platform::args![SERVER, TEXT, id, attempts]).await.unwrap();
        }
        let sql = "UPDATE messages SET content = $1 WHERE id = $2";
        let id: i64 = left["id"].as_str().unwrap().parse().unwrap();
        tx.run(sql, platform::args![site.url("/one").as_str(), id])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // Another message has it look.
        world.write(AUTHOR, TEXT, &site.url("/two")).await;
        assert_eq!(titles(&world.previews(&left, 1).await), ["One"], "{}", world.kind);
        world.all_is_looked_at().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_cannot_be_kept_now_keeps_the_words_from_nobody() {
    for world in worlds().await {
        let site = Site::closed(&[
            ("/article", "text/html", ARTICLE),
            ("/oembed", "application/json", TOLD),
            ("/cat.png", "image/png", &picture(40, 30)),
        ])
        .await;
        let sent = world.write(AUTHOR, TEXT, &site.url("/article")).await;
        becomes("it is looked at", async || !site.asked().is_empty()).await;
        world.peers.change(|state| state.without_pictures = true);
        site.open();
        let embeds = world.previews(&sent, 1).await;
        assert_eq!(
            (&embeds[0]["title"], &embeds[0]["image"]),
            (&json!("An article"), &Value::Null),
            "{}",
            world.kind
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_links_of_one_author_keep_nobody_elses_waiting() {
    for world in worlds().await {
        let (slow, quick) = (
            Site::closed(&[("/two", "text/html", b"<title>Two</title>")]).await,
            site().await,
        );
        // More than are looked at at the same time.
        let mut waiting = Vec::new();
        for count in 0..12 {
            waiting.push(world.write(AUTHOR, TEXT, &slow.url(&format!("/two?{count}"))).await);
        }
        becomes("some are in work", async || !slow.asked().is_empty()).await;
        let other = world.write(BOB, TEXT, &quick.url("/one")).await;
        assert_eq!(titles(&world.previews(&other, 1).await), ["One"], "{}", world.kind);
        assert!(slow.asked().len() <= 2, "{}: {:?}", world.kind, slow.asked());
        // The others' turn comes.
        slow.open();
        for sent in &waiting {
            assert_eq!(titles(&world.previews(sent, 1).await), ["Two"], "{}", world.kind);
        }
    }
}
