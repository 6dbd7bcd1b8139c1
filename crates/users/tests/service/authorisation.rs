//! Who may do what: every route, and what each kind of caller is answered.

use std::collections::BTreeSet;

use platform::http::testing::contract::operations;
use serde_json::{Value, json};

use crate::world::{PASSWORD, Person, World, account_with, new_account, worlds};

/// The status and, for a problem, its code.
type Outcome = (u16, Option<&'static str>);

const fn done(status: u16) -> Outcome {
    (status, None)
}

const SIGNED_OUT: Outcome = (401, Some("not_signed_in"));

/// A route with an example of its use, and what the signed-out, another user and the user themself are answered.
struct Route {
    method: &'static str,
    path: &'static str,
    body: Value,
    nobody: Outcome,
    stranger: Outcome,
    owner: Outcome,
}

fn route((method, path): (&'static str, &'static str), body: Value, [nobody, stranger, owner]: [Outcome; 3]) -> Route {
    Route {
        method,
        path,
        body,
        nobody,
        stranger,
        owner,
    }
}

/// Those that are for an identity manager.
fn routes_of_managers() -> [Route; 10] {
    [
        route(
            ("GET", "/auth/providers/{provider_id}/start"),
            Value::Null,
            [(404, Some("provider_not_found")); 3],
        ),
        route(("GET", "/auth/callback"), Value::Null, [done(303); 3]),
        route(
            ("GET", "/auth/complete"),
            Value::Null,
            [(409, Some("sign_in_not_begun")); 3],
        ),
        route(
            ("DELETE", "/auth/complete"),
            Value::Null,
            [(409, Some("sign_in_not_begun")); 3],
        ),
        route(
            ("POST", "/auth/complete"),
            json!({"username": "somebody"}),
            [(409, Some("sign_in_not_begun")); 3],
        ),
        route(
            ("POST", "/auth/link"),
            json!({"email": "nobody@example.org", "password": "not the password"}),
            [(409, Some("sign_in_not_begun")); 3],
        ),
        route(
            ("POST", "/users/@me/security/actions"),
            json!({"action": "set_up_totp"}),
            [SIGNED_OUT, (409, Some("kept_elsewhere")), (409, Some("kept_elsewhere"))],
        ),
        route(
            ("GET", "/users/@me/providers"),
            Value::Null,
            [SIGNED_OUT, (409, Some("kept_elsewhere")), (409, Some("kept_elsewhere"))],
        ),
        route(
            ("DELETE", "/users/@me/providers/{provider_id}"),
            json!({"current_password": PASSWORD}),
            [SIGNED_OUT, (409, Some("kept_elsewhere")), (409, Some("kept_elsewhere"))],
        ),
        route(
            ("POST", "/auth/backchannel-logout"),
            Value::Null,
            [(400, Some("logout_token_invalid")); 3],
        ),
    ]
}

fn routes() -> Vec<Route> {
    let mut all = own_routes();
    all.extend(routes_of_managers());
    all.extend(routes_of_passkeys());
    all
}

fn own_routes() -> Vec<Route> {
    let signed_in = |status| [SIGNED_OUT, done(status), done(status)];
    let refused = |status, code| [SIGNED_OUT, (status, Some(code)), (status, Some(code))];
    let guess = json!({"current_password": "a guess"});
    let void = (410, Some("link_expired"));
    let wrong = (401, Some("invalid_credentials"));
    let unknown = (401, Some("refresh_token_invalid"));
    let login = json!({"email": "nobody@example.org", "password": "not the password"});
    vec![
        route(("POST", "/auth/register"), Value::Null, [done(201); 3]),
        route(("POST", "/auth/login"), login, [wrong; 3]),
        route(("POST", "/auth/refresh"), json!({"refresh_token": "1.x"}), [unknown; 3]),
        route(("GET", "/auth/providers"), Value::Null, [done(200); 3]),
        route(("GET", "/users/@me"), Value::Null, signed_in(200)),
        route(("PATCH", "/users/@me"), json!({"biography": "x"}), signed_in(200)),
        route(("GET", "/users/@me/settings"), Value::Null, signed_in(200)),
        route(
            ("PATCH", "/users/@me/settings"),
            json!({"theme": "dark"}),
            signed_in(200),
        ),
        // Without a form: who may not is told so before anything is read.
        route(
            ("PUT", "/users/@me/avatar"),
            Value::Null,
            [
                SIGNED_OUT,
                (415, Some("unsupported_media_type")),
                (415, Some("unsupported_media_type")),
            ],
        ),
        route(("DELETE", "/users/@me/avatar"), Value::Null, signed_in(200)),
        route(
            ("PUT", "/users/@me/banner"),
            Value::Null,
            [
                SIGNED_OUT,
                (415, Some("unsupported_media_type")),
                (415, Some("unsupported_media_type")),
            ],
        ),
        route(("DELETE", "/users/@me/banner"), Value::Null, signed_in(200)),
        route(("GET", "/users/{user_id}"), Value::Null, signed_in(200)),
        // Without a word there is nothing to find.
        route(
            ("GET", "/users"),
            Value::Null,
            [SIGNED_OUT, (422, Some("invalid")), (422, Some("invalid"))],
        ),
        route(("GET", "/users/@me/sessions"), Value::Null, signed_in(200)),
        route(
            ("DELETE", "/users/@me/sessions/{session_id}"),
            Value::Null,
            [SIGNED_OUT, (404, Some("session_not_found")), done(204)],
        ),
        route(
            ("POST", "/auth/password/forgot"),
            json!({"email": "nobody@example.org"}),
            [done(202); 3],
        ),
        route(
            ("POST", "/auth/password/reset"),
            json!({"token": "x", "new_password": "another horse battery"}),
            [void; 3],
        ),
        route(("POST", "/auth/email/verify"), json!({"token": "x"}), [void; 3]),
        route(
            ("POST", "/users/@me/email"),
            json!({"email": "new@example.org", "current_password": "a guess"}),
            refused(403, "wrong_password"),
        ),
        route(("DELETE", "/users/@me/email"), Value::Null, signed_in(204)),
        route(("GET", "/users/@me/security"), Value::Null, signed_in(200)),
        route(("GET", "/users/@me/username"), Value::Null, signed_in(200)),
        // Whoever has a token alone, and not the password, changes nothing of how one signs in.
        route(
            ("PUT", "/users/@me/password"),
            json!({"current_password": "a guess", "new_password": "another horse battery"}),
            refused(403, "wrong_password"),
        ),
        route(
            ("POST", "/users/@me/totp"),
            guess.clone(),
            refused(403, "wrong_password"),
        ),
        route(
            ("POST", "/users/@me/totp/confirm"),
            json!({"code": "123456"}),
            refused(409, "totp_not_begun"),
        ),
        route(
            ("DELETE", "/users/@me/totp"),
            guess.clone(),
            refused(403, "wrong_password"),
        ),
        route(
            ("POST", "/users/@me/totp/recovery-codes"),
            guess,
            refused(403, "wrong_password"),
        ),
        route(("POST", "/auth/logout"), Value::Null, signed_in(204)),
    ]
}

/// Of passkeys, where browsers ask for them.
fn routes_of_passkeys() -> [Route; 5] {
    let refused = |status, code| [SIGNED_OUT, (status, Some(code)), (status, Some(code))];
    let nothing = json!({"state": "x", "name": "Phone", "credential": {"id": "x"}});
    [
        route(("POST", "/auth/passkey/begin"), Value::Null, [done(200); 3]),
        route(
            ("POST", "/auth/passkey"),
            nothing.clone(),
            [(401, Some("passkey_refused")); 3],
        ),
        route(
            ("POST", "/users/@me/passkeys/begin"),
            json!({"current_password": PASSWORD}),
            [SIGNED_OUT, done(200), done(200)],
        ),
        route(("POST", "/users/@me/passkeys"), nothing, refused(422, "passkey_wrong")),
        route(
            ("DELETE", "/users/@me/passkeys/{passkey_id}"),
            json!({"current_password": PASSWORD}),
            refused(404, "credential_not_found"),
        ),
    ]
}

/// A session of the person.
async fn session(world: &World, person: &Person) -> String {
    let list = world.acting(person).get("/users/@me/sessions").await.expect(200);
    list["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_each_caller_as_it_should() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let session = session(&world, &ada).await;
        let app = world.encrypted().await;
        let mut registered = 0;
        for route in routes() {
            for (who, actor, (status, code)) in [
                ("signed out", app.nobody(), route.nobody),
                ("a stranger", app.nobody().with_token(&eve.access), route.stranger),
                ("the user", app.nobody().with_token(&ada.access), route.owner),
            ] {
                let path = route
                    .path
                    .replace("{session_id}", &session)
                    .replace("{passkey_id}", "1")
                    .replace("{provider_id}", "google")
                    .replace("{user_id}", &ada.id.to_string());
                let body = if path == "/auth/register" {
                    registered += 1;
                    new_account(&format!("new-{registered}"))
                } else {
                    route.body.clone()
                };
                let answer = actor.send(route.method, &path, body).await;
                let what = format!("{}: {} {path}, {who}: {}", world.kind, route.method, answer.body);
                assert_eq!(answer.status, status, "{what}");
                if let Some(code) = code {
                    assert_eq!(answer.body["code"], code, "{what}");
                }
            }
        }
    }
}

#[test]
fn every_route_has_a_row() {
    let rows: BTreeSet<(String, String)> = routes()
        .iter()
        .map(|route| (route.method.to_owned(), format!("/api/v1{}", route.path)))
        .collect();
    let documented = operations(&users::contract()).into_iter();
    assert_eq!(
        documented
            .map(|operation| (operation.method, operation.path))
            .collect::<BTreeSet<_>>(),
        rows
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn others_see_a_profile_and_nothing_more() {
    for world in worlds().await {
        let (ada, eve) = (world.sign_up("ada").await, world.sign_up("eve").await);
        let own = world.acting(&ada).get("/users/@me").await.expect(200);
        let seen = world.acting(&eve).get(&format!("/users/{}", ada.id)).await.expect(200);
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        let private: BTreeSet<String> = names(&own).difference(&names(&seen)).cloned().collect();
        assert_eq!(
            private,
            BTreeSet::from(["deletion_at", "email", "first_name", "last_name"].map(str::to_owned))
        );
        assert!(names(&seen).is_subset(&names(&own)));
        // The same is told around the user, and the whole to the user alone.
        world.events().await;
        world
            .acting(&ada)
            .patch("/users/@me", json!({"biography": "x"}))
            .await
            .expect(200);
        for event in world.events().await {
            let around = matches!(event.audience, contracts::events::Audience::AroundUser { .. });
            assert_eq!(
                event.data.get().contains("@example.org"),
                !around,
                "{}",
                event.data.get()
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_account_any_more_is_not_signed_in() {
    for world in worlds().await {
        let gone = world.app.user(model::UserId(1));
        gone.get("/users/@me").await.is_problem(401, "not_signed_in");
        gone.patch("/users/@me", json!({"biography": "x"}))
            .await
            .is_problem(401, "not_signed_in");
        gone.get("/users/@me/settings").await.is_problem(401, "not_signed_in");
        gone.patch("/users/@me/settings", json!({}))
            .await
            .is_problem(401, "not_signed_in");
        for (method, path, body) in [
            ("GET", "/users/@me/security", Value::Null),
            ("GET", "/users/@me/username", Value::Null),
            ("DELETE", "/users/@me/email", Value::Null),
            (
                "POST",
                "/users/@me/email",
                json!({"email": "a@b.co", "current_password": "x"}),
            ),
            (
                "PUT",
                "/users/@me/password",
                json!({"current_password": "x", "new_password": "another horse battery"}),
            ),
            ("POST", "/users/@me/totp", json!({"current_password": "x"})),
            ("DELETE", "/users/@me/totp", json!({"current_password": "x"})),
            (
                "POST",
                "/users/@me/totp/recovery-codes",
                json!({"current_password": "x"}),
            ),
        ] {
            gone.send(method, path, body).await.is_problem(401, "not_signed_in");
        }
        for picture in ["avatar", "banner"] {
            gone.delete(&format!("/users/@me/{picture}"))
                .await
                .is_problem(401, "not_signed_in");
        }
        let list = gone.get("/users/@me/sessions").await.expect(200);
        assert_eq!(list["items"], json!([]));
        let nobody = account_with("ada", json!({"username": "@me"}));
        world
            .nobody()
            .post("/auth/register", nobody)
            .await
            .is_invalid("username", "invalid_character");
    }
}
