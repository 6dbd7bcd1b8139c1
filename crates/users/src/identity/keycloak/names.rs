//! Names are changed at Keycloak first: whatever it has comes back with the next access token.

use model::{PersonName, UserId};

use super::{Keycloak, Refusal};
use crate::{
    error::UsersError,
    service::Service,
    store::{UserChange, identity},
};

/// Changes the user's names there, if they change. What a directory keeps is changed in the directory.
pub(crate) async fn change_names(
    service: &Service,
    keycloak: &Keycloak,
    user_id: UserId,
    change: &UserChange,
) -> Result<(), UsersError> {
    let names = [
        ("firstName", change.first_name.as_ref()),
        ("lastName", change.last_name.as_ref()),
    ];
    let changed: Vec<(&str, &str)> = names
        .into_iter()
        .filter_map(|(field, name)| Some((field, PersonName::expose(name?))))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    let Some(subject) = identity::subject_of_user(&service.db, &keycloak.issuer, user_id).await? else {
        return Err(Refusal::KeptElsewhere.into());
    };
    let known = keycloak.identity(&subject).await?.ok_or(Refusal::KeptElsewhere)?;
    if known.federation_link.is_some() {
        return Err(Refusal::KeptElsewhere.into());
    }
    keycloak.introduce(&subject, user_id, &changed).await?;
    Ok(())
}
