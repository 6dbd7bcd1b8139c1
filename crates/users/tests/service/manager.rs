//! Keycloak as the identity manager, as far as that can be seen without one: it is away, or says what a test wants it to say.
//! What the real one does stands in `tests/api/tests/identity`.

use std::time::Duration;

use axum::{Json, Router, body::Body, extract::State, routing::any};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Request, Uri, header};
use jsonwebtoken::{
    Algorithm, EncodingKey, Header,
    jwk::{Jwk, JwkSet},
};
use model::UserId;
use platform::{
    auth::Secret,
    component::Component,
    http::testing::{Answer, App},
};
use serde_json::{Value, json};

use crate::{
    device,
    world::{PASSWORD, Person, World, new_account, worlds},
};

const ISSUER: &str = "http://beep.test/realms/beep";
/// Nobody listens there.
pub(crate) const NOWHERE: &str = "http://127.0.0.1:1";

pub(crate) fn settings(url: &str, own_form: bool) -> users::KeycloakSettings {
    let secret = || Secret::new("secret".to_owned());
    users::KeycloakSettings {
        component: Component::new("keycloak", url.parse().unwrap(), None),
        realm: "beep".to_owned(),
        web_secret: secret(),
        login_secret: Some(secret()),
        users_secret: secret(),
        own_form,
        brokers: vec!["google".to_owned()],
    }
}

/// A Keycloak to which everybody is `stranger`, whatever their password.
pub(crate) async fn stranger() -> String {
    let prefix = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    ];
    let der = BASE64_STANDARD.encode([&prefix[..], &rand::random::<[u8; 32]>()[..]].concat());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{der}\n-----END PRIVATE KEY-----\n");
    let key = EncodingKey::from_ed_pem(pem.as_bytes()).unwrap();
    let mut public = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    public.common.key_id = Some("k".to_owned());
    let mut head = Header::new(Algorithm::EdDSA);
    head.kid = Some("k".to_owned());
    let claims = json!({
        "iss": ISSUER, "aud": "beep-login", "sub": "stranger", "sid": "there", "iat": 1_800_000_000_i64, "exp": 4_000_000_000_i64
    });
    let tokens = json!({
        "access_token": "x", "token_type": "Bearer", "expires_in": 300, "refresh_token": "y",
        "id_token": jsonwebtoken::encode(&head, &claims, &key).unwrap(),
    });
    let keys = serde_json::to_value(JwkSet { keys: vec![public] }).unwrap();
    let answer = async |State((tokens, keys)): State<(Value, Value)>, uri: Uri| {
        Json(match uri.path() {
            path if path.ends_with("/token") => tokens,
            path if path.ends_with("/certs") => keys,
            path if path.contains("/users/") => json!({"id": "subject", "federationLink": "a directory"}),
            _ => json!({}),
        })
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().fallback(any(answer)).with_state((tokens, keys));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    url
}

pub(crate) async fn complete(app: &App, cookie: &str, body: Value) -> Answer {
    let request = Request::post("/api/v1/auth/complete")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, cookie)
        .body(Body::from(body.to_string()))
        .unwrap();
    app.nobody().request(request).await
}

/// What is told of the newcomer of this cookie.
async fn newcomer(app: &App, cookie: &str) -> Answer {
    let request = Request::get("/api/v1/auth/complete").header(header::COOKIE, cookie);
    app.nobody().request(request.body(Body::empty()).unwrap()).await
}

/// Says that the newcomer of this cookie is somebody else.
async fn give_up(app: &App, cookie: &str) -> Answer {
    let request = Request::delete("/api/v1/auth/complete").header(header::COOKIE, cookie);
    app.nobody().request(request.body(Body::empty()).unwrap()).await
}

/// Every problem that an identity manager brings.
pub(crate) async fn provoke(world: &World, ada: &Person) {
    let away = world.managed(settings(NOWHERE, true)).await;
    let nobody = away.nobody();
    let login = json!({"email": ada.email, "password": PASSWORD});
    for (path, body) in [("/auth/register", new_account("dora")), ("/auth/login", login.clone())] {
        nobody.post(path, body).await.is_problem(503, "identity_unavailable");
    }
    let me = away.nobody().with_token(&ada.access);
    for (method, path) in [
        ("PUT", "/users/@me/password"),
        ("POST", "/users/@me/totp"),
        ("DELETE", "/users/@me/totp"),
        ("POST", "/users/@me/totp/recovery-codes"),
        ("POST", "/users/@me/email"),
        ("POST", "/users/@me/security/actions"),
    ] {
        let body = json!({
            "current_password": PASSWORD, "new_password": "another horse battery", "email": "new@example.org",
            "action": "set_up_totp"
        });
        me.send(method, path, body).await.is_problem(409, "kept_elsewhere");
    }
    for path in device::ROUTES {
        me.post(path, device::nothing()).await.is_problem(409, "kept_elsewhere");
    }
    me.get("/users/@me/providers").await.is_problem(409, "kept_elsewhere");
    me.send("DELETE", "/users/@me/providers/google", device::nothing())
        .await
        .is_problem(409, "kept_elsewhere");
    me.send("DELETE", "/users/@me/passkeys/1", device::nothing())
        .await
        .is_problem(409, "kept_elsewhere");
    let pages = world.managed(settings(NOWHERE, false)).await;
    pages
        .nobody()
        .post("/auth/login", login.clone())
        .await
        .is_problem(403, "sign_in_elsewhere");
    nobody
        .get("/auth/providers/x/start")
        .await
        .is_problem(404, "provider_not_found");
    nobody
        .get("/auth/providers/google/start?return_to=//evil.example")
        .await
        .is_invalid("return_to", "invalid_format");
    let forged = Request::post("/api/v1/auth/backchannel-logout")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("logout_token=a.b.c"))
        .unwrap();
    nobody.request(forged).await.is_problem(400, "logout_token_invalid");

    let known = world.managed(settings(&stranger().await, true)).await;
    known
        .nobody()
        .post("/auth/login", login)
        .await
        .is_problem(409, "newcomer");
    let cookie = world.newcomer("subject", "carol@example.org");
    complete(&away, "", json!({"username": "carol"}))
        .await
        .is_problem(409, "sign_in_not_begun");
    newcomer(&away, "").await.is_problem(409, "sign_in_not_begun");
    give_up(&away, "").await.is_problem(409, "sign_in_not_begun");
    complete(&away, &cookie, json!({"username": "a b"}))
        .await
        .is_invalid("username", "invalid_character");
    complete(&away, &cookie, json!({"username": "ada"}))
        .await
        .is_problem(409, "username_taken");
    let same = world.newcomer("other", &ada.email);
    complete(&away, &same, json!({"username": "carol"}))
        .await
        .is_problem(409, "email_taken");
    let tokens = complete(&away, &cookie, json!({"username": "carol"})).await.expect(201);
    let carol = UserId(tokens["user"]["id"].as_str().unwrap().parse().unwrap());
    let name = json!({"first_name": "Caroline"});
    let me = away.user(carol);
    me.patch("/users/@me", name.clone())
        .await
        .is_problem(503, "identity_unavailable");
    let me = known.user(carol);
    me.patch("/users/@me", name).await.is_problem(409, "kept_elsewhere");
    me.patch("/users/@me", json!({"biography": "x"})).await.expect(200);
    let again = world.newcomer("subject", "carla@example.org");
    complete(&away, &again, json!({"username": "carla"}))
        .await
        .is_problem(409, "completed_already");
    newcomer(&away, &again).await.is_problem(409, "completed_already");
    world.pass(Duration::from_mins(16));
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    nobody
        .post("/auth/refresh", refresh)
        .await
        .is_problem(503, "identity_unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_known_of_a_newcomer_is_told_to_their_browser_alone() {
    for world in worlds().await {
        world.sign_up("carol").await;
        let app = world.managed(settings(NOWHERE, true)).await;
        let cookie = world.newcomer("subject", "Carol@example.org");
        let told = newcomer(&app, &cookie).await.expect(200);
        let expected = json!({
            "first_name": "Ada", "last_name": "Byron", "email": "carol@example.org", "username": "carol2", "return_to": "/"
        });
        assert_eq!(told, expected);
        // What is proposed can be had.
        let other = world.newcomer("other", "carol@elsewhere.example");
        complete(&app, &other, json!({"username": "carol2"})).await.expect(201);
        assert_eq!(newcomer(&app, &cookie).await.expect(200)["username"], "carol3");
        // What Beep does not take as a name is to be asked for, as is what is missing.
        let unnamed = world.newcomer("unnamed", "no address");
        let told = newcomer(&app, &unnamed).await.expect(200);
        assert_eq!(
            [&told["email"], &told["username"]],
            [&Value::Null, &json!("no.address")]
        );

        // A stranger, somebody with a cookie that is not ours, who came too late, and where nobody manages identities.
        let changed = cookie.replace("beep_newcomer=A", "beep_newcomer=B");
        assert_ne!(changed, cookie);
        let other_purpose = cookie.replace("beep_newcomer", "beep_travelling");
        for stranger in ["", "beep_newcomer=", "beep_newcomer=AAAA", &changed, &other_purpose] {
            newcomer(&app, stranger).await.is_problem(409, "sign_in_not_begun");
            give_up(&app, stranger).await.is_problem(409, "sign_in_not_begun");
        }
        newcomer(&world.app, &cookie).await.is_problem(409, "sign_in_not_begun");
        world.pass(Duration::from_mins(2));
        newcomer(&app, &cookie).await.is_problem(409, "sign_in_not_begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_of_the_manager_is_shown_in_the_language_of_beep() {
    for world in worlds().await {
        let app = world.managed(settings(NOWHERE, true)).await;
        let location = async |query: &str| {
            let path = format!("/auth/providers/keycloak/start?{query}");
            app.nobody().get(&path).await.header("location").to_owned()
        };
        assert!(location("language=fr").await.contains("&ui_locales=fr"));
        for none in ["", "language=", "language=x%26kc_idp_hint%3Dgoogle"] {
            let location = location(none).await;
            assert!(
                !location.contains("ui_locales") && !location.contains("hint"),
                "{location}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_at_a_page_while_keycloak_is_away_is_told_by_beep() {
    for world in worlds().await {
        let app = world.managed(settings(NOWHERE, true)).await;
        let ask = async |(method, page): (&str, &str), accepted: &str| {
            let request = Request::builder()
                .method(method)
                .uri(format!("/realms/beep/{page}"))
                .header(header::ACCEPT, accepted);
            app.nobody().request(request.body(Body::empty()).unwrap()).await
        };
        let (page, door) = (
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "protocol/openid-connect/auth",
        );
        for what in [("GET", door), ("POST", "login-actions/authenticate")] {
            let answer = ask(what, page).await;
            assert_eq!(answer.status, 303);
            assert_eq!(answer.header("location"), "/sign-in?error=identity_unavailable");
            ask(what, "*/*").await.is_problem(503, "identity_unavailable");
        }
        // What the page of sign-in is asked in a body, nobody has looked at: it does not pass, whether Keycloak is there or not.
        let answer = ask(("POST", door), page).await;
        assert_eq!(answer.header("location"), "/sign-in?error=sign_in_not_begun");
        ask(("POST", door), "*/*").await.is_problem(409, "sign_in_not_begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_never_linked_by_its_e_mail_address() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let app = world.managed(settings(NOWHERE, true)).await;
        let cookie = world.newcomer("imposter", &ada.email);
        let refused = complete(&app, &cookie, json!({"username": "eve"})).await;
        refused.is_problem(409, "email_taken");
        // Nor by an address that is typed where the provider has told one, or by what is in the cookie of somebody else.
        let cookie = world.newcomer("imposter", "eve@example.org");
        let made = complete(&app, &cookie, json!({"username": "eve", "email": ada.email}))
            .await
            .expect(201);
        assert_eq!(made["user"]["email"], "eve@example.org");
        assert_ne!(made["user"]["id"], ada.id.to_string());
        let changed = cookie.replace("beep_newcomer=A", "beep_newcomer=B");
        assert_ne!(changed, cookie);
        complete(&app, &changed, json!({"username": "eva"}))
            .await
            .is_problem(409, "sign_in_not_begun");
        world.pass(Duration::from_mins(2));
        complete(&app, &cookie, json!({"username": "eva"}))
            .await
            .is_problem(409, "sign_in_not_begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn while_keycloak_is_away_sign_ins_go_on_for_a_quarter_of_an_hour() {
    for world in worlds().await {
        let app = world.managed(settings(NOWHERE, true)).await;
        let cookie = world.newcomer("subject", "carol@example.org");
        let mut tokens = complete(&app, &cookie, json!({"username": "carol"})).await.expect(201);
        let refresh = async |tokens: &Value| {
            let body = json!({"refresh_token": tokens["refresh_token"]});
            app.nobody().post("/auth/refresh", body).await
        };
        world.pass(Duration::from_mins(14));
        tokens = refresh(&tokens).await.expect(200);
        world.pass(Duration::from_mins(2));
        refresh(&tokens).await.is_problem(503, "identity_unavailable");
        // It is not as if it had ended: the token is good once Keycloak answers.
        refresh(&tokens).await.is_problem(503, "identity_unavailable");
        // A sign-in from before stands on nothing.
        let ada = world.sign_up("ada").await;
        let body = json!({"refresh_token": ada.refresh});
        app.nobody()
            .post("/auth/refresh", body)
            .await
            .is_problem(401, "refresh_token_invalid");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_known_to_keycloak_alone_has_no_password_here() {
    for world in worlds().await {
        let app = world.managed(settings(NOWHERE, true)).await;
        let cookie = world.newcomer("subject", "carol@example.org");
        complete(&app, &cookie, json!({"username": "carol"})).await.expect(201);
        for password in ["!", "", "x"] {
            let refused = world.sign_in("carol@example.org", password).await;
            refused.is_problem(401, "invalid_credentials");
        }
    }
}
