//! What holds of every internal call, whatever it does.

use std::{fmt::Debug, time::Duration};

use contracts::calls::{Call, NO_SERVICE_TOKEN, NO_USER, NOT_ALLOWED, Service};
use http::{HeaderValue, header};
use model::{SessionId, Timestamp};
use tokio::time::Instant;
use tonic::{Code, Request, Response, Status};
use tower::{ServiceExt, util::BoxCloneSyncService};

use super::{Apart, Conformance, Peer, Way, beep_code, gate::Mode, is_refused, with_user_token};
use crate::{
    auth::{Caller, TokenIssuer},
    http::testing::URL,
};

/// What an impatient caller gives a call that does not come to an end.
const IMPATIENCE: Duration = Duration::from_millis(50);
/// After so long a test has failed.
const LIMIT: Duration = Duration::from_secs(20);

const DAY: Duration = Duration::from_hours(24);

fn a_day_before(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.as_millis() - i64::try_from(DAY.as_millis()).expect("a day"))
}

/// A call with a request that is answered when nothing stands against it.
struct Law<'a, M, F> {
    of: &'a Conformance,
    call: &'static Call,
    user: Option<Caller>,
    message: M,
    ask: F,
}

impl Conformance {
    /// Fails unless the call keeps the laws:
    ///
    /// - asked twice, it answers the same;
    /// - it takes no longer than its caller waits, and nobody works on it any more then;
    /// - a service that breaks is an error of the call, and nothing more;
    /// - a call for a user is refused without the user's own good token;
    /// - over a channel, it is answered to the services that may make it, by a good token for the called one, and to
    ///   nobody else.
    ///
    /// `message` is a request that is answered, to `user` where the call is made for one, and `ask` makes the call by the
    /// generated client. What is answered comes back.
    pub async fn keeps_the_laws<M, R, F>(&self, method: &'static str, user: Option<Caller>, message: M, ask: F) -> R
    where
        M: Clone,
        R: PartialEq + Debug,
        F: AsyncFn(Peer, Request<M>) -> Result<Response<R>, Status>,
    {
        let call = Call::of_service(self.called, method).expect("a call of the service");
        assert_eq!(call.for_user, user.is_some(), "{method}: made for a user");
        let law = Law {
            of: self,
            call,
            user,
            message,
            ask,
        };
        let answer = law.answered(self.peer()).await;
        assert_eq!(law.answered(self.peer()).await, answer, "{method}: asked twice");
        law.takes_no_longer_than_its_caller_waits().await;
        law.breaks_alone().await;
        law.is_made_for_its_user().await;
        if let Way::Apart(apart) = &self.way {
            law.is_for_those_who_may().await;
            law.is_not_for_strangers(apart).await;
        }
        assert_eq!(law.answered(self.peer()).await, answer, "{method}: after all that");
        self.seen.note_lawful(call);
        answer
    }
}

impl<M, R, F> Law<'_, M, F>
where
    M: Clone,
    R: PartialEq + Debug,
    F: AsyncFn(Peer, Request<M>) -> Result<Response<R>, Status>,
{
    /// Asked by this peer, for the user if the call is made for one.
    async fn asked(&self, peer: Peer, request: Request<M>) -> Result<R, Status> {
        let asking = async {
            let answering = (self.ask)(peer, request);
            let answer = tokio::time::timeout(LIMIT, answering).await.expect("an answer in time");
            answer.map(Response::into_inner)
        };
        match self.user {
            Some(user) => self.of.working_for(user, asking).await,
            None => asking.await,
        }
    }

    async fn answered(&self, peer: Peer) -> R {
        let answer = self.asked(peer, Request::new(self.message.clone())).await;
        answer.unwrap_or_else(|status| panic!("{}: {status}", self.call.method))
    }

    fn within(&self, time: Duration) -> Request<M> {
        let mut request = Request::new(self.message.clone());
        request.set_timeout(time);
        request
    }

    async fn takes_no_longer_than_its_caller_waits(&self) {
        let gate = &self.of.gate;
        let begun = gate.begun();
        let late = self.asked(self.of.peer(), self.within(Duration::ZERO)).await;
        is_refused(late, Code::DeadlineExceeded, "timed_out");
        assert_eq!(gate.begun(), begun, "{}: begun for nobody", self.call.method);
        gate.set(Mode::Held);
        let held = self.asked(self.of.peer(), self.within(IMPATIENCE)).await;
        is_refused(held, Code::DeadlineExceeded, "timed_out");
        let waiting = Instant::now();
        while gate.inside() > 0 {
            assert!(waiting.elapsed() < LIMIT, "{}: worked on for nobody", self.call.method);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(gate.begun() > begun, "{}: it was there, and held", self.call.method);
        gate.set(Mode::Open);
    }

    async fn breaks_alone(&self) {
        self.of.gate.set(Mode::Broken);
        let broken = self.asked(self.of.peer(), Request::new(self.message.clone())).await;
        self.of.gate.set(Mode::Open);
        is_refused(broken, Code::Internal, "internal");
    }

    async fn is_made_for_its_user(&self) {
        let Some(user) = self.user else { return };
        let (issuer, now) = (&self.of.issuer, self.of.clock.now());
        let of_user = |issuer: &TokenIssuer, user: Caller, at: Timestamp| {
            let token = issuer.issue(user.user_id, user.session_id, at);
            token.expect("a token").0
        };
        let ended = Caller {
            session_id: SessionId(user.session_id.0 + 1),
            ..user
        };
        self.of.revoked.revoke(ended.session_id, now);
        let bad = [
            ("nonsense", "x.y.z".to_owned()),
            ("forged", of_user(&TokenIssuer::ephemeral(URL), user, now)),
            (
                "of another issuer",
                of_user(&TokenIssuer::ephemeral("http://other.test"), user, now),
            ),
            ("expired", of_user(issuer, user, a_day_before(now))),
            ("of a sign-in that has ended", of_user(issuer, ended, now)),
            ("of a service", self.service_token(issuer, self.of.called, now)),
        ];
        let peer = || self.of.peer();
        let ask = async |peer| (self.ask)(peer, Request::new(self.message.clone())).await.map(|_| ());
        let none = ask(peer()).await;
        let none = none.expect_err("no answer without a token");
        assert_eq!(
            (none.code(), beep_code(&none)),
            (NO_USER.0, Some(NO_USER.1)),
            "no token"
        );
        for (what, token) in bad {
            let refused = with_user_token(&token, ask(peer())).await.expect_err(what);
            assert_eq!(
                (refused.code(), beep_code(&refused)),
                (NO_USER.0, Some(NO_USER.1)),
                "{what}"
            );
        }
    }

    async fn is_for_those_who_may(&self) {
        for caller in Service::ALL {
            let answer = self
                .asked(self.of.peer_of(caller), Request::new(self.message.clone()))
                .await;
            if self.call.callers.contains(&caller) {
                assert!(answer.is_ok(), "{} by {}: {answer:?}", self.call.method, caller.name());
            } else {
                is_refused(answer, NOT_ALLOWED.0, NOT_ALLOWED.1);
            }
        }
        let forger = self.of.peer_with(self.call.callers[0], &TokenIssuer::ephemeral(URL));
        let refused = self.asked(forger, Request::new(self.message.clone())).await;
        is_refused(refused, Code::Internal, "internal");
    }

    fn service_token(&self, issuer: &TokenIssuer, called: Service, at: Timestamp) -> String {
        let token = issuer.issue_for_service(self.call.callers[0], called, at);
        token.expect("a token").0
    }

    /// Past our own client, which would not do it.
    async fn is_not_for_strangers(&self, apart: &Apart) {
        let (issuer, now, called) = (&self.of.issuer, self.of.clock.now(), self.of.called);
        let bearer = |token: String| Some(format!("Bearer {token}"));
        let other = Service::ALL.into_iter().find(|service| *service != called);
        let other = other.expect("another service");
        let user = issuer.issue(model::UserId(1), SessionId(1), now).expect("a token").0;
        let good = self.service_token(issuer, called, now);
        let shown = [
            ("nothing", None),
            ("no token", bearer(String::new())),
            ("nonsense", bearer("x.y.z".to_owned())),
            ("another scheme", Some(format!("Basic {good}"))),
            (
                "a token for another service",
                bearer(self.service_token(issuer, other, now)),
            ),
            (
                "an expired token",
                bearer(self.service_token(issuer, called, a_day_before(now))),
            ),
            (
                "a token of later",
                bearer(self.service_token(issuer, called, now.plus(DAY))),
            ),
            (
                "a forged token",
                bearer(self.service_token(&TokenIssuer::ephemeral(URL), called, now)),
            ),
            ("a user's token", bearer(user)),
        ];
        let begun = self.of.gate.begun();
        let bare = apart.bare().await;
        for (what, authorization) in shown {
            let showing = bare.clone().map_request(move |mut request: http::Request<_>| {
                if let Some(value) = &authorization {
                    let value = HeaderValue::try_from(value).expect("a header");
                    request.headers_mut().insert(header::AUTHORIZATION, value);
                }
                request
            });
            let peer = self.of.seen.noting(called, BoxCloneSyncService::new(showing));
            let refused = self
                .asked(peer, Request::new(self.message.clone()))
                .await
                .expect_err(what);
            assert_eq!(
                (refused.code(), beep_code(&refused)),
                (NO_SERVICE_TOKEN.0, Some(NO_SERVICE_TOKEN.1)),
                "{}: {what}",
                self.call.method
            );
        }
        assert_eq!(
            self.of.gate.begun(),
            begun,
            "{}: none of them reached it",
            self.call.method
        );
    }
}
