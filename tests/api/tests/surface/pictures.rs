//! A picture is there for as long as somebody shows it.

use std::time::Duration;

use api::{
    beep::{Beep, Database, Setup, shared},
    http::{Body, Caller, Credentials},
    patience,
    people::{Person, Server, picture, text},
};
use serde_json::{Value, json};

/// How soon a picture goes that nobody shows.
const WITHIN: Duration = Duration::from_secs(30);

/// The path of a picture below the API, which is there.
async fn is_shown(beep: &Beep, url: &Value) -> String {
    let path = text(url).strip_prefix("/api/v1").unwrap().to_owned();
    let shown = Caller::nobody(beep.address).get(&path).await;
    assert_eq!(shown.status, 200, "{path}: {}", shown.text());
    // Whoever has it asks again when the day is over.
    assert_eq!(shown.header("cache-control"), "public, max-age=86400, immutable");
    path
}

async fn is_there(beep: &Beep, path: &str) -> bool {
    let answer = Caller::nobody(beep.address).get(path).await;
    if answer.status == 200 {
        return true;
    }
    answer.is_problem(404, "picture_not_found");
    // Nor is it said to whoever has it that nothing has changed.
    let tag = format!("\"{}\"", path.rsplit('/').next().unwrap().split('.').next().unwrap());
    let url = format!("http://{}/api/v1{path}", beep.address);
    let asked = reqwest::Client::new()
        .get(url)
        .header("if-none-match", tag)
        .send()
        .await;
    assert_eq!(asked.unwrap().status(), 404, "{path}");
    false
}

async fn until_gone(beep: &Beep, path: &str, what: &str) {
    patience::until(WITHIN, what, async || (!is_there(beep, path).await).then_some(())).await;
}

async fn set(server: &Server, owner: &Person, part: &str) -> Value {
    let path = format!("{}/{part}", server.path());
    owner.send("PUT", &path, Body::File(picture(1))).await.expect(200)[format!("{part}_url")].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_when_another_takes_its_place_and_equal_ones_of_others_stay() {
    for database in Database::all() {
        let beep = shared(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let server = ada.create_server("public").await;
        // The very same, of four.
        let hers = is_shown(&beep, &ada.put_avatar(picture(1)).await.expect(200)["avatar_url"]).await;
        let his = is_shown(&beep, &bob.put_avatar(picture(1)).await.expect(200)["avatar_url"]).await;
        let icon = is_shown(&beep, &set(&server, &ada, "icon").await).await;
        let again = is_shown(&beep, &ada.put_avatar(picture(1)).await.expect(200)["avatar_url"]).await;
        until_gone(&beep, &hers, &format!("{database:?}: the first picture goes")).await;
        ada.delete("/users/@me/avatar").await.expect(200);
        until_gone(&beep, &again, &format!("{database:?}: the second goes")).await;
        for path in [&his, &icon] {
            assert!(is_there(&beep, path).await, "{database:?}");
        }
        let banner = is_shown(&beep, &set(&server, &ada, "banner").await).await;
        let next = is_shown(&beep, &set(&server, &ada, "banner").await).await;
        until_gone(&beep, &banner, &format!("{database:?}: the first banner goes")).await;
        ada.delete(&server.path()).await.expect(204);
        for path in [&icon, &next] {
            until_gone(&beep, path, &format!("{database:?}: pictures go with their server")).await;
        }
        assert!(is_there(&beep, &his).await, "{database:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pictures_of_whoever_is_erased_go_and_equal_ones_of_others_stay() {
    for database in Database::all() {
        let beep = Setup::default().without_grace().start(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let mut all = Vec::new();
        for person in [&ada, &bob] {
            let avatar = person.put_avatar(picture(1)).await.expect(200)["avatar_url"].clone();
            let banner = person.put_banner(picture(2)).await.expect(200)["banner_url"].clone();
            all.push([is_shown(&beep, &avatar).await, is_shown(&beep, &banner).await]);
        }
        let shown = json!({ "current_password": ada.password });
        ada.post("/users/@me/deletion", shown).await.expect(202);
        for path in &all[0] {
            until_gone(&beep, path, &format!("{database:?}: a picture of hers goes")).await;
        }
        for path in &all[1] {
            assert!(is_there(&beep, path).await, "{database:?}");
        }
        assert_eq!(ada.with(Credentials::None).get("/users/@me").await.status, 401);
    }
}
