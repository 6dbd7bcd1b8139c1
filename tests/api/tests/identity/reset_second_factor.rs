//! `beep admin reset-2fa`, with all that Keycloak can ask for beside a password.

use serde_json::{Value, json};

use crate::{
    bridge::Does,
    disabling::admin,
    form::code,
    keycloak::Keycloak,
    world::{PASSWORD, World, new_name},
};

/// What codes are made of, as [`code`] has it.
const CODE_SECRET: &str = "aaaaaaaaaaaaaaaaaaaa";
/// A key of ECDSA on P-256 as devices tell it (COSE): the base point of the curve, of which nobody has the other half.
const DEVICE_KEY: &str =
    "pQECAyYgASFYIGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWIlggT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU";
/// What is asked for beside the password.
const FACTORS: [&str; 4] = ["otp", "recovery-authn-codes", "webauthn", "webauthn-passwordless"];

/// Somebody at Keycloak who has everything.
async fn add(keycloak: &Keycloak, name: &str) {
    let credential = |kind: &str, label: &str, secret: Value, data: Value| json!({"type": kind, "userLabel": label, "secretData": secret.to_string(), "credentialData": data.to_string()});
    let key = |id: &str| {
        json!({
            "aaguid": "00000000-0000-0000-0000-000000000000", "credentialId": id, "counter": 0,
            "attestationStatementFormat": "none", "credentialPublicKey": DEVICE_KEY, "transports": []
        })
    };
    let codes = json!({
        "subType": "totp", "digits": 6, "period": 30, "counter": 0, "algorithm": "HmacSHA1"
    });
    let recovery = json!({"codes": [{"number": 1, "encodedHashedValue": "AAAA"}]});
    let of_recovery = json!({"hashIterations": 1, "algorithm": "SHA-512", "totalCodes": 1, "remainingCodes": 1});
    let user = json!({
        "username": name, "email": format!("{name}@keycloak.example"), "firstName": "Ada", "lastName": "Byron",
        "enabled": true,
        "credentials": [
            {"type": "password", "value": PASSWORD, "temporary": false},
            credential("otp", "Phone", json!({"value": CODE_SECRET}), codes),
            credential("webauthn", "Blue key", json!({}), key("AQIDBA")),
            credential("webauthn-passwordless", "Laptop", json!({}), key("BQYHCA")),
            credential("recovery-authn-codes", "", recovery, of_recovery),
        ],
    });
    let (status, said) = keycloak.ask("POST", "/users", Some(user)).await;
    assert_eq!(status, 201, "{said}");
}

/// What they sign in with there.
async fn kinds(keycloak: &Keycloak, name: &str) -> Vec<String> {
    let id = keycloak.user(name).await["id"].as_str().unwrap().to_owned();
    let (_, listed) = keycloak.ask("GET", &format!("/users/{id}/credentials"), None).await;
    let all = listed.as_array().unwrap().iter();
    let mut kinds: Vec<String> = all.map(|one| one["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

#[tokio::test(flavor = "multi_thread")]
async fn all_that_is_asked_for_beside_the_password_is_gone_and_the_audit_log_has_it() {
    let Some(world) = World::start(true).await else { return };
    let name = new_name();
    add(&world.keycloak, &name).await;
    let mut browser = world.browser();
    let page = browser.sign_in_up_to_callback("/", &name, PASSWORD).await;
    let page = browser.submit(&page, &[("otp", &code(0))]).await;
    browser.get(&page.location.unwrap()).await;
    let username = new_name();
    let page = browser.post("/auth/complete", &json!({"username": username})).await;
    assert_eq!(page.status, 201, "{}", page.text);
    let user: Value = serde_json::from_str::<Value>(&page.text).unwrap()["user"].clone();
    let mut everything: Vec<&str> = FACTORS.into_iter().chain(["password"]).collect();
    everything.sort_unstable();
    assert_eq!(kinds(&world.keycloak, &name).await, everything);
    let credentials = json!({"email": user["email"], "password": PASSWORD});
    let refused = world.nobody().post("/auth/login", credentials.clone()).await;
    assert!(refused.status == 401 || refused.status == 403, "{}", refused.text());

    // Nothing is said to be done that was not.
    let noted = |output: &std::process::Output| {
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        let said = String::from_utf8(said).unwrap();
        let id = user["id"].as_str().unwrap();
        let lines = said
            .lines()
            .filter(|line| line.contains("second_factor_reset") && line.contains(id));
        (lines.count(), said.clone())
    };
    world.bridge.now(Does::Refuse);
    let output = admin(&world, "reset-2fa", &username).await;
    assert!(
        !output.status.success() && noted(&output).0 == 0,
        "{}",
        noted(&output).1
    );
    world.bridge.now(Does::Pass);
    assert_eq!(kinds(&world.keycloak, &name).await, everything);

    let output = admin(&world, "reset-2fa", &username).await;
    assert!(output.status.success(), "{}", noted(&output).1);
    assert_eq!(noted(&output).0, 1, "{}", noted(&output).1);
    assert_eq!(kinds(&world.keycloak, &name).await, ["password"]);
    // The next sign-in asks for the password, and for nothing else, at both doors.
    let mut fresh = world.browser();
    let page = fresh.sign_in("/channels/1", &name, PASSWORD).await;
    assert_eq!(page.location.as_deref(), Some("/channels/1"), "{}", page.text);
    let signed_in = world.nobody().post("/auth/login", credentials).await.expect(200);
    assert_eq!(signed_in["user"]["id"], user["id"]);
    // There is nothing more to remove, and that is said.
    let output = admin(&world, "reset-2fa", &username).await;
    assert!(
        !output.status.success() && noted(&output).0 == 0,
        "{}",
        noted(&output).1
    );
}
