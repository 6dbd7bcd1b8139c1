//! A Beep whose identity manager is Keycloak.

use std::sync::atomic::{AtomicU32, Ordering};

use api::{
    beep::{Beep, Database, Setup},
    http::Caller,
    left_out::{WITHOUT_KEYCLOAK, left_out},
    mailbox::Mailbox,
};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    bridge::Bridge,
    browser::Browser,
    keycloak::{Keycloak, told},
};

pub(crate) const PASSWORD: &str = "correct horse battery";

pub(crate) struct World {
    pub(crate) keycloak: Keycloak,
    pub(crate) bridge: Bridge,
    pub(crate) beep: Beep,
}

impl World {
    /// With Beep's own form or without; `None`, said aloud, where there is no Keycloak.
    pub(crate) async fn start(own_form: bool) -> Option<Self> {
        let (keycloak, bridge, setup) = Self::setup(own_form).await?;
        let beep = setup.start(Database::Sqlite).await;
        Some(Self { keycloak, bridge, beep })
    }

    /// The same, told more.
    pub(crate) async fn start_with(own_form: bool, more: impl FnOnce(Setup) -> Setup) -> Option<Self> {
        let (keycloak, bridge, setup) = Self::setup(own_form).await?;
        let beep = more(setup).start(Database::Sqlite).await;
        Some(Self { keycloak, bridge, beep })
    }

    /// The same in one process, which is told more.
    pub(crate) async fn start_together(own_form: bool, more: impl FnOnce(Setup, &Keycloak) -> Setup) -> Option<Self> {
        let (keycloak, bridge, setup) = Self::setup(own_form).await?;
        let beep = more(setup, &keycloak).start_together(Database::Sqlite).await;
        Some(Self { keycloak, bridge, beep })
    }

    /// The same with a server for mail.
    pub(crate) async fn start_with_mail(own_form: bool) -> Option<(Self, Mailbox)> {
        Self::start_with_mail_and(own_form, |setup| setup).await
    }

    /// The same, told more.
    pub(crate) async fn start_with_mail_and(
        own_form: bool,
        more: impl FnOnce(Setup) -> Setup,
    ) -> Option<(Self, Mailbox)> {
        let (keycloak, bridge, setup) = Self::setup(own_form).await?;
        let mailbox = Mailbox::start().await;
        let setup = setup
            .with("MAIL__SMTP_URL", &mailbox.url())
            .with("MAIL__FROM", "Beep <beep@example.org>");
        let beep = more(setup).start(Database::Sqlite).await;
        Some((Self { keycloak, bridge, beep }, mailbox))
    }

    async fn setup(own_form: bool) -> Option<(Keycloak, Bridge, Setup)> {
        let Some(keycloak) = Keycloak::of_tests() else {
            left_out(WITHOUT_KEYCLOAK);
            return None;
        };
        let bridge = Bridge::to(keycloak.address()).await;
        let secret = |client: &str| told(&format!("SECRET_{client}")).unwrap();
        let setup = Setup::default()
            .with("PUBLIC_URL", &keycloak.public_url)
            .with("IDENTITY__PROVIDER", "keycloak")
            .with("IDENTITY__KEYCLOAK__URL", &format!("http://{}", bridge.address))
            .with("IDENTITY__KEYCLOAK__WEB_SECRET", &secret("WEB"))
            .with("IDENTITY__KEYCLOAK__LOGIN_SECRET", &secret("LOGIN"))
            .with("IDENTITY__KEYCLOAK__USERS_SECRET", &secret("USERS"))
            .with("IDENTITY__KEYCLOAK__OWN_FORM", if own_form { "true" } else { "false" })
            .with("IDENTITY__KEYCLOAK__BROKERS", "google");
        Some((keycloak, bridge, setup))
    }

    /// What stands at the public URL in place of Beep, and hands on to it.
    pub(crate) async fn at_public_url(&self) -> Bridge {
        let port = self.keycloak.public_url.rsplit(':').next().unwrap();
        Bridge::at(&format!("127.0.0.1:{port}"), self.beep.address).await
    }

    pub(crate) fn nobody(&self) -> Caller {
        Caller::nobody(self.beep.address)
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.keycloak.public_url, self.beep.address)
    }
}

/// Keycloak tells whoever is at the public URL that a session has ended: one test at a time may be there.
pub(crate) static AT_PUBLIC_URL: Mutex<()> = Mutex::const_new(());

/// A name that nobody has.
pub(crate) fn new_name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!(
        "p{:x}-{number}",
        u32::from_str_radix(&hex::encode(rand::random::<[u8; 3]>()), 16).unwrap()
    )
}

/// What somebody signs up with.
pub(crate) fn account(name: &str) -> Value {
    json!({
        "first_name": "Ada", "last_name": "Byron", "username": name, "email": format!("{name}@beep.example"),
        "password": PASSWORD,
    })
}
