#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use super::tests::{load, problem};

#[test]
fn keycloak_needs_its_secrets_where_the_users_service_is() {
    let secret = "0123456789abcdef0123456789abcdef";
    let keycloak = ("BEEP_IDENTITY__PROVIDER", "keycloak");
    let told = problem(&[keycloak], None);
    assert!(
        told.contains("identity.keycloak.web_secret") && told.contains("must be set"),
        "{told}"
    );
    let web = ("BEEP_IDENTITY__KEYCLOAK__WEB_SECRET", secret);
    let told = problem(&[keycloak, web], None);
    assert!(told.contains("identity.keycloak.users_secret"), "{told}");
    let users = ("BEEP_IDENTITY__KEYCLOAK__USERS_SECRET", secret);
    let given = [keycloak, web, users];
    let config = load(&[], &given, None).unwrap().config;
    assert!(
        config
            .keycloak()
            .is_some_and(|keycloak| !keycloak.own_form && keycloak.brokers.is_empty())
    );
    let form = ("BEEP_IDENTITY__KEYCLOAK__OWN_FORM", "true");
    let told = problem(&[keycloak, web, users, form], None);
    assert!(told.contains("identity.keycloak.login_secret"), "{told}");
    for (name, bad) in [("URL", "keycloak:8080"), ("REALM", "be/ep"), ("BROKERS", "google, a b")] {
        let told = problem(
            &[keycloak, web, users, (&format!("BEEP_IDENTITY__KEYCLOAK__{name}"), bad)],
            None,
        );
        assert!(
            told.contains(&format!("identity.keycloak.{}", name.to_lowercase())),
            "{told}"
        );
    }
    assert!(problem(&[("BEEP_IDENTITY__PROVIDER", "ldap")], None).contains("embedded or keycloak"));
    let embedded = load(&[], &[], None).unwrap().config;
    assert!(embedded.keycloak().is_none());
}
