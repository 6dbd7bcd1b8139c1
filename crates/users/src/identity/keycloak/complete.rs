//! The first sign-in of somebody whom Keycloak knows: the user is created when they have said who they want to be, and not
//! before (A6, A7). An account of Beep that has the same e-mail address is somebody else's until it is shown otherwise.

use model::{Email, PersonName, UserId, Username};
use platform::auth::Secret;

use super::{Keycloak, Refusal, Standing, newcomer, sign_up::NO_PASSWORD};
use crate::{
    error::UsersError,
    identity::{
        SignedIn,
        audit::{self, Act},
        session::begin_session_on,
    },
    service::Service,
    settings::Language,
    store::{NewUser, identity, user},
    usernames,
};

/// Who a newcomer wants to be.
pub(crate) struct Completion<'a> {
    pub(crate) username: Username,
    /// Where the identity has none.
    pub(crate) first_name: Option<PersonName>,
    pub(crate) last_name: Option<PersonName>,
    pub(crate) email: Option<Email>,
    pub(crate) language: Language,
    pub(crate) user_agent: Option<&'a str>,
}

/// What the identity has, or else what was given; and what to write into the identity.
fn choose<'a, T: Clone + std::str::FromStr>(
    has: Option<&str>,
    given: Option<&'a T>,
) -> Result<(Option<T>, Option<&'a T>), ()> {
    match (has.and_then(|text| text.parse().ok()), given) {
        (Some(has), _) => Ok((Some(has), None)),
        (None, Some(given)) => Ok((Some(given.clone()), Some(given))),
        (None, None) => Err(()),
    }
}

/// Creates the user of the newcomer whom the browser carries, and signs them in.
pub(crate) async fn complete(
    service: &Service,
    keycloak: &Keycloak,
    carried: Option<&str>,
    completion: Completion<'_>,
) -> Result<SignedIn, UsersError> {
    let now = service.clock.now();
    let newcomer = newcomer::opened(service, keycloak, carried)?;
    let missing = |field| move |()| UsersError::Manager(Refusal::Missing(field));
    let (first_name, new_first) =
        choose(newcomer.first_name.as_deref(), completion.first_name.as_ref()).map_err(missing("first_name"))?;
    let (last_name, new_last) =
        choose(newcomer.last_name.as_deref(), completion.last_name.as_ref()).map_err(missing("last_name"))?;
    let (email, new_email) = choose(newcomer.email.as_deref(), completion.email.as_ref()).map_err(missing("email"))?;
    let (Some(first_name), Some(last_name), Some(email)) = (first_name, last_name, email) else {
        return Err(UsersError::Manager(Refusal::NotBegunHere));
    };
    let user_id = UserId(service.ids.next());
    let new = NewUser {
        id: user_id,
        username: completion.username.as_str(),
        email: &email,
        first_name: &first_name,
        last_name: &last_name,
        password_hash: NO_PASSWORD,
        language: completion.language.as_str(),
        created_at: now,
    };
    let mut tx = service.db.begin().await?;
    if identity::is_reserved(&mut tx, completion.username.as_str()).await? {
        return Err(UsersError::UsernameTaken);
    }
    let added = user::add(&mut tx, &new).await.map_err(UsersError::taken)?;
    usernames::admit(&mut tx, user_id, &added.username, now).await?;
    identity::add(&mut tx, &keycloak.issuer, &newcomer.subject, user_id, now)
        .await
        .map_err(UsersError::completed)?;
    let standing = Standing {
        keycloak,
        subject: &newcomer.subject,
        client: &newcomer.client,
        session: newcomer.session,
        refresh_token: newcomer.refresh_token.map(Secret::new),
        granted_at: newcomer.granted_at,
    };
    let signed_in = begin_session_on(service, tx, added, completion.user_agent, Some(standing)).await?;
    audit::note(Act::SignedUp, user_id);
    let mut written: Vec<(&str, &str)> = Vec::new();
    written.extend(new_first.map(|name| ("firstName", name.expose())));
    written.extend(new_last.map(|name| ("lastName", name.expose())));
    written.extend(new_email.map(|email| ("email", email.expose())));
    if let Err(error) = keycloak.introduce(&newcomer.subject, user_id, &written).await {
        // The next sign-in tries again.
        tracing::warn!(error.detail = %error, user.id = %user_id, "an identity does not know its user yet");
    }
    Ok(signed_in)
}
