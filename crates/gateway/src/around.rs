//! Changes of users who are not connected here: who shares a server with them is asked of the servers service, beside the
//! dispatch and one user after the other, so that many changes are not as many calls at once.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use contracts::{events::Event, servers::ListServersOfUserRequest};
use model::{ServerId, UserId};
use platform::telemetry::RequestContext;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::Gateway;

/// Users whose change waits to be told.
const WAITING: usize = 4_096;
/// How long to wait before the servers service is asked again when it did not answer.
const PAUSE: Duration = Duration::from_secs(1);

/// What waits to be told around users: of each the last change, which says all that those before it said. Clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Around(Arc<Inner>);

#[derive(Default)]
struct Inner {
    waiting: Mutex<BTreeMap<UserId, Arc<Event>>>,
    news: Notify,
}

impl Around {
    fn waiting(&self) -> MutexGuard<'_, BTreeMap<UserId, Arc<Event>>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The event is to be told around the user; `false` when too many wait.
    pub(crate) fn tell(&self, user_id: UserId, event: Arc<Event>) -> bool {
        let mut waiting = self.waiting();
        if waiting.len() >= WAITING && !waiting.contains_key(&user_id) {
            return false;
        }
        waiting.insert(user_id, event);
        drop(waiting);
        self.0.news.notify_one();
        true
    }

    /// Something newer was told around the user.
    pub(crate) fn forget(&self, user_id: UserId) {
        self.waiting().remove(&user_id);
    }

    /// Everybody starts anew.
    pub(crate) fn forget_all(&self) {
        self.waiting().clear();
    }

    /// It could not be told: it waits again, unless there is something newer.
    fn put_back(&self, user_id: UserId, event: Arc<Event>) {
        self.waiting().entry(user_id).or_insert(event);
    }

    async fn next(&self) -> (UserId, Arc<Event>) {
        loop {
            // Bound to a name, so that the lock is not held while waiting.
            let first = self.waiting().pop_first();
            match first {
                Some(first) => return first,
                None => self.0.news.notified().await,
            }
        }
    }
}

/// Tells what waits, until `end`.
pub(crate) async fn run(gateway: Gateway, end: CancellationToken) {
    let telling = async {
        loop {
            let (user_id, event) = gateway.around.next().await;
            match RequestContext::scope_of(event.trace, servers_of(&gateway, user_id)).await {
                Ok(servers) => gateway.push_to_members(&servers, user_id, &event),
                Err(status) => {
                    tracing::warn!(error.detail = %status, "who shares a server with a changed user is not known yet");
                    gateway.around.put_back(user_id, event);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    };
    end.run_until_cancelled(telling).await;
}

async fn servers_of(gateway: &Gateway, user_id: UserId) -> Result<Vec<ServerId>, tonic::Status> {
    let request = ListServersOfUserRequest { user_id: user_id.0 };
    let answer = gateway.peers.servers.clone().list_servers_of_user(request).await?;
    let servers = answer.into_inner().servers.into_iter();
    Ok(servers.map(|server| ServerId(server.server_id)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use contracts::events::{Audience, EventKind};
    use model::EventId;

    use super::*;

    fn change(number: i64) -> Arc<Event> {
        let audience = Audience::AroundUser { user_id: UserId(1) };
        Arc::new(Event::new(EventId(number), EventKind::UserUpdated, audience, &number).unwrap())
    }

    #[tokio::test]
    async fn of_each_user_the_last_change_waits() {
        let around = Around::default();
        assert!(around.tell(UserId(1), change(1)) && around.tell(UserId(2), change(2)));
        assert!(around.tell(UserId(1), change(3)));
        let (user, event) = around.next().await;
        assert_eq!((user, event.id), (UserId(1), EventId(3)));
        // Meanwhile there is something newer.
        around.tell(UserId(1), change(4));
        around.put_back(UserId(1), event);
        assert_eq!(around.next().await.1.id, EventId(4));
        around.forget(UserId(2));
        assert!(around.waiting().is_empty());
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let around = Around::default();
        for user in 0..WAITING {
            assert!(around.tell(UserId(i64::try_from(user).unwrap()), change(1)));
        }
        assert!(!around.tell(UserId(-1), change(2)));
        assert!(around.tell(UserId(7), change(2)), "one who waits already");
        around.forget_all();
        assert!(around.tell(UserId(-1), change(2)));
    }
}
