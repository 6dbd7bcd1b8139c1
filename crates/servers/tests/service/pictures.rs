//! Pictures and banners of servers.

use axum::body::Body;
use contracts::{events::EventKind, storage::PictureShape};
use http::{Request, header};
use model::limits::PICTURE_BYTES;
use serde_json::Value;

use crate::world::{ADA, BOB, World, form, id, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_set_shown_told_and_removed() {
    for world in worlds().await {
        let server = id(&world.server("public").await);
        let path = format!("/servers/{server}");
        let ada = world.user(ADA);
        world.events().await;
        for (part, field, shape) in [
            ("icon", "icon_url", PictureShape::Avatar),
            ("banner", "banner_url", PictureShape::Banner),
        ] {
            let picture = format!("{path}/{part}");
            let set = ada.request(form(&picture, "file", b"abc")).await.expect(200);
            let url = set[field].as_str().unwrap();
            assert_eq!(world.store.shape_of(url), Some(shape), "{}", world.kind);
            assert_eq!(
                world.user(BOB).get(&path).await.expect(200)[field],
                url,
                "{}",
                world.kind
            );
            let events = world.events().await;
            assert_eq!(
                (events.len(), events[0].kind),
                (1, EventKind::ServerUpdated),
                "{}",
                world.kind
            );
            let removed = ada.delete(&picture).await.expect(200);
            assert_eq!(removed[field], Value::Null, "{}", world.kind);
            ada.delete(&picture).await.expect(200);
            assert_eq!(world.events().await.len(), 1, "{}", world.kind);
        }
        let log = ada.get(&format!("{path}/audit-log")).await.expect(200);
        assert_eq!(log["items"].as_array().unwrap().len(), 4, "{}", world.kind);
        assert_eq!(log["items"][3]["changes"][0]["field"], "icon_url", "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_with_what_shows_it() {
    for world in worlds().await {
        let (lasting, ending) = (world.server("public").await, world.server("public").await);
        let (lasting, ending) = (id(&lasting), id(&ending));
        let ada = world.user(ADA);
        let set = async |server: &str, part: &str| {
            let request = form(&format!("/servers/{server}/{part}"), "file", b"abc");
            let set = ada.request(request).await.expect(200);
            set[format!("{part}_url")].as_str().unwrap().to_owned()
        };
        let (icon, banner) = (set(&lasting, "icon").await, set(&lasting, "banner").await);
        let all = [set(&ending, "icon").await, set(&ending, "banner").await];
        let next = set(&lasting, "icon").await;
        world.store.until_gone(&icon).await;
        ada.delete(&format!("/servers/{ending}")).await.expect(204);
        for url in all {
            world.store.until_gone(&url).await;
        }
        let change = serde_json::json!({ "name": "Another name" });
        ada.patch(&format!("/servers/{lasting}"), change).await.expect(200);
        ada.delete(&format!("/servers/{lasting}/banner")).await.expect(200);
        world.store.until_gone(&banner).await;
        // Those alone.
        assert!(world.store.shape_of(&next).is_some(), "{}", world.kind);
        assert_eq!(world.store.count(), 1, "{}", world.kind);
    }
}

/// Every way in which pictures are refused.
pub(crate) async fn refused(world: &World, server: &str) {
    let ada = world.user(ADA);
    for part in ["icon", "banner"] {
        let path = format!("/servers/{server}/{part}");
        for code in ["picture_too_large", "picture_type_unsupported", "picture_not_readable"] {
            let answer = ada.request(form(&path, "file", code.as_bytes())).await;
            answer.is_problem(422, code);
        }
        let answer = ada.request(form(&path, "picture", b"x")).await;
        answer.is_invalid("file", "required");
        let large = vec![0; PICTURE_BYTES + 1];
        ada.request(form(&path, "file", &large[1..])).await.expect(200);
        let answer = ada.request(form(&path, "file", &large)).await;
        answer.is_problem(413, "body_too_large");
        let with = |kind: &str, body: &'static str| {
            Request::put(format!("/api/v1{path}"))
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body))
                .unwrap()
        };
        let broken = with("multipart/form-data; boundary=b", "--b\r\nnonsense");
        ada.request(broken).await.is_problem(400, "malformed_multipart");
        let answer = ada.request(with("image/png", "x")).await;
        answer.is_problem(415, "unsupported_media_type");
    }
}
