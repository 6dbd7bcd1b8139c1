//! What an administrator does to accounts on the machine itself, where no mail helps.

use model::{Email, UserId};
use platform::{
    auth::InstanceKey,
    clock::Clock,
    db::{Db, DbError},
};

use crate::{
    KeycloakSettings, NAME,
    error::UsersError,
    identity::{
        Act, Links,
        keycloak::{self, Found, Keycloak},
        note,
    },
    store::{self, Purpose, User, second_factor, user},
};

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Nobody has this address or name.
    #[error("there is no such user")]
    NoSuchUser,
    /// The user is not asked for codes.
    #[error("the user is not asked for codes")]
    NoSecondFactor,
    /// A directory keeps the password.
    #[error("a directory keeps the password of this user: it is changed there")]
    KeptByDirectory,
    /// Keycloak, where it is the identity manager.
    #[error("Keycloak cannot be used: {0}")]
    Keycloak(String),
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Does it.
pub struct Administration {
    db: Db,
    links: Links,
    keycloak: Option<Keycloak>,
}

impl From<UsersError> for AdminError {
    fn from(error: UsersError) -> Self {
        match error {
            UsersError::Database(error) => Self::Database(error),
            other => Self::Keycloak(other.to_string()),
        }
    }
}

impl Administration {
    /// On this database, whose tables are brought up to date. `public_url` is where browsers find Beep.
    pub async fn open(db: Db, clock: Clock, public_url: &str) -> Result<Self, AdminError> {
        db.migrate(NAME, store::MIGRATIONS).await?;
        let links = Links {
            db: db.clone(),
            clock,
            public_url: public_url.to_owned(),
        };
        Ok(Self {
            db,
            links,
            keycloak: None,
        })
    }

    /// The same where Keycloak is the identity manager.
    #[must_use]
    pub fn with_keycloak(mut self, settings: Option<KeycloakSettings>) -> Self {
        // Nothing is sealed or opened here.
        let key = InstanceKey::ephemeral();
        self.keycloak = settings.map(|settings| Keycloak::new(settings, &self.links.public_url, &key));
        self
    }

    /// A link by which the user sets a new password, good for once, within an hour. A second factor stays.
    pub async fn reset_link(&self, who: &str) -> Result<String, AdminError> {
        let user = self.find(who).await?;
        if let Some(keycloak) = &self.keycloak
            && keycloak::is_of_directory(&self.db, keycloak, user.id).await?
        {
            return Err(AdminError::KeptByDirectory);
        }
        let link = self.links.give(Purpose::Password, user.id, &user.email).await?;
        note(Act::LinkHandedOut, user.id);
        Ok(link)
    }

    /// The user is not asked for codes any more. Their sign-ins stay.
    pub async fn reset_second_factor(&self, who: &str) -> Result<(), AdminError> {
        let user: UserId = self.find(who).await?.id;
        if let Some(keycloak) = &self.keycloak {
            match keycloak::remove_second_factors(&self.db, keycloak, user).await? {
                Found::Nobody => {}
                Found::Nothing => return Err(AdminError::NoSecondFactor),
                Found::Removed => {
                    note(Act::SecondFactorReset, user);
                    return Ok(());
                }
            }
        }
        let mut tx = self.db.begin().await?;
        if !second_factor::remove(&mut tx, user).await? {
            return Err(AdminError::NoSecondFactor);
        }
        tx.commit().await?;
        note(Act::SecondFactorReset, user);
        Ok(())
    }

    /// The user with this e-mail address or username.
    async fn find(&self, who: &str) -> Result<User, AdminError> {
        let found = if let Ok(email) = who.parse::<Email>() {
            match user::find_by_email(&self.db, &email).await? {
                Some((id, _)) => user::lookup(&self.db, id).await?,
                None => None,
            }
        } else {
            let name = who.trim_start_matches('@').to_lowercase();
            user::lookup_named(&self.db, &[name]).await?.pop()
        };
        found.ok_or(AdminError::NoSuchUser)
    }
}
