//! How a session begins: it listens first, then reads what there is, so that nothing falls in between.

use std::{sync::Arc, time::Duration};

use contracts::{
    messages::{ListReadStatesRequest, ReadableServer},
    permissions::MemberAccess,
    servers::{ListServersOfUserRequest, ServerOfUser},
    users::{GetAccountRequest, GetAccountResponse},
};
use model::{ServerId, UserId};
use platform::auth::Caller;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use crate::{
    Gateway, handover,
    hub::{Attached, Command},
    protocol::{CloseCode, EncodedEvent, Presence, PresenceStatus},
    session::Session,
};

/// How often the servers are read again because one changed meanwhile.
const ATTEMPTS: usize = 5;

/// How long the messages service may take to tell what a user has read.
const READ_STATES_WITHIN: Duration = Duration::from_secs(2);

/// What a client gets first (`ready`).
#[derive(Serialize)]
struct Ready<'a> {
    session_id: &'a str,
    user: &'a RawValue,
    settings: &'a RawValue,
    servers: Vec<&'a RawValue>,
    // Friends and direct messages: nobody has any before those services exist.
    direct_channels: [(); 0],
    /// Null when the messages service did not answer: the client asks for them itself then.
    read_states: Option<Box<RawValue>>,
    presences: Vec<Presence>,
}

impl Gateway {
    /// Begins a session for the caller, `ready` included. The connection is not attached yet.
    pub(crate) async fn begin(&self, caller: Caller) -> Result<Arc<Session>, CloseCode> {
        let now = self.peers.clock.now();
        let journal = self.handover.as_ref().map(|handover| &handover.journal);
        let id = handover::session_id(journal);
        let session = Session::new(id, caller.user_id, caller.session_id, journal.cloned(), now);
        if let Some(journal) = journal {
            // Before anything is pushed to it.
            journal.seated(None, &session);
        }
        if let Some(oldest) = self.sessions.add(&session) {
            oldest.lose(CloseCode::SessionTimedOut);
            self.end(&oldest);
        }
        let ready = match self.seat(&session).await {
            Ok((account, servers)) => {
                let read_states = self.read_states(caller.user_id, &servers).await;
                self.encode(&session, &account, &servers, read_states)
            }
            Err(status) => Err(status),
        };
        match ready {
            Ok(ready) => {
                session.push_ready(ready);
                // Its sign-in may have been ended while it was made, before there was a session to close.
                if self.authenticator.revoked().contains(caller.session_id) {
                    self.end(&session);
                    return Err(CloseCode::SessionRevoked);
                }
                if session.is_lost() {
                    // Events were lost meanwhile. It has been ended, but hubs may have seated it since.
                    self.end(&session);
                    return Err(CloseCode::UnknownError);
                }
                Ok(session)
            }
            Err(status) => {
                tracing::warn!(error.code = ?status.code(), "a gateway session could not begin");
                self.end(&session);
                Err(CloseCode::UnknownError)
            }
        }
    }

    /// Lets the session hear everything from now on, and answers what its user has and is in.
    pub(crate) async fn seat(
        &self,
        session: &Arc<Session>,
    ) -> Result<(GetAccountResponse, Vec<ServerOfUser>), tonic::Status> {
        let request = GetAccountRequest {
            user_id: session.user_id.0,
        };
        let account = self.peers.users.clone().get_account(request).await?.into_inner();
        let in_account = PresenceStatus::from_name(&account.status);
        self.presences
            .begin(session.user_id, in_account, self.peers.clock.now());
        for _ in 0..ATTEMPTS {
            let servers = self.servers_of(session.user_id).await?;
            if self.attach_all(session, &servers).await? {
                return Ok((account, servers));
            }
        }
        Err(tonic::Status::aborted("the servers changed all the time"))
    }

    /// What a user is a member of.
    pub(crate) async fn servers_of(&self, user_id: UserId) -> Result<Vec<ServerOfUser>, tonic::Status> {
        let request = ListServersOfUserRequest { user_id: user_id.0 };
        let answer = self.peers.servers.clone().list_servers_of_user(request).await?;
        Ok(answer.into_inner().servers)
    }

    /// Attaches the session to the hub of every server; `false` when one of them has changed since it was read.
    async fn attach_all(&self, session: &Arc<Session>, servers: &[ServerOfUser]) -> Result<bool, tonic::Status> {
        let mut waiting = Vec::with_capacity(servers.len());
        let mut told = Ok(());
        for server in servers {
            match self.attach(session, server) {
                Ok(attached) => waiting.push(attached),
                Err(status) => {
                    told = Err(status);
                    break;
                }
            }
        }
        // Also of those told before one could not be: who then ends the session must know where it sits.
        let mut up_to_date = true;
        for attached in waiting {
            up_to_date &= matches!(attached.await, Ok(Attached::UpToDate));
        }
        told.map(|()| up_to_date)
    }

    fn attach(
        &self,
        session: &Arc<Session>,
        server: &ServerOfUser,
    ) -> Result<oneshot::Receiver<Attached>, tonic::Status> {
        let incomplete = || tonic::Status::internal("a server without tenant or membership");
        let tenant = server.tenant.as_ref().ok_or_else(incomplete)?;
        let membership = MemberAccess::from(server.membership.as_ref().ok_or_else(incomplete)?);
        let (done, attached) = oneshot::channel();
        let command = Command::Attach {
            session: Arc::clone(session),
            membership,
            version: tenant.version,
            done,
        };
        if self.hubs.tell(ServerId(server.server_id), command) {
            Ok(attached)
        } else {
            Err(tonic::Status::resource_exhausted("a hub is overrun"))
        }
    }

    /// How far the user has read what they see; `None` when that cannot be told now.
    async fn read_states(&self, user_id: UserId, servers: &[ServerOfUser]) -> Option<Box<RawValue>> {
        let now = self.peers.clock.now();
        let request = ListReadStatesRequest {
            user_id: user_id.0,
            servers: servers
                .iter()
                .filter_map(|server| ReadableServer::of(server, now))
                .collect(),
        };
        let mut peer = self.peers.messages.clone();
        let answer = tokio::time::timeout(READ_STATES_WITHIN, peer.list_read_states(request)).await;
        match answer {
            Ok(Ok(answer)) => RawValue::from_string(answer.into_inner().read_states_json).ok(),
            failed => {
                let code = failed.ok().and_then(Result::err).map(|status| status.code());
                tracing::warn!(error.code = ?code, "it is not known what a user has read");
                None
            }
        }
    }

    fn encode(
        &self,
        session: &Session,
        account: &GetAccountResponse,
        servers: &[ServerOfUser],
        read_states: Option<Box<RawValue>>,
    ) -> Result<EncodedEvent, tonic::Status> {
        let not_json =
            |error: serde_json::Error| tonic::Status::internal(format!("a peer's resource is not JSON: {error}"));
        let servers: Result<Vec<&RawValue>, _> = servers
            .iter()
            .map(|server| serde_json::from_str(&server.server_json))
            .collect();
        let ready = Ready {
            session_id: &session.id,
            user: serde_json::from_str(&account.account_json).map_err(not_json)?,
            settings: serde_json::from_str(&account.settings_json).map_err(not_json)?,
            servers: servers.map_err(not_json)?,
            direct_channels: [],
            read_states,
            presences: Vec::new(),
        };
        let data = serde_json::to_string(&ready).map_err(not_json)?;
        Ok(EncodedEvent::new("ready", &data, self.peers.clock.now()))
    }
}
