//! Accounts elsewhere that open somebody's account, too, as far as that can be seen without the real Keycloak.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use axum::{Json, Router, body::Body, extract::State, routing::any};
use http::{Method, Request, StatusCode, Uri, header};
use model::UserId;
use platform::http::testing::{Actor, Answer, App};
use serde_json::{Value, json};

use crate::{
    managed_account::link,
    manager::{NOWHERE, settings},
    world::{PASSWORD, Person, World, worlds},
};

/// What a Keycloak says to a password.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Right,
    Wrong,
    CodeMissing,
}

/// A Keycloak with one identity.
struct Fake {
    says: Says,
    credentials: Value,
    links: Mutex<Vec<Value>>,
    /// Takes all links away with the one that it is asked to take away: somebody else has taken the others away meanwhile.
    hasty: bool,
    failures: AtomicU64,
}

fn linked(provider: &str) -> Value {
    json!({"identityProvider": provider, "userId": "7", "userName": format!("ada@{provider}.example")})
}

impl Fake {
    fn new(says: Says, credentials: &[&str], links: &[&str]) -> Self {
        let credentials = credentials.iter().map(|kind| json!({"id": kind, "type": kind}));
        Self {
            says,
            credentials: credentials.collect(),
            links: Mutex::new(links.iter().map(|provider| linked(provider)).collect()),
            hasty: false,
            failures: AtomicU64::new(0),
        }
    }

    fn answer(&self, method: &Method, path: &str, body: &str) -> (StatusCode, Value) {
        let ok = |body: Value| (StatusCode::OK, body);
        let token = json!({"access_token": "x", "token_type": "Bearer", "expires_in": 300});
        let provider = path.rsplit('/').next().unwrap();
        match path {
            _ if path.ends_with("/token") && body.contains("grant_type=password") => {
                if self.says == Says::CodeMissing {
                    self.failures.fetch_add(1, Ordering::SeqCst);
                }
                let refused = json!({"error": "invalid_grant", "error_description": "Invalid user credentials"});
                (StatusCode::BAD_REQUEST, refused)
            }
            _ if path.ends_with("/token") => ok(token),
            _ if path.contains("/attack-detection/") => {
                let count = self.failures.load(Ordering::SeqCst);
                ok(json!({"numFailures": count, "numSecondaryAuthFailures": count, "lastFailure": count}))
            }
            _ if path.ends_with("/credentials") => ok(self.credentials.clone()),
            _ if path.ends_with("/federated-identity") => ok(self.links.lock().unwrap().clone().into()),
            _ if path.ends_with("/events") => ok(json!([])),
            _ if path.contains("/federated-identity/") && method == Method::POST => {
                self.links.lock().unwrap().push(serde_json::from_str(body).unwrap());
                (StatusCode::NO_CONTENT, Value::Null)
            }
            _ if path.contains("/federated-identity/") => {
                let mut links = self.links.lock().unwrap();
                links.retain(|link| !self.hasty && link["identityProvider"] != provider);
                (StatusCode::NO_CONTENT, Value::Null)
            }
            _ => ok(json!({"id": "subject", "username": "ada", "enabled": true})),
        }
    }

    /// Its address.
    async fn start(self: &Arc<Self>) -> String {
        let answer = async |State(fake): State<Arc<Self>>, method: Method, uri: Uri, body: String| {
            let (status, body) = fake.answer(&method, uri.path(), &body);
            (status, Json(body))
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(any(answer)).with_state(Arc::clone(self));
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        url
    }

    /// A Beep that knows no other.
    async fn behind(self: &Arc<Self>, world: &World) -> App {
        world.managed(settings(&self.start().await, true)).await
    }
}

/// Somebody whose identity is at Keycloak.
async fn managed(world: &World, name: &str) -> Person {
    let person = world.sign_up(name).await;
    let away = world.managed(settings(NOWHERE, true)).await;
    let cookie = world.newcomer(name, &person.email);
    let own = json!({"email": person.email, "password": PASSWORD});
    link(&away, &cookie, own).await.expect(200);
    person
}

async fn unlink(me: &Actor<'_>, provider: &str, shown: Value) -> Answer {
    me.send("DELETE", &format!("/users/@me/providers/{provider}"), shown)
        .await
}

/// The same by who has signed in once more.
async fn unlink_fresh(world: &World, app: &App, user: UserId, provider: &str) -> Answer {
    let request = Request::delete(format!("/api/v1/users/@me/providers/{provider}"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, world.fresh(user))
        .body(Body::from("{}"))
        .unwrap();
    app.user(user).request(request).await
}

/// Every problem of providers.
pub(crate) async fn provoke(world: &World) {
    let lena = managed(world, "lena").await;
    let away = world.managed(settings(NOWHERE, true)).await;
    let me = away.user(lena.id);
    let shown = json!({"current_password": "a guess"});
    me.get("/users/@me/providers")
        .await
        .is_problem(503, "identity_unavailable");
    unlink(&me, "google", shown.clone())
        .await
        .is_problem(503, "identity_unavailable");

    let google = Arc::new(Fake::new(Says::CodeMissing, &["password"], &["google"]));
    let app = google.behind(world).await;
    let me = app.user(lena.id);
    let action = async |body: Value| me.post("/users/@me/security/actions", body).await;
    action(json!({"action": "link_provider"}))
        .await
        .is_invalid("provider_id", "required");
    for unknown in ["github", "", "../google"] {
        action(json!({"action": "link_provider", "provider_id": unknown}))
            .await
            .is_problem(404, "provider_not_found");
    }
    action(json!({"action": "link_provider", "provider_id": "google"}))
        .await
        .is_problem(409, "provider_linked");
    unlink(&me, "github", shown.clone())
        .await
        .is_problem(404, "provider_not_found");
    unlink(&me, "google", json!({}))
        .await
        .is_problem(403, "sign_in_again_required");
    unlink(&me, "google", shown.clone())
        .await
        .is_problem(403, "second_factor_required");
    unlink(&me, "google", json!({"current_password": "x", "code": "000000"}))
        .await
        .is_problem(403, "second_factor_wrong");
    let wrong = Arc::new(Fake::new(Says::Wrong, &["password"], &["google"]));
    let app = wrong.behind(world).await;
    let me = app.user(lena.id);
    unlink(&me, "google", shown.clone())
        .await
        .is_problem(403, "wrong_password");
    for _ in 0..8 {
        unlink(&me, "google", shown.clone()).await;
    }
    unlink(&me, "google", shown.clone())
        .await
        .is_problem(429, "too_many_attempts");
    assert_eq!(*wrong.links.lock().unwrap(), [linked("google")]);

    let alone = Arc::new(Fake::new(Says::Right, &[], &["google"]));
    let app = alone.behind(world).await;
    unlink(&app.user(lena.id), "google", shown)
        .await
        .is_problem(409, "last_way_in");
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_are_listed_as_they_are_linked() {
    for world in worlds().await {
        let ada = managed(&world, "ada").await;
        let fake = Arc::new(Fake::new(Says::Right, &["password"], &["saml"]));
        let app = fake.behind(&world).await;
        let me = app.user(ada.id);
        let own = async || me.get("/users/@me/providers").await.expect(200);
        let google = |account: Value| json!({"id": "google", "name": "Google", "linked": !account.is_null(), "account": account});
        // One that has no button any more is to be taken away still.
        let saml = json!({"id": "saml", "name": "SAML", "linked": true, "account": "ada@saml.example"});
        assert_eq!(
            own().await["items"],
            json!([google(Value::Null), saml]),
            "{}",
            world.kind
        );
        *fake.links.lock().unwrap() = vec![linked("google")];
        assert_eq!(own().await["items"], json!([google("ada@google.example".into())]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_way_in_is_not_taken_away() {
    for world in worlds().await {
        let ada = managed(&world, "ada").await;
        for (credentials, links, may) in [
            (&["password"][..], &["google"][..], true),
            (&["webauthn-passwordless"], &["google"], true),
            // These open nothing by themselves.
            (&["otp", "webauthn", "recovery-authn-codes"], &["google"], false),
            // Nobody knows whether the realm still has this one.
            (&[], &["google", "saml"], false),
            (&[], &["saml", "google"], false),
        ] {
            let fake = Arc::new(Fake::new(Says::Right, credentials, links));
            let app = fake.behind(&world).await;
            let answer = unlink_fresh(&world, &app, ada.id, "google").await;
            let what = format!("{}: {credentials:?} {links:?}", world.kind);
            let left = fake.links.lock().unwrap().len();
            if may {
                assert_eq!((answer.status, left), (204, 0), "{what}: {}", answer.body);
            } else {
                answer.is_problem(409, "last_way_in");
                assert_eq!(left, links.len(), "{what}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_are_taken_away_at_the_same_time_none_is_the_last() {
    for world in worlds().await {
        let ada = managed(&world, "ada").await;
        let mut fake = Fake::new(Says::Right, &[], &["google", "github"]);
        fake.hasty = true;
        let fake = Arc::new(fake);
        let mut settings = settings(&fake.start().await, true);
        settings.brokers.push("github".to_owned());
        let app = world.managed(settings).await;
        unlink_fresh(&world, &app, ada.id, "google")
            .await
            .is_problem(409, "last_way_in");
        assert_eq!(*fake.links.lock().unwrap(), [linked("google")], "{}", world.kind);
    }
}
