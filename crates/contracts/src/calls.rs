//! Who may call what inside: every internal call with the services that may make it (A8). `services.toml` says why.

use tonic::Code;

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
    /// The index of messages.
    Search,
    /// Live connections.
    Gateway,
    /// The front door.
    Edge,
}

impl Service {
    /// All services, each after those that it calls.
    pub const ALL: [Self; 7] = [
        Self::Storage,
        Self::Users,
        Self::Servers,
        Self::Messages,
        Self::Search,
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
            Self::Search => "search",
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
            Self::Search | Self::Gateway | Self::Edge => None,
        }
    }
}

/// A way in which a call may be refused: the status and the stable code that crosses with it.
pub type Refusal = (Code, &'static str);

/// How any call may be refused, whatever it does. Besides, those who may not make it, or do not show who they are, are
/// refused with [`NOT_ALLOWED`] and [`NO_SERVICE_TOKEN`].
pub const OF_EVERY_CALL: [Refusal; 4] = [
    (Code::DeadlineExceeded, "timed_out"),
    (Code::Unavailable, "unavailable"),
    (Code::Unavailable, "overloaded"),
    (Code::Internal, "internal"),
];
/// The calling service may not make this call.
pub const NOT_ALLOWED: Refusal = (Code::PermissionDenied, "call_not_allowed");
/// The calling service shows no token that is good for the called one.
pub const NO_SERVICE_TOKEN: Refusal = (Code::Unauthenticated, "service_token_invalid");
/// A call that is made for a user comes without a good token of theirs.
pub const NO_USER: Refusal = (Code::Unauthenticated, "not_signed_in");
/// There is no room for what shall be kept.
pub const STORAGE_FULL: Refusal = (Code::ResourceExhausted, "storage_full");

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
    /// Whether it may take as long as people wait for an answer, and not only as long as most calls.
    pub patient: bool,
    /// How it may be refused besides [`OF_EVERY_CALL`] and, where it is made for a user, [`NO_USER`].
    pub refusals: &'static [Refusal],
}

use Service::{Gateway, Messages, Search, Servers, Storage, Users};

/// Every internal call. A call that is missing here is refused to everybody.
pub const CALLS: [Call; 27] = [
    call(Storage, "PutPicture", &[Users, Servers]).for_user().refusing(&[
        (Code::InvalidArgument, "picture_too_large"),
        (Code::InvalidArgument, "picture_type_unsupported"),
        (Code::InvalidArgument, "picture_not_readable"),
        (Code::InvalidArgument, "picture_shape_unknown"),
        (Code::InvalidArgument, "picture_key_invalid"),
    ]),
    call(Storage, "DeletePictures", &[Users, Servers, Messages]).refusing(&[
        (Code::InvalidArgument, "picture_key_invalid"),
        (Code::InvalidArgument, "too_many_ids"),
    ]),
    // Of files: who may see one, and send one, the messages service decides before it calls.
    call(Storage, "PutPart", &[Messages]).refusing(&[(Code::InvalidArgument, "part_invalid"), STORAGE_FULL]),
    call(Storage, "FinishFile", &[Messages])
        .patiently()
        .refusing(&[(Code::NotFound, "part_not_found"), STORAGE_FULL]),
    call(Storage, "ReadFile", &[Messages]).refusing(&[(Code::NotFound, "file_not_found")]),
    call(Storage, "DeleteFiles", &[Messages]).refusing(&[(Code::InvalidArgument, "too_many_ids")]),
    // In the background, for a message that many read: there is no user whose token could come with it.
    call(Storage, "PutPreviewPicture", &[Messages]).refusing(&[
        (Code::InvalidArgument, "picture_too_large"),
        (Code::InvalidArgument, "picture_type_unsupported"),
        (Code::InvalidArgument, "picture_not_readable"),
        (Code::InvalidArgument, "picture_key_invalid"),
    ]),
    call(Users, "GetSummaries", &[Servers, Messages]).refusing(&[(Code::InvalidArgument, "too_many_ids")]),
    call(Users, "GetAccount", &[Gateway])
        .for_user()
        .refusing(&[(Code::NotFound, "user_not_found")]),
    // In the background, when the user's own token has long expired; only what the user asked for themself is handed to them.
    call(Users, "GetExport", &[Messages])
        .patiently()
        .refusing(&[(Code::NotFound, "user_not_found")]),
    // Asked of the issuer by every process that starts, and waited for by nothing else: no dependency between services.
    call(Users, "ListEndedSignIns", &Service::ALL),
    call(Users, "BeginDeletion", &[Servers])
        .for_user()
        .patiently()
        .refusing(&[
            (Code::PermissionDenied, "wrong_password"),
            (Code::PermissionDenied, "sign_in_again_required"),
            (Code::PermissionDenied, "second_factor_required"),
            (Code::PermissionDenied, "second_factor_wrong"),
            (Code::FailedPrecondition, "kept_elsewhere"),
            (Code::ResourceExhausted, "too_many_attempts"),
            (Code::Unavailable, "identity_unavailable"),
            (Code::InvalidArgument, "address_invalid"),
        ]),
    call(Users, "CancelDeletion", &[Servers]).for_user(),
    call(Users, "ListDeleted", &[Servers, Messages]),
    call(Servers, "GetTenant", &[Messages, Search, Gateway]),
    call(Servers, "GetMembership", &[Messages, Search, Gateway]),
    call(Servers, "ListServersOfUser", &[Messages, Gateway]),
    call(Servers, "ListBans", &[Messages]),
    call(Servers, "ListChannels", &[Gateway]),
    call(Servers, "ReportOnline", &[Gateway]).refusing(&[(Code::InvalidArgument, "too_many_counts")]),
    call(Servers, "ListMembers", &[Gateway]),
    call(Messages, "GetLastNumbers", &[Gateway]),
    call(Messages, "ListMessages", &[Search, Gateway]),
    call(Messages, "ListPositions", &[Search]),
    call(Messages, "ListChanges", &[Search]),
    call(Messages, "ReadMessages", &[Search])
        .for_user()
        .refusing(&[(Code::InvalidArgument, "too_many_ids")]),
    call(Messages, "ListReadStates", &[Gateway]),
];

const fn call(service: Service, method: &'static str, callers: &'static [Service]) -> Call {
    Call {
        service,
        method,
        callers,
        for_user: false,
        patient: false,
        refusals: &[],
    }
}

impl Call {
    const fn for_user(mut self) -> Self {
        self.for_user = true;
        self
    }

    const fn patiently(mut self) -> Self {
        self.patient = true;
        self
    }

    const fn refusing(mut self, refusals: &'static [Refusal]) -> Self {
        self.refusals = refusals;
        self
    }

    /// The call of this name of a service.
    #[must_use]
    pub fn of_service(service: Service, method: &str) -> Option<&'static Self> {
        CALLS
            .iter()
            .find(|call| call.service == service && call.method == method)
    }

    /// Whether the contract says that it may be refused so.
    #[must_use]
    pub fn may_refuse_with(&self, code: Code, beep_code: &str) -> bool {
        let of_user = self.for_user.then_some(&NO_USER);
        OF_EVERY_CALL
            .iter()
            .chain(of_user)
            .chain(self.refusals)
            .any(|refusal| *refusal == (code, beep_code))
    }

    /// The call with this path of a gRPC request, such as `/beep.users.v1.Users/GetAccount`.
    #[must_use]
    pub fn of_path(path: &str) -> Option<&'static Self> {
        let (peer, method) = path.strip_prefix('/')?.split_once('/')?;
        let service = Service::ALL
            .into_iter()
            .find(|service| service.peer_name() == Some(peer))?;
        Self::of_service(service, method)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prost::Message;

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
    fn every_call_of_a_proto_is_here_and_nothing_else() {
        let described = prost_types::FileDescriptorSet::decode(crate::DESCRIPTORS).unwrap_or_default();
        let mut paths = BTreeSet::new();
        for file in &described.file {
            for service in &file.service {
                let path = |method: &str| format!("/{}.{}/{method}", file.package(), service.name());
                paths.extend(service.method.iter().map(|method| path(method.name())));
            }
        }
        let known = CALLS
            .iter()
            .map(|call| format!("/{}/{}", call.service.peer_name().unwrap_or_default(), call.method));
        assert_eq!(paths, known.collect());
        assert_eq!(paths.len(), CALLS.len());
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
