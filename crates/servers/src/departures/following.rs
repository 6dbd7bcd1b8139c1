//! Accounts that were erased are heard of by the event, and asked for at the start, after events were lost, and now and then.

use std::{sync::Arc, time::Duration};

use contracts::{events::EventKind, users::ListDeletedRequest};
use model::{Timestamp, UserId};
use platform::bus::{Delivery, Subscription};
use serde_json::value::RawValue;
use tokio::time::Instant;

use super::leaving::leave_all;
use crate::{error::Error, service::Service, store::directory};

/// Users that one call asks for.
const PAGE: u32 = 500;
/// How often it is asked although nothing seems to be missing.
const ASK_EVERY: Duration = Duration::from_hours(1);
/// How long to wait before what failed is tried again.
const PAUSE: Duration = Duration::from_secs(10);
/// How much earlier than what was heard of it is asked from: clocks differ, and what began earlier may be done later.
const MARGIN: Duration = Duration::from_hours(1);

/// Follows the events until the bus ends.
pub(crate) async fn follow(service: Arc<Service>, mut events: Subscription) {
    let (mut next, mut since) = (Instant::now(), Timestamp::from_millis(0));
    loop {
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(next) => {
                next = Instant::now() + match catch_up(&service, since).await {
                    Ok(heard) => {
                        since = heard;
                        ASK_EVERY
                    }
                    Err(error) => {
                        tracing::warn!(error.detail = %error, "whose accounts were erased is not known yet");
                        PAUSE
                    }
                };
            }
            delivery = events.next() => match delivery {
                None => return,
                Some(Delivery::Lost) => next = Instant::now(),
                Some(Delivery::Event(event)) => {
                    let gone = event.user_id.filter(|_| event.kind == EventKind::UserDeleted);
                    if let Some(user_id) = gone
                        && let Err(error) = leave_all(&service, user_id, &event.data).await
                    {
                        tracing::warn!(user.id = %user_id, error.detail = %error, "a user who is no more has not left yet");
                        next = next.min(Instant::now() + PAUSE);
                    }
                }
            }
        }
    }
}

/// Has everybody leave whose account was erased since then; answers from when on to ask the next time.
async fn catch_up(service: &Service, since: Timestamp) -> Result<Timestamp, Error> {
    let mut request = ListDeletedRequest {
        since: since.as_millis(),
        after_user_id: 0,
        limit: PAGE,
    };
    loop {
        let users = service.users.clone().list_deleted(request).await?.into_inner().users;
        let Some(last) = users.last() else {
            let heard = Timestamp::from_millis(request.since).minus(MARGIN);
            return Ok(since.max(heard));
        };
        (request.since, request.after_user_id) = (last.erased_at, last.user_id);
        let ids: Vec<UserId> = users.iter().map(|user| UserId(user.user_id)).collect();
        let known = directory::list_known(&service.db, &ids).await?;
        for user in users.into_iter().filter(|user| known.contains(&UserId(user.user_id))) {
            let profile = RawValue::from_string(user.profile_json)?;
            leave_all(service, UserId(user.user_id), &profile).await?;
        }
    }
}
