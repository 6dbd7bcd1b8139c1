//! How a user signs in, as they see it themself.

use model::{Email, Timestamp, UserId};

use crate::{
    error::UsersError,
    service::Service,
    store::{link, second_factor},
};

/// How a user signs in.
pub(crate) struct Security {
    /// Since when codes are asked for.
    pub(crate) totp_since: Option<Timestamp>,
    pub(crate) recovery_codes_left: i64,
    /// The address that is to be confirmed, and until when.
    pub(crate) email_change: Option<(Email, Timestamp)>,
}

/// How the caller signs in.
pub(crate) async fn security(service: &Service, caller: UserId) -> Result<Security, UsersError> {
    let (since, left) = second_factor::overview(&service.db, caller).await?.unzip();
    Ok(Security {
        totp_since: since,
        recovery_codes_left: left.unwrap_or(0),
        email_change: link::find_change(&service.db, caller, service.clock.now()).await?,
    })
}
