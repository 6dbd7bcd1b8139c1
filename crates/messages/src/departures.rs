//! People whose accounts were erased: what is theirs alone goes. What they have said to others stays, by a user who is no more.

use contracts::users::users_client::UsersClient;
use model::{UserId, limits::FILES_DELETED_AT_ONCE};
use platform::{
    bus::Subscription,
    erasures::{self, Forgetting},
    rpc::Peer,
};
use serde_json::value::RawValue;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

use crate::{
    error::MessagesError,
    files,
    service::Service,
    store::{departures, exports},
};

/// Forgets those whose accounts are erased, until the process shuts down.
pub(crate) async fn work(
    service: Arc<Service>,
    users: UsersClient<Peer>,
    events: Subscription,
    shutdown: CancellationToken,
) {
    let following = erasures::follow(&*service, users, events);
    let _ = shutdown.run_until_cancelled(following).await;
}

impl Forgetting for Service {
    type Error = MessagesError;

    async fn list_known(&self, users: &[UserId]) -> Result<Vec<UserId>, MessagesError> {
        Ok(departures::list_known(self.tenants.shared(), users).await?)
    }

    async fn forget(&self, user_id: UserId, _: &RawValue) -> Result<(), MessagesError> {
        let most = i64::try_from(FILES_DELETED_AT_ONCE).unwrap_or(i64::MAX);
        loop {
            let (mut tx, now) = (self.tenants.begin_group().await?, self.clock.now());
            let unsent = departures::remove_unsent(&mut tx, user_id, most).await?;
            if unsent.is_empty() {
                departures::remove_rows(&mut tx, user_id).await?;
                exports::remove_of(&mut tx, user_id, (now, now.plus(files::ON_ITS_WAY))).await?;
                tx.commit().await?;
                self.files.tidy_soon();
                return Ok(());
            }
            files::discard_uploads(&mut tx, &unsent, now).await?;
            tx.commit().await?;
        }
    }
}
