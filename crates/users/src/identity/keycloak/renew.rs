//! A sign-in goes on as long as what it stands on at Keycloak: asked at each exchange of a refresh token.

use std::time::Duration;

use model::{Email, PersonName, SessionId, UserId};
use platform::component::Away;

use super::{Keycloak, KeycloakError, claims::IdClaims};
use crate::{
    error::UsersError,
    identity::RefreshToken,
    service::Service,
    store::{Grant, grant, user},
};

/// How long sign-ins go on while Keycloak does not answer, after it last said that they live.
const WITHOUT_ANSWER: Duration = Duration::from_mins(15);

/// How long Keycloak may take to answer: a browser waits.
const WITHIN: Duration = Duration::from_secs(5);

/// Names and e-mail as Keycloak has them.
pub(super) struct Profile<'a> {
    first_name: Option<&'a str>,
    last_name: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> Profile<'a> {
    pub(super) fn of(claims: &'a IdClaims) -> Self {
        Self {
            first_name: claims.given_name.as_deref(),
            last_name: claims.family_name.as_deref(),
            email: claims.email.as_deref(),
        }
    }
}

/// Takes over what has changed at Keycloak. What Beep cannot have (no name, an address of another user) stays as it was.
pub(super) async fn take_over(service: &Service, user_id: UserId, profile: &Profile<'_>) -> Result<(), UsersError> {
    let Some(known) = user::lookup(&service.db, user_id).await? else {
        return Ok(());
    };
    let name = |text: Option<&str>, known: PersonName| text.and_then(|text| text.parse().ok()).unwrap_or(known);
    let first_name = name(profile.first_name, known.first_name);
    let last_name = name(profile.last_name, known.last_name);
    let email: Option<Email> = profile.email.and_then(|text| text.parse().ok());
    for email in [email.unwrap_or_else(|| known.email.clone()), known.email] {
        let mut tx = service.db.begin().await?;
        match user::take_over(&mut tx, user_id, (&first_name, &last_name), &email)
            .await
            .map_err(UsersError::taken)
        {
            Ok(Some(changed)) => {
                service.emit_changed(&mut tx, &changed)?;
                tx.commit().await?;
                service.summaries.put(&changed);
                return Ok(());
            }
            Ok(None) => return Ok(()),
            Err(UsersError::EmailTaken) => {
                tracing::warn!(user.id = %user_id, "another user has the address that Keycloak has for this one");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// How it stands with what a sign-in stands on.
pub(crate) enum Renewal {
    /// It lives, or nobody knows and it lived a moment ago.
    Lives,
    /// It has ended, or nobody can show that it ever was.
    Ended(Option<UserId>),
}

/// Asks Keycloak whether the sign-in of this refresh token goes on.
pub(crate) async fn renew(
    service: &Service,
    keycloak: &Keycloak,
    presented: &RefreshToken,
) -> Result<Renewal, UsersError> {
    let id = presented.sign_in;
    let Some((user_id, grant)) = grant::find(&service.db, id, &presented.hash()).await? else {
        return Ok(Renewal::Ended(None));
    };
    let now = service.clock.now();
    let asking = tokio::time::timeout(WITHIN, ask(service, keycloak, id, user_id, &grant));
    match asking.await.unwrap_or(Err(Asked::Keycloak(KeycloakError::Away(Away)))) {
        Ok(Some(sealed)) => {
            let mut tx = service.db.begin().await?;
            grant::checked(&mut tx, id, sealed.as_deref(), now).await?;
            tx.commit().await?;
            Ok(Renewal::Lives)
        }
        Ok(None) | Err(Asked::Keycloak(KeycloakError::Refused(_))) => Ok(Renewal::Ended(Some(user_id))),
        // Away, or badly set up: nobody is signed out for that at once.
        Err(Asked::Keycloak(error)) => {
            if now.since(grant.checked_at) <= WITHOUT_ANSWER {
                tracing::warn!(error.detail = %error, "a sign-in goes on without an answer of Keycloak");
                Ok(Renewal::Lives)
            } else {
                Err(error.into())
            }
        }
        Err(Asked::Other(error)) => Err(error),
    }
}

enum Asked {
    Keycloak(KeycloakError),
    Other(UsersError),
}

impl From<KeycloakError> for Asked {
    fn from(error: KeycloakError) -> Self {
        Self::Keycloak(error)
    }
}

impl From<UsersError> for Asked {
    fn from(error: UsersError) -> Self {
        Self::Other(error)
    }
}

/// `None` when it has ended, otherwise the next refresh token, sealed, if there is one.
async fn ask(
    service: &Service,
    keycloak: &Keycloak,
    id: SessionId,
    user_id: UserId,
    grant: &Grant,
) -> Result<Option<Option<Vec<u8>>>, Asked> {
    let Some(sealed) = &grant.sealed else {
        let Some(identity) = keycloak.identity(&grant.subject).await?.filter(|found| found.enabled) else {
            return Ok(None);
        };
        let profile = Profile {
            first_name: identity.first_name.as_deref(),
            last_name: identity.last_name.as_deref(),
            email: identity.email.as_deref(),
        };
        take_over(service, user_id, &profile).await?;
        return Ok(Some(None));
    };
    let token = keycloak.open_refresh_token(id, sealed).map_err(UsersError::from)?;
    let granted = keycloak.by_refresh_token(&grant.client, token.expose()).await?;
    let now = service.clock.now();
    let claims = keycloak.id_token(&granted.id_token, &grant.client, None, now).await?;
    if claims.sub != grant.subject {
        return Ok(None);
    }
    take_over(service, user_id, &Profile::of(&claims)).await?;
    let next = granted
        .refresh_token
        .map(|token| keycloak.close_refresh_token(id, token.expose()))
        .transpose()
        .map_err(UsersError::from)?;
    Ok(Some(next))
}
