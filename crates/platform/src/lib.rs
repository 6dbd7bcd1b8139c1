//! What every service stands on: database, event bus, object store, HTTP server, authentication, telemetry.

pub mod auth;
pub mod bus;
pub mod clock;
pub mod component;
pub mod db;
pub mod erasures;
pub mod http;
pub mod objects;
pub mod outbound;
pub mod pictures;
pub mod rpc;
pub mod service;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod tls;
