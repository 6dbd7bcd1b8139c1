//! Letting go of a session whose client is at another gateway.

use std::{sync::Arc, time::Duration};

use contracts::gateway::{ReleaseRequest, ReleaseResponse};
use platform::{
    auth::Caller,
    bus::{Heard, Listener},
};
use prost::Message as _;
use tokio_util::sync::CancellationToken;

use super::{Handover, topic};
use crate::{Gateway, session::Session};

/// How long the gateway that had a session may take to let go of it. One that does not answer has gone, or will find that
/// it has the session no longer.
const LET_GO_WITHIN: Duration = Duration::from_millis(750);

/// How long the user of a session that is elsewhere now is shown as connected here.
const SHOWN_FOR: Duration = Duration::from_secs(2);

impl Handover {
    /// Asks a gateway to let go of a session. It writes nothing about it any more afterwards, unless it does not answer.
    pub(super) async fn ask_to_release(&self, gateway: u64, session_id: &str, caller: Caller) {
        let request = ReleaseRequest {
            session_id: session_id.to_owned(),
            user_id: caller.user_id.0,
            sign_in: caller.session_id.0,
        };
        let asked = self
            .channel
            .ask(&topic(gateway), request.encode_to_vec().into(), LET_GO_WITHIN)
            .await;
        if let Err(error) = asked {
            tracing::info!(error.detail = %error, "the gateway that had a session does not answer");
        }
    }

    /// Where this gateway is asked.
    pub(crate) async fn listen(&self) -> Option<Listener> {
        let listening = self.channel.listen(&topic(self.journal.writer())).await;
        listening
            .inspect_err(|error| tracing::error!(error.detail = %error, "other gateways cannot ask this one"))
            .ok()
    }
}

/// Answers other gateways until `end`.
pub(crate) async fn answer(gateway: Gateway, mut asked: Listener, end: CancellationToken) {
    while let Some(Some(Heard { bytes, reply })) = end.run_until_cancelled(asked.next()).await {
        let (Ok(request), Some(reply)) = (ReleaseRequest::decode(bytes), reply) else {
            continue;
        };
        let gateway = gateway.clone();
        // Beside each other: each waits for the journal.
        tokio::spawn(async move {
            let released = gateway.let_go(&request).await;
            let answer = ReleaseResponse { released }.encode_to_vec();
            if let Err(error) = reply.send(answer.into()).await {
                tracing::warn!(error.detail = %error, "another gateway does not learn that a session is free");
            }
        });
    }
}

impl Gateway {
    /// Lets go of a session; `false` when it is not here, or another's.
    async fn let_go(&self, request: &ReleaseRequest) -> bool {
        let found = self.sessions.find(&request.session_id);
        let is_theirs =
            |session: &Arc<Session>| session.user_id.0 == request.user_id && session.signed_in.0 == request.sign_in;
        let (Some(session), Some(handover)) = (found.filter(is_theirs), &self.handover) else {
            return false;
        };
        session.release();
        handover.journal.settled().await;
        // Its user is shown as connected until the other gateway has told all others.
        let gateway = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(SHOWN_FOR).await;
            gateway.forget(&session);
        });
        true
    }
}
