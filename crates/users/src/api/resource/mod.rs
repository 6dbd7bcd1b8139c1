//! The resources of the public API.

mod profile;
mod session;
mod settings;
mod tokens;

pub(crate) use profile::{OwnUser, Profile};
pub(crate) use session::Session;
pub(crate) use settings::Settings;
pub(crate) use tokens::Tokens;
