//! `beep admin`: what an administrator does to accounts on the machine itself, beside a running Beep or without one.

mod list;

use std::io::{self, BufRead, Write};

use anyhow::{Context, anyhow, bail};
use clap::{Args, Subcommand};
use model::{Email, PersonName, Username};
use platform::{auth::Secret, clock::Clock, telemetry};
use users::{Administration, Newcomer};

use super::serve;
use crate::{
    cli::Failure,
    config::{Config, Environment, ProviderName},
    wiring,
};

/// What the log of a command tells: its own acts, and what goes wrong.
const LOG_LEVEL: &str = "warn,users::identity::audit=info";

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// Gives somebody an account, also where nobody can sign up, and prints a link by which they set their password
    Create(Creating),
    /// Lists all accounts, the oldest first
    List(list::Listing),
    /// Keeps a user out: all their sign-ins end within seconds, and none begins
    Disable(OfUser),
    /// Lets a user in again who was kept out
    Enable(OfUser),
    /// Makes a user an administrator of the instance
    MakeAdministrator(OfUser),
    /// Has a user be no administrator of the instance any more
    RevokeAdministrator(OfUser),
    /// Hands out a link by which a user sets a new password, good for once, within an hour
    ResetLink(OfUser),
    /// Has a user sign in without codes again, who has lost authenticator and recovery codes
    #[command(name = "reset-2fa")]
    ResetSecondFactor(OfUser),
}

#[derive(Debug, Args)]
struct OfUser {
    /// The e-mail address or the username
    user: String,
    #[command(flatten)]
    place: serve::Arguments,
}

#[derive(Debug, Args)]
struct Creating {
    /// The username
    username: String,
    /// The e-mail address
    email: String,
    /// The first name
    #[arg(long, value_name = "NAME")]
    first_name: String,
    /// The last name
    #[arg(long, value_name = "NAME")]
    last_name: String,
    /// Reads the password from the first line of standard input, in place of a link
    #[arg(long)]
    password_stdin: bool,
    #[command(flatten)]
    place: serve::Arguments,
}

impl Act {
    const fn place(&self) -> &serve::Arguments {
        match self {
            Self::Create(creating) => &creating.place,
            Self::List(listing) => &listing.place,
            Self::Disable(of)
            | Self::Enable(of)
            | Self::MakeAdministrator(of)
            | Self::RevokeAdministrator(of)
            | Self::ResetLink(of)
            | Self::ResetSecondFactor(of) => &of.place,
        }
    }
}

pub(crate) fn run(arguments: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let act = &arguments.act;
    let config = Config::load(&act.place().command_line(), environment)?.config;
    if matches!(act, Act::Create(_)) && config.identity.provider == ProviderName::Keycloak {
        return Err(anyhow!("identity.provider = keycloak: accounts begin there, or at Beep's sign-up").into());
    }
    let _audit = telemetry::init_beside(&wiring::logs_of_command(&config, LOG_LEVEL)).map_err(anyhow::Error::from)?;
    Ok(wiring::runtime()?.block_on(act_on(act, &config))?)
}

async fn act_on(act: &Act, config: &Config) -> anyhow::Result<()> {
    let db = wiring::open_database(config)?;
    let public_url = config.general.public_url.as_str();
    // A private address with https is believed as browsers do here.
    let administration = Administration::open(db, Clock::system(), public_url)
        .await?
        .with_keycloak(wiring::keycloak::settings(config, None));
    let done = perform(act, &administration).await;
    administration.close().await;
    done
}

async fn perform(act: &Act, administration: &Administration) -> anyhow::Result<()> {
    let changed = |changed: bool, now: &str, before: &str| say(if changed { now } else { before });
    match act {
        Act::Create(creating) => create(creating, administration).await,
        Act::List(listing) => list::run(listing, administration).await,
        Act::Disable(of) => changed(
            administration.disable(&of.user).await?,
            "The account is disabled, and signed out everywhere.",
            "The account was disabled before.",
        ),
        Act::Enable(of) => changed(
            administration.enable(&of.user).await?,
            "The account is enabled.",
            "The account was not disabled.",
        ),
        Act::MakeAdministrator(of) => changed(
            administration.make_administrator(&of.user).await?,
            "The user is an administrator of this instance.",
            "The user was an administrator before.",
        ),
        Act::RevokeAdministrator(of) => changed(
            administration.revoke_administrator(&of.user).await?,
            "The user is no administrator of this instance any more.",
            "The user was no administrator.",
        ),
        Act::ResetLink(of) => say(&administration.reset_link(&of.user).await?),
        Act::ResetSecondFactor(of) => {
            administration.reset_second_factor(&of.user).await?;
            say("No codes are asked for any more.")
        }
    }
}

async fn create(creating: &Creating, administration: &Administration) -> anyhow::Result<()> {
    let name = |option: &str, name: &str| {
        let checked: Result<PersonName, _> = name.parse();
        checked.map_err(|invalid| anyhow!("{option}: {invalid}"))
    };
    let username: Result<Username, _> = creating.username.parse();
    let email: Result<Email, _> = creating.email.parse();
    let newcomer = Newcomer {
        username: username.map_err(|invalid| anyhow!("the username: {invalid}"))?,
        email: email.map_err(|invalid| anyhow!("the e-mail address: {invalid}"))?,
        first_name: name("--first-name", &creating.first_name)?,
        last_name: name("--last-name", &creating.last_name)?,
        password: creating.password_stdin.then(read_password).transpose()?,
    };
    match administration.create(newcomer).await? {
        Some(link) => say(&link),
        None => say("The account is there."),
    }
}

/// The first line of standard input.
fn read_password() -> anyhow::Result<Secret<String>> {
    let mut line = String::new();
    io::stdin()
        .lock()
        .read_line(&mut line)
        .context("standard input cannot be read")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("--password-stdin: there is no password on standard input");
    }
    Ok(Secret::new(password.to_owned()))
}

fn say(text: &str) -> anyhow::Result<()> {
    writeln!(io::stdout(), "{text}").context("standard output is closed")
}
