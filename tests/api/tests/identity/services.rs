//! Tokens that are genuine, and were made for somebody else (A8): Keycloak's open nothing of Beep's.

use api::{
    beep::Shown,
    http::{Body, Caller, Credentials},
};

use crate::world::{PASSWORD, World, new_name};

/// The status of gRPC that says that nobody knows who is calling.
const UNAUTHENTICATED: &str = "16";

/// Every kind of token that Keycloak gives, by what it is.
async fn genuine(world: &World) -> Vec<(&'static str, String)> {
    let name = new_name();
    world.keycloak.add(&name, PASSWORD, None).await;
    let fields = format!(
        "grant_type=password&scope=openid&username={name}&password={}",
        PASSWORD.replace(' ', "+")
    );
    let of_user = world.keycloak.granted("beep-login", &fields).await;
    let of_service = "grant_type=client_credentials&scope=call-users";
    let of_service = world.keycloak.granted("beep-service-messages", of_service).await;
    let of_administration = "grant_type=client_credentials";
    let of_administration = world.keycloak.granted("beep-users", of_administration).await;
    let all = [
        ("a user's access token", &of_user["access_token"]),
        ("a user's ID token", &of_user["id_token"]),
        ("a user's refresh token", &of_user["refresh_token"]),
        ("a service's token", &of_service["access_token"]),
        ("the administration's token", &of_administration["access_token"]),
    ];
    let token = |(what, token): (&'static str, &serde_json::Value)| {
        let text = token.as_str().unwrap_or_else(|| panic!("{what}: none"));
        (what, text.to_owned())
    };
    all.map(token).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_of_keycloaks_opens_anything_of_beeps() {
    let Some(world) = World::start(true).await else { return };
    let genuine = genuine(&world).await;
    for (what, token) in &genuine {
        let nobody = world.nobody().with(Credentials::Bearer(token.clone()));
        for path in ["/users/@me", "/users/@me/servers"] {
            let answer = nobody.get(path).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (401, "not_signed_in"),
                "{what}: {path}"
            );
        }
        let form = format!("logout_token={token}").into_bytes();
        let form = Body::Raw("application/x-www-form-urlencoded", form);
        let answer = world.nobody().send("POST", "/auth/backchannel-logout", form).await;
        assert_eq!(answer.code(), "logout_token_invalid", "{what}");
    }
    inside(&world, &genuine).await;
}

/// The same where services call each other.
async fn inside(world: &World, genuine: &[(&'static str, String)]) {
    // One process has no such place.
    let Some(users) = world.beep.instances_of("users").first().copied() else {
        return;
    };
    let passage = world.beep.passage_inside(users, Shown::Ours);
    let inside = Caller::nobody(passage.address);
    let call = async |token: &str| {
        let caller = inside.with(Credentials::Bearer(token.to_owned()));
        let body = Body::Raw("application/grpc", vec![0; 5]);
        let answer = caller.send("POST", "//beep.users.v1.Users/GetSummaries", body).await;
        answer.header("grpc-status").to_owned()
    };
    for (what, token) in genuine {
        assert_eq!(call(token).await, UNAUTHENTICATED, "{what}");
    }
    // Beep's own is known, which shows that it was asked for.
    let secret = world.beep.told(users, "BEEP_INTERNAL__MESSAGES_SECRET").unwrap();
    let own = reqwest::Client::new()
        .post(format!("http://{}/oauth/token", passage.address))
        .basic_auth("messages", Some(secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .body("grant_type=client_credentials&audience=beep%3Ausers");
    let own = own.send().await.unwrap().bytes().await.unwrap();
    let own: serde_json::Value = serde_json::from_slice(&own).unwrap();
    let status = call(own["access_token"].as_str().unwrap()).await;
    assert_ne!(status, UNAUTHENTICATED);
}
