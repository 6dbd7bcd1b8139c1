//! What a frame of a client does.

use std::sync::Arc;

use axum::extract::ws::WebSocket;
use platform::{
    auth::{AuthError, Caller},
    telemetry::RequestContext,
};

use super::{
    serve::Seat,
    write::{Gone, say},
};
use crate::{
    Gateway,
    hub::Command,
    protocol::{Action, CloseCode, Connection, Screen, ServerFrame},
    session::Session,
};

impl Gateway {
    /// Does what a frame asks; the error is the end of the connection.
    pub(super) async fn act(
        &self,
        action: Action,
        socket: &mut WebSocket,
        connection: &mut Connection,
        seat: &mut Option<Seat>,
        cookie: Option<&str>,
    ) -> Result<(), Option<CloseCode>> {
        if self.shutdown.is_cancelled() {
            return Err(Some(CloseCode::Draining));
        }
        match (action, &*seat) {
            (Action::Close(code), _) => return Err(Some(code)),
            (Action::Identify { token }, _) => {
                let caller = self.authenticate(token.as_deref().or(cookie))?;
                let token = token.as_deref().or(cookie).unwrap_or_default();
                let beginning = async {
                    // For calls to peers on behalf of the user.
                    RequestContext::set_user(caller.user_id);
                    RequestContext::set_token(token);
                    self.begin(caller).await
                };
                let session = RequestContext::begin().scope(beginning).await.map_err(Some)?;
                let number = session.attach();
                self.presences.refresh(session.user_id, self.peers.clock.now());
                connection.on_session(self.peers.clock.now());
                *seat = Some(Seat { session, number });
            }
            (Action::Resume { token, session_id, seq }, _) => {
                let token = token.as_deref().or(cookie);
                let caller = self.authenticate(token)?;
                let resuming = async {
                    RequestContext::set_user(caller.user_id);
                    RequestContext::set_token(token.unwrap_or_default());
                    self.resumed(caller, &session_id, seq).await
                };
                match RequestContext::begin().scope(resuming).await {
                    Some(resumed) => {
                        connection.on_session(self.peers.clock.now());
                        *seat = Some(resumed);
                    }
                    None => {
                        say(
                            socket,
                            &ServerFrame::InvalidSession {
                                reason: "not_resumable",
                            },
                        )
                        .await
                        .map_err(|Gone| None)?;
                    }
                }
            }
            (Action::Heartbeat { seq }, Some(Seat { session, .. })) => {
                seq.inspect(|seq| session.acknowledge(*seq));
                session.push_control(&ServerFrame::HeartbeatAck);
            }
            (Action::Subscribe(screen), Some(Seat { session, .. })) => self.subscribe(session, screen),
            (Action::SetPresence(status), Some(Seat { session, .. })) => {
                self.presences.wish(session.user_id, status, self.peers.clock.now());
            }
            // The state machine lets none of these through before there is a session.
            (Action::Heartbeat { .. } | Action::Subscribe(_) | Action::SetPresence(_), None) => {}
        }
        Ok(())
    }

    fn authenticate(&self, token: Option<&str>) -> Result<Caller, Option<CloseCode>> {
        let verified = token.map(|token| self.authenticator.verify(token, self.peers.clock.now()));
        match verified {
            Some(Ok(caller)) => Ok(caller),
            Some(Err(AuthError::Revoked)) => Err(Some(CloseCode::SessionRevoked)),
            Some(Err(_)) | None => Err(Some(CloseCode::AuthenticationFailed)),
        }
    }

    /// The session, if it is the caller's and what came after `seq` is known, here or to the gateway that had it.
    async fn resumed(&self, caller: Caller, session_id: &str, seq: u64) -> Option<Seat> {
        let here = self.sessions.find(session_id).filter(|session| !session.is_lost());
        let Some(session) = here else {
            let session = self.adopt(caller, session_id, seq).await?;
            let number = session.resume(seq)?;
            self.presences.refresh(session.user_id, self.peers.clock.now());
            // What is shown of others was told by another gateway, up to another time.
            if let Some(server_id) = session.subscribed() {
                self.hubs
                    .tell_running(server_id, Command::Subscribe(Arc::clone(&session)));
            }
            return Some(Seat { session, number });
        };
        let own = session.user_id == caller.user_id && session.signed_in == caller.session_id;
        let number = own.then(|| session.resume(seq)).flatten()?;
        self.presences.refresh(session.user_id, self.peers.clock.now());
        Some(Seat { session, number })
    }

    fn subscribe(&self, session: &Arc<Session>, mut screen: Screen) {
        if let Some(detail) = screen.mistake() {
            let code = "invalid_subscription";
            session.push_control(&ServerFrame::Error { code, detail });
            return;
        }
        // A server that the user is no member of has no presences for them, like one that does not exist.
        screen.server_id = screen.server_id.filter(|id| session.servers().contains(id));
        let server_id = screen.server_id;
        session.subscribe(screen);
        match server_id {
            Some(id) => {
                self.hubs.tell_running(id, Command::Subscribe(Arc::clone(session)));
            }
            None => session.push_subscribed(&ServerFrame::nothing_subscribed()),
        }
    }
}
