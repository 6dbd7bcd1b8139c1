//! Keycloak as the identity manager.

use contracts::calls::Service;
use platform::rpc::Address;
use serde::Deserialize;

use super::{
    Config,
    identity::ProviderName,
    internal::SecretText,
    problem::Invalid,
    setting::{ListItem, SettingType, section},
};

section! {
    /// Keycloak, where `identity.provider` is `keycloak`. Its realm is that of `deploy/keycloak`.
    Keycloak in "identity.keycloak." {
        /// The private address of Keycloak. Browsers see it at `public_url`, where Beep hands on the few paths that they need.
        url: Address = Fixed("http://keycloak:8080");
        /// The realm of Beep's users.
        realm: RealmName = Fixed("beep");
        /// The secret of the client `beep-web`, by whom browsers sign in.
        web_secret: SecretText = Fixed("");
        /// The secret of the client `beep-login`, by whom Beep's own form signs people in.
        login_secret: SecretText = Fixed("");
        /// The secret of the client `beep-users`, which administers users.
        users_secret: SecretText = Fixed("");
        /// Whether one signs in by Beep's own form, with e-mail and password. Otherwise by Keycloak's pages alone.
        own_form: bool = Fixed("false");
        /// The providers that have a button of their own on the sign-in screen, by their alias in the realm, such as `google`.
        brokers: Vec<Alias> = Fixed("");
    }
}

/// Letters of names that stand in addresses.
fn is_plain(text: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    (1..=64).contains(&text.len()) && text.chars().all(plain)
}

macro_rules! plain_names {
    ($($(#[doc = $doc:literal])+ $name:ident: $form:literal;)+) => { $(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                if is_plain(&text) { Ok(Self(text)) } else { Err("not a plain name") }
            }
        }

        impl $name {
            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl SettingType for $name {
            const FORM: &'static str = $form;
            fn show(&self) -> String {
                self.0.clone()
            }
        }
    )+ };
}

plain_names! {
    /// The name of a realm.
    RealmName: "a name of letters, digits, - and _";
    /// The alias of a provider in the realm.
    Alias: "an alias of letters, digits, - and _";
}

impl ListItem for Alias {
    const LIST_FORM: &'static str = "aliases of letters, digits, - and _";
}

impl Config {
    /// Keycloak, where it is the identity manager.
    #[must_use]
    pub fn keycloak(&self) -> Option<&Keycloak> {
        (self.identity.provider == ProviderName::Keycloak).then_some(&self.keycloak)
    }

    /// The users service alone speaks to it; elsewhere no secret is needed.
    pub(super) fn validate_keycloak(&self) -> Result<(), Invalid> {
        let Some(keycloak) = self.keycloak() else { return Ok(()) };
        if !self.services().contains(&Service::Users) {
            return Ok(());
        }
        let needed = [
            ("identity.keycloak.web_secret", &keycloak.web_secret, true),
            ("identity.keycloak.users_secret", &keycloak.users_secret, true),
            (
                "identity.keycloak.login_secret",
                &keycloak.login_secret,
                keycloak.own_form,
            ),
        ];
        for (key, secret, is_needed) in needed {
            if is_needed && secret.get().is_none() {
                return Err(Invalid::new(key, "must be set where identity.provider is keycloak"));
            }
        }
        Ok(())
    }
}
