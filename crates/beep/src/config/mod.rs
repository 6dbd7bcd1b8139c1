//! The configuration: what can be set, where values come from, and what must hold among them.
//!
//! Each section stands in a file of its own with its defaults and descriptions. The reference `docs/configuration.md` is
//! written from them by `beep config docs`; a test compares the two.

mod database;
mod encryption;
mod environment;
mod explanation;
mod gateway;
mod general;
mod http;
mod identity;
mod internal;
mod keycloak;
#[cfg(test)]
mod keycloak_tests;
mod layers;
mod mail;
mod messages;
mod problem;
mod rate_limit;
mod reference;
mod search;
mod setting;
mod storage;
mod targets;
mod telemetry;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, path::PathBuf};

use figment::Figment;

pub use database::{Database, DatabaseUrl};
pub use encryption::{Encryption, FilePath};
pub use environment::Environment;
pub use explanation::explain;
pub use gateway::Gateway;
pub use general::{General, PublicUrl};
pub use http::{Http, Proxies};
pub use identity::{Identity, ProviderName};
pub use internal::{Edge, EventsUrl, Internal, Peers, SecretText};
pub use keycloak::Keycloak;
pub use mail::{Mail, Sender, SmtpUrl};
pub use messages::{Messages, PreviewNetwork};
pub use problem::ConfigError;
pub use rate_limit::RateLimit;
pub use reference::reference;
pub use search::Search;
pub use storage::{ObjectsKind, S3, Storage};
pub use targets::Target;
pub use telemetry::{LogFormat, LogLevel, Telemetry};

use problem::Invalid;
use setting::{Section, Setting};

/// Everything that can be set, with valid values.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where Beep listens and keeps its data.
    pub general: General,
    /// How requests are taken.
    pub http: Http,
    /// How much one may ask for.
    pub rate_limit: RateLimit,
    /// Where the data is.
    pub database: Database,
    /// How people sign up and in.
    pub identity: Identity,
    /// Keycloak, as the identity manager.
    pub keycloak: Keycloak,
    /// How mail is sent.
    pub mail: Mail,
    /// The live connections.
    pub gateway: Gateway,
    /// What becomes of messages.
    pub messages: Messages,
    /// Where files are kept.
    pub storage: Storage,
    /// The bucket in which they may be.
    pub s3: S3,
    /// Where the index of messages is kept.
    pub search: Search,
    /// What operators see.
    pub telemetry: Telemetry,
    /// What services say to each other.
    pub internal: Internal,
    /// Where services are that run elsewhere.
    pub peers: Peers,
    /// Where the edge hands requests on to.
    pub edge: Edge,
}

/// What the command line says about the configuration.
#[derive(Debug, Clone, Default)]
pub struct CommandLine {
    /// The configuration file.
    pub file: Option<PathBuf>,
    /// Options with the key of their setting and their value: `("--listen", "listen", "127.0.0.1:80")`.
    pub options: Vec<(&'static str, &'static str, String)>,
}

/// A valid configuration, and where each of its values comes from.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    figment: Figment,
}

impl Config {
    /// Reads the configuration. The command line wins over the environment, the environment over the file, the file over
    /// the defaults.
    pub fn load(command_line: &CommandLine, environment: &Environment) -> Result<Loaded, ConfigError> {
        let settings = settings();
        let mut figment = layers::defaults(&settings);
        if let Some(file) = command_line.file.clone().or_else(|| environment.config_file()) {
            figment = layers::file(figment, &file, &settings)?;
        }
        figment = layers::variables(figment, environment, &settings)?;
        figment = layers::options(figment, &command_line.options, &settings);
        figment = derive_defaults(figment, environment)?;
        for setting in &settings {
            check(&figment, setting)?;
        }
        let config = Self::read(&figment)?;
        config
            .validate()
            .map_err(|Invalid { key, detail }| ConfigError::Invalid {
                key: key.to_owned(),
                value: settings
                    .iter()
                    .find(|setting| setting.key == key)
                    .and_then(|setting| (setting.show)(&figment, key)),
                from: layers::source(&figment, key),
                detail,
            })?;
        Ok(Loaded { config, figment })
    }

    fn read(figment: &Figment) -> Result<Self, ConfigError> {
        Ok(Self {
            general: layers::section(figment)?,
            http: layers::section(figment)?,
            rate_limit: layers::section(figment)?,
            database: layers::section(figment)?,
            identity: layers::section(figment)?,
            keycloak: layers::section(figment)?,
            mail: layers::section(figment)?,
            gateway: layers::section(figment)?,
            messages: layers::section(figment)?,
            storage: layers::section(figment)?,
            s3: layers::section(figment)?,
            search: layers::section(figment)?,
            telemetry: layers::section(figment)?,
            internal: layers::section(figment)?,
            peers: layers::section(figment)?,
            edge: layers::section(figment)?,
        })
    }

    fn validate(&self) -> Result<(), Invalid> {
        self.rate_limit.validate()?;
        self.identity.validate()?;
        self.validate_keycloak()?;
        self.validate_mail()?;
        self.gateway.validate()?;
        self.validate_targets()?;
        self.validate_storage()?;
        self.validate_encryption()
    }
}

/// Every setting, in the order of the reference.
fn settings() -> Vec<Setting> {
    sections().into_iter().flat_map(|(_, _, settings)| settings).collect()
}

/// Every section: what its keys start with, what it is about, and its settings.
fn sections() -> Vec<(&'static str, &'static str, Vec<Setting>)> {
    fn of<S: Section>() -> (&'static str, &'static str, Vec<Setting>) {
        (S::PREFIX, S::ABOUT, S::settings())
    }
    vec![
        of::<General>(),
        of::<Http>(),
        of::<RateLimit>(),
        of::<Database>(),
        of::<Identity>(),
        of::<Keycloak>(),
        of::<Mail>(),
        of::<Gateway>(),
        of::<Messages>(),
        of::<Storage>(),
        of::<S3>(),
        of::<Search>(),
        of::<Telemetry>(),
        of::<Internal>(),
        of::<Peers>(),
        of::<Edge>(),
    ]
}

/// For how many seconds a process among others takes requests after it was told to stop: they ask each second how it is.
const DRAIN_APART: u64 = 2;

/// The settings that defaults follow from.
#[derive(serde::Deserialize)]
struct Bases {
    listen: SocketAddr,
    data_dir: PathBuf,
    target: Vec<Target>,
}

/// Adds the defaults that follow from other settings.
fn derive_defaults(figment: Figment, environment: &Environment) -> Result<Figment, ConfigError> {
    let figment = layers::derived(
        figment,
        "data_dir",
        environment.data_dir().to_string_lossy().into_owned(),
    );
    for setting in General::settings().iter().filter(|setting| setting.key != "public_url") {
        check(&figment, setting)?;
    }
    let Ok(Bases {
        listen,
        data_dir,
        target,
    }) = figment.extract()
    else {
        return Ok(figment);
    };
    let is_apart = !target.contains(&Target::All);
    let figment = layers::derived(figment, "http.drain_seconds", if is_apart { DRAIN_APART } else { 0 });
    let is_https = figment
        .extract_inner("http.tls_certificate")
        .is_ok_and(|file: FilePath| file.get().is_some());
    let figment = layers::derived(
        figment,
        "public_url",
        PublicUrl::of_this_machine(listen.port(), is_https).as_str(),
    );
    let figment = layers::derived(
        figment,
        "database.url",
        format!("sqlite://{}", data_dir.join("beep.db").display()),
    );
    let figment = layers::derived(
        figment,
        "identity.signing_key",
        data_dir.join("signing-key.pem").to_string_lossy().into_owned(),
    );
    let figment = layers::derived(
        figment,
        "identity.instance_key",
        data_dir.join("instance-key").to_string_lossy().into_owned(),
    );
    let figment = layers::derived(
        figment,
        "storage.directory",
        data_dir.join("files").to_string_lossy().into_owned(),
    );
    Ok(layers::derived(
        figment,
        "search.directory",
        data_dir.join("search").to_string_lossy().into_owned(),
    ))
}

/// Checks that a setting has a value that it can have.
fn check(figment: &Figment, setting: &Setting) -> Result<(), ConfigError> {
    if (setting.show)(figment, setting.key).is_some() && setting.in_range(figment) {
        return Ok(());
    }
    let given = figment.find_value(setting.key).ok().filter(|_| !setting.secret);
    Err(ConfigError::Invalid {
        key: setting.key.to_owned(),
        value: given.map(|value| explanation::one_line(&value)),
        from: layers::source(figment, setting.key),
        detail: format!("must be {}", setting.full_form()),
    })
}
