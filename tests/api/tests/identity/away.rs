//! The time of an account has come, and Keycloak does not answer.

use std::time::Duration;

use api::{
    beep::Setup,
    http::{Caller, Credentials},
    patience,
};
use serde_json::{Value, json};

use crate::{
    bridge::Does,
    world::{PASSWORD, World, account, new_name},
};

const WITHIN: Duration = Duration::from_secs(40);
const DELETION: &str = "DELETE /admin/realms/beep/users/";

async fn signed_up(world: &World, name: &str) -> (Value, Caller) {
    let tokens = world.nobody().post("/auth/register", account(name)).await.expect(201);
    let token = tokens["access_token"].as_str().unwrap().to_owned();
    (
        tokens["user"]["id"].clone(),
        world.nobody().with(Credentials::Bearer(token)),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_time_comes_meanwhile_is_whole_until_it_can_go_whole() {
    let started = World::start_with(true, Setup::without_grace);
    let Some(world) = started.await else { return };
    let names = [new_name(), new_name()];
    let (_, others) = signed_up(&world, &new_name()).await;
    let shown = async |id: &Value| {
        let profile = others
            .get(&format!("/users/{}", id.as_str().unwrap()))
            .await
            .expect(200);
        profile["display_name"].clone()
    };
    // Before the deletion was asked for, and after it was done, but not known to be.
    for (name, does) in names.iter().zip([Does::CutBefore(DELETION), Does::CutAfter(DELETION)]) {
        let (id, me) = signed_up(&world, name).await;
        let before = shown(&id).await;
        let asked = world.bridge.times(DELETION);
        world.bridge.now(does.clone());
        me.post("/users/@me/deletion", json!({"current_password": PASSWORD}))
            .await
            .expect(202);
        patience::until(WITHIN, "Keycloak is asked, in vain", async || {
            (world.bridge.times(DELETION) >= asked + 3).then_some(())
        })
        .await;
        assert_eq!(shown(&id).await, before, "{does:?}");
        if does == Does::CutBefore(DELETION) {
            world.keycloak.user(name).await;
        }
        // Nobody gets in any more, nobody takes it back, and the names are nobody else's yet.
        let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
        let refused = world.nobody().post("/auth/login", credentials.clone()).await;
        refused.is_problem(401, "invalid_credentials");
        me.delete("/users/@me/deletion").await.is_problem(401, "not_signed_in");
        let taken = world.nobody().post("/auth/register", account(name)).await;
        assert_eq!(taken.status, 409, "{}", taken.text());
        world.bridge.now(Does::Pass);
        patience::until(WITHIN, "the account is erased", async || {
            (shown(&id).await == "Deleted user").then_some(())
        })
        .await;
        let left = world.keycloak.users(&format!("exact=true&username={name}")).await;
        assert_eq!(left, Vec::<Value>::new(), "{does:?}");
        let refused = world.nobody().post("/auth/login", credentials).await;
        refused.is_problem(401, "invalid_credentials");
    }
}
