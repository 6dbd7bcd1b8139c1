//! The resources of the public API.

mod passkey;
mod profile;
mod proof;
mod recovery_codes;
mod security;
mod session;
mod settings;
mod tokens;

pub(crate) use passkey::{Answer, PasskeyChallenge};
pub(crate) use profile::{OwnUser, Profile};
pub(crate) use proof::{PasswordAlone, PasswordAndCode, Shown, shown_password};
pub(crate) use recovery_codes::RecoveryCodes;
pub(crate) use security::{Credential, Security};
pub(crate) use session::Session;
pub(crate) use settings::Settings;
pub(crate) use tokens::Tokens;
