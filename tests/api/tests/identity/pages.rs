//! What the world sees of Keycloak.

use serde_json::{Value, json};

use crate::{bridge::Does, world::World};

#[tokio::test(flavor = "multi_thread")]
async fn what_browsers_need_passes_and_nothing_else() {
    let Some(world) = World::start(false).await else { return };
    let nobody = world.nobody();
    let discovery = nobody
        .get("//realms/beep/.well-known/openid-configuration")
        .await
        .expect(200);
    assert_eq!(
        discovery["issuer"],
        format!("{}/realms/beep", world.keycloak.public_url)
    );
    let mut browser = world.browser();
    let page = browser.go("/api/v1/auth/providers/keycloak/start").await;
    assert_eq!(page.status, 200);
    let style = page
        .text
        .split('"')
        .find(|part| part.starts_with("/resources/") && part.contains(".css"));
    let style = browser.get(style.expect("a style sheet")).await;
    assert_eq!(style.status, 200);
    for path in [
        "//admin/",
        "//admin/master/console/",
        "//admin/realms/beep/users",
        "//realms/master",
        "//realms/master/protocol/openid-connect/token",
        "//realms/master/.well-known/openid-configuration",
        "//realms/google-stand-in/protocol/openid-connect/auth",
        "//realms/beep",
        "//realms/beep/protocol/openid-connect/token",
        "//realms/beep/protocol/openid-connect/token/introspect",
        "//realms/beep/protocol/openid-connect/userinfo",
        "//realms/beep/protocol/saml",
        "//realms/beep/account/",
        "//realms/beep/clients-registrations/openid-connect",
        "//realms/beep/protocol/%2e%2e/%2e%2e/master/protocol/openid-connect/token",
        "//realms/beep/protocol/..;/..;/master/x",
        "//resources/%2e%2e/admin/realms/beep/users",
    ] {
        for method in ["GET", "POST"] {
            let answer = nobody.send(method, path, api::http::Body::Empty).await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
            assert_eq!(answer.code(), "not_found", "{path}");
        }
    }
    // Keycloak believes us, not the client, about where it is.
    let claims = [
        ("x-forwarded-host", "evil.example".to_owned()),
        ("x-forwarded-proto", "https".to_owned()),
    ];
    let answer = nobody
        .with(api::http::Credentials::Browser(claims.to_vec()))
        .get("//realms/beep/.well-known/openid-configuration")
        .await;
    assert_eq!(answer.expect(200), discovery);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_runs_beep_is_told_when_keycloak_is_away() {
    let Some(world) = World::start_together(false, |setup, _| setup).await else {
        return;
    };
    let ready = async || {
        let answer = world.nobody().get("//readyz").await.expect(200);
        (answer["ready"].clone(), answer["notices"]["keycloak"].clone())
    };
    assert_eq!(ready().await, (json!(true), Value::Null));
    world.bridge.now(Does::Refuse);
    // Sign-ins go on: it is no reason to send requests elsewhere.
    assert_eq!(ready().await, (json!(true), json!("keycloak does not answer")));
}
