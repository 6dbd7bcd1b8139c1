//! Keycloak takes connections and never answers: whoever needs it is told so in time, and nobody else notices.

use std::time::Duration;

use api::{
    http::{Answer, Credentials},
    patience,
    people::{Person, Server},
};
use serde_json::{Value, json};

use crate::{
    bridge::Does,
    replay::is_signed_in,
    world::{PASSWORD, World, account, new_name},
};

/// What Beep gives Keycloak for a sign-in, and for the rest of what somebody waits for; and what a busy machine may add.
const FORM: Duration = Duration::from_secs(10);
const PAGE: Duration = Duration::from_secs(8);
const SHORT: Duration = Duration::from_secs(5);
const SLACK: Duration = Duration::from_secs(6);

/// What comes of it, which must come in time.
async fn in_time<T>(limit: Duration, what: &str, asking: impl Future<Output = T>) -> T {
    let answer = tokio::time::timeout(limit + SLACK, asking).await;
    answer.unwrap_or_else(|_| panic!("{what}: not within {} s", limit.as_secs()))
}

async fn writes(person: &Person, server: &Server) {
    for number in 0..20 {
        let text = format!("message {number}");
        in_time(Duration::ZERO, "a message", person.send_message(server, &text)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_needs_keycloak_is_told_in_time_and_nobody_else_notices() {
    let Some(world) = World::start(true).await else { return };
    let nobody = world.nobody();
    let name = new_name();
    let person = Person::sign_up_as(&world.beep, account(&name)).await;
    let server = person.create_server("public").await;
    let credentials = json!({"email": format!("{name}@beep.example"), "password": PASSWORD});
    let second = nobody.post("/auth/login", credentials.clone()).await.expect(200);
    let third = nobody.post("/auth/login", credentials.clone()).await.expect(200);
    let (known, mut browser, mut looking) = (new_name(), world.browser(), world.browser());
    world.keycloak.add(&known, PASSWORD, None).await;
    let back = browser.sign_in_up_to_callback("/", &known, PASSWORD).await;
    let started = looking.get("/api/v1/auth/providers/keycloak/start").await;
    let page = started.location.unwrap().replace(&world.keycloak.public_url, "/");

    world.bridge.now(Does::Hang);
    let unavailable = |answer: Answer| answer.is_problem(503, "identity_unavailable");
    let refresh = |tokens: &Value| json!({"refresh_token": tokens["refresh_token"]});
    let third_person = nobody.with(is_signed_in(&third));
    let guesses = (0..30).map(|number| {
        let credentials = json!({"email": format!("{name}-{number}@beep.example"), "password": PASSWORD});
        in_time(FORM, "one of many sign-ins", nobody.post("/auth/login", credentials))
    });
    let html = nobody.with(Credentials::Browser(vec![("accept", "text/html".to_owned())]));
    tokio::join!(
        async { unavailable(in_time(FORM, "the form", nobody.post("/auth/login", credentials.clone())).await) },
        async { unavailable(in_time(FORM, "signing up", nobody.post("/auth/register", account(&new_name()))).await) },
        async {
            let page = in_time(PAGE, "the way back", browser.get(&back.location.clone().unwrap())).await;
            assert_eq!(page.location.as_deref(), Some("/sign-in?error=identity_unavailable"));
        },
        async {
            let shown = in_time(PAGE, "Keycloak's page", html.get(&page)).await;
            assert_eq!(shown.header("location"), "/sign-in?error=identity_unavailable");
        },
        // Who is signed in stays so, and whoever leaves has left.
        async {
            let asked = nobody.post("/auth/refresh", refresh(&second));
            in_time(SHORT, "a refresh", asked).await.expect(200);
        },
        async {
            let left = third_person.post("/auth/logout", Value::Null);
            in_time(SHORT, "a log-out", left).await.expect(204);
            third_person.get("/users/@me").await.is_problem(401, "not_signed_in");
        },
        async {
            futures::future::join_all(guesses)
                .await
                .into_iter()
                .for_each(unavailable);
        },
        writes(&person, &server),
    );
    // By now nobody waits long: one at a time tries.
    let again = (0..10).map(|number| {
        let credentials = json!({"email": format!("{name}-{number}@beep.example"), "password": PASSWORD});
        nobody.post("/auth/login", credentials)
    });
    let all = in_time(FORM, "many sign-ins", futures::future::join_all(again)).await;
    all.into_iter().for_each(unavailable);

    world.bridge.now(Does::Pass);
    patience::until(FORM + SLACK, "one signs in again", async || {
        let answer = nobody.post("/auth/login", credentials.clone()).await;
        (answer.status == 200).then_some(())
    })
    .await;
}
