//! Pictures and banners of servers.

use axum::body::Body;
use contracts::events::EventKind;
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
        for (part, field, url) in [
            ("icon", "icon_url", "/api/v1/pictures/avatar3.jpg"),
            ("banner", "banner_url", "/api/v1/pictures/banner3.jpg"),
        ] {
            let picture = format!("{path}/{part}");
            let set = ada.request(form(&picture, "file", b"abc")).await.expect(200);
            assert_eq!(set[field], url, "{}", world.kind);
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
            // The same again is nothing new.
            ada.request(form(&picture, "file", b"abc")).await.expect(200);
            assert!(world.events().await.is_empty(), "{}", world.kind);
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
