//! Keycloak as the identity manager: it says who somebody is, and the sign-in that begins then is Beep's own
//! (`docs/adr/0009-sessions-stay-beeps-own.md`).

mod actions;
mod admin;
mod change_email;
mod change_password;
mod claims;
mod complete;
mod credentials;
mod deletion;
mod door;
mod end;
mod form;
mod legs;
mod linking;
mod links;
mod names;
mod newcomer;
mod operator;
mod own;
mod providers;
mod redirect;
mod refusal;
mod renew;
mod reset;
mod sealed;
mod sign_up;
mod standing;
mod sweep;
mod tokens;

use std::{fmt, time::Duration};

use platform::{
    auth::{InstanceKey, KeySource, Keys, Sealing, Secret},
    component::{Away, Component},
};
use tokio::sync::{Mutex, Semaphore};

pub(crate) use actions::{Action, Came, begin};
pub(crate) use change_email::{set_email, shown};
pub(crate) use change_password::change_password;
pub(crate) use complete::{Completion, complete};
pub(crate) use credentials::{Credential, CredentialKind, Credentials};
pub(crate) use deletion::{end_all, erase_identity, shown_owner};
pub(crate) use door::Door;
pub(crate) use end::{end, hear_logout};
pub(crate) use form::sign_in;
pub(crate) use linking::link;
pub(crate) use names::change_names;
pub(crate) use newcomer::{give_up, known};
pub(crate) use operator::{Found, is_of_directory, remove_second_factors, set_enabled};
pub(crate) use own::{FRESH, ShownBy, look};
pub(crate) use providers::{list as list_providers, unlink as unlink_provider};
pub(crate) use redirect::{AWAY, Back, come_back, start};
pub(crate) use refusal::Refusal;
pub(crate) use renew::{Renewal, renew};
pub(crate) use reset::{PasswordOf, has_identity, password_of, reset_password};
pub(crate) use sign_up::{NO_PASSWORD, register};
pub(crate) use standing::Standing;
pub(crate) use sweep::sweep;

use self::{credentials::PasswordSet, tokens::Kept};
use crate::error::UsersError;

/// Where Keycloak is, and how the users service shows it who it is.
#[derive(Clone)]
pub struct KeycloakSettings {
    /// Its private address.
    pub component: Component,
    /// The realm of Beep's users.
    pub realm: String,
    /// The secret of the client `beep-web`.
    pub web_secret: Secret<String>,
    /// The secret of the client `beep-login`; needed for Beep's own form alone.
    pub login_secret: Option<Secret<String>>,
    /// The secret of the client `beep-users`.
    pub users_secret: Secret<String>,
    /// Whether one signs in by Beep's own form.
    pub own_form: bool,
    /// The providers that have a button of their own, by their alias in the realm.
    pub brokers: Vec<String>,
}

impl fmt::Debug for KeycloakSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, realm {}", self.component, self.realm)
    }
}

/// The client by whom the browser signs in.
const WEB: &str = "beep-web";
/// The client of Beep's own form.
const LOGIN: &str = "beep-login";
/// The client that administers users.
const USERS: &str = "beep-users";
/// The provider that is Keycloak's own page.
pub(crate) const OWN_PAGE: &str = "keycloak";
/// How long Keycloak may take, asked again included, for what somebody waits for.
const WITHIN: Duration = Duration::from_secs(10);
/// How long to wait between two looks at the keys for tokens that anybody could have sent, whose key is not known.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// Such tokens that name somebody's sign-in and wait for the next look, which is for all of them; more are refused at once.
const WAITING: usize = 256;

/// Keycloak, as this service speaks to it.
pub(crate) struct Keycloak {
    settings: KeycloakSettings,
    /// The issuer of its tokens.
    issuer: String,
    public_url: String,
    keys: Keys,
    /// When the keys were last looked at for a token whose key was not known.
    looked: Mutex<Option<tokio::time::Instant>>,
    waiting: Semaphore,
    service_token: Mutex<Kept>,
    /// Seals what a browser carries while it is away, and what is kept of sessions.
    travelling: Sealing,
    newcomers: Sealing,
    refresh_tokens: Sealing,
    freshness: Sealing,
    errands: Sealing,
}

/// Why Keycloak did not do what was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeycloakError {
    /// It does not answer.
    #[error("Keycloak does not answer")]
    Away(#[from] Away),
    /// The password, code or token is not accepted.
    #[error("Keycloak refuses: {0}")]
    Refused(String),
    /// It would have to show a page.
    #[error("Keycloak would have to show a page")]
    NeedsPage,
    /// Something that is wrong with Beep's settings, or Keycloak's.
    #[error("Keycloak answers unexpectedly: {0}")]
    Unexpected(String),
}

impl From<KeycloakError> for UsersError {
    fn from(error: KeycloakError) -> Self {
        match error {
            KeycloakError::Away(Away) => {}
            KeycloakError::Refused(why) | KeycloakError::Unexpected(why) => {
                tracing::error!(error.detail = why, "Keycloak cannot be used");
            }
            KeycloakError::NeedsPage => return Refusal::SignInElsewhere.into(),
        }
        Refusal::IdentityUnavailable.into()
    }
}

impl Keycloak {
    pub(crate) fn new(settings: KeycloakSettings, public_url: &str, key: &InstanceKey) -> Self {
        let public_url = public_url.trim_end_matches('/').to_owned();
        Self {
            issuer: format!("{public_url}/realms/{}", settings.realm),
            public_url,
            settings,
            keys: Keys::of_any_kind(),
            looked: Mutex::new(None),
            waiting: Semaphore::new(WAITING),
            service_token: Mutex::default(),
            travelling: key.sealing("users: on the way to the identity manager"),
            newcomers: key.sealing("users: newcomers"),
            refresh_tokens: key.sealing("users: refresh tokens of the identity manager"),
            freshness: key.sealing("users: sign-ins once more"),
            errands: key.sealing("users: what the identity manager is to do"),
        }
    }

    /// Whether one signs in by Beep's own form.
    pub(crate) fn has_own_form(&self) -> bool {
        self.settings.own_form
    }

    /// The providers that have a button of their own.
    pub(crate) fn brokers(&self) -> &[String] {
        &self.settings.brokers
    }

    /// Its private address.
    pub(crate) fn component(&self) -> &Component {
        &self.settings.component
    }

    /// Its realm.
    pub(crate) fn realm(&self) -> &str {
        &self.settings.realm
    }

    /// How browsers see it: scheme, and host with port.
    pub(crate) fn public(&self) -> (&str, &str) {
        self.public_url.split_once("://").unwrap_or(("http", &self.public_url))
    }

    /// The keys by which its tokens are verified.
    pub(crate) fn keys(&self) -> Keys {
        self.keys.clone()
    }

    /// Where the keys come from.
    pub(crate) fn key_source(&self) -> impl KeySource + use<> {
        tokens::PublishedKeys {
            component: self.settings.component.clone(),
            url: self.openid("certs"),
        }
    }

    /// Where it sends browsers back to.
    fn callback(&self) -> String {
        format!("{}/api/v1/auth/callback", self.public_url)
    }

    /// An endpoint for clients, at the private address.
    fn openid(&self, endpoint: &str) -> String {
        let (address, realm) = (self.settings.component.address(), &self.settings.realm);
        format!("{address}/realms/{realm}/protocol/openid-connect/{endpoint}")
    }
}
