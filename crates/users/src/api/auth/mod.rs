//! Signing up, in and out.

pub(super) mod backchannel_logout;
pub(super) mod callback;
pub(super) mod complete;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod providers;
pub(super) mod refresh;
pub(super) mod register;
pub(super) mod start;
