//! Members of a server, its roles, and what the caller may do.

pub(super) mod get;
pub(super) mod list;
pub(super) mod permissions;
pub(super) mod roles;
