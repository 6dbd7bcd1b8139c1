//! Previews of links: that they come, what is asked for them, and what they tell nobody.

use std::{net::Ipv4Addr, time::Duration};

use api::{
    beep::{Beep, Database, Setup},
    gateway::Live,
    http::{Caller, Credentials},
    patience::until,
    people::{Person, Server, id, picture_of, text},
    site::Site,
};
use serde_json::{Value, json};

use crate::tables::Tables;

const WITHIN: Duration = Duration::from_secs(20);

const PAGE: &str =
    "<head><meta property='og:title' content='A page'><meta property='og:image' content='/cat.png'></head>";

async fn site(to: &str) -> Site {
    let pages = vec![
        ("/page", "text/html", PAGE.as_bytes().to_vec()),
        ("/cat.png", "image/png", picture_of((40, 30), 9)),
        ("/away", "location", to.as_bytes().to_vec()),
    ];
    Site::start(Ipv4Addr::LOCALHOST.into(), pages).await
}

async fn with_previews(reader: &Person, server: &Server, message: &Value, count: usize) -> Value {
    let path = format!("{}/{}", server.messages(), id(message));
    until(WITHIN, "its previews", async || {
        let message = reader.get(&path).await.expect(200);
        (message["embeds"].as_array().unwrap().len() == count).then_some(message)
    })
    .await
}

async fn come_and_go(database: Database) {
    let beep = Setup::default().with_previews().start(database).await;
    let site = site("http://127.0.0.1:1/").await;
    let (owner, member) = tokio::join!(Person::sign_up(&beep), Person::sign_up(&beep));
    let server = owner.create_server("public").await;
    member.join(&server).await;
    let (mut live, _) = Live::identify(&owner).await;
    let sent = member.send_message(&server, &site.url("/page")).await;
    assert_eq!(sent["embeds"], json!([]));
    let message = with_previews(&owner, &server, &sent, 1).await;
    let embed = &message["embeds"][0];
    assert_eq!(
        (&embed["title"], &embed["url"]),
        (&json!("A page"), &json!(site.url("/page")))
    );
    assert_eq!(
        (&embed["image"]["width"], &embed["image"]["height"]),
        (&json!(40), &json!(30))
    );
    assert_eq!(message["edited_at"], Value::Null);
    let told = live.event_among_others("message.updated").await;
    assert_eq!(told, message, "{database:?}");

    // Its picture is Beep's own: the reader contacts nobody else for it.
    let address = text(&embed["image"]["url"]);
    let nobody = Caller::nobody(beep.address).with(Credentials::None);
    let picture = nobody.get(address.strip_prefix("/api/v1").unwrap()).await;
    assert_eq!(
        (picture.status, picture.header("content-type")),
        (200, "image/jpeg"),
        "{database:?}"
    );
    // Two requests, with nothing in them of whoever wrote or reads it.
    let asked = site.asked();
    assert_eq!(asked.len(), 2, "{asked:?}");
    for head in asked {
        let names: Vec<_> = head
            .lines()
            .skip(1)
            .filter_map(|line| Some(line.split_once(':')?.0))
            .collect();
        assert_eq!(
            names,
            ["host", "user-agent", "accept", "accept-encoding", "connection"],
            "{head}"
        );
    }

    let path = format!("{}/{}/embeds", server.messages(), id(&sent));
    member.delete(&path).await.expect(204);
    let told = live.event_among_others("message.updated").await;
    assert_eq!(told["embeds"], json!([]), "{database:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_comes_with_its_picture_and_goes() {
    for database in Database::all() {
        come_and_go(database).await;
    }
}

/// The path of the picture of a message's only preview, below the API.
fn picture(message: &Value) -> String {
    let url = text(&message["embeds"][0]["image"]["url"]);
    url.strip_prefix("/api/v1").unwrap().to_owned()
}

/// Has links forgotten, as if an hour had passed: whoever starts begins with that.
async fn forget_links(beep: &Beep) {
    let tables = Tables::of(beep).await;
    tables.change("UPDATE link_previews SET expires_at = 1").await;
    let apart = beep.instances_of("messages");
    let processes = if apart.is_empty() { beep.processes() } else { apart };
    for name in processes {
        beep.stop(name).await;
        beep.restart(name).await;
    }
    until(WITHIN, "all links are forgotten", async || {
        (tables.count("link_previews", "expires_at > 0").await == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_with_the_last_message_once_the_link_is_forgotten() {
    for database in Database::all() {
        let beep = Setup::default().with_previews().start(database).await;
        let site = site("http://127.0.0.1:1/").await;
        let owner = Person::sign_up(&beep).await;
        let servers = [owner.create_server("public").await, owner.create_server("public").await];
        let mut sent = Vec::new();
        for server in &servers {
            let message = owner.send_message(server, &site.url("/page")).await;
            sent.push(with_previews(&owner, server, &message, 1).await);
        }
        let path = picture(&sent[0]);
        assert_eq!(picture(&sent[1]), path, "{database:?}: both show the one");
        let delete = async |number: usize| {
            let path = format!("{}/{}", servers[number].messages(), id(&sent[number]));
            owner.delete(&path).await.expect(204);
        };
        delete(0).await;
        forget_links(&beep).await;
        let nobody = Caller::nobody(beep.address).with(Credentials::None);
        assert_eq!(nobody.get(&path).await.status, 200, "{database:?}: another shows it");
        delete(1).await;
        until(WITHIN, "the picture is gone", async || {
            let answer = nobody.get(&path).await;
            (answer.status != 200).then(|| answer.is_problem(404, "picture_not_found"))
        })
        .await;
    }
}

/// A message whose link leads to this site, or would, if one could get there; and the previews of one after it.
async fn is_never_asked(beep: &Beep, inside: &Site, links: &[String]) {
    let open = site(&inside.url("/page")).await;
    let owner = Person::sign_up(beep).await;
    let server = owner.create_server("public").await;
    let mut sent = Vec::new();
    for link in links.iter().chain([&open.url("/away")]) {
        sent.push(owner.send_message(&server, link).await);
    }
    // Those before have been looked at by then: as many at once as there are.
    for _ in 0..8 {
        let last = owner.send_message(&server, &open.url("/page")).await;
        with_previews(&owner, &server, &last, 1).await;
    }
    for message in &sent {
        with_previews(&owner, &server, message, 0).await;
    }
    assert!(open.asked().iter().any(|head| head.starts_with("GET /away ")));
    assert_eq!(inside.asked(), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_inside_is_never_asked() {
    for database in Database::all() {
        let beep = Setup::default().with_previews().start(database).await;
        // 127.0.0.1 may be visited, and nothing else of this machine.
        let pages = vec![("/page", "text/html", PAGE.as_bytes().to_vec())];
        let inside = Site::start(Ipv4Addr::new(127, 0, 0, 2).into(), pages).await;
        let port = inside.address.port();
        let links: Vec<String> = [
            "127.0.0.2",
            "2130706434",
            "0x7f.2",
            "0177.0.0.2",
            "[::ffff:127.0.0.2]",
            "[::127.0.0.2]",
        ]
        .iter()
        .map(|host| format!("http://{host}:{port}/page"))
        .collect();
        is_never_asked(&beep, &inside, &links).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_they_are_switched_off_nobody_is_contacted() {
    let beep = Setup::default().start(Database::Sqlite).await;
    let site = site("/page").await;
    let owner = Person::sign_up(&beep).await;
    let server = owner.create_server("public").await;
    let sent = owner.send_message(&server, &site.url("/page")).await;
    let path = format!("{}/{}", server.messages(), id(&sent));
    assert_eq!(owner.get(&path).await.expect(200)["embeds"], json!([]));
    assert_eq!(site.asked(), Vec::<String>::new());
}

/// What somebody learns who writes a link, where the owner has (or has not) written it before, in a channel that they do
/// not see.
async fn learned(database: Database, was_written: bool) -> Value {
    let beep = Setup::default().with_previews().start(database).await;
    let site = site("/page").await;
    let (owner, member) = tokio::join!(Person::sign_up(&beep), Person::sign_up(&beep));
    let server = owner.create_server("public").await;
    member.join(&server).await;
    let hidden = owner.create_private_channel(&server, "hidden").await;
    if was_written {
        let secret = owner.send_message(&hidden, &site.url("/page")).await;
        with_previews(&owner, &hidden, &secret, 1).await;
    }
    let sent = member.send_message(&server, &site.url("/page")).await;
    assert_eq!(sent["embeds"], json!([]), "not even at once");
    let mut embeds = with_previews(&member, &server, &sent, 1).await["embeds"].clone();
    embeds[0]["url"] = json!("the link");
    // The picture's address is drawn by lot for each that is fetched.
    embeds[0]["image"]["url"] = json!("the picture");
    embeds
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_does_not_tell_who_has_written_the_link_before() {
    for database in Database::all() {
        let (first, again) = tokio::join!(learned(database, false), learned(database, true));
        assert_eq!(first, again, "{database:?}");
    }
}
