//! Signing in by Beep's own form (A2): Keycloak takes the password, and Beep slows down who guesses.

use std::time::Duration;

use model::{Email, UserId};
use platform::{auth::Secret, component::Away};
use tokio::time::Instant;

use super::{
    Keycloak, KeycloakError, LOGIN, Refusal, Standing, WITHIN,
    admin::Failures,
    claims::IdClaims,
    end::end,
    renew::{Profile, take_over},
    sealed::Newcomer,
    tokens::Granted,
};
use crate::{
    error::{Door, UsersError},
    identity::{
        Attempt, SignedIn,
        audit::{self, Act},
        session::begin_session_on,
        sign_in::account_of,
    },
    service::Service,
    store::{identity, user},
};

/// How long a newcomer may take to say who they want to be.
const NEWCOMER: Duration = Duration::from_mins(30);
/// Keycloak counts failures a little later than it answers: how often it is looked whether it has, and the pause before each.
const LOOKS: usize = 8;
const PAUSE: Duration = Duration::from_millis(25);
/// How often a password is shown to Keycloak that it does not look at.
const ATTEMPTS: u32 = 3;
/// How long it takes at least to be refused: a directory, an unknown account and one that is kept out take Keycloak different
/// times, which is nobody's business.
const REFUSED_AFTER: Duration = Duration::from_millis(400);
/// What Keycloak says to whoever has the password of an account that it keeps out.
const DISABLED: &str = "Account disabled";
/// Asked for in place of an unknown account, so that unknown and known take the same time.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// Signs in by e-mail and password, and a code where Keycloak asks for one.
pub(crate) async fn sign_in(
    service: &Service,
    keycloak: &Keycloak,
    attempt: Attempt<'_>,
) -> Result<SignedIn, UsersError> {
    if !keycloak.has_own_form() {
        return Err(UsersError::Manager(Refusal::SignInElsewhere));
    }
    let email: Option<Email> = attempt.email.parse().ok();
    let name = email.as_ref().map_or(attempt.email, Email::expose);
    let (account, address) = (account_of(name), attempt.address);
    service
        .guessing
        .admit(account, address, service.clock.now())
        .map_err(UsersError::TooManyAttempts)?;
    let begun = Instant::now();
    let code = attempt.code.filter(|code| !code.trim().is_empty());
    let subject = identity::subject_of(&service.db, &keycloak.issuer, name).await?;
    match check(service, keycloak, (name, subject.as_deref()), &attempt.password, code).await {
        Ok((claims, granted)) => {
            service.guessing.right(account, address);
            let granted = (LOGIN, claims.sid.clone(), granted.refresh_token);
            enter(service, keycloak, &claims, granted, "/", attempt.user_agent).await
        }
        Err(UsersError::InvalidCredentials) => {
            tokio::time::sleep_until(begun + REFUSED_AFTER).await;
            audit::note_address(service, Act::SignInRefused, email.as_ref());
            Err(UsersError::InvalidCredentials)
        }
        Err(UsersError::AccountDisabled) => {
            service.guessing.right(account, address);
            audit::note_address(service, Act::SignInRefused, email.as_ref());
            Err(UsersError::AccountDisabled)
        }
        // A code that is guessed counts as a password does.
        Err(error @ UsersError::SecondFactorWrong(_)) => Err(error),
        Err(error) => {
            service.guessing.not_looked_at(account, address);
            Err(error)
        }
    }
}

/// Whether Keycloak accepts the password, and the code, of who is called so; with the subject, if somebody is.
pub(super) async fn check(
    service: &Service,
    keycloak: &Keycloak,
    (name, subject): (&str, Option<&str>),
    password: &Secret<String>,
    code: Option<&str>,
) -> Result<(IdClaims, Granted), UsersError> {
    let checking = tokio::time::timeout(WITHIN, check_once(service, keycloak, (name, subject), password, code));
    let checked = checking.await;
    checked.unwrap_or_else(|_elapsed| Err(KeycloakError::Away(Away).into()))
}

async fn check_once(
    service: &Service,
    keycloak: &Keycloak,
    (name, subject): (&str, Option<&str>),
    password: &Secret<String>,
    code: Option<&str>,
) -> Result<(IdClaims, Granted), UsersError> {
    let failures = async || -> Result<Failures, KeycloakError> { keycloak.failures(subject.unwrap_or(NOBODY)).await };
    for attempt in 1.. {
        let before = failures().await?;
        match keycloak.by_password(name, password, code).await {
            Ok(granted) => {
                let now = service.clock.now();
                let claims = keycloak.id_token(&granted.id_token, LOGIN, None, now).await?;
                return Ok((claims, granted));
            }
            Err(KeycloakError::Refused(why)) if why.ends_with(DISABLED) => return Err(UsersError::AccountDisabled),
            Err(KeycloakError::Refused(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let (after, looked_at) = look(keycloak, subject, before).await?;
        if !looked_at && attempt < ATTEMPTS {
            continue;
        }
        let codes = after.of_codes_since(before);
        return Err(match code {
            None if codes => UsersError::SecondFactorRequired(Door::SignIn),
            Some(_) if codes => UsersError::SecondFactorWrong(Door::SignIn),
            _ => UsersError::InvalidCredentials,
        });
    }
    Err(UsersError::InvalidCredentials)
}

/// What Keycloak has counted after it has refused somebody, and whether it has looked at what they have shown: of two who sign in
/// to one account at the same moment, it refuses one without.
async fn look(keycloak: &Keycloak, subject: Option<&str>, before: Failures) -> Result<(Failures, bool), KeycloakError> {
    let mut after = before;
    for look in 0..LOOKS {
        tokio::time::sleep(PAUSE).await;
        after = keycloak.failures(subject.unwrap_or(NOBODY)).await?;
        let Some(subject) = subject.filter(|_| !after.is_newer_than(before) && !after.is_locked()) else {
            return Ok((after, true));
        };
        // Of whom it keeps out it counts nothing, however long one waits.
        if look == 0 && !keycloak.identity(subject).await?.is_some_and(|known| known.enabled) {
            return Ok((after, true));
        }
    }
    Ok((after, false))
}

/// Somebody has shown Keycloak who they are: signs them in, or seals who they are until they have said who they want to be.
pub(super) async fn enter(
    service: &Service,
    keycloak: &Keycloak,
    claims: &IdClaims,
    granted: (&str, Option<String>, Option<Secret<String>>),
    return_to: &str,
    user_agent: Option<&str>,
) -> Result<SignedIn, UsersError> {
    let Some(user_id) = identity::find(&service.db, &keycloak.issuer, &claims.sub).await? else {
        let (client, session, refresh_token) = granted;
        let newcomer = Newcomer {
            subject: claims.sub.clone(),
            client: client.to_owned(),
            session,
            refresh_token: refresh_token.map(Secret::into_exposed),
            username: claims.preferred_username.clone(),
            email: claims.email.clone(),
            first_name: claims.given_name.clone(),
            last_name: claims.family_name.clone(),
            return_to: return_to.to_owned(),
            granted_at: Some(claims.iat),
            until: service.clock.now().plus(NEWCOMER).as_millis(),
        };
        return Err(UsersError::Manager(Refusal::Newcomer(
            keycloak.close_newcomer(&newcomer)?,
        )));
    };
    take_over(service, user_id, &Profile::of(claims)).await?;
    introduce_again(keycloak, claims, user_id).await;
    let user = user::lookup(&service.db, user_id).await?.ok_or(UsersError::NoAccount)?;
    let tx = service.db.begin().await?;
    let (client, session, refresh_token) = granted;
    let standing = Standing {
        keycloak,
        subject: &claims.sub,
        client,
        session: session.clone(),
        refresh_token,
        granted_at: Some(claims.iat),
    };
    let begun = begin_session_on(service, tx, user, user_agent, Some(standing)).await;
    match &begun {
        Ok(_) => audit::note(Act::SignedIn, user_id),
        // Whoever is not let in here is not left in there.
        Err(_) => end(keycloak, session).await,
    }
    begun
}

/// Where writing the user's id into the identity did not succeed the first time, it is tried again.
async fn introduce_again(keycloak: &Keycloak, claims: &IdClaims, user_id: UserId) {
    if claims.beep_user_id.as_deref() == Some(&*user_id.to_string()) {
        return;
    }
    if let Err(error) = keycloak.introduce(&claims.sub, user_id, &[]).await {
        tracing::warn!(error.detail = %error, user.id = %user_id, "an identity does not know its user yet");
    }
}
