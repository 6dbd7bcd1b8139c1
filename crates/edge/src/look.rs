//! How instances are: each is asked again and again whether it is ready.

use std::{collections::HashMap, net::SocketAddr, sync::Arc, time::Duration};

use axum::body::Body;
use futures::future::join_all;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};

use crate::{
    instance::{Health, Instance},
    upstream::Upstream,
};

/// Where services say whether they are ready.
const PATH: &str = "/readyz";
/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(1);
/// The longest answer that is read, in bytes.
const ANSWER_BYTES: usize = 64 * 1024;
/// Between two looks that failed attempts asked for.
const PAUSE: Duration = Duration::from_millis(20);
/// An instance that does not answer in time leaves after so many times; one that refuses connections leaves at once.
const STRIKES: u8 = 2;

/// What an instance said.
enum Said {
    /// Whether it is ready.
    Ready(bool),
    /// It cannot be reached, or broke off.
    Nothing,
    /// It took too long.
    NothingInTime,
}

/// The look after the instances of one service.
pub(crate) struct Looking {
    upstream: Arc<Upstream>,
    /// How many times in a row an instance did not answer in time.
    strikes: HashMap<SocketAddr, u8>,
}

impl Looking {
    pub(crate) fn new(upstream: Arc<Upstream>) -> Self {
        Self {
            upstream,
            strikes: HashMap::new(),
        }
    }

    /// Looks for ever.
    pub(crate) async fn run(mut self, every: Duration) {
        loop {
            self.look().await;
            tokio::select! {
                () = tokio::time::sleep(every) => {}
                () = self.upstream.suspected() => tokio::time::sleep(PAUSE.min(every)).await,
            }
        }
    }

    /// Asks all instances at once.
    async fn look(&mut self) {
        let instances = self.upstream.instances();
        let answers = join_all(instances.iter().map(|instance| ask(instance))).await;
        let mut strikes = HashMap::new();
        for (instance, said) in instances.iter().zip(answers) {
            let health = match said {
                Said::Ready(true) => Health::Ready,
                Said::Ready(false) => Health::Unready,
                Said::Nothing => Health::Gone,
                Said::NothingInTime => {
                    let before = self.strikes.get(&instance.address()).copied().unwrap_or(0);
                    let now = before.saturating_add(1);
                    strikes.insert(instance.address(), now);
                    if now < STRIKES { instance.health() } else { Health::Gone }
                }
            };
            self.remember(instance, health);
        }
        self.strikes = strikes;
    }

    fn remember(&self, instance: &Instance, health: Health) {
        if instance.set_health(health) {
            tracing::info!(
                peer.service = self.upstream.service().name(),
                peer.address = %instance.address(),
                peer.health = ?health,
                "an instance of a service changed"
            );
        }
    }
}

async fn ask(instance: &Instance) -> Said {
    let url = format!("http://{}{PATH}", instance.address());
    let Ok(question) = Request::get(url).body(Body::empty()) else {
        return Said::Nothing;
    };
    let asking = async {
        let answer = instance.client.request(question).await;
        let unanswered = |error| tracing::debug!(peer.address = %instance.address(), error.detail = ?error, "an instance does not answer");
        let answer = answer.map_err(unanswered).ok()?;
        let ready = answer.status() == StatusCode::OK;
        // Read to its end, so that the connection serves again.
        Limited::new(answer.into_body(), ANSWER_BYTES).collect().await.ok()?;
        Some(ready)
    };
    match tokio::time::timeout(WITHIN, asking).await {
        Ok(Some(ready)) => Said::Ready(ready),
        Ok(None) => Said::Nothing,
        Err(_elapsed) => Said::NothingInTime,
    }
}
