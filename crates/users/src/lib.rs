//! Accounts, profiles, settings, sign-ins, and the embedded identity that issues access tokens.
//!
//! **Needs** the storage service, for pictures.
//!
//! A user signs in with e-mail and password and gets an access token, which every service verifies by the issuer's
//! public keys, and a refresh token, which brings the next one. A refresh token is exchanged at each use; when one comes
//! back that was exchanged before, somebody has a copy, and the sign-in ends everywhere ([`identity`]).

mod admin;
mod api;
mod error;
mod export;
pub mod identity;
mod peer;
mod profile;
mod service;
mod settings;
mod store;
mod usernames;

use std::{sync::Arc, time::Duration};

use contracts::{storage::storage_client::StorageClient, users::users_server::UsersServer};
use platform::{
    auth::{Cookies, InstanceKey, TokenIssuer},
    bus::Topics,
    pictures::Pictures,
    rpc,
    service::{Context, Task, Wired, WiringError},
};

pub use admin::{AdminError, Administration, Newcomer};
pub use api::issuer::ServiceIssuer;
pub use identity::{KeycloakSettings, MailError, MailSender};
pub use peer::Calls;
pub use store::Account;

use crate::{
    identity::{
        Allowance, Guessing, Links, Passkeys, Passwords,
        keycloak::{Keycloak, sweep},
    },
    service::{Provider, Service},
};

/// The name of this service, in logs and tables.
const NAME: &str = "users";
/// How many links one address may ask for in an hour: a school has one address.
const FORGOTTEN_FROM_ADDRESS: usize = 60;
/// How many mails one user may have sent in an hour, of each kind.
const MAILS_IN_AN_HOUR: usize = 3;

/// How the service behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where browsers find Beep; the issuer of tokens.
    pub public_url: String,
    /// Whether anybody may sign up.
    pub registration_open: bool,
    /// How long a sign-in lives that is not used.
    pub refresh_token_lifetime: Duration,
    /// Passwords that are hashed at the same time.
    pub password_hash_concurrency: usize,
    /// How long an account that is to be deleted can still be kept.
    pub deletion_grace: Duration,
    /// Keycloak, where it is the identity manager.
    pub keycloak: Option<KeycloakSettings>,
    /// Sends mail, where Beep can.
    pub mail: Option<MailSender>,
}

/// What this service needs.
pub struct Needs {
    /// What every service is given.
    pub context: Context,
    /// Stores pictures.
    pub storage: StorageClient<rpc::Peer>,
    /// Issues access tokens.
    pub tokens: TokenIssuer,
    /// Seals what the database must not tell.
    pub key: InstanceKey,
    /// How it behaves.
    pub settings: Settings,
}

/// The generated server of this service's internal calls.
pub type Peer = UsersServer<Calls>;

/// Brings the tables up to date and puts the service together.
pub async fn wire(needs: Needs) -> Result<Wired<Peer>, WiringError> {
    let Needs {
        context,
        storage,
        tokens,
        key,
        settings,
    } = needs;
    context.db.migrate(NAME, store::MIGRATIONS).await?;
    let (db, sweeper) = context.database_of(NAME).await?;
    service::add_username_keys(&db).await?;
    let changes = context.bus.subscribe(Topics::Changes).await?;
    let shutdown = context.shutdown.clone();
    let opening = Pictures::open(NAME, &db, context.clock.clone(), storage, shutdown.clone());
    let (pictures, letting_go) = opening.await?;
    let provider = match settings.keycloak.clone() {
        Some(keycloak) => Provider::Keycloak(Box::new(Keycloak::new(keycloak, &settings.public_url, &key))),
        None => Provider::Embedded,
    };
    let links = Links {
        db: db.clone(),
        clock: context.clock.clone(),
        public_url: settings.public_url.clone(),
    };
    let service = Arc::new(Service {
        db,
        ids: context.ids,
        clock: context.clock,
        links,
        passkeys: Passkeys::new(&settings.public_url, &key),
        pictures,
        tokens,
        cookies: Cookies::for_public_url(&settings.public_url),
        passwords: Passwords::new(settings.password_hash_concurrency),
        guessing: Guessing::default(),
        codes: Guessing::of_codes(),
        forgotten_from: Allowance::of(FORGOTTEN_FROM_ADDRESS),
        forgotten_of: Allowance::of(MAILS_IN_AN_HOUR),
        email_changes: Allowance::of(MAILS_IN_AN_HOUR),
        totp_secrets: key.sealing("users: secrets of second factors"),
        recovery_marks: key.marking("users: recovery codes"),
        log_marks: key.marking("users: log"),
        summaries: peer::Summaries::default(),
        settings,
        provider,
    });
    let mut tasks = vec![sweeper, letting_go];
    if let Some(keycloak) = service.keycloak() {
        let following = keycloak.keys().follow(keycloak.key_source(), shutdown.clone());
        tasks.push(Task::new(NAME, following));
        tasks.push(Task::new(NAME, sweep(Arc::clone(&service), shutdown.clone())));
    }
    let (mut public, _) = api::router().with_state(Arc::clone(&service)).split_for_parts();
    if service.keycloak().is_some() {
        public = public.merge(api::keycloak_pages::router(&service));
    }
    let erasing = identity::sweep_deleted(Arc::clone(&service), shutdown.clone());
    tasks.push(Task::new(NAME, erasing));
    let follower = service::follow(Arc::clone(&service), changes, shutdown.clone());
    tasks.push(Task::new(NAME, follower));
    if let Some(sender) = service.settings.mail.clone() {
        let courier = identity::mail::run(Arc::clone(&service), sender, shutdown);
        tasks.push(Task::new(NAME, courier));
    }
    Ok(Wired {
        public,
        peer: UsersServer::new(Calls(service)),
        tasks,
    })
}

/// Where Keycloak's pages are, which this service hands on where it is the identity manager: patterns of the router.
#[must_use]
pub fn keycloak_paths() -> [&'static str; 7] {
    api::keycloak_pages::PATHS
}

/// The contract of the public routes.
#[must_use]
pub fn contract() -> utoipa::openapi::OpenApi {
    api::router().into_openapi()
}
