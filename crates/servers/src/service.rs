//! What every operation on servers stands on.

use contracts::{
    events::{Audience, Event, EventKind},
    permissions::MemberAccess,
    storage::PictureShape,
    users::{GetSummariesRequest, UserSummary, users_client::UsersClient},
};
use model::{EventId, ServerId, UserId};
use platform::{
    clock::{Clock, Ids},
    db::{Db, DbError, Tenants},
    pictures::{NotKept, Pictures},
    rpc::Peer,
};
use serde::Serialize;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    api::resource,
    error::Error,
    snapshots::Snapshots,
    store::members::{self, MemberRow},
    tenant::Tenant,
};

/// How often a transaction that lost against another is tried again.
const RETRIES: usize = 3;

/// What every operation on servers stands on.
pub(crate) struct Service {
    pub(crate) db: Db,
    pub(crate) tenants: Tenants,
    pub(crate) ids: Ids,
    pub(crate) clock: Clock,
    pub(crate) users: UsersClient<Peer>,
    pub(crate) pictures: Pictures,
    pub(crate) snapshots: Snapshots,
}

impl Service {
    /// The server and the user's part in it, at one moment; `None` when the user is not a member.
    pub(crate) async fn standing(
        &self,
        server_id: ServerId,
        user_id: UserId,
    ) -> Result<Option<(Arc<Tenant>, MemberAccess)>, Error> {
        let mut reader = self.tenants.reader(server_id);
        let Some(standing) = members::find_standing(&mut reader, user_id).await? else {
            return Ok(None);
        };
        let Some(member) = standing.member else { return Ok(None) };
        let tenant = self.snapshots.at_least(reader, standing.version).await?;
        Ok(tenant.map(|tenant| (tenant, member)))
    }

    /// The membership of a user who is about to have one.
    pub(crate) async fn new_member(&self, server_id: ServerId, user_id: UserId) -> Result<MemberRow, Error> {
        let user = self.summaries(vec![user_id]).await?.pop().ok_or(Error::NoAccount)?;
        Ok(MemberRow {
            server_id,
            user_id,
            nickname: None,
            joined_at: self.clock.now(),
            timeout_until: None,
            username: user.username,
            display_name: user.display_name,
            avatar_url: user.avatar_url,
        })
    }

    /// What the users service says of these users.
    pub(crate) async fn summaries(&self, users: Vec<UserId>) -> Result<Vec<UserSummary>, Error> {
        let request = GetSummariesRequest {
            user_ids: users.into_iter().map(|id| id.0).collect(),
            usernames: Vec::new(),
        };
        Ok(self.users.clone().get_summaries(request).await?.into_inner().users)
    }

    /// These users as others see them, by their ids. Who is not there any more is left out.
    pub(crate) async fn people(
        &self,
        ids: impl IntoIterator<Item = UserId> + Send,
    ) -> Result<HashMap<UserId, resource::UserSummary>, Error> {
        let ids: BTreeSet<UserId> = ids.into_iter().collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let found = self.summaries(ids.into_iter().collect()).await?;
        let people = found.into_iter().map(resource::UserSummary::from);
        Ok(people.map(|user| (user.id, user)).collect())
    }

    /// Has a picture kept, for a server that shows it before long; answers where it is served.
    pub(crate) async fn store_picture(&self, content: Vec<u8>, shape: PictureShape) -> Result<String, Error> {
        let kept = self.pictures.keep(content, shape).await;
        kept.map_err(|error| match error {
            NotKept::Refused(status) => status.into(),
            NotKept::Database(error) => error.into(),
        })
    }

    /// An event of a change that made the server's version `version`.
    pub(crate) fn event(
        &self,
        kind: EventKind,
        audience: Audience,
        version: i64,
        data: &(impl Serialize + ?Sized),
    ) -> Result<Event, Error> {
        let event = Event::new(EventId(self.ids.next()), kind, audience, data)?;
        Ok(Event {
            tenant_version: Some(version),
            ..event
        })
    }
}

/// Tries again when another transaction was faster: two that need each other's rows cannot both succeed at once.
pub(crate) async fn retried<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    for _ in 0..RETRIES {
        match attempt().await {
            Err(Error::Database(DbError::Conflict(_))) => {}
            settled => return settled,
        }
    }
    attempt().await
}
