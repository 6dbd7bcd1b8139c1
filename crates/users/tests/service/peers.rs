//! What other services are answered.

use contracts::users::{GetAccountRequest, GetSummariesRequest, users_client::UsersClient};
use model::SessionId;
use platform::{auth::Caller, rpc};
use serde_json::{Value, json};
use tonic::Code;

use crate::world::worlds;

#[tokio::test(flavor = "multi_thread")]
async fn summaries_follow_their_users() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let mut peer = world.peer.clone();
        let mut ask = async |user_ids: Vec<i64>| {
            let mut users = peer
                .get_summaries(GetSummariesRequest { user_ids })
                .await
                .map(|answer| answer.into_inner().users);
            if let Ok(users) = &mut users {
                users.sort_by_key(|user| user.id);
            }
            users
        };
        let both = ask(vec![eve.id.0, 1, ada.id.0]).await.unwrap();
        let names: Vec<&str> = both.iter().map(|user| user.username.as_str()).collect();
        assert_eq!(names, ["ada", "eve"], "{}: unknown ids are left out", world.kind);
        world
            .acting(&ada)
            .patch("/users/@me", json!({"first_name": "Augusta"}))
            .await
            .expect(200);
        assert_eq!(
            ask(vec![ada.id.0]).await.unwrap()[0].display_name,
            "Augusta Byron",
            "{}",
            world.kind
        );
        assert!(ask(vec![]).await.unwrap().is_empty());
        assert!(ask((1..=500).collect()).await.unwrap().is_empty());
        assert_eq!(
            ask((1..=501).collect()).await.unwrap_err().code(),
            Code::InvalidArgument
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_what_its_user_sees() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let caller = Caller {
            user_id: ada.id,
            session_id: SessionId(1),
        };
        let mut peer = UsersClient::new(rpc::in_process_as(world.server.clone(), caller));
        let account = peer
            .get_account(GetAccountRequest { user_id: ada.id.0 })
            .await
            .unwrap()
            .into_inner();
        let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let me = world.acting(&ada);
        assert_eq!(json(&account.account_json), me.get("/users/@me").await.expect(200));
        assert_eq!(
            json(&account.settings_json),
            me.get("/users/@me/settings").await.expect(200)
        );
        let nobody = peer.get_account(GetAccountRequest { user_id: 1 }).await.unwrap_err();
        assert_eq!(
            (nobody.code(), rpc::beep_code(&nobody)),
            (Code::NotFound, Some("user_not_found"))
        );
        let bob = world.sign_up("bob").await;
        let of_another = peer.get_account(GetAccountRequest { user_id: bob.id.0 }).await;
        assert_eq!(of_another.unwrap_err().code(), Code::NotFound);
        let mut without_token = world.peer.clone();
        let refused = without_token.get_account(GetAccountRequest { user_id: ada.id.0 }).await;
        assert_eq!(refused.unwrap_err().code(), Code::Unauthenticated);
    }
}
