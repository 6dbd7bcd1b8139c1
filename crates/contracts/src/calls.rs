//! Who may call what inside: every internal call with the services that may make it (A8). `services.toml` says why.

use crate::{messages::messages_server, servers::servers_server, storage::storage_server, users::users_server};

/// A service: a deployment unit with an identity of its own among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// Files and pictures.
    Storage,
    /// Accounts and sign-ins.
    Users,
    /// Servers (tenants), channels, members.
    Servers,
    /// Messages.
    Messages,
    /// Live connections.
    Gateway,
    /// The front door.
    Edge,
}

impl Service {
    /// All services, each after those that it calls.
    pub const ALL: [Self; 6] = [
        Self::Storage,
        Self::Users,
        Self::Servers,
        Self::Messages,
        Self::Gateway,
        Self::Edge,
    ];

    /// The name, as in `services.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Users => "users",
            Self::Servers => "servers",
            Self::Messages => "messages",
            Self::Gateway => "gateway",
            Self::Edge => "edge",
        }
    }

    /// The service of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name() == name)
    }

    /// What internal calls of the service are addressed to: the name of its gRPC service, if others may call it.
    #[must_use]
    pub const fn peer_name(self) -> Option<&'static str> {
        match self {
            Self::Storage => Some(storage_server::SERVICE_NAME),
            Self::Users => Some(users_server::SERVICE_NAME),
            Self::Servers => Some(servers_server::SERVICE_NAME),
            Self::Messages => Some(messages_server::SERVICE_NAME),
            Self::Gateway | Self::Edge => None,
        }
    }
}

/// An internal call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// Who answers it.
    pub service: Service,
    /// Its name in the `.proto` file.
    pub method: &'static str,
    /// Who may make it.
    pub callers: &'static [Service],
    /// Whether it is made for a user, whose own access token must come with it.
    pub for_user: bool,
}

use Service::{Gateway, Messages, Servers, Storage, Users};

/// Every internal call. A call that is missing here is refused to everybody.
pub const CALLS: [Call; 10] = [
    call(Storage, "PutPicture", &[Users, Servers]).for_user(),
    call(Users, "GetSummaries", &[Servers, Messages]),
    call(Users, "GetAccount", &[Gateway]).for_user(),
    // Asked of the issuer by every process that starts, and waited for by nothing else: no dependency between services.
    call(Users, "ListEndedSignIns", &Service::ALL),
    call(Servers, "GetTenant", &[Messages, Gateway]),
    call(Servers, "GetMembership", &[Messages, Gateway]),
    call(Servers, "ListServersOfUser", &[Gateway]),
    call(Servers, "ListChannels", &[Gateway]),
    call(Messages, "GetLastNumbers", &[Gateway]),
    call(Messages, "ListMessages", &[Gateway]),
];

const fn call(service: Service, method: &'static str, callers: &'static [Service]) -> Call {
    Call {
        service,
        method,
        callers,
        for_user: false,
    }
}

impl Call {
    const fn for_user(mut self) -> Self {
        self.for_user = true;
        self
    }

    /// The call with this path of a gRPC request, such as `/beep.users.v1.Users/GetAccount`.
    #[must_use]
    pub fn of_path(path: &str) -> Option<&'static Self> {
        let (peer, method) = path.strip_prefix('/')?.split_once('/')?;
        CALLS
            .iter()
            .find(|call| call.method == method && call.service.peer_name() == Some(peer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for service in Service::ALL {
            assert_eq!(Service::from_name(service.name()), Some(service));
        }
        assert_eq!(Service::from_name("nobody"), None);
    }

    #[test]
    fn calls_are_found_by_the_path_of_their_request() {
        for call in &CALLS {
            let path = format!("/{}/{}", call.service.peer_name().unwrap_or_default(), call.method);
            assert_eq!(Call::of_path(&path), Some(call));
        }
        for unknown in [
            "",
            "/",
            "/beep.users.v1.Users/Nothing",
            "beep.users.v1.Users/GetAccount",
        ] {
            assert_eq!(Call::of_path(unknown), None);
        }
    }

    #[test]
    fn whoever_may_call_has_a_reason_in_services_toml() {
        let file = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../services.toml"));
        let units: toml::Table = file.unwrap_or_default().parse().unwrap_or_default();
        for call in CALLS.iter().filter(|call| call.method != "ListEndedSignIns") {
            for caller in call.callers {
                let reason = units
                    .get(caller.name())
                    .and_then(|unit| unit.get("calls")?.get(call.service.name()));
                assert!(reason.is_some(), "{} calls {}", caller.name(), call.service.name());
            }
        }
    }

    #[test]
    fn nobody_calls_itself_but_the_issuer() {
        let itself = CALLS.iter().filter(|call| call.callers.contains(&call.service));
        assert_eq!(itself.map(|call| call.method).collect::<Vec<_>>(), ["ListEndedSignIns"]);
    }
}
