//! Keycloak, where it is the identity manager.

use platform::{component::Component, http::Readiness, tls::Tls};
use users::KeycloakSettings;

use crate::config::Config;

/// As the users service needs it. Its secrets are there: the configuration was checked.
pub(crate) fn settings(config: &Config, tls: Option<&Tls>) -> Option<KeycloakSettings> {
    let keycloak = config.keycloak()?;
    Some(KeycloakSettings {
        component: Component::new("keycloak", keycloak.url.clone(), tls),
        realm: keycloak.realm.as_str().to_owned(),
        web_secret: keycloak.web_secret.get()?.clone(),
        login_secret: keycloak.login_secret.get().cloned(),
        users_secret: keycloak.users_secret.get()?.clone(),
        own_form: keycloak.own_form,
        brokers: keycloak.brokers.iter().map(|alias| alias.as_str().to_owned()).collect(),
    })
}

/// Says whether it is there. Without it sign-ins go on for a while, and another instance would have no more.
pub(super) fn add_notice(readiness: &Readiness, settings: &KeycloakSettings) {
    let component = settings.component.clone();
    let keys = format!("/realms/{}/protocol/openid-connect/certs", settings.realm);
    readiness.add_notice("keycloak", move || {
        let (component, keys) = (component.clone(), keys.clone());
        async move { component.reach(&keys).await }
    });
}
