//! What a user chooses for themself.

use serde::Serialize;
use utoipa::ToSchema;

use crate::store::User;

/// Settings, the same on all devices.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"language": "en", "theme": "system", "density": "cosy"}))]
pub(crate) struct Settings {
    /// `en` or `fr`.
    language: String,
    /// `system`, `light` or `dark`.
    theme: String,
    /// `cosy` or `compact`.
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
