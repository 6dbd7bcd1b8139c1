//! Signing up, in and out.

pub(super) mod login;
pub(super) mod logout;
pub(super) mod providers;
pub(super) mod refresh;
pub(super) mod register;
