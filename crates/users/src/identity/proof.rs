//! A signed-in caller shows once more who they are, before they change how they sign in.

use std::net::IpAddr;

use model::{SessionId, UserId};
use platform::{auth::Secret, db::Tx};

use super::{
    audit::{self, Act},
    codes::{self, Given},
    sign_in::account_of,
};
use crate::{
    error::{Door, UsersError},
    profile,
    service::Service,
    store::{User, user},
};

/// What the caller shows.
pub(crate) struct Proof {
    pub(crate) password: Secret<String>,
    /// As it was typed, where one is asked for.
    pub(crate) code: Option<String>,
    pub(crate) address: IpAddr,
    /// The caller's sign-in.
    pub(crate) session: Option<SessionId>,
    /// What their browser carries of having signed in once more at the identity manager.
    pub(crate) carried: Option<String>,
}

/// A caller who has shown their password.
pub(super) struct Shown {
    pub(super) user: User,
    hash: String,
}

/// Asks whether the password is the caller's, as slowly as when one signs in.
pub(super) async fn password(
    service: &Service,
    caller: UserId,
    password: Secret<String>,
    address: IpAddr,
) -> Result<Shown, UsersError> {
    service.embedded_alone()?;
    let user = profile::find_own(service, caller).await?;
    let hash = user::password_hash(&service.db, caller)
        .await?
        .ok_or(UsersError::NoAccount)?;
    let account = account_of(user.email.expose());
    let guessing = &service.guessing;
    guessing
        .admit(account, address, service.clock.now())
        .map_err(UsersError::TooManyAttempts)?;
    let right = service
        .passwords
        .verify(password, Some(hash.clone()))
        .await
        .inspect_err(|_| guessing.not_looked_at(account, address))?;
    if !right {
        audit::note(Act::PasswordRefused, caller);
        return Err(UsersError::WrongPassword);
    }
    guessing.right(account, address);
    Ok(Shown { user, hash })
}

impl Shown {
    /// A transaction in which the password is, and stays, the one that was shown.
    pub(super) async fn begin(&self, service: &Service) -> Result<Tx, UsersError> {
        let mut tx = service.db.begin().await?;
        if user::hold_password(&mut tx, self.user.id, &self.hash).await? {
            Ok(tx)
        } else {
            Err(UsersError::WrongPassword)
        }
    }
}

/// The caller and such a transaction, with a code where there is a second factor.
pub(super) async fn password_and_code(
    service: &Service,
    caller: UserId,
    proof: Proof,
) -> Result<(User, Tx), UsersError> {
    let shown = password(service, caller, proof.password, proof.address).await?;
    let mut tx = shown.begin(service).await?;
    let given = Given {
        code: proof.code.as_deref(),
        address: proof.address,
        door: Door::Account,
    };
    codes::accept(service, &mut tx, caller, given).await?;
    Ok((shown.user, tx))
}
