//! The providers by whom somebody signs in, too (A7): linked at Keycloak's pages, by the legs of `legs`, and taken away here.

use model::UserId;
use platform::auth::Caller;
use serde::{Deserialize, Serialize};

use super::{
    CredentialKind, Credentials, Keycloak, Refusal,
    actions::{Outcome, announce},
    door::LINK,
    links::{Link, NotLinked},
    own,
};
use crate::{
    error::UsersError,
    identity::{Proof, audit::Act, mail::Occasion},
    profile,
    service::Service,
};

/// A provider, as the caller sees it.
pub(crate) struct Provider {
    pub(crate) id: String,
    pub(crate) linked: bool,
    /// What the caller is called there, where they are linked and it says so.
    pub(crate) account: Option<String>,
}

/// What somebody has gone to link.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Linking {
    provider: String,
    /// When Keycloak had last not linked something for them, by its own clock.
    refused_before: Option<i64>,
}

/// The providers that one can link, and those that are linked.
pub(crate) async fn list(service: &Service, keycloak: &Keycloak, user_id: UserId) -> Result<Vec<Provider>, UsersError> {
    let identity = own::find(service, keycloak, user_id).await?;
    let links = keycloak.links(&identity.ok_or(Refusal::KeptElsewhere)?.id).await?;
    let former = links.iter().map(|link| &link.provider);
    let former = former.filter(|provider| !keycloak.brokers().contains(provider));
    let all = keycloak.brokers().iter().chain(former);
    Ok(all
        .map(|id| {
            let link = links.iter().find(|link| link.provider == *id);
            Provider {
                id: id.clone(),
                linked: link.is_some(),
                account: link.and_then(Link::account).map(str::to_owned),
            }
        })
        .collect())
}

/// What Keycloak is to do so that the provider is linked to the identity, and what is to be remembered on the way.
pub(super) async fn begin(
    keycloak: &Keycloak,
    (subject, links): (&str, &[Link]),
    provider: String,
) -> Result<(String, Linking), UsersError> {
    if !keycloak.brokers().contains(&provider) {
        return Err(Refusal::ProviderNotFound.into());
    }
    if links.iter().any(|link| link.provider == provider) {
        return Err(Refusal::ProviderLinked.into());
    }
    let before = keycloak.last_not_linked(subject).await?;
    let linking = Linking {
        refused_before: before.map(|refused| refused.time),
        provider,
    };
    Ok((format!("{LINK}{}", linking.provider), linking))
}

/// What became of it, and tells devices, log and owner of it.
pub(super) async fn settle(
    service: &Service,
    keycloak: &Keycloak,
    (user_id, subject): (UserId, &str),
    linking: &Linking,
) -> Result<Outcome, UsersError> {
    let links = keycloak.links(subject).await?;
    if links.iter().any(|link| link.provider == linking.provider) {
        announce(service, user_id, Act::ProviderLinked, Occasion::ProviderLinked).await?;
        return Ok(Outcome::Changed);
    }
    let refused = keycloak.last_not_linked(subject).await?;
    let refused = refused.filter(|refused| Some(refused.time) > linking.refused_before);
    Ok(match refused.as_ref().map(NotLinked::is_of_another) {
        None => Outcome::Unchanged,
        Some(true) => Outcome::LinkedElsewhere,
        Some(false) => Outcome::Failed,
    })
}

/// Takes the link to a provider away from the caller's identity.
pub(crate) async fn unlink(
    service: &Service,
    keycloak: &Keycloak,
    caller: Caller,
    provider: &str,
    proof: &Proof,
) -> Result<(), UsersError> {
    let user = profile::find_own(service, caller.user_id).await?;
    let identity = own::find(service, keycloak, user.id)
        .await?
        .ok_or(Refusal::KeptElsewhere)?;
    let links = keycloak.links(&identity.id).await?;
    let link = links.iter().find(|link| link.provider == provider);
    let link = link.ok_or(Refusal::ProviderNotFound)?;
    let others: Vec<Link> = links.iter().filter(|other| *other != link).cloned().collect();
    let credentials = keycloak.credentials(&identity.id).await?;
    if !is_a_way_in(keycloak, &credentials, &others) {
        return Err(Refusal::LastWayIn.into());
    }
    own::prove(service, keycloak, &user, &identity, proof).await?;
    keycloak.remove_link(&identity.id, &link.provider).await?;
    // Meanwhile another may have been taken away: of two at the same time, none may be the last.
    let credentials = keycloak.credentials(&identity.id).await?;
    if !is_a_way_in(keycloak, &credentials, &keycloak.links(&identity.id).await?) {
        keycloak.restore_link(&identity.id, link).await?;
        return Err(Refusal::LastWayIn.into());
    }
    announce(service, user.id, Act::ProviderUnlinked, Occasion::ProviderUnlinked).await
}

/// Whether one can sign in with this. A link counts as long as its provider has a button.
fn is_a_way_in(keycloak: &Keycloak, credentials: &Credentials, links: &[Link]) -> bool {
    credentials.password
        || credentials.has(CredentialKind::Passkey)
        || links.iter().any(|link| keycloak.brokers().contains(&link.provider))
}
