//! Channels and folders of a server.

pub(super) mod change;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod order;
