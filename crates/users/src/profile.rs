//! Names, pictures and what else others see of a user (U3, U5).

use contracts::events::{Audience, EventKind};
use model::UserId;
use platform::db::Tx;

use crate::{
    NAME,
    api::resource::Settings,
    error::UsersError,
    identity::keycloak,
    service::Service,
    store::{Picture, User, UserChange, user},
    usernames,
};

impl User {
    /// What others read beside a message: first and last name.
    pub(crate) fn display_name(&self) -> String {
        format!("{} {}", self.first_name.expose(), self.last_name.expose())
    }
}

/// The user.
pub(crate) async fn find(service: &Service, id: UserId) -> Result<User, UsersError> {
    user::lookup(&service.db, id).await?.ok_or(UsersError::UserNotFound)
}

/// The caller. Whoever has no account any more is not signed in, whatever their token says.
pub(crate) async fn find_own(service: &Service, id: UserId) -> Result<User, UsersError> {
    let found = user::lookup(&service.db, id).await?;
    found
        .filter(|user| user.erased_at.is_none())
        .ok_or(UsersError::NoAccount)
}

/// Changes the caller's profile and tells who may know.
pub(crate) async fn change(service: &Service, id: UserId, change: &UserChange) -> Result<User, UsersError> {
    if let Some(keycloak) = service.keycloak() {
        keycloak::change_names(service, keycloak, id, change).await?;
    }
    let now = service.clock.now();
    let mut tx = service.db.begin().await?;
    if let Some(wanted) = &change.username {
        usernames::leave(&mut tx, id, wanted, now).await?;
    }
    let changed = user::change(&mut tx, id, change).await.map_err(UsersError::taken)?;
    if let Some(taken) = &change.username {
        usernames::admit(&mut tx, id, taken, now).await?;
    }
    told(service, tx, changed).await
}

/// Sets or removes a picture of the caller's profile and tells who may know.
pub(crate) async fn set_picture(
    service: &Service,
    id: UserId,
    picture: Picture,
    url: Option<&str>,
) -> Result<User, UsersError> {
    let mut tx = service.db.begin().await?;
    let changed = user::set_picture(&mut tx, id, picture, url).await?;
    // After the row: who is erased meanwhile shows nothing any more.
    if changed.is_some() {
        let owner = picture.owner(id);
        tx.show_picture(NAME, &owner, url, service.clock.now()).await?;
    }
    told(service, tx, changed).await
}

async fn told(service: &Service, mut tx: Tx, changed: Option<User>) -> Result<User, UsersError> {
    let changed = changed.ok_or(UsersError::NoAccount)?;
    service.emit_changed(&mut tx, &changed)?;
    tx.commit().await?;
    service.summaries.put(&changed);
    Ok(changed)
}

/// Changes settings, which nobody else sees, and tells the user's other devices.
pub(crate) async fn change_settings(service: &Service, id: UserId, change: &UserChange) -> Result<User, UsersError> {
    let mut tx = service.db.begin().await?;
    let changed = user::change(&mut tx, id, change).await?.ok_or(UsersError::NoAccount)?;
    let own = Audience::User { user_id: id };
    tx.emit(service.event(EventKind::SettingsUpdated, own, id, &Settings::from(&changed))?);
    tx.commit().await?;
    Ok(changed)
}
