//! Keeps the copies of users' summaries in `members` fresh: each `user.updated` renews them, and after events were lost
//! all of them are compared with the users service, at leisure.

use std::sync::Arc;

use contracts::{
    events::{Event, EventKind},
    users::UserSummary,
};
use model::UserId;
use platform::{
    bus::{Delivery, Subscription},
    db::DbError,
};
use serde::Deserialize;
use tokio::time::{Duration, sleep};

use crate::{error::Error, service::Service, store::directory};

/// How many users are compared at once: what the users service answers at most.
const BATCH: i64 = 500;
/// How long to wait before a failed renewal is tried again.
const PAUSE: Duration = Duration::from_secs(1);
/// How often a renewal is tried before the comparison of all users takes its place.
const ATTEMPTS: usize = 5;

/// The part of a profile that is copied.
#[derive(Deserialize)]
struct Profile {
    id: UserId,
    username: String,
    display_name: String,
    avatar_url: Option<String>,
}

/// Follows the events until the bus ends.
pub(crate) async fn follow(service: Arc<Service>, mut events: Subscription) {
    while let Some(delivery) = events.next().await {
        let renewed = match delivery {
            Delivery::Event(event) if event.kind == EventKind::UserUpdated => renew(&service, &event).await,
            Delivery::Event(_) => true,
            Delivery::Lost => false,
        };
        if !renewed && let Err(error) = compare_all(&service).await {
            tracing::warn!(error.detail = %error, "the copies of users' names could not be compared with the originals");
        }
    }
}

/// Renews the copies of the user whom the event is about; `false` when it was not possible.
async fn renew(service: &Service, event: &Event) -> bool {
    let profile: Profile = match serde_json::from_str(event.data.get()) {
        Ok(profile) => profile,
        Err(error) => {
            tracing::error!(event.id = %event.id, error.detail = %error, "a profile in an event cannot be read");
            return true;
        }
    };
    let user = UserSummary {
        id: profile.id.0,
        username: profile.username,
        display_name: profile.display_name,
        avatar_url: profile.avatar_url,
    };
    for attempt in 1..=ATTEMPTS {
        match update(service, std::slice::from_ref(&user)).await {
            Ok(()) => return true,
            Err(error) => {
                tracing::warn!(user.id = user.id, attempt, error.detail = %error, "a copy of a user's name was not renewed");
                sleep(PAUSE).await;
            }
        }
    }
    false
}

/// Compares all copies with what the users service says now.
pub(crate) async fn compare_all(service: &Service) -> Result<(), Error> {
    let mut after = UserId(0);
    loop {
        let users = directory::list_users(&service.db, after, BATCH).await?;
        let Some(last) = users.last() else { return Ok(()) };
        after = *last;
        let summaries = service.summaries(users).await?;
        update(service, &summaries).await?;
    }
}

async fn update(service: &Service, users: &[UserSummary]) -> Result<(), DbError> {
    let mut tx = service.db.begin().await?;
    for user in users {
        directory::update_summary(&mut tx, user).await?;
    }
    tx.commit().await
}
