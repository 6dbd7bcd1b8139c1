//! What somebody changes by Keycloak's own pages about how they sign in (A3): an authenticator, keys, recovery codes. They go
//! there with a wish, by the legs of `legs`, and come back; what is believed is what the administration tells then.

use model::{SessionId, UserId};
use platform::auth::Caller;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    CredentialKind, Credentials, FRESH, Keycloak, Refusal,
    claims::IdClaims,
    end::end,
    legs::{self, Leg},
    own::{self, Fresh},
    providers::{self, Linking},
    redirect::Started,
    tokens::Granted,
};
use crate::{
    error::UsersError,
    identity::{
        SignedIn,
        audit::{self, Act},
        mail::{self, Occasion},
    },
    profile,
    service::Service,
    store::grant,
};

/// Letters of a credential's id that a browser carries.
const ID_LETTERS: usize = 13;

/// What somebody wants to do there.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    SetUpTotp,
    AddSecurityKey,
    AddPasskey,
    SetUpRecoveryCodes,
    /// Removes the credential of this id.
    Remove(String),
    /// Links this provider.
    LinkProvider(String),
    /// Shows once more who they are.
    SignInAgain,
}

/// Who has gone there, and what they had when they went.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Acting {
    pub(super) user_id: UserId,
    pub(super) session_id: SessionId,
    pub(super) subject: String,
    began: i64,
    /// Beginnings of the ids of their credentials, unless they only show who they are.
    before: Option<Vec<String>>,
    /// What Keycloak is to do, as it calls it, unless they only show who they are.
    pub(super) wish: Option<String>,
    /// The provider that is to be linked.
    linking: Option<Linking>,
    /// What they are called there.
    pub(super) username: String,
    /// The provider by whom alone they sign in there.
    pub(super) only_by: Option<String>,
    /// Where they are on their way.
    pub(super) leg: Leg,
}

impl Acting {
    /// Whether the browser is still in the sign-in from which they had gone. (Its access token may have expired meanwhile.)
    pub(super) fn is_from(&self, caller: Option<Caller>) -> bool {
        caller.is_none_or(|now| now.user_id == self.user_id && now.session_id == self.session_id)
    }
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Something has changed.
    Changed,
    /// It is as it was: they have changed their mind.
    Unchanged,
    /// They have signed in once more.
    Confirmed,
    /// Somebody else came back than had gone, or to the sign-in of somebody else.
    AnotherAccount,
    /// What they wanted to link is linked to somebody else.
    LinkedElsewhere,
    /// It did not work.
    Failed,
}

impl Outcome {
    /// As the page is told.
    const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Confirmed => "confirmed",
            Self::AnotherAccount => "another_account",
            Self::LinkedElsewhere => "linked_elsewhere",
            Self::Failed => "failed",
        }
    }
}

/// What became of somebody who came back from Keycloak's page.
pub(crate) enum Came {
    /// They are signed in, and go on to this page.
    SignedIn(Box<SignedIn>, String),
    /// They were before; they go on to this page, and may carry the word that they have signed in once more.
    Acted(String, Option<String>),
    /// They go on to another page of Keycloak.
    GoesOn(Started),
}

/// Begins an action: where the browser goes, and what it carries.
pub(crate) async fn begin(
    service: &Service,
    keycloak: &Keycloak,
    caller: Caller,
    action: Action,
    return_to: Option<&str>,
) -> Result<Started, UsersError> {
    let user = profile::find_own(service, caller.user_id).await?;
    let identity = own::find(service, keycloak, user.id)
        .await?
        .ok_or(Refusal::KeptElsewhere)?;
    let credentials = keycloak.credentials(&identity.id).await?;
    let links = keycloak.links(&identity.id).await?;
    let mut linking = None;
    let wish = match action {
        Action::SetUpTotp => Some("CONFIGURE_TOTP".to_owned()),
        Action::AddSecurityKey => Some("webauthn-register".to_owned()),
        Action::AddPasskey => Some("webauthn-register-passwordless".to_owned()),
        Action::SetUpRecoveryCodes => Some("CONFIGURE_RECOVERY_AUTHN_CODES".to_owned()),
        Action::Remove(id) => {
            let own = credentials.others.iter().find(|one| one.id == id);
            let own = own.ok_or(Refusal::CredentialNotFound)?;
            Some(format!("delete_credential:{}", own.id))
        }
        Action::LinkProvider(provider) => {
            let (wish, begun) = providers::begin(keycloak, (&identity.id, &links), provider).await?;
            linking = Some(begun);
            Some(wish)
        }
        Action::SignInAgain => None,
    };
    let only_by = match links.as_slice() {
        [only] if !credentials.password => Some(only.provider.clone()),
        _ => None,
    };
    let acting = Acting {
        user_id: user.id,
        session_id: caller.session_id,
        subject: identity.id,
        began: service.clock.now().as_millis(),
        before: wish
            .is_some()
            .then(|| credentials.others.iter().map(|one| short(&one.id)).collect()),
        wish,
        linking,
        username: identity.username,
        only_by,
        leg: Leg::Look,
    };
    legs::lead_on(service, keycloak, acting, return_to)
}

fn short(id: &str) -> String {
    id.chars().take(ID_LETTERS).collect()
}

/// Ends an action, however it went.
pub(super) async fn end_action(
    service: &Service,
    keycloak: &Keycloak,
    acting: &Acting,
    (came, caller): (Result<(IdClaims, Granted), UsersError>, Option<Caller>),
    return_to: &str,
) -> Came {
    let (outcome, fresh) = match came {
        Ok((claims, _)) => {
            let settled = settle(service, keycloak, acting, &claims, caller).await;
            end_strays(service, keycloak, claims.sid).await;
            settled
        }
        Err(error) => {
            end_strays(service, keycloak, acting.leg.session().map(str::to_owned)).await;
            match &acting.linking {
                // Keycloak would have shown a page that says why.
                Some(linking) if acting.leg.acts() && acting.is_from(caller) => {
                    let whose = (acting.user_id, acting.subject.as_str());
                    let outcome = providers::settle(service, keycloak, whose, linking).await;
                    outcome.map(|outcome| (outcome, None))
                }
                _ => Err(error),
            }
        }
    }
    .unwrap_or_else(|error| {
        tracing::warn!(error.detail = %error, user.id = %acting.user_id, "an action at Keycloak cannot be ended");
        (Outcome::Failed, None)
    });
    Came::Acted(told(return_to, outcome), fresh)
}

/// The page to go on to, told how it went.
fn told(return_to: &str, outcome: Outcome) -> String {
    let here = Url::parse("https://here.invalid/").ok();
    let Some(mut page) = here.and_then(|here| here.join(return_to).ok()) else {
        return "/".to_owned();
    };
    page.query_pairs_mut().append_pair("security", outcome.name());
    page[url::Position::BeforePath..].to_owned()
}

async fn settle(
    service: &Service,
    keycloak: &Keycloak,
    acting: &Acting,
    claims: &IdClaims,
    caller: Option<Caller>,
) -> Result<(Outcome, Option<String>), UsersError> {
    // Who has gone must come back, to the sign-in from which they had gone.
    if !acting.is_from(caller) || claims.sub != acting.subject {
        tracing::warn!(user.id = %acting.user_id, "somebody else came back from Keycloak than had gone");
        return Ok((Outcome::AnotherAccount, None));
    }
    let Some(before) = &acting.before else {
        return confirm(service, keycloak, acting, claims);
    };
    if !acting.leg.acts() {
        // They came back from being asked who they are, and were not led on.
        return Ok((Outcome::Failed, None));
    }
    if let Some(linking) = &acting.linking {
        let whose = (acting.user_id, acting.subject.as_str());
        return Ok((providers::settle(service, keycloak, whose, linking).await?, None));
    }
    let after = keycloak.credentials(&acting.subject).await?;
    Ok((tell(service, acting.user_id, before, &after).await?, None))
}

/// Whether they have signed in since they went, and not before: both times are differences on one clock.
fn confirm(
    service: &Service,
    keycloak: &Keycloak,
    acting: &Acting,
    claims: &IdClaims,
) -> Result<(Outcome, Option<String>), UsersError> {
    let now = service.clock.now();
    let away = (now.as_millis() - acting.began).div_euclid(1_000) + 2;
    let old = claims.auth_time.map(|then| claims.iat.saturating_sub(then));
    if old.is_none_or(|old| old > away) {
        return Ok((Outcome::Failed, None));
    }
    let fresh = Fresh {
        user_id: acting.user_id,
        session_id: acting.session_id,
        until: now.plus(FRESH).as_millis(),
    };
    audit::note(Act::SignedInAgain, acting.user_id);
    Ok((Outcome::Confirmed, Some(keycloak.close_fresh(&fresh)?)))
}

/// Tells devices, log and owner of what has changed.
async fn tell(
    service: &Service,
    user_id: UserId,
    before: &[String],
    after: &Credentials,
) -> Result<Outcome, UsersError> {
    let new: Vec<CredentialKind> = after
        .others
        .iter()
        .filter(|one| !before.contains(&short(&one.id)))
        .map(|one| one.kind)
        .collect();
    let gone = before
        .iter()
        .any(|id| !after.others.iter().any(|one| short(&one.id) == *id));
    if new.is_empty() && !gone {
        return Ok(Outcome::Unchanged);
    }
    let (act, occasion) = match new.first() {
        Some(CredentialKind::Totp) => (Act::SecondFactorOn, Occasion::TotpOn),
        Some(CredentialKind::SecurityKey | CredentialKind::Passkey) => (Act::KeyAdded, Occasion::KeyAdded),
        Some(CredentialKind::RecoveryCodes) => (Act::RecoveryCodesRenewed, Occasion::RecoveryCodesRenewed),
        None => (Act::SecondFactorOff, Occasion::SecondFactorRemoved),
    };
    announce(service, user_id, act, occasion).await?;
    Ok(Outcome::Changed)
}

/// Tells devices, log and owner of something that was done at Keycloak.
pub(super) async fn announce(
    service: &Service,
    user_id: UserId,
    act: Act,
    occasion: Occasion,
) -> Result<(), UsersError> {
    let user = profile::find_own(service, user_id).await?;
    let mut tx = service.db.begin().await?;
    mail::tell(service, &mut tx, occasion, &user).await?;
    service.emit_security_changed(&mut tx, user_id)?;
    tx.commit().await?;
    audit::note(act, user_id);
    Ok(())
}

/// A session that was begun on the way, and on which no sign-in stands, would be left open in the browser.
async fn end_strays(service: &Service, keycloak: &Keycloak, session: Option<String>) {
    let stands = match &session {
        Some(session) => grant::is_stood_on(&service.db, session).await.unwrap_or(true),
        None => true,
    };
    if !stands {
        end(keycloak, session).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_how_it_went() {
        for (page, then) in [
            ("/settings/security", "/settings/security?security=changed"),
            ("/settings?x=1#y", "/settings?x=1&security=changed#y"),
            ("/", "/?security=changed"),
        ] {
            assert_eq!(told(page, Outcome::Changed), then);
        }
    }
}
