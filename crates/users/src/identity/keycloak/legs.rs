//! The legs of the way to something that Keycloak does for somebody. It does it for whoever is signed in there in that browser,
//! and that need not be who is signed in to Beep. So one looks first who is there; asks them to sign in as themselves, where it
//! is nobody, somebody else, or too long ago; and only then lets Keycloak do it, in that session of Keycloak and in no other
//! (`door`).

use platform::auth::Caller;
use serde::{Deserialize, Serialize};

use super::{
    Keycloak, Refusal,
    actions::{Acting, Came, end_action},
    claims::IdClaims,
    door::Errand,
    end::end,
    redirect::{AWAY, Started, lead},
    tokens::Granted,
};
use crate::{error::UsersError, service::Service};

/// How long ago somebody may have signed in there, in seconds. Keycloak itself would ask again after five minutes, and then
/// whoever answers could be somebody else.
const YOUNG: i64 = 4 * 60;

/// Where somebody is on their way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Leg {
    /// Keycloak says who is signed in there, and shows nothing.
    Look,
    /// It asks who they are.
    SignIn,
    /// It does what they wish, in this session.
    Act(String),
}

impl Leg {
    /// Whether Keycloak does what they wish.
    pub(super) fn acts(&self) -> bool {
        matches!(self, Self::Act(_))
    }

    /// The session in which it does it.
    pub(super) fn session(&self) -> Option<&str> {
        match self {
            Self::Act(session) => Some(session),
            Self::Look | Self::SignIn => None,
        }
    }
}

/// Leads to Keycloak for the leg that comes next.
pub(super) fn lead_on(
    service: &Service,
    keycloak: &Keycloak,
    acting: Acting,
    return_to: Option<&str>,
) -> Result<Started, UsersError> {
    let username = acting.username.clone();
    let (asking, state) = match (&acting.leg, &acting.wish) {
        (Leg::Look, _) => (vec![("prompt", "none".to_owned())], None),
        (Leg::Act(session), Some(wish)) => {
            let errand = Errand {
                session: session.clone(),
                wish: wish.clone(),
                until: service.clock.now().plus(AWAY).as_millis(),
            };
            let state = keycloak.close_errand(&errand)?;
            (vec![("kc_action", wish.clone())], Some(state))
        }
        (Leg::SignIn | Leg::Act(_), _) => {
            let mut asking = vec![("prompt", "login".to_owned()), ("login_hint", username)];
            asking.extend(acting.only_by.clone().map(|only| ("kc_idp_hint", only)));
            (asking, None)
        }
    };
    let asking: Vec<(&str, &str)> = asking.iter().map(|(name, value)| (*name, value.as_str())).collect();
    lead(service, keycloak, &asking, return_to, (Some(acting), state))
}

/// Goes on with somebody who came back: to the next leg, or to the end.
pub(super) async fn go_on(
    service: &Service,
    keycloak: &Keycloak,
    mut acting: Acting,
    (came, caller): (Result<(IdClaims, Granted), UsersError>, Option<Caller>),
    return_to: &str,
) -> Came {
    let next = match &came {
        _ if !acting.is_from(caller) => None,
        Ok((claims, _)) => after(&acting, claims),
        // Nobody is signed in there.
        Err(UsersError::Manager(Refusal::SignInGivenUp)) if matches!(acting.leg, Leg::Look) => Some(Leg::SignIn),
        Err(_) => None,
    };
    let Some(next) = next else {
        return end_action(service, keycloak, &acting, (came, caller), return_to).await;
    };
    if let Ok((claims, _)) = came
        && claims.sub != acting.subject
    {
        // Keycloak knows one person in a browser: as long as it is this one, it asks nobody else.
        tracing::info!(user.id = %acting.user_id, "somebody else is signed in at Keycloak in this browser: that session ends");
        end(keycloak, claims.sid).await;
    }
    acting.leg = next;
    match lead_on(service, keycloak, acting.clone(), Some(return_to)) {
        Ok(started) => Came::GoesOn(started),
        Err(error) => end_action(service, keycloak, &acting, (Err(error), caller), return_to).await,
    }
}

/// The leg that comes next, if one does.
fn after(acting: &Acting, claims: &IdClaims) -> Option<Leg> {
    let theirs = claims.sub == acting.subject;
    let young = claims
        .auth_time
        .is_some_and(|then| claims.iat.saturating_sub(then) <= YOUNG);
    let session = claims.sid.clone().filter(|_| theirs && young && acting.wish.is_some());
    match (&acting.leg, session) {
        (Leg::Look | Leg::SignIn, Some(session)) => Some(Leg::Act(session)),
        (Leg::Look, None) => Some(Leg::SignIn),
        _ => None,
    }
}
