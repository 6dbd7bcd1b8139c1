//! Servers as wholes.

pub(super) mod change;
pub(super) mod create;
pub(super) mod destroy;
pub(super) mod discover;
pub(super) mod get;
pub(super) mod join;
pub(super) mod leave;
pub(super) mod list_mine;
