//! Profiles, pictures and settings (U1, U3, U5).

use contracts::events::{Audience, EventKind};
use serde_json::{Value, json};

use crate::world::{Person, form, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_present_changes_and_null_empties() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        let all = json!({"first_name": "Augusta", "biography": "Notes.\nOn engines.", "status": "away", "status_text": "out"});
        let changed = me.patch("/users/@me", all).await.expect(200);
        assert_eq!(changed["display_name"], "Augusta Byron");
        let kept = me.patch("/users/@me", json!({"last_name": "King"})).await.expect(200);
        assert_eq!(
            (&kept["biography"], &kept["status"]),
            (&json!("Notes.\nOn engines."), &json!("away"))
        );
        let emptied = me
            .patch("/users/@me", json!({"biography": null, "status_text": null}))
            .await
            .expect(200);
        assert_eq!(
            (&emptied["biography"], &emptied["status_text"]),
            (&json!(""), &json!(""))
        );
        assert_eq!(me.get("/users/@me").await.expect(200), emptied, "{}", world.kind);
        for field in ["first_name", "last_name", "status"] {
            me.patch("/users/@me", json!({field: null}))
                .await
                .is_invalid(field, "required");
        }
        me.patch("/users/@me", json!({"status": "busy"}))
            .await
            .is_invalid("status", "invalid_format");
        me.patch("/users/@me", json!({"status": 3}))
            .await
            .is_problem(400, "malformed_json");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_signs_in_with_is_not_changed_with_a_profile_and_that_is_said() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        let before = me.get("/users/@me").await.expect(200);
        for (field, values) in [
            ("email", [json!("new@example.org"), json!(ada.email), Value::Null]),
            ("password", [json!("another battery"), json!(7), Value::Null]),
        ] {
            for value in values {
                let refused = me.patch("/users/@me", json!({field: value, "biography": "x"})).await;
                refused.is_invalid(field, "not_changeable");
            }
        }
        assert_eq!(me.get("/users/@me").await.expect(200), before, "{}", world.kind);
        // What Beep has never heard of is still no error: a client may be newer.
        me.patch("/users/@me", json!({"favourite_colour": "blue"}))
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_username_changes_unless_somebody_has_it() {
    for world in worlds().await {
        let (ada, _) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let me = world.acting(&ada);
        let changed = me
            .patch("/users/@me", json!({"username": "Countess"}))
            .await
            .expect(200);
        assert_eq!(changed["username"], "countess", "{}", world.kind);
        for taken in ["eve", "EVE"] {
            let refused = me
                .patch("/users/@me", json!({"username": taken, "biography": "x"}))
                .await;
            let problem = refused.is_problem(409, "username_taken");
            assert_eq!(problem["errors"][0]["field"], "username");
        }
        assert_eq!(
            me.get("/users/@me").await.expect(200),
            changed,
            "{}: nothing is half done",
            world.kind
        );
        me.patch("/users/@me", json!({"username": "countess"}))
            .await
            .expect(200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invisible_is_offline_for_others() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let own = world
            .acting(&ada)
            .patch("/users/@me", json!({"status": "invisible"}))
            .await
            .expect(200);
        assert_eq!(own["status"], "invisible");
        let seen = world.acting(&eve).get(&format!("/users/{}", ada.id)).await.expect(200);
        assert_eq!(seen["status"], "offline", "{}", world.kind);
        let told = world.events().await;
        let around = told
            .iter()
            .find(|event| matches!(event.audience, Audience::AroundUser { .. }))
            .unwrap();
        assert!(!around.data.get().contains("invisible"), "{}", around.data.get());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_is_set_and_removed_and_told_of() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let eve = world.sign_up("eve").await;
        let me = world.acting(&ada);
        for (picture, field, other) in [
            ("avatar", "avatar_url", "banner_url"),
            ("banner", "banner_url", "avatar_url"),
        ] {
            world.events().await;
            let path = format!("/users/@me/{picture}");
            let set = me.request(form(picture, "file", b"12345")).await.expect(200);
            let url = set[field].as_str().unwrap();
            assert!(world.store.shape_of(url).is_some(), "{}", world.kind);
            assert_eq!(set[other], Value::Null, "{}", world.kind);
            assert_eq!(me.get("/users/@me").await.expect(200), set, "{}", world.kind);
            let seen = world.acting(&eve).get(&format!("/users/{}", ada.id)).await.expect(200);
            assert_eq!(seen[field], set[field], "{}", world.kind);
            assert_eq!(me.delete(&path).await.expect(200)[field], Value::Null);
            me.delete(&path).await.expect(200);
            let told = world.events().await;
            assert!(
                told.iter()
                    .all(|event| event.kind == EventKind::UserUpdated && event.user_id == Some(ada.id))
            );
            assert_eq!(told.len(), 6, "{}: to the user, and around them", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_when_another_takes_its_place_or_none() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let set = async |person: &Person, picture: &str| {
            let request = form(picture, "file", b"the same");
            let set = world.acting(person).request(request).await.expect(200);
            set[format!("{picture}_url")].as_str().unwrap().to_owned()
        };
        let (first, of_another) = (set(&ada, "avatar").await, set(&eve, "avatar").await);
        let (second, banner) = (set(&ada, "avatar").await, set(&ada, "banner").await);
        world.store.until_gone(&first).await;
        world.acting(&ada).delete("/users/@me/banner").await.expect(200);
        world.store.until_gone(&banner).await;
        for url in [second, of_another] {
            assert!(world.store.shape_of(&url).is_some(), "{}", world.kind);
        }
        assert_eq!(world.store.count(), 2, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_ones_own_and_told_to_ones_own_devices_alone() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let me = world.acting(&ada);
        let settings = me.get("/users/@me/settings").await.expect(200);
        assert_eq!(
            settings,
            json!({"language": "en", "theme": "system", "density": "cosy"})
        );
        let changed = me
            .patch("/users/@me/settings", json!({"language": "fr", "theme": "dark"}))
            .await
            .expect(200);
        assert_eq!(changed, json!({"language": "fr", "theme": "dark", "density": "cosy"}));
        assert_eq!(
            me.get("/users/@me/settings").await.expect(200),
            changed,
            "{}",
            world.kind
        );
        me.patch("/users/@me/settings", json!({"language": "xx"}))
            .await
            .is_invalid("language", "invalid_format");
        me.patch("/users/@me/settings", json!({"theme": null}))
            .await
            .is_invalid("theme", "required");
        let events = world.events().await;
        let told: Vec<_> = events.iter().map(|event| (event.kind, event.audience)).collect();
        let own = Audience::User { user_id: ada.id };
        assert_eq!(told, [(EventKind::SettingsUpdated, own)], "{}", world.kind);
        let data: Value = serde_json::from_str(events[0].data.get()).unwrap();
        assert_eq!(data, changed, "{}", world.kind);
    }
}
