//! What other services may ask for.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use contracts::{
    calls::{Call, NO_USER, Service},
    users::{
        BeginDeletionRequest, BeginDeletionResponse, CancelDeletionRequest, CancelDeletionResponse, DeletedUser,
        GetAccountRequest, GetAccountResponse, GetExportRequest, GetExportResponse, GetSummariesRequest,
        GetSummariesResponse, ListDeletedRequest, ListDeletedResponse, ListEndedSignInsRequest,
        ListEndedSignInsResponse, UserSummary, users_server::Users,
    },
};
use model::{Timestamp, UserId};
use moka::sync::Cache;
use platform::{http::Problem, rpc};
use tonic::{Code, Request, Response, Status};

use crate::{
    api::resource::{OwnUser, Profile, Settings, shown_password},
    error::UsersError,
    export,
    identity::{Proof, begin_deletion, cancel_deletion},
    service::Shared,
    store::{User, deletion, sign_in, user},
};

/// Users that one call may name.
const MOST: usize = 500;
/// Erased users that one call is told of.
const DELETED_AT_ONCE: i64 = 500;

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

fn json(result: Result<String, serde_json::Error>) -> Result<String, Status> {
    result.map_err(|error| {
        tracing::error!(error = %error, "an account cannot be written as JSON");
        rpc::internal("the call failed")
    })
}

/// An error as the contract of the call names it, with the time after which to ask again.
fn refused(method: &str, error: UsersError) -> Status {
    match error {
        UsersError::Database(error) => return rpc::database_status(&error),
        UsersError::Overloaded => return rpc::overloaded("too many passwords are being hashed"),
        UsersError::NoAccount => return rpc::refusal(NO_USER, "there is no such account"),
        _ => {}
    }
    let problem = Problem::from(error);
    let known = Call::of_service(Service::Users, method).map_or(&[][..], |call| call.refusals);
    let Some(refusal) = known.iter().find(|(_, code)| *code == problem.code()) else {
        tracing::error!(
            code = problem.code(),
            call = method,
            "a refusal that the contract of the call does not name"
        );
        return rpc::internal("the call failed");
    };
    let status = rpc::refusal(*refusal, problem.detail());
    match problem.retry_after() {
        Some(after) => rpc::with_retry_after(status, after),
        None => status,
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

    async fn begin_deletion(
        &self,
        request: Request<BeginDeletionRequest>,
    ) -> Result<Response<BeginDeletionResponse>, Status> {
        const METHOD: &str = "BeginDeletion";
        let caller = rpc::caller(&request)?;
        let request = request.into_inner();
        let address = request.address.parse();
        let address = address
            .map_err(|_| rpc::status(Code::InvalidArgument, "address_invalid", "the address is no IP address"))?;
        let proof = Proof {
            password: shown_password(request.password).map_err(|error| refused(METHOD, error))?,
            code: request.code,
            address,
            session: Some(caller.session_id),
            carried: request.carried,
        };
        let at = begin_deletion(&self.0, caller.user_id, proof).await;
        let at = at.map_err(|error| refused(METHOD, error))?;
        Ok(Response::new(BeginDeletionResponse {
            deletion_at: at.as_millis(),
        }))
    }

    async fn cancel_deletion(
        &self,
        request: Request<CancelDeletionRequest>,
    ) -> Result<Response<CancelDeletionResponse>, Status> {
        let caller = rpc::caller(&request)?;
        let cancelled = cancel_deletion(&self.0, caller.user_id).await;
        cancelled.map_err(|error| refused("CancelDeletion", error))?;
        Ok(Response::new(CancelDeletionResponse {}))
    }

    async fn list_deleted(
        &self,
        request: Request<ListDeletedRequest>,
    ) -> Result<Response<ListDeletedResponse>, Status> {
        let request = request.into_inner();
        let limit = i64::from(request.limit).min(DELETED_AT_ONCE);
        let (since, after) = (Timestamp::from_millis(request.since), UserId(request.after_user_id));
        let found = deletion::list_erased(&self.0.db, since, after, limit).await;
        let found = found.map_err(|error| rpc::database_status(&error))?;
        let ids: Vec<UserId> = found.iter().map(|(id, _)| *id).collect();
        let profiles = user::lookup_many(&self.0.db, &ids).await;
        let profiles = profiles.map_err(|error| rpc::database_status(&error))?;
        let profiles: HashMap<UserId, Profile> = profiles.iter().map(|user| (user.id, user.into())).collect();
        let mut users = Vec::with_capacity(found.len());
        for (id, at) in found {
            let Some(profile) = profiles.get(&id) else { continue };
            users.push(DeletedUser {
                user_id: id.0,
                erased_at: at.as_millis(),
                profile_json: json(serde_json::to_string(profile))?,
            });
        }
        Ok(Response::new(ListDeletedResponse { users }))
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
        let found = found.filter(|user| user.erased_at.is_none());
        let found = found.ok_or_else(|| rpc::status(Code::NotFound, "user_not_found", "there is no such user"))?;
        Ok(Response::new(GetAccountResponse {
            account_json: json(serde_json::to_string(&OwnUser::from(&found)))?,
            settings_json: json(serde_json::to_string(&Settings::from(&found)))?,
            status: found.status,
        }))
    }
}
