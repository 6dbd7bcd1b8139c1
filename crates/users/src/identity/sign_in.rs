//! Signing in with e-mail and password (A2).

use std::net::IpAddr;

use model::{Email, UserId};
use platform::auth::Secret;
use sha2::{Digest, Sha256};

use super::{SignedIn, session::begin_session};
use crate::{error::UsersError, service::Service, store::user};

/// Someone who says who they are.
pub(crate) struct Attempt<'a> {
    /// As it was typed: it need not even be an address.
    pub(crate) email: &'a str,
    pub(crate) password: Secret<String>,
    pub(crate) address: IpAddr,
    pub(crate) user_agent: Option<&'a str>,
}

/// Signs in. Unknown address and wrong password are answered alike, after the same work.
pub(crate) async fn sign_in(service: &Service, attempt: Attempt<'_>) -> Result<SignedIn, UsersError> {
    let email: Option<Email> = attempt.email.parse().ok();
    let account: [u8; 32] = Sha256::digest(email.as_ref().map_or(attempt.email, Email::expose)).into();
    let (guessing, address) = (&service.guessing, attempt.address);
    guessing
        .admit(account, address, service.clock.now())
        .map_err(UsersError::TooManyAttempts)?;
    let checked = check(service, email.as_ref(), attempt.password).await;
    let user_id = match checked {
        Ok(Some(user_id)) => user_id,
        Ok(None) => return Err(UsersError::InvalidCredentials),
        Err(error) => {
            guessing.not_looked_at(account, address);
            return Err(error);
        }
    };
    guessing.right(account, address);
    let user = user::lookup(&service.db, user_id)
        .await?
        .ok_or(UsersError::InvalidCredentials)?;
    begin_session(service, service.db.begin().await?, user, attempt.user_agent).await
}

/// Whose address and password these are.
async fn check(
    service: &Service,
    email: Option<&Email>,
    password: Secret<String>,
) -> Result<Option<UserId>, UsersError> {
    let found = match email {
        Some(email) => user::find_by_email(&service.db, email).await?,
        None => None,
    };
    let (user_id, hash) = found.unzip();
    let right = service.passwords.verify(password, hash).await?;
    Ok(user_id.filter(|_| right))
}
