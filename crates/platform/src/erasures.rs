//! Accounts that were erased: each service that keeps something of people follows them and forgets what it has. They are heard of
//! by the event, and asked for at the start, after events were lost, and now and then.

use std::{fmt::Display, time::Duration};

use contracts::{
    events::EventKind,
    users::{ListDeletedRequest, users_client::UsersClient},
};
use model::{Timestamp, UserId};
use serde_json::value::RawValue;
use tokio::time::Instant;
use tonic::Status;

use crate::{
    bus::{Delivery, Subscription},
    rpc::{self, Peer},
};

/// Users that one call asks for.
const PAGE: u32 = 500;
/// How often it is asked although nothing seems to be missing.
const ASK_EVERY: Duration = Duration::from_hours(1);
/// How long to wait before what failed is tried again.
const PAUSE: Duration = Duration::from_secs(10);
/// How much earlier than what was heard of it is asked from: clocks differ, and what began earlier may be done later. So what a
/// request that was under way has written after the erasure is found within an hour.
const MARGIN: Duration = Duration::from_hours(1);

/// A service that keeps something of people.
pub trait Forgetting: Send + Sync {
    /// Why something is not forgotten yet.
    type Error: Display + From<Status> + Send;

    /// Those of these users of whom anything is kept that is to be forgotten.
    fn list_known(&self, users: &[UserId]) -> impl Future<Output = Result<Vec<UserId>, Self::Error>> + Send;

    /// Forgets a user who is no more; done again, it does what is left. `profile` is what is shown of them from now on.
    fn forget(&self, user_id: UserId, profile: &RawValue) -> impl Future<Output = Result<(), Self::Error>> + Send;
}

/// Has the service forget those whose accounts are erased, until the bus ends.
pub async fn follow<F: Forgetting>(service: &F, users: UsersClient<Peer>, mut events: Subscription) {
    let (mut next, mut since) = (Instant::now(), Timestamp::from_millis(0));
    loop {
        tokio::select! {
            biased;
            () = tokio::time::sleep_until(next) => {
                next = Instant::now() + match catch_up(service, &users, since).await {
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
                        && let Err(error) = service.forget(user_id, &event.data).await
                    {
                        tracing::warn!(user.id = %user_id, error.detail = %error, "a user who is no more is not forgotten yet");
                        next = next.min(Instant::now() + PAUSE);
                    }
                }
            }
        }
    }
}

/// Has everybody forgotten whose account was erased since then; answers from when on to ask the next time.
async fn catch_up<F: Forgetting>(
    service: &F,
    users: &UsersClient<Peer>,
    since: Timestamp,
) -> Result<Timestamp, F::Error> {
    let mut request = ListDeletedRequest {
        since: since.as_millis(),
        after_user_id: 0,
        limit: PAGE,
    };
    loop {
        let page = users.clone().list_deleted(request).await?.into_inner().users;
        let Some(last) = page.last() else {
            let heard = Timestamp::from_millis(request.since).minus(MARGIN);
            return Ok(since.max(heard));
        };
        (request.since, request.after_user_id) = (last.erased_at, last.user_id);
        let ids: Vec<UserId> = page.iter().map(|user| UserId(user.user_id)).collect();
        let known = service.list_known(&ids).await?;
        for user in page.into_iter().filter(|user| known.contains(&UserId(user.user_id))) {
            let profile = RawValue::from_string(user.profile_json);
            let profile = profile.map_err(|_| rpc::internal("the profile of an erased user is no JSON"))?;
            service.forget(UserId(user.user_id), &profile).await?;
        }
    }
}

#[cfg(test)]
#[path = "erasures_tests.rs"]
mod tests;
