//! People whose accounts end: before it is begun, their servers go to somebody else; once it is done, their memberships end, and
//! what they owned in the meantime is handed on.

mod leaving;

use std::net::IpAddr;

use contracts::users::{BeginDeletionRequest, CancelDeletionRequest};
use model::{Timestamp, UserId};
use platform::{auth::Secret, erasures::Forgetting};
use serde_json::value::RawValue;

use crate::{error::Error, service::Service, store::directory};

/// What shows that a request comes from the owner of the account; the users service looks at it.
pub(crate) struct Shown {
    pub(crate) password: Secret<String>,
    pub(crate) code: Option<String>,
    pub(crate) address: IpAddr,
    pub(crate) carried: Option<String>,
}

/// Has the caller's account erased after the time of grace; answers when. Refused while they own a server.
pub(crate) async fn begin(service: &Service, caller: UserId, shown: Shown) -> Result<Timestamp, Error> {
    let servers = directory::list_of_user(&service.db, caller).await?;
    let owned = servers.into_iter().filter(|server| server.owner_id == caller);
    let owned: Vec<String> = owned.map(|server| server.name).collect();
    if !owned.is_empty() {
        return Err(Error::OwnsServers(owned));
    }
    let request = BeginDeletionRequest {
        password: shown.password.into_exposed(),
        code: shown.code,
        address: shown.address.to_string(),
        carried: shown.carried,
    };
    let begun = service.users.clone().begin_deletion(request).await?.into_inner();
    Ok(Timestamp::from_millis(begun.deletion_at))
}

/// The caller's account stays.
pub(crate) async fn cancel(service: &Service) -> Result<(), Error> {
    service.users.clone().cancel_deletion(CancelDeletionRequest {}).await?;
    Ok(())
}

impl Forgetting for Service {
    type Error = Error;

    async fn list_known(&self, users: &[UserId]) -> Result<Vec<UserId>, Error> {
        Ok(directory::list_known(&self.db, users).await?)
    }

    async fn forget(&self, user_id: UserId, profile: &RawValue) -> Result<(), Error> {
        leaving::leave_all(self, user_id, profile).await
    }
}
