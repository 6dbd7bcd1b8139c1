//! What a user chooses for themself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    settings::{Density, Language, Theme},
    store::User,
};

/// Settings, the same on all devices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"language": "en", "theme": "system", "density": "cosy"}))]
pub(crate) struct Settings {
    /// The language of the screens.
    #[schema(value_type = Language)]
    language: String,
    /// Light or dark.
    #[schema(value_type = Theme)]
    theme: String,
    /// How close things stand.
    #[schema(value_type = Density)]
    density: String,
}

impl From<&User> for Settings {
    fn from(user: &User) -> Self {
        Self {
            language: user.language.clone(),
            theme: user.theme.clone(),
            density: user.density.clone(),
        }
    }
}
