//! Which services run in this process.

use std::fmt;

use contracts::calls::Service;
use platform::{auth::Secret, rpc::Address};
use serde::Deserialize;

use super::{
    Config, EventsUrl,
    problem::Invalid,
    setting::{ListItem, SettingType},
};

/// One service, or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Target {
    /// All services, which need no front door between them and the public.
    All,
    /// One service.
    One(Service),
}

impl TryFrom<String> for Target {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.trim() {
            "all" => Ok(Self::All),
            name => Service::from_name(name).map(Self::One).ok_or("no service"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::All => "all",
            Self::One(service) => service.name(),
        })
    }
}

impl SettingType for Target {
    const FORM: &'static str = "all, storage, users, servers, messages, search, gateway or edge";
    fn show(&self) -> String {
        self.to_string()
    }
}

impl ListItem for Target {
    const LIST_FORM: &'static str = "all, or some of storage, users, servers, messages, search, gateway and edge";
}

/// The setting that holds a service's secret.
const fn secret_key(service: Service) -> &'static str {
    match service {
        Service::Storage => "internal.storage_secret",
        Service::Users => "internal.users_secret",
        Service::Servers => "internal.servers_secret",
        Service::Messages => "internal.messages_secret",
        Service::Search => "internal.search_secret",
        Service::Gateway => "internal.gateway_secret",
        Service::Edge => "internal.edge_secret",
    }
}

impl Config {
    /// The services that run in this process.
    #[must_use]
    pub fn services(&self) -> Vec<Service> {
        let wanted = &self.general.target;
        let here = |service: &Service| {
            wanted.contains(&Target::One(*service)) || (wanted.contains(&Target::All) && *service != Service::Edge)
        };
        Service::ALL.into_iter().filter(here).collect()
    }

    /// Whether other services run elsewhere.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        !self.general.target.contains(&Target::All)
    }

    /// What must hold for processes that work together.
    pub(super) fn validate_targets(&self) -> Result<(), Invalid> {
        if self.services().is_empty() {
            return Err(Invalid::new("target", "must name at least one service"));
        }
        if self.is_apart() && matches!(self.internal.events, EventsUrl::Local) {
            let detail = "must be the address of NATS when services run in several processes";
            return Err(Invalid::new("internal.events", detail));
        }
        // The issuer gives itself tokens; everybody else must show who it is.
        let services = self.services();
        let issuer_is_here = services.contains(&Service::Users) || !self.is_apart();
        let missing = services.into_iter().find(|service| self.secret_of(*service).is_none());
        if let Some(service) = missing.filter(|_| !issuer_is_here) {
            let detail = "must be set, to the same here as for the users service, which gives tokens for it";
            return Err(Invalid::new(secret_key(service), detail));
        }
        Ok(())
    }

    /// The secret of a service.
    #[must_use]
    pub fn secret_of(&self, service: Service) -> Option<&Secret<String>> {
        let internal = &self.internal;
        match service {
            Service::Storage => &internal.storage_secret,
            Service::Users => &internal.users_secret,
            Service::Servers => &internal.servers_secret,
            Service::Messages => &internal.messages_secret,
            Service::Search => &internal.search_secret,
            Service::Gateway => &internal.gateway_secret,
            Service::Edge => &internal.edge_secret,
        }
        .get()
    }

    /// Where a service takes calls; nowhere for one that takes none.
    #[must_use]
    pub fn addresses_of(&self, service: Service) -> &[Address] {
        match service {
            Service::Storage => &self.peers.storage,
            Service::Users => &self.peers.users,
            Service::Servers => &self.peers.servers,
            Service::Messages => &self.peers.messages,
            Service::Search | Service::Gateway | Service::Edge => &[],
        }
    }

    /// Where the edge hands requests for a service on to.
    #[must_use]
    pub fn public_addresses_of(&self, service: Service) -> &[Address] {
        match service {
            Service::Storage => &self.edge.storage,
            Service::Users => &self.edge.users,
            Service::Servers => &self.edge.servers,
            Service::Messages => &self.edge.messages,
            Service::Search => &self.edge.search,
            Service::Gateway => &self.edge.gateway,
            Service::Edge => &[],
        }
    }
}
