//! One's own account.

pub(super) mod add_passkey;
pub(super) mod begin_action;
pub(super) mod begin_email_change;
pub(super) mod begin_passkey;
pub(super) mod begin_totp;
pub(super) mod cancel_email_change;
pub(super) mod change;
pub(super) mod change_settings;
pub(super) mod confirm_totp;
pub(super) mod delete_avatar;
pub(super) mod delete_banner;
pub(super) mod end_session;
pub(super) mod end_totp;
pub(super) mod get;
pub(super) mod get_settings;
pub(super) mod get_username;
pub(super) mod list_providers;
pub(super) mod list_sessions;
mod picture;
pub(super) mod put_avatar;
pub(super) mod put_banner;
pub(super) mod put_password;
pub(super) mod remove_passkey;
pub(super) mod renew_recovery_codes;
pub(super) mod security;
pub(super) mod unlink_provider;
