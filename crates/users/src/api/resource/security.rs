//! How a user signs in, in JSON.

use model::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::identity;

/// How one signs in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "password": true, "second_factor": {"totp": true, "since": "2026-11-24T09:30:00.000Z", "recovery_codes_left": 10},
    "email_change": null
}))]
pub(crate) struct Security {
    /// Whether one signs in with a password that Beep keeps.
    password: bool,
    second_factor: SecondFactor,
    /// The e-mail address that one wants to have and has not confirmed.
    email_change: Option<EmailChange>,
}

/// An e-mail address that is to be confirmed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"email": "ada@example.net", "expires_at": "2026-11-25T09:30:00.000Z"}))]
pub(crate) struct EmailChange {
    email: String,
    /// Until when.
    expires_at: Timestamp,
}

/// What is asked for beside the password.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"totp": false, "since": null, "recovery_codes_left": 0}))]
pub(crate) struct SecondFactor {
    /// Whether codes of an authenticator are.
    totp: bool,
    /// Since when.
    since: Option<Timestamp>,
    /// How many recovery codes were not used.
    recovery_codes_left: i64,
}

impl From<identity::Security> for Security {
    fn from(security: identity::Security) -> Self {
        Self {
            password: true,
            second_factor: SecondFactor {
                totp: security.totp_since.is_some(),
                since: security.totp_since,
                recovery_codes_left: security.recovery_codes_left,
            },
            email_change: security.email_change.map(|(email, expires_at)| EmailChange {
                email: email.expose().to_owned(),
                expires_at,
            }),
        }
    }
}
