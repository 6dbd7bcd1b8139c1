//! Names, pictures and what else others see of a user (U3, U5).

use contracts::events::{Audience, EventKind};
use model::UserId;

use crate::{
    api::resource::Settings,
    error::UsersError,
    service::Service,
    store::{User, UserChange, user},
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

/// Changes a profile and tells who may know.
pub(crate) async fn change(service: &Service, id: UserId, change: &UserChange) -> Result<User, UsersError> {
    let mut tx = service.db.begin().await?;
    let changed = user::change(&mut tx, id, change)
        .await?
        .ok_or(UsersError::UserNotFound)?;
    service.emit_changed(&mut tx, &changed)?;
    tx.commit().await?;
    service.summaries.put(&changed);
    Ok(changed)
}

/// Changes settings, which nobody else sees, and tells the user's other devices.
pub(crate) async fn change_settings(service: &Service, id: UserId, change: &UserChange) -> Result<User, UsersError> {
    let mut tx = service.db.begin().await?;
    let changed = user::change(&mut tx, id, change)
        .await?
        .ok_or(UsersError::UserNotFound)?;
    let own = Audience::User { user_id: id };
    tx.emit(service.event(EventKind::SettingsUpdated, own, id, &Settings::from(&changed))?);
    tx.commit().await?;
    Ok(changed)
}

/// Sets or removes the picture and tells who may know.
pub(crate) async fn set_avatar(service: &Service, id: UserId, url: Option<&str>) -> Result<User, UsersError> {
    let mut tx = service.db.begin().await?;
    let changed = user::set_avatar(&mut tx, id, url)
        .await?
        .ok_or(UsersError::UserNotFound)?;
    service.emit_changed(&mut tx, &changed)?;
    tx.commit().await?;
    service.summaries.put(&changed);
    Ok(changed)
}
