//! One's own account.

pub(super) mod account;
pub(super) mod avatar;
pub(super) mod sessions;
pub(super) mod settings;
