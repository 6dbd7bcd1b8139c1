//! What is known of somebody who is new here, before they have said who they want to be.

use model::{Email, PersonName, limits, search_key::fold};

use super::{Keycloak, Refusal, end, sealed::Newcomer};
use crate::{
    error::UsersError,
    service::Service,
    store::{identity, user},
};

/// How many names like the first one are tried.
const LIKE_IT: u32 = 9;

/// What the identity says of somebody who is new here, and what to propose to them.
pub(crate) struct Known {
    pub(crate) first_name: Option<PersonName>,
    pub(crate) last_name: Option<PersonName>,
    pub(crate) email: Option<Email>,
    /// A username that nobody has at this moment.
    pub(crate) username: Option<String>,
    pub(crate) return_to: String,
}

/// What the browser carries of a newcomer.
pub(crate) async fn known(service: &Service, keycloak: &Keycloak, carried: Option<&str>) -> Result<Known, UsersError> {
    let newcomer = opened(service, keycloak, carried)?;
    let known = identity::find(&service.db, &keycloak.issuer, &newcomer.subject).await?;
    if known.is_some() {
        return Err(UsersError::Manager(Refusal::CompletedAlready));
    }
    Ok(Known {
        username: free(service, &newcomer).await?,
        first_name: newcomer.first_name.as_deref().and_then(|name| name.parse().ok()),
        last_name: newcomer.last_name.as_deref().and_then(|name| name.parse().ok()),
        email: newcomer.email.as_deref().and_then(|email| email.parse().ok()),
        return_to: newcomer.return_to,
    })
}

/// The newcomer is somebody else: the next sign-in at Keycloak asks who it is.
pub(crate) async fn give_up(service: &Service, keycloak: &Keycloak, carried: Option<&str>) -> Result<(), UsersError> {
    let newcomer = opened(service, keycloak, carried)?;
    end(keycloak, newcomer.session).await;
    Ok(())
}

/// Whom the browser carries.
pub(super) fn opened(service: &Service, keycloak: &Keycloak, carried: Option<&str>) -> Result<Newcomer, UsersError> {
    carried
        .and_then(|carried| keycloak.open_newcomer(carried, service.clock.now()))
        .ok_or(UsersError::Manager(Refusal::NotBegunHere))
}

/// The first of the names to propose that nobody has.
async fn free(service: &Service, newcomer: &Newcomer) -> Result<Option<String>, UsersError> {
    let Some(name) = proposed(newcomer) else {
        return Ok(None);
    };
    let names = like(&name);
    let users = user::lookup_named(&service.db, &names).await?;
    let mut tx = service.db.begin().await?;
    for name in names {
        let taken = users.iter().any(|user| user.username == name);
        if !taken && !identity::is_reserved(&mut tx, &name).await? {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// A username made of what the identity is called there, of the address, or of the names.
fn proposed(newcomer: &Newcomer) -> Option<String> {
    let names = [newcomer.first_name.as_deref(), newcomer.last_name.as_deref()];
    let names = names.into_iter().flatten().collect::<Vec<_>>().join(".");
    let texts = [newcomer.username.as_deref(), newcomer.email.as_deref(), Some(&names)];
    texts.into_iter().flatten().find_map(username)
}

/// The text as a username: without accents, signs and the host of an address.
fn username(text: &str) -> Option<String> {
    let mut name = String::new();
    for letter in fold(text.split('@').next()?).chars() {
        match letter {
            'a'..='z' | '0'..='9' => name.push(letter),
            '-' | '_' if !name.is_empty() => name.push(letter),
            '.' | ' ' | '\'' | '+' if !name.is_empty() && !name.ends_with('.') => name.push('.'),
            _ => {}
        }
    }
    name.truncate(limits::USERNAME_MAX);
    let name = name.trim_end_matches(['.', '-', '_']);
    name.parse::<model::Username>().ok().map(model::Username::into_string)
}

/// The name, and others like it.
fn like(name: &str) -> Vec<String> {
    let others = (2..=LIKE_IT).map(|number| {
        let number = number.to_string();
        let kept = name.len().min(limits::USERNAME_MAX - number.len());
        format!("{}{number}", name[..kept].trim_end_matches('.'))
    });
    std::iter::once(name.to_owned()).chain(others).collect()
}

#[cfg(test)]
mod tests {
    use super::{like, username};

    #[test]
    fn usernames_are_made_of_what_somebody_is_called() {
        for (text, made) in [
            ("chloe.durand", "chloe.durand"),
            ("Zoé.Noël", "zoe.noel"),
            ("gaelle@google.example", "gaelle"),
            ("Jean-Paul.d'Arc", "jean-paul.d.arc"),
            ("..a..b..", "a.b"),
            ("ada+school@example.org", "ada.school"),
            ("Ada Byron", "ada.byron"),
        ] {
            assert_eq!(username(text).as_deref(), Some(made), "{text}");
        }
        for text in ["", "@", "é", "王小明", "..", "_-_", "@example.org"] {
            assert_eq!(username(text), None, "{text}");
        }
        assert_eq!(username(&"ab.".repeat(40)).map(|name| name.len()), Some(32));
    }

    #[test]
    fn names_like_it_are_usernames() {
        for name in ["ada", &"x".repeat(32), &format!("{}.y", "x".repeat(30))] {
            let names = like(name);
            assert_eq!((names.len(), names[0].as_str()), (9, name));
            for like_it in &names {
                assert!(like_it.parse::<model::Username>().is_ok(), "{like_it}");
            }
        }
        assert_eq!(like("ada")[1], "ada2");
    }
}
