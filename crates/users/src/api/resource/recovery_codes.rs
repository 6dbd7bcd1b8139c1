//! Recovery codes in JSON.

use serde::Serialize;
use utoipa::ToSchema;

/// What one signs in with when the authenticator is lost. They are shown this once, and each is good for once.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"recovery_codes": ["4t9zk-m02xd", "h7qpc-1vb8e"]}))]
pub(crate) struct RecoveryCodes {
    /// Ten.
    pub(crate) recovery_codes: Vec<String>,
}
