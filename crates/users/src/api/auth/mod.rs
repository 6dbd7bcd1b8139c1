//! Signing up, in and out.

pub(super) mod backchannel_logout;
pub(super) mod begin_passkey_sign_in;
pub(super) mod callback;
pub(super) mod complete;
pub(super) mod forgot_password;
pub(super) mod get_newcomer;
pub(super) mod give_up;
pub(super) mod link;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod passkey_sign_in;
pub(in crate::api) mod providers;
pub(super) mod refresh;
pub(super) mod register;
pub(super) mod reset_password;
pub(in crate::api) mod start;
pub(super) mod verify_email;
