//! What an administrator does on the machine itself.

use model::Timestamp;
use platform::clock::Clock;
use serde_json::json;
use users::{AdminError, Administration};

use crate::world::{PASSWORD, World, worlds};

async fn administration(world: &World) -> Administration {
    let now: Timestamp = world.now();
    let clock = Clock::from_fn(move || now);
    Administration::open(world.db.clone(), clock, "http://beep.test")
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_handed_out_to_whoever_is_named() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        for (who, new) in [
            (ada.email.as_str(), "another horse battery"),
            ("@Ada", "a third horse battery"),
        ] {
            let link = administration(&world).await.reset_link(who).await.unwrap();
            let token = link.strip_prefix("http://beep.test/reset-password#token=").unwrap();
            let body = json!({"token": token, "new_password": new});
            let closed = world.closed().await;
            closed.nobody().post("/auth/password/reset", body).await.expect(204);
            world.sign_in(&ada.email, new).await.expect(200);
        }
        for who in ["nobody@example.org", "nobody", ""] {
            let refused = administration(&world).await.reset_link(who).await;
            assert!(matches!(refused, Err(AdminError::NoSuchUser)), "{}: {who}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_lost_everything_signs_in_without_codes_again() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let none = administration(&world).await.reset_second_factor("ada").await;
        assert!(matches!(none, Err(AdminError::NoSecondFactor)), "{}", world.kind);
        world.turn_totp_on(&ada).await;
        administration(&world).await.reset_second_factor("ada").await.unwrap();
        world.sign_in(&ada.email, PASSWORD).await.expect(200);
    }
}
