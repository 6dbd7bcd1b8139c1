//! What all parts of the service share.

use std::{net::IpAddr, sync::Arc};

use contracts::events::{Audience, Event, EventKind};
use model::{EventId, UserId};
use platform::{
    auth::{Cookies, Marking, Sealing, TokenIssuer},
    bus::{Delivery, Subscription},
    clock::{Clock, Ids},
    db::{Db, DbError, DbResult, Tx},
    pictures::Pictures,
};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{
    Settings,
    api::resource::{OwnUser, Profile},
    error::UsersError,
    identity::{
        Allowance, Guessing, Links, Passkeys, Passwords,
        keycloak::{Keycloak, Refusal},
    },
    peer::Summaries,
    store::{User, user},
};

/// The service.
pub(crate) struct Service {
    pub(crate) db: Db,
    pub(crate) ids: Ids,
    pub(crate) clock: Clock,
    pub(crate) pictures: Pictures,
    pub(crate) tokens: TokenIssuer,
    pub(crate) cookies: Cookies,
    pub(crate) passwords: Passwords,
    /// Wrong passwords.
    pub(crate) guessing: Guessing,
    /// Wrong codes.
    pub(crate) codes: Guessing,
    /// Links that were asked for, by the address that asked.
    pub(crate) forgotten_from: Allowance<IpAddr>,
    /// Links that were asked for, by the account.
    pub(crate) forgotten_of: Allowance<[u8; 32]>,
    /// E-mail addresses that were to be confirmed, by the user.
    pub(crate) email_changes: Allowance<UserId>,
    pub(crate) links: Links,
    pub(crate) passkeys: Passkeys,
    /// Seals the secrets of second factors.
    pub(crate) totp_secrets: Sealing,
    /// Marks recovery codes.
    pub(crate) recovery_marks: Marking,
    /// Marks what stands in the log in place of personal data.
    pub(crate) log_marks: Marking,
    pub(crate) summaries: Summaries,
    pub(crate) settings: Settings,
    pub(crate) provider: Provider,
}

/// Who says who somebody is.
pub(crate) enum Provider {
    /// This service itself, by a password that it keeps the hash of.
    Embedded,
    /// Keycloak.
    Keycloak(Box<Keycloak>),
}

/// The service, shared.
pub(crate) type Shared = Arc<Service>;

impl Service {
    /// An event about a user.
    pub(crate) fn event(
        &self,
        kind: EventKind,
        audience: Audience,
        user_id: UserId,
        data: &impl Serialize,
    ) -> Result<Event, DbError> {
        let event = Event::new(EventId(self.ids.next()), kind, audience, data)
            .map_err(|error| DbError::Statement(error.to_string()))?;
        Ok(Event {
            user_id: Some(user_id),
            ..event
        })
    }

    /// Keycloak, where it is the identity manager.
    pub(crate) fn keycloak(&self) -> Option<&Keycloak> {
        match &self.provider {
            Provider::Embedded => None,
            Provider::Keycloak(keycloak) => Some(keycloak),
        }
    }

    /// Refuses what the embedded identity alone can do.
    pub(crate) fn embedded_alone(&self) -> Result<(), UsersError> {
        match self.provider {
            Provider::Embedded => Ok(()),
            Provider::Keycloak(_) => Err(UsersError::Manager(Refusal::KeptElsewhere)),
        }
    }

    /// The name of the machine that browsers come to.
    pub(crate) fn host(&self) -> String {
        let url: Option<http::Uri> = self.settings.public_url.parse().ok();
        url.as_ref().and_then(http::Uri::host).unwrap_or_default().to_owned()
    }

    /// Tells the user's own devices that how they sign in has changed.
    pub(crate) fn emit_security_changed(&self, tx: &mut Tx, user_id: UserId) -> Result<(), DbError> {
        let own = Audience::User { user_id };
        tx.emit(self.event(EventKind::UserSecurityChanged, own, user_id, &())?);
        Ok(())
    }

    /// Tells everyone around the user of a changed profile, and the user's own devices of the whole account.
    pub(crate) fn emit_changed(&self, tx: &mut Tx, user: &User) -> Result<(), DbError> {
        self.emit_own(tx, user)?;
        self.emit_around(tx, user)
    }

    /// Tells the user's own devices of the whole account.
    pub(crate) fn emit_own(&self, tx: &mut Tx, user: &User) -> Result<(), DbError> {
        let own = Audience::User { user_id: user.id };
        tx.emit(self.event(EventKind::UserUpdated, own, user.id, &OwnUser::from(user))?);
        Ok(())
    }

    /// Tells everyone around the user of a changed profile.
    pub(crate) fn emit_around(&self, tx: &mut Tx, user: &User) -> Result<(), DbError> {
        let around = Audience::AroundUser { user_id: user.id };
        tx.emit(self.event(EventKind::UserUpdated, around, user.id, &Profile::from(user))?);
        Ok(())
    }
}

/// Forgets what other instances of this service have changed, until the process shuts down.
pub(crate) async fn follow(service: Shared, mut changes: Subscription, shutdown: CancellationToken) {
    while let Some(Some(delivery)) = shutdown.run_until_cancelled(changes.next()).await {
        match delivery {
            Delivery::Event(event) if event.kind == EventKind::UserUpdated => {
                if let Some(user_id) = event.user_id {
                    service.summaries.forget(user_id);
                }
            }
            Delivery::Event(_) => {}
            Delivery::Lost => service.summaries.forget_all(),
        }
    }
}

/// Users in one transaction.
const BATCH: i64 = 500;

/// Gives a key to each user from before there were any, so that the first search after an upgrade finds them.
pub(crate) async fn add_username_keys(db: &Db) -> DbResult<()> {
    loop {
        let mut tx = db.begin_patiently().await?;
        let added = user::add_keys(&mut tx, BATCH).await?;
        tx.commit().await?;
        if added == 0 {
            return Ok(());
        }
    }
}
