//! Signing in with e-mail and password (A2).

use std::net::IpAddr;

use model::Email;
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
    let now = service.clock.now();
    if let Some(wait) = service.guessing.wait(account, attempt.address, now) {
        return Err(UsersError::TooManyAttempts(wait));
    }
    let found = match &email {
        Some(email) => user::find_by_email(&service.db, email).await?,
        None => None,
    };
    let (user_id, hash) = found.unzip();
    let right = service.passwords.verify(attempt.password, hash).await?;
    let Some(user_id) = user_id.filter(|_| right) else {
        service.guessing.wrong(account, attempt.address, service.clock.now());
        return Err(UsersError::InvalidCredentials);
    };
    service.guessing.right(account, attempt.address);
    let user = user::lookup(&service.db, user_id)
        .await?
        .ok_or(UsersError::InvalidCredentials)?;
    begin_session(service, service.db.begin().await?, user, attempt.user_agent).await
}
