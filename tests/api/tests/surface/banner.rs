//! A banner of one's own, as others come to see it.

use api::{
    beep::{Database, shared},
    gateway::Live,
    http::{Body, Caller},
    people::{Person, picture, picture_of, text},
};
use serde_json::{Value, json};

/// Width and height of a JPEG, from its frame header.
fn size_of(jpeg: &[u8]) -> (u16, u16) {
    let at = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).unwrap();
    let of = |offset| u16::from_be_bytes([jpeg[at + offset], jpeg[at + offset + 1]]);
    (of(7), of(5))
}

/// The path below the API, of a link to it.
fn below(url: &Value) -> String {
    text(url).strip_prefix("/api/v1").unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banner_is_seen_by_others_at_once_and_gone_for_them_when_it_is_removed() {
    for database in Database::all() {
        let beep = shared(database).await;
        let (ada, bob) = (Person::sign_up(&beep).await, Person::sign_up(&beep).await);
        let stranger = Person::sign_up(&beep).await;
        let server = ada.create_server("public").await;
        bob.join(&server).await;
        let pictured = ada.put_avatar(picture(1)).await.expect(200);
        let (mut near, _) = Live::identify(&bob).await;
        let (mut own, _) = Live::identify(&ada).await;
        let (mut far, _) = Live::identify(&stranger).await;

        let first = ada.put_banner(picture_of((200, 100), 50)).await.expect(200);
        let told = near.event_among_others("user.updated").await;
        assert_eq!(
            (&told["id"], &told["banner_url"], &told["avatar_url"]),
            (&json!(ada.id), &first["banner_url"], &pictured["avatar_url"]),
            "{database:?}"
        );
        assert_eq!(
            told["email"],
            Value::Null,
            "{database:?}: others are told what others see"
        );
        assert_eq!(own.event_among_others("user.updated").await, first, "{database:?}");
        let profile = format!("/users/{}", ada.id);
        let seen = bob.get(&profile).await.expect(200);
        assert_eq!(seen["banner_url"], first["banner_url"], "{database:?}");

        let second = ada.put_banner(picture_of((100, 200), 90)).await.expect(200);
        assert_ne!(second["banner_url"], first["banner_url"], "{database:?}");
        let told = near.event_among_others("user.updated").await;
        assert_eq!(told["banner_url"], second["banner_url"], "{database:?}");

        let gone = ada.delete("/users/@me/banner").await.expect(200);
        assert_eq!(
            (&gone["banner_url"], &gone["avatar_url"]),
            (&Value::Null, &pictured["avatar_url"]),
            "{database:?}"
        );
        let told = near.event_among_others("user.updated").await;
        assert_eq!(told["banner_url"], Value::Null, "{database:?}");
        assert_eq!(bob.get(&profile).await.expect(200)["banner_url"], Value::Null);
        let heard = far.drain().await;
        assert!(
            heard.iter().all(|frame| frame["type"] != "user.updated"),
            "{database:?}: {heard:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_banner_is_encoded_anew_in_its_shape_and_served_as_a_picture_and_nothing_else() {
    let beep = shared(Database::Sqlite).await;
    let ada = Person::sign_up(&beep).await;
    for (width, height) in [(250, 10), (10, 250), (60, 20)] {
        // What is hidden behind the picture does not come along.
        let upload = [picture_of((width, height), 80), b"<script>alert(1)</script>".to_vec()].concat();
        let set = ada.put_banner(upload).await.expect(200);
        let served = Caller::nobody(beep.address).get(&below(&set["banner_url"])).await;
        assert_eq!(served.status, 200, "{}", served.text());
        assert_eq!(size_of(&served.body), (960, 320));
        assert!(!served.text().contains("script"));
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("x-content-type-options", "nosniff"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] {
            assert_eq!(served.header(name), value);
        }
    }
    let kept = ada.get("/users/@me").await.expect(200);
    for (content, code) in [
        (
            b"<html><script>alert(1)</script></html>".to_vec(),
            "picture_type_unsupported",
        ),
        (b"%PDF-1.7".to_vec(), "picture_type_unsupported"),
        (picture(3)[..30].to_vec(), "picture_not_readable"),
    ] {
        let refused = ada.send("PUT", "/users/@me/banner", Body::File(content)).await;
        refused.is_problem(422, code);
    }
    assert_eq!(ada.get("/users/@me").await.expect(200), kept, "the one before stays");
}
