//! What an administrator does to accounts on the machine itself, beside a running Beep or without one.

use contracts::events::{Audience, Event, EventKind};
use model::{Email, EventId, PersonName, Timestamp, UserId, Username};
use platform::{
    auth::{InstanceKey, Secret},
    clock::{Clock, Ids},
    db::{Db, DbError, DbResult, NodeLease, Outbox, Tx},
};
use tokio_util::sync::CancellationToken;

use crate::{
    KeycloakSettings, NAME,
    error::UsersError,
    identity::{
        Act, Links, Passwords, Weak, check_password,
        keycloak::{self, Found, Keycloak, NO_PASSWORD},
        note,
    },
    settings::Language,
    store::{self, Account, NewUser, Purpose, User, account, passkey, second_factor, sign_in, user},
    usernames,
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
    /// Somebody has the username, or had it lately.
    #[error("somebody has this username, or had it lately")]
    UsernameTaken,
    /// Somebody has the e-mail address.
    #[error("there is an account with this e-mail address")]
    EmailTaken,
    /// The password is no good.
    #[error("the password is {0}")]
    Password(&'static str),
    /// A directory keeps the password.
    #[error("a directory keeps the password of this user: it is changed there")]
    KeptByDirectory,
    /// Keycloak, where it is the identity manager.
    #[error("Keycloak cannot be used: {0}")]
    Keycloak(String),
    /// It was done here, and not at Keycloak.
    #[error("it is done in Beep, and not at Keycloak: {0}. Do it again when Keycloak answers")]
    HereAlone(String),
    /// The password could not be hashed.
    #[error("the password could not be hashed")]
    Hash,
    /// The database.
    #[error(transparent)]
    Database(#[from] DbError),
}

impl From<UsersError> for AdminError {
    fn from(error: UsersError) -> Self {
        match error {
            UsersError::UsernameTaken => Self::UsernameTaken,
            UsersError::EmailTaken => Self::EmailTaken,
            UsersError::Database(error) => Self::Database(error),
            UsersError::Overloaded | UsersError::Cryptography(_) => Self::Hash,
            other => Self::Keycloak(other.to_string()),
        }
    }
}

/// Somebody who is given an account.
pub struct Newcomer {
    /// Their handle.
    pub username: Username,
    /// Their e-mail address.
    pub email: Email,
    /// Their first name.
    pub first_name: PersonName,
    /// Their last name.
    pub last_name: PersonName,
    /// What they sign in with; without, nothing, until they set one by a link.
    pub password: Option<Secret<String>>,
}

/// Does it.
pub struct Administration {
    db: Db,
    clock: Clock,
    ids: Ids,
    lease: NodeLease,
    links: Links,
    keycloak: Option<Keycloak>,
}

impl Administration {
    /// On this database, whose tables are brought up to date. `public_url` is where browsers find Beep.
    pub async fn open(db: Db, clock: Clock, public_url: &str) -> Result<Self, AdminError> {
        db.migrate(NAME, store::MIGRATIONS).await?;
        Outbox::prepare(&db).await?;
        let lease = NodeLease::take(&db, &clock).await?;
        let links = Links {
            db: db.clone(),
            clock: clock.clone(),
            public_url: public_url.to_owned(),
        };
        Ok(Self {
            ids: Ids::new(clock.clone(), lease.node()),
            db,
            clock,
            lease,
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

    /// Gives back what others could use.
    pub async fn close(self) {
        let over = CancellationToken::new();
        over.cancel();
        self.lease.keep(self.ids, over).await;
    }

    /// Adds an account, also where nobody can sign up. Without a password, the answer is a link by which they set one, good for
    /// once, within an hour.
    pub async fn create(&self, newcomer: Newcomer) -> Result<Option<String>, AdminError> {
        let (username, email) = (newcomer.username.as_str(), &newcomer.email);
        let hash = match newcomer.password {
            Some(password) => {
                check_password(password.expose(), username, email.expose()).map_err(weakness)?;
                Some(Passwords::new(1).hash(password).await?)
            }
            None => None,
        };
        let new = NewUser {
            id: UserId(self.ids.next()),
            username,
            email,
            first_name: &newcomer.first_name,
            last_name: &newcomer.last_name,
            password_hash: hash.as_deref().unwrap_or(NO_PASSWORD),
            language: Language::English.as_str(),
            created_at: self.clock.now(),
        };
        let mut tx = self.db.begin().await?;
        let added = user::add(&mut tx, &new).await.map_err(UsersError::taken)?;
        usernames::admit(&mut tx, added.id, username, new.created_at).await?;
        tx.commit().await?;
        note(Act::AccountCreated, added.id);
        if hash.is_some() {
            return Ok(None);
        }
        let link = self.links.give(Purpose::Password, added.id, &added.email).await?;
        note(Act::LinkHandedOut, added.id);
        Ok(Some(link))
    }

    /// Up to `limit` accounts after that one, in the order of their ids, which is that of time.
    pub async fn list(&self, after: UserId, limit: usize) -> Result<Vec<Account>, AdminError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        Ok(account::list(&self.db, after, limit).await?)
    }

    /// Keeps a user out: all their sign-ins end, on every service and connection, and at Keycloak, and none begins. `false` when it
    /// was so.
    pub async fn disable(&self, who: &str) -> Result<bool, AdminError> {
        let user = self.find(who).await?.id;
        let now = self.clock.now();
        let mut tx = self.db.begin().await?;
        let changed = account::set_disabled(&mut tx, user, Some(now)).await?;
        let ended = sign_in::remove_all_but(&mut tx, user, None, now).await?;
        let events: DbResult<Vec<Event>> = ended.into_iter().map(|id| self.revoked(user, id)).collect();
        Outbox::leave(NAME, &mut tx, &self.ids, &events?).await?;
        self.done(tx, changed, Act::AccountDisabled, user).await?;
        self.set_enabled_at_keycloak(user, false).await?;
        Ok(changed)
    }

    /// Lets a user in again who was kept out. `false` when they were not.
    pub async fn enable(&self, who: &str) -> Result<bool, AdminError> {
        let user = self.find(who).await?.id;
        let mut tx = self.db.begin().await?;
        let changed = account::set_disabled(&mut tx, user, None).await?;
        self.done(tx, changed, Act::AccountEnabled, user).await?;
        self.set_enabled_at_keycloak(user, true).await?;
        Ok(changed)
    }

    /// Also where it was so here before: Keycloak may not have answered then.
    async fn set_enabled_at_keycloak(&self, user: UserId, enabled: bool) -> Result<(), AdminError> {
        let Some(keycloak) = &self.keycloak else {
            return Ok(());
        };
        let done = keycloak::set_enabled(&self.db, keycloak, user, enabled).await;
        done.map_err(|error| AdminError::HereAlone(error.to_string()))
    }

    /// Makes a user an administrator of the instance. `false` when they were.
    pub async fn make_administrator(&self, who: &str) -> Result<bool, AdminError> {
        self.set_administrator(who, Some(self.clock.now()), Act::AdministratorMade)
            .await
    }

    /// Has a user be no administrator of the instance any more. `false` when they were none.
    pub async fn revoke_administrator(&self, who: &str) -> Result<bool, AdminError> {
        self.set_administrator(who, None, Act::AdministratorRevoked).await
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

    /// The user is not asked for codes any more, and their passkeys are gone. Their sign-ins stay.
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
        let codes = second_factor::remove(&mut tx, user).await?;
        let keys = passkey::remove_all(&mut tx, user).await?;
        if !codes && !keys {
            return Err(AdminError::NoSecondFactor);
        }
        tx.commit().await?;
        note(Act::SecondFactorReset, user);
        Ok(())
    }

    async fn set_administrator(&self, who: &str, since: Option<Timestamp>, act: Act) -> Result<bool, AdminError> {
        let user = self.find(who).await?.id;
        let mut tx = self.db.begin().await?;
        let changed = account::set_administrator(&mut tx, user, since).await?;
        self.done(tx, changed, act, user).await
    }

    async fn done(&self, tx: Tx, changed: bool, act: Act, user: UserId) -> Result<bool, AdminError> {
        tx.commit().await?;
        if changed {
            note(act, user);
        }
        Ok(changed)
    }

    fn revoked(&self, user: UserId, session: model::SessionId) -> DbResult<Event> {
        let id = EventId(self.ids.next());
        let event = Event::new(id, EventKind::SessionRevoked, Audience::Services, &())
            .map_err(|error| DbError::Statement(error.to_string()))?;
        Ok(Event {
            user_id: Some(user),
            session_id: Some(session),
            ..event
        })
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

fn weakness(weak: Weak) -> AdminError {
    AdminError::Password(match weak {
        Weak::Length(_) => "too short or too long: 8 to 256 characters",
        Weak::TooCommon => "one of the first that anybody would try",
    })
}
