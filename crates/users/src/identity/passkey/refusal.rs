//! What can go wrong with passkeys, and how it is told.

use http::StatusCode;
use platform::{db::DbError, http::Problem};

use crate::error::UsersError;

/// Why a passkey is not added, or opens nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PasskeyRefusal {
    /// Browsers let no page of this Beep ask for passkeys.
    #[error("there are no passkeys here")]
    Unavailable,
    /// What is said to have been begun was not, or too long ago, or it was finished.
    #[error("no passkey was begun")]
    NotBegun,
    /// The device did not make the passkey that it was asked for.
    #[error("the passkey is wrong")]
    Wrong,
    /// Nobody has the passkey: it was removed, or never added.
    #[error("the passkey is unknown")]
    Unknown,
    /// The answer is wrong.
    #[error("the passkey is refused")]
    Refused,
    /// Somebody has the passkey.
    #[error("the passkey is known")]
    Known,
    /// The caller has as many as there can be.
    #[error("there are too many passkeys")]
    TooMany,
}

impl PasskeyRefusal {
    /// Whether somebody has the passkey that was to be added. PostgreSQL names the index, SQLite the column.
    pub(super) fn known(error: DbError) -> UsersError {
        if error.is_unique_on("passkeys_by_credential") || error.is_unique_on("passkeys.credential_id") {
            Self::Known.into()
        } else {
            error.into()
        }
    }
}

impl From<PasskeyRefusal> for Problem {
    fn from(refusal: PasskeyRefusal) -> Self {
        match refusal {
            PasskeyRefusal::Unavailable => Self::conflict(
                "passkeys_unavailable",
                "Browsers ask for passkeys where the address of Beep begins with https and has a name.",
            ),
            PasskeyRefusal::NotBegun => {
                Self::conflict("passkey_not_begun", "Begin again, and answer within 5 minutes.")
            }
            PasskeyRefusal::Wrong => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "passkey_wrong",
                "This is not the passkey that was asked for.",
            ),
            PasskeyRefusal::Unknown => Self::new(
                StatusCode::UNAUTHORIZED,
                "passkey_unknown",
                "Nobody here has this passkey.",
            ),
            PasskeyRefusal::Refused => Self::new(
                StatusCode::UNAUTHORIZED,
                "passkey_refused",
                "This passkey opens no account here.",
            ),
            PasskeyRefusal::Known => Self::conflict("passkey_known", "This passkey was added before."),
            PasskeyRefusal::TooMany => Self::conflict("passkey_limit", "You have as many passkeys as there can be."),
        }
    }
}
