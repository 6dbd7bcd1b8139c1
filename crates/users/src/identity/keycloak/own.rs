//! The caller's identity, and what shows that the caller is its owner.

use std::time::Duration;

use model::{SessionId, Timestamp, UserId};
use platform::auth::Secret;
use serde::{Deserialize, Serialize};

use super::{CredentialKind, Credentials, Keycloak, Refusal, admin::Identity, end::end, form::check};
use crate::{
    error::{Door, UsersError},
    identity::{
        Proof,
        audit::{self, Act},
        sign_in::account_of,
    },
    service::Service,
    store::{User, identity},
};

/// How long it counts that somebody has signed in once more.
pub(crate) const FRESH: Duration = Duration::from_mins(5);

/// Says that somebody has signed in once more, for one sign-in of theirs; sealed, a browser carries it.
#[derive(Serialize, Deserialize)]
pub(super) struct Fresh {
    pub(super) user_id: UserId,
    pub(super) session_id: SessionId,
    pub(super) until: i64,
}

/// By what the caller shows that they are the owner of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShownBy {
    /// The password, and a code where codes are asked for.
    Password,
    /// A fresh sign-in by the identity manager's page.
    SignIn,
}

/// The identity that the user is known as, if there is one.
pub(super) async fn find(
    service: &Service,
    keycloak: &Keycloak,
    user_id: UserId,
) -> Result<Option<Identity>, UsersError> {
    let Some(subject) = identity::subject_of_user(&service.db, &keycloak.issuer, user_id).await? else {
        return Ok(None);
    };
    Ok(keycloak.identity(&subject).await?)
}

/// The same for what a directory would have to change: refused where one keeps it.
pub(super) async fn changeable(
    service: &Service,
    keycloak: &Keycloak,
    user_id: UserId,
) -> Result<Identity, UsersError> {
    let identity = find(service, keycloak, user_id).await?.ok_or(Refusal::KeptElsewhere)?;
    if identity.federation_link.is_some() {
        return Err(Refusal::KeptByDirectory.into());
    }
    Ok(identity)
}

/// How the owner of these credentials shows who they are.
pub(crate) fn shown_by(keycloak: &Keycloak, credentials: &Credentials) -> ShownBy {
    if keycloak.has_own_form() && credentials.password && !credentials.has_key() {
        ShownBy::Password
    } else {
        ShownBy::SignIn
    }
}

/// Asks whether the caller is the owner of the account: by a fresh sign-in, or by the password and, where Keycloak asks for
/// one, a code.
pub(super) async fn prove(
    service: &Service,
    keycloak: &Keycloak,
    user: &User,
    identity: &Identity,
    proof: &Proof,
) -> Result<(), UsersError> {
    let now = service.clock.now();
    if keycloak.is_fresh(proof, user.id, now) {
        return Ok(());
    }
    let typed = Some(&proof.password).filter(|password| !password.expose().is_empty());
    let Some(password) = typed.filter(|_| keycloak.has_own_form()) else {
        return Err(Refusal::SignInAgain.into());
    };
    // A key is not asked for by this door: who has one shows it.
    if keycloak.credentials(&identity.id).await?.has_key() {
        return Err(Refusal::SignInAgain.into());
    }
    by_password(service, keycloak, user, identity, password, proof).await
}

async fn by_password(
    service: &Service,
    keycloak: &Keycloak,
    user: &User,
    identity: &Identity,
    password: &Secret<String>,
    proof: &Proof,
) -> Result<(), UsersError> {
    let (account, address) = (account_of(user.email.expose()), proof.address);
    let guessing = &service.guessing;
    guessing
        .admit(account, address, service.clock.now())
        .map_err(UsersError::TooManyAttempts)?;
    let code = proof.code.as_deref().filter(|code| !code.trim().is_empty());
    let checked = check(
        service,
        keycloak,
        (&identity.username, Some(&identity.id)),
        password,
        code,
    )
    .await;
    match checked {
        Ok((claims, _)) => {
            // It was asked for to see whether the password is right, and for nothing else.
            end(keycloak, claims.sid).await;
            if claims.sub != identity.id {
                return Err(UsersError::WrongPassword);
            }
            guessing.right(account, address);
            Ok(())
        }
        Err(UsersError::InvalidCredentials | UsersError::AccountDisabled) => {
            audit::note(Act::PasswordRefused, user.id);
            Err(UsersError::WrongPassword)
        }
        Err(UsersError::SecondFactorWrong(_)) => {
            audit::note(Act::SecondFactorRefused, user.id);
            Err(UsersError::SecondFactorWrong(Door::Account))
        }
        Err(error) => {
            guessing.not_looked_at(account, address);
            Err(match error {
                UsersError::SecondFactorRequired(_) => UsersError::SecondFactorRequired(Door::Account),
                UsersError::Manager(Refusal::SignInElsewhere) => Refusal::SignInAgain.into(),
                other => other,
            })
        }
    }
}

impl Keycloak {
    /// Whether the browser carries the word that its user has just signed in once more, with this sign-in.
    fn is_fresh(&self, proof: &Proof, user_id: UserId, now: Timestamp) -> bool {
        let carried = proof.carried.as_deref().and_then(|text| self.open_fresh(text, now));
        carried.is_some_and(|fresh| fresh.user_id == user_id && Some(fresh.session_id) == proof.session)
    }
}

/// How a user signs in there.
pub(crate) struct AsKept {
    /// Whether a directory keeps who they are.
    pub(crate) by_directory: bool,
    pub(crate) shown_by: ShownBy,
    pub(crate) credentials: Credentials,
    pub(crate) providers: Vec<String>,
}

/// How the user signs in, as Keycloak has it at this moment.
pub(crate) async fn look(service: &Service, keycloak: &Keycloak, user_id: UserId) -> Result<AsKept, UsersError> {
    let Some(identity) = find(service, keycloak, user_id).await? else {
        return Ok(AsKept {
            by_directory: false,
            shown_by: ShownBy::SignIn,
            credentials: Credentials::default(),
            providers: Vec::new(),
        });
    };
    let credentials = keycloak.credentials(&identity.id).await?;
    Ok(AsKept {
        by_directory: identity.federation_link.is_some(),
        shown_by: shown_by(keycloak, &credentials),
        providers: keycloak
            .links(&identity.id)
            .await?
            .into_iter()
            .map(|link| link.provider)
            .collect(),
        credentials,
    })
}

impl AsKept {
    /// The oldest authenticator.
    pub(crate) fn totp_since(&self) -> Option<Timestamp> {
        let totp = self
            .credentials
            .others
            .iter()
            .filter(|one| one.kind == CredentialKind::Totp);
        totp.filter_map(|one| one.created_at).min()
    }
}
