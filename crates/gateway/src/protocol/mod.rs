//! The gateway protocol without any socket: frames, close codes, and the state machine of one connection.

mod close;
mod connection;
mod frame;
pub mod key;
mod screen;

pub use close::CloseCode;
pub use connection::{Action, Connection};
pub use frame::{ClientFrame, EncodedEvent, Presence, PresenceStatus, ServerFrame};
pub use screen::{MemberRange, Screen};
