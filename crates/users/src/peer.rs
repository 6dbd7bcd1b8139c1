//! What other services may ask for.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use contracts::users::{
    GetAccountRequest, GetAccountResponse, GetExportRequest, GetExportResponse, GetSummariesRequest,
    GetSummariesResponse, ListEndedSignInsRequest, ListEndedSignInsResponse, UserSummary, users_server::Users,
};
use model::UserId;
use moka::sync::Cache;
use platform::rpc;
use tonic::{Code, Request, Response, Status};

use crate::{
    api::resource::{OwnUser, Settings},
    export,
    service::Shared,
    store::{User, sign_in, user},
};

/// Users that one call may name.
const MOST: usize = 500;

/// Summaries of users, kept for a while.
pub(crate) struct Summaries(Cache<UserId, UserSummary>);

impl Default for Summaries {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(50_000)
                .time_to_live(Duration::from_mins(10))
                .build(),
        )
    }
}

impl Summaries {
    /// The user has changed in another process: what is kept is forgotten.
    pub(crate) fn forget(&self, user_id: UserId) {
        self.0.invalidate(&user_id);
    }

    /// Nobody knows who has changed.
    pub(crate) fn forget_all(&self) {
        self.0.invalidate_all();
    }

    /// The user has changed: what is kept is replaced.
    pub(crate) fn put(&self, user: &User) {
        self.0.insert(user.id, summary(user));
    }
}

fn summary(user: &User) -> UserSummary {
    UserSummary {
        id: user.id.0,
        username: user.username.clone(),
        display_name: user.display_name(),
        avatar_url: user.avatar_url.clone(),
    }
}

/// The internal calls.
pub struct Calls(pub(crate) Shared);

#[tonic::async_trait]
impl Users for Calls {
    async fn get_summaries(
        &self,
        request: Request<GetSummariesRequest>,
    ) -> Result<Response<GetSummariesResponse>, Status> {
        let request = request.into_inner();
        let mut ids: Vec<UserId> = request.user_ids.into_iter().map(UserId).collect();
        if ids.len() + request.usernames.len() > MOST {
            return Err(rpc::status(
                Code::InvalidArgument,
                "too_many_ids",
                format!("one call may name at most {MOST} users"),
            ));
        }
        let (mut known, mut missing) = (HashMap::with_capacity(ids.len()), HashSet::new());
        for id in &ids {
            match self.0.summaries.0.get(id) {
                Some(summary) => drop(known.insert(*id, summary)),
                None => drop(missing.insert(*id)),
            }
        }
        if !request.usernames.is_empty() {
            let found = user::lookup_named(&self.0.db, &request.usernames).await;
            for found in found.map_err(|error| rpc::database_status(&error))? {
                ids.push(found.id);
                missing.remove(&found.id);
                known.insert(found.id, summary(&found));
            }
        }
        let missing: Vec<UserId> = missing.into_iter().collect();
        for found in user::lookup_many(&self.0.db, &missing)
            .await
            .map_err(|error| rpc::database_status(&error))?
        {
            // What a change has put there meanwhile is newer.
            let kept = self.0.summaries.0.entry(found.id).or_insert_with(|| summary(&found));
            known.insert(found.id, kept.into_value());
        }
        let users = ids.iter().filter_map(|id| known.remove(id)).collect();
        Ok(Response::new(GetSummariesResponse { users }))
    }

    async fn list_ended_sign_ins(
        &self,
        _: Request<ListEndedSignInsRequest>,
    ) -> Result<Response<ListEndedSignInsResponse>, Status> {
        let ended = sign_in::list_ended(&self.0.db, self.0.clock.now())
            .await
            .map_err(|error| rpc::database_status(&error))?;
        let session_ids = ended.into_iter().map(|id| id.0).collect();
        Ok(Response::new(ListEndedSignInsResponse { session_ids }))
    }

    async fn get_export(&self, request: Request<GetExportRequest>) -> Result<Response<GetExportResponse>, Status> {
        let exported = export::export(&self.0, UserId(request.into_inner().user_id)).await?;
        Ok(Response::new(exported))
    }

    async fn get_account(&self, request: Request<GetAccountRequest>) -> Result<Response<GetAccountResponse>, Status> {
        let caller = rpc::caller(&request)?;
        let id = UserId(request.into_inner().user_id);
        if caller.user_id != id {
            return Err(rpc::status(Code::NotFound, "user_not_found", "there is no such user"));
        }
        let found = user::lookup(&self.0.db, id)
            .await
            .map_err(|error| rpc::database_status(&error))?;
        let found = found.ok_or_else(|| rpc::status(Code::NotFound, "user_not_found", "there is no such user"))?;
        let json = |result: Result<String, serde_json::Error>| {
            result.map_err(|error| {
                tracing::error!(error = %error, "an account cannot be written as JSON");
                rpc::internal("the call failed")
            })
        };
        Ok(Response::new(GetAccountResponse {
            account_json: json(serde_json::to_string(&OwnUser::from(&found)))?,
            settings_json: json(serde_json::to_string(&Settings::from(&found)))?,
            status: found.status,
        }))
    }
}
