//! Signing in with e-mail and password (A2), and with a code where there is a second factor (A3).

use std::net::IpAddr;

use model::{Email, UserId};
use platform::auth::Secret;
use sha2::{Digest, Sha256};

use super::{
    SignedIn,
    audit::{self, Act},
    codes::{self, Given},
    keycloak,
    session::begin_session,
};
use crate::{
    error::{Door, UsersError},
    service::Service,
    store::user,
};

/// Someone who says who they are.
pub(crate) struct Attempt<'a> {
    /// As it was typed: it need not even be an address.
    pub(crate) email: &'a str,
    pub(crate) password: Secret<String>,
    /// As it was typed.
    pub(crate) code: Option<&'a str>,
    pub(crate) address: IpAddr,
    pub(crate) user_agent: Option<&'a str>,
}

/// As what guesses at the account of this address are counted.
pub(super) fn account_of(email: &str) -> [u8; 32] {
    Sha256::digest(email).into()
}

/// Signs in. Unknown address and wrong password are answered alike, after the same work; a code is asked for after the
/// password alone was right.
pub(crate) async fn sign_in(service: &Service, attempt: Attempt<'_>) -> Result<SignedIn, UsersError> {
    if let Some(keycloak) = service.keycloak() {
        return keycloak::sign_in(service, keycloak, attempt).await;
    }
    let address = attempt.address;
    let (user_id, hash) = known(service, attempt.email, attempt.password, address).await?;
    let user = user::lookup(&service.db, user_id)
        .await?
        .ok_or(UsersError::InvalidCredentials)?;
    let mut tx = service.db.begin().await?;
    // Whoever changes the password meanwhile, and ends all sign-ins, ends this one, too.
    if !user::hold_password(&mut tx, user_id, &hash).await? {
        return Err(UsersError::InvalidCredentials);
    }
    let given = Given {
        code: attempt.code,
        address,
        door: Door::SignIn,
    };
    codes::accept(service, &mut tx, user_id, given).await?;
    let signed_in = begin_session(service, tx, user, attempt.user_agent).await?;
    audit::note(Act::SignedIn, user_id);
    Ok(signed_in)
}

/// Whose address and password these are, and the hash of the password; asked as slowly as guessing deserves.
pub(super) async fn known(
    service: &Service,
    typed: &str,
    password: Secret<String>,
    address: IpAddr,
) -> Result<(UserId, String), UsersError> {
    let email: Option<Email> = typed.parse().ok();
    let account = account_of(email.as_ref().map_or(typed, Email::expose));
    let guessing = &service.guessing;
    guessing
        .admit(account, address, service.clock.now())
        .map_err(UsersError::TooManyAttempts)?;
    match check(service, email.as_ref(), password).await {
        Ok(Some(right)) => {
            guessing.right(account, address);
            Ok(right)
        }
        Ok(None) => {
            audit::note_address(service, Act::SignInRefused, email.as_ref());
            Err(UsersError::InvalidCredentials)
        }
        Err(error) => {
            guessing.not_looked_at(account, address);
            Err(error)
        }
    }
}

/// Whose address and password these are, and the hash of the password.
async fn check(
    service: &Service,
    email: Option<&Email>,
    password: Secret<String>,
) -> Result<Option<(UserId, String)>, UsersError> {
    let found = match email {
        Some(email) => user::find_by_email(&service.db, email).await?,
        None => None,
    };
    let hash = found.as_ref().map(|(_, hash)| hash.clone());
    let right = service.passwords.verify(password, hash).await?;
    Ok(found.filter(|_| right))
}
