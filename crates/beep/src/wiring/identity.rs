//! Who issues tokens and who verifies them: the issuer is where the users service is, the others follow its keys.

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Context as _;
use contracts::{
    calls::Service,
    users::{ListEndedSignInsRequest, users_client::UsersClient},
};
use model::SessionId;
use platform::{
    auth::{
        Authenticator, KeySource, Keys, OwnServiceTokens, RemoteIssuer, RevokedSessions, ServiceTokenSource,
        TokenIssuer,
    },
    bus::{Delivery, EventBus, Subscription},
    clock::Clock,
    rpc::{Credentials, Peer},
    service::Task,
    tls::Tls,
};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// How often ended sign-ins are forgotten whose tokens have expired.
const FORGET_EVERY: Duration = Duration::from_mins(5);
/// How often it is looked whether ends of sign-ins would be heard of. With what a silence may last before it is noticed, less
/// than a second.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How soon the issuer is asked again when it did not answer.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// The identity of this process.
pub(super) struct Identity {
    /// The issuer, if it is in this process.
    pub(super) issuer: Option<TokenIssuer>,
    /// Verifies access tokens.
    pub(super) authenticator: Authenticator,
    /// The issuer's public keys.
    pub(super) keys: Keys,
    source: Arc<dyn ServiceTokenSource>,
}

impl Identity {
    /// The issuer itself, or what is known of it; with the task that follows its keys when it is elsewhere. Answers when the
    /// keys are known.
    pub(super) async fn open(
        config: &Config,
        public_url: &str,
        clock: &Clock,
        tls: Option<Tls>,
        shutdown: &CancellationToken,
    ) -> anyhow::Result<(Self, Option<Task>)> {
        if config.services().contains(&Service::Users) {
            let lifetime = Duration::from_secs(config.identity.access_token_seconds.into());
            let file = &config.identity.signing_key;
            let issuer = TokenIssuer::open(file, public_url, lifetime)
                .with_context(|| format!("{}: no signing key", file.display()))?;
            let keys = Keys::of(&issuer.jwks());
            let source: Arc<dyn ServiceTokenSource> = Arc::new(OwnServiceTokens::new(issuer.clone(), clock.clone()));
            return Ok((Self::new(public_url, keys, Some(issuer), source), None));
        }
        let secrets = config.services().into_iter().filter_map(|service| {
            let secret = config.secret_of(service)?.clone();
            Some((service, secret))
        });
        let addresses = config.addresses_of(Service::Users).to_vec();
        let remote = RemoteIssuer::new(addresses, secrets.collect::<HashMap<_, _>>(), tls);
        let keys = Keys::default();
        let first = async {
            loop {
                match remote.jwks().await {
                    Ok(jwks) => return keys.set(&jwks),
                    Err(error) => tracing::warn!(error.detail = %error, "the issuer does not answer yet"),
                }
                tokio::time::sleep(RETRY_AFTER).await;
            }
        };
        let _ = shutdown.run_until_cancelled(first).await;
        let following = keys.clone().follow(remote.clone(), shutdown.clone());
        let identity = Self::new(public_url, keys, None, Arc::new(remote));
        Ok((identity, Some(Task::new("platform", following))))
    }

    fn new(public_url: &str, keys: Keys, issuer: Option<TokenIssuer>, source: Arc<dyn ServiceTokenSource>) -> Self {
        Self {
            issuer,
            authenticator: Authenticator::with_keys(public_url, keys.clone(), RevokedSessions::default()),
            keys,
            source,
        }
    }

    /// What the service shows to its peers.
    pub(super) fn credentials(&self, service: Service) -> Credentials {
        Credentials::new(service, Arc::clone(&self.source))
    }
}

/// Refuses the tokens of ended sign-ins, on every route: at once of those that ended before, then of each whose end is told.
#[derive(Clone)]
pub(crate) struct Endings {
    pub(super) users: UsersClient<Peer>,
    pub(super) authenticator: Authenticator,
    pub(super) bus: Arc<dyn EventBus>,
    pub(super) clock: Clock,
}

impl Endings {
    /// Asks which sign-ins have ended; tries until it is known.
    pub(super) async fn read(&self) {
        loop {
            match self.users.clone().list_ended_sign_ins(ListEndedSignInsRequest {}).await {
                Ok(answer) => {
                    for id in answer.into_inner().session_ids {
                        self.authenticator.revoked().revoke(SessionId(id), self.clock.now());
                    }
                    return;
                }
                Err(error) => {
                    tracing::warn!(error.code = ?error.code(), "the ended sign-ins are not known yet");
                    tokio::time::sleep(RETRY_AFTER).await;
                }
            }
        }
    }

    /// Follows the events until the process shuts down.
    pub(super) async fn follow(self, mut events: Subscription, shutdown: CancellationToken) {
        let following = async {
            let mut forget = tokio::time::interval(FORGET_EVERY);
            let mut looks = tokio::time::interval(LOOK_EVERY);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut known = None;
            loop {
                tokio::select! {
                    _ = looks.tick() => {
                        // While nobody can be heard, the ended sign-ins are asked for again and again; then once more.
                        let heard = self.bus.hears(Service::Users);
                        if heard.is_none() || heard != known {
                            self.read().await;
                            known = heard;
                        }
                    }
                    _ = forget.tick() => self.authenticator.revoked().forget_expired(self.clock.now()),
                    delivery = events.next() => match delivery {
                        None => return,
                        Some(Delivery::Event(event)) => {
                            if let Some(session_id) = event.session_id {
                                self.authenticator.revoked().revoke(session_id, self.clock.now());
                            }
                        }
                        Some(Delivery::Lost) => self.read().await,
                    },
                }
            }
        };
        let _ = shutdown.run_until_cancelled(following).await;
    }
}
