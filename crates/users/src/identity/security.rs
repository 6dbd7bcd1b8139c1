//! How a user signs in, as they see it themself.

use model::{Timestamp, UserId};

use crate::{error::UsersError, service::Service, store::second_factor};

/// How a user signs in.
pub(crate) struct Security {
    /// Since when codes are asked for.
    pub(crate) totp_since: Option<Timestamp>,
    pub(crate) recovery_codes_left: i64,
}

/// How the caller signs in.
pub(crate) async fn security(service: &Service, caller: UserId) -> Result<Security, UsersError> {
    let (since, left) = second_factor::overview(&service.db, caller).await?.unzip();
    Ok(Security {
        totp_since: since,
        recovery_codes_left: left.unwrap_or(0),
    })
}
