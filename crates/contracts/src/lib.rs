//! What services say to each other: internal calls (one `.proto` for each service) and the closed set of events.

pub mod calls;
pub mod events;
pub mod permissions;
pub mod trace;

macro_rules! generated {
    ($($(#[$doc:meta])* $service:ident = $package:literal;)*) => { $(
        $(#[$doc])*
        pub mod $service {
            #![allow(
                missing_docs,
                unreachable_pub,
                clippy::all,
                clippy::pedantic,
                clippy::allow_attributes_without_reason,
                reason = "generated from the .proto file, which has the comments"
            )]
            tonic::include_proto!($package);
        }
    )* };
}

generated! {
    /// Internal calls of the users service: `proto/users.proto`.
    users = "beep.users.v1";
    /// Internal calls of the storage service: `proto/storage.proto`.
    storage = "beep.storage.v1";
    /// Internal calls of the servers service: `proto/servers.proto`.
    servers = "beep.servers.v1";
    /// Internal calls of the messages service: `proto/messages.proto`.
    messages = "beep.messages.v1";
    /// What gateways write down for and ask each other: `proto/gateway.proto`.
    gateway = "beep.gateway.v1";
}

/// The descriptions of all internal calls, for gRPC reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
