//! Signing in by Keycloak's pages: authorisation code with PKCE (RFC 6749, 7636, 9207; `OpenID` Connect Core 1.0).

use std::time::Duration;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use oauth2::{PkceCodeChallenge, PkceCodeVerifier};
use platform::auth::Caller;
use subtle::ConstantTimeEq;
use url::Url;

use super::{
    Keycloak, KeycloakError, OWN_PAGE, Refusal, WEB,
    actions::{Acting, Came},
    claims::{self, IdClaims},
    form::enter,
    legs::go_on,
    sealed::Travelling,
    tokens::Granted,
};
use crate::{error::UsersError, service::Service, settings::Language};

/// How long one may stay at Keycloak's pages.
pub(crate) const AWAY: Duration = Duration::from_mins(10);
/// The longest address to come back to.
const RETURN_TO_MAX: usize = 512;

/// What Keycloak is asked for beside a sign-in.
type Asking = Vec<(String, String)>;

/// Where the browser goes, and what it carries.
pub(crate) struct Started {
    pub(crate) location: String,
    pub(crate) carried: String,
}

/// What the browser came back with.
#[derive(Default)]
pub(crate) struct Back<'a> {
    pub(crate) carried: Option<&'a str>,
    pub(crate) state: Option<&'a str>,
    pub(crate) code: Option<String>,
    pub(crate) error: Option<&'a str>,
    pub(crate) issuer: Option<&'a str>,
    pub(crate) user_agent: Option<&'a str>,
}

fn random() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

/// The text, if it is the address of a page of this Beep.
fn local(return_to: &str) -> Option<&str> {
    let plain = |letter: char| letter.is_ascii_graphic() && letter != '\\';
    let path = return_to.len() <= RETURN_TO_MAX
        && return_to.starts_with('/')
        && !return_to.starts_with("//")
        && return_to.chars().all(plain);
    // As a browser would understand it.
    let here = Url::parse("https://here.invalid/").ok()?;
    let there = here.join(return_to).ok()?;
    let page = !["/api/", "/realms/", "/resources/"]
        .iter()
        .any(|prefix| there.path().starts_with(prefix));
    (path && page && there.origin() == here.origin()).then_some(return_to)
}

/// Leads to Keycloak's page, and back.
pub(super) fn lead(
    service: &Service,
    keycloak: &Keycloak,
    asking: &[(&str, &str)],
    return_to: Option<&str>,
    (acting, state): (Option<Acting>, Option<String>),
) -> Result<Started, UsersError> {
    lead_off(service, keycloak, asking, return_to, (acting, state, None))
}

/// The same, with what to ask Keycloak for once more.
fn lead_off(
    service: &Service,
    keycloak: &Keycloak,
    asking: &[(&str, &str)],
    return_to: Option<&str>,
    (acting, state, again): (Option<Acting>, Option<String>, Option<Asking>),
) -> Result<Started, UsersError> {
    let return_to = local(return_to.unwrap_or("/")).ok_or(UsersError::Manager(Refusal::ReturnToNotLocal))?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let travelling = Travelling {
        state: state.unwrap_or_else(random),
        nonce: random(),
        verifier: PkceCodeVerifier::into_secret(verifier),
        return_to: return_to.to_owned(),
        until: service.clock.now().plus(AWAY).as_millis(),
        acting,
        again,
    };
    let mut page = Url::parse(&format!("{}/protocol/openid-connect/auth", keycloak.issuer))
        .map_err(|error| UsersError::Cryptography(error.to_string()))?;
    page.query_pairs_mut()
        .append_pair("client_id", WEB)
        .append_pair("response_type", "code")
        .append_pair("scope", "openid")
        .append_pair("redirect_uri", &keycloak.callback())
        .append_pair("state", &travelling.state)
        .append_pair("nonce", &travelling.nonce)
        .append_pair("code_challenge", challenge.as_str())
        .append_pair("code_challenge_method", challenge.method().as_str())
        .extend_pairs(asking);
    Ok(Started {
        location: page.into(),
        carried: keycloak.close_travelling(&travelling)?,
    })
}

/// Begins a sign-in by this provider.
pub(crate) fn start(
    service: &Service,
    keycloak: &Keycloak,
    provider: &str,
    return_to: Option<&str>,
    language: Option<Language>,
) -> Result<Started, UsersError> {
    let broker = keycloak.brokers().iter().find(|broker| *broker == provider);
    if broker.is_none() && provider != OWN_PAGE {
        return Err(UsersError::Manager(Refusal::ProviderNotFound));
    }
    let hint = broker.map(|broker| ("kc_idp_hint", broker.as_str()));
    let spoken = language.map(|language| ("ui_locales", language.as_str()));
    let asking: Vec<(&str, &str)> = hint.into_iter().chain(spoken).collect();
    let again = asking
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    lead_off(
        service,
        keycloak,
        &asking,
        return_to,
        (None, None, Some(again.collect())),
    )
}

/// Ends it: who came back is signed in, or has changed how they sign in, and goes on to the page where they wanted to be.
pub(crate) async fn come_back(
    service: &Service,
    keycloak: &Keycloak,
    back: Back<'_>,
    caller: Option<Caller>,
) -> Result<Came, UsersError> {
    let now = service.clock.now();
    let travelling = back
        .carried
        .and_then(|carried| keycloak.open_travelling(carried, now))
        .ok_or(UsersError::Manager(Refusal::NotBegunHere))?;
    let same = |given: &str| bool::from(given.as_bytes().ct_eq(travelling.state.as_bytes()));
    let ours = back.issuer.is_none_or(|issuer| issuer == keycloak.issuer);
    if !ours || !back.state.is_some_and(same) {
        return Err(UsersError::Manager(Refusal::NotBegunHere));
    }
    let return_to = travelling.return_to.clone();
    if let Some(acting) = travelling.acting.clone() {
        let came = identified(service, keycloak, travelling, back)
            .await
            .map_err(UsersError::from);
        return Ok(go_on(service, keycloak, acting, (came, caller), &return_to).await);
    }
    let (user_agent, again) = (back.user_agent, travelling.again.clone());
    let (claims, granted) = match (identified(service, keycloak, travelling, back).await, again) {
        // Keycloak let in whoever had a session there, and the session has ended since: it asks who they are, once more.
        (Err(Unidentified::Code), Some(asking)) => {
            let asking: Vec<(&str, &str)> = asking.iter().map(|(name, value)| (&**name, &**value)).collect();
            return lead(service, keycloak, &asking, Some(&return_to), (None, None)).map(Came::GoesOn);
        }
        (identified, _) => identified?,
    };
    let standing = (WEB, claims.sid.clone(), granted.refresh_token);
    let signed_in = enter(service, keycloak, &claims, standing, &return_to, user_agent).await?;
    Ok(Came::SignedIn(Box::new(signed_in), return_to))
}

/// Why nobody knows who came back.
enum Unidentified {
    /// Keycloak does not take the code.
    Code,
    Otherwise(UsersError),
}

impl From<Unidentified> for UsersError {
    fn from(why: Unidentified) -> Self {
        match why {
            Unidentified::Code => Refusal::SignInGivenUp.into(),
            Unidentified::Otherwise(error) => error,
        }
    }
}

/// Who it is that came back.
async fn identified(
    service: &Service,
    keycloak: &Keycloak,
    travelling: Travelling,
    back: Back<'_>,
) -> Result<(IdClaims, Granted), Unidentified> {
    let code = match (back.code, back.error) {
        (Some(code), None) => code,
        (_, why) => {
            tracing::info!(error.code = why, "Keycloak sent somebody back");
            return Err(Unidentified::Otherwise(Refusal::SignInGivenUp.into()));
        }
    };
    let refused = |otherwise: Unidentified| {
        move |error| match error {
            KeycloakError::Refused(why) => {
                claims::refused("sign_in", &why);
                otherwise
            }
            other => Unidentified::Otherwise(other.into()),
        }
    };
    let granted = keycloak.by_code(code, travelling.verifier).await;
    let granted = granted.map_err(refused(Unidentified::Code))?;
    let now = service.clock.now();
    let claims = keycloak.id_token(&granted.id_token, WEB, Some(&travelling.nonce), now);
    let given_up = Unidentified::Otherwise(Refusal::SignInGivenUp.into());
    Ok((claims.await.map_err(refused(given_up))?, granted))
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn one_comes_back_to_pages_of_this_beep_alone() {
        for good in ["/", "/channels/1/2", "/invite/abc?x=1#y", "/a//b", "/api"] {
            assert_eq!(local(good), Some(good));
        }
        let long = format!("/{}", "x".repeat(600));
        for bad in [
            "",
            "x",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n",
            " /",
            "/é",
            "/api/v1/auth/logout",
            "/x/../api/v1/x",
            "/%2e%2e/api/v1",
            "/./realms/beep/x",
            &long,
        ] {
            assert_eq!(local(bad), None, "{bad}");
        }
    }
}
