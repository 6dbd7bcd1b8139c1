//! The bus between processes: NATS. It may lose anything at any time; that costs time, never an event: what was not taken for
//! certain stays in the outbox, and who may have missed something is told so ([`Delivery::Lost`]).

mod answer;
mod between;
mod echo;
mod pump;
mod recent;
mod servers;
mod subjects;

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use async_nats::{Client, connection::State};
use contracts::{calls::Service, events::Event};
use futures::future::BoxFuture;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use self::{
    between::Between,
    echo::Echo,
    pump::{NatsInterest, NatsSubscription},
    recent::NatsRecent,
    servers::Servers,
};
use super::{Backchannel, BusError, Delivery, EventBus, Recent, Subscription, Topics, hearing::Hearing};
use crate::auth::Secret;

/// Deliveries that wait for one subscriber of ours. A slower one keeps the client library waiting, which tells when it lost.
const WAITING: usize = 16_384;
/// How long handing an event over may take: it waits in the outbox otherwise.
const PUBLISH_WITHIN: Duration = Duration::from_millis(250);

/// The event bus on a NATS server or cluster. Clones share the connection.
#[derive(Clone)]
pub struct NatsBus {
    client: Client,
    echo: Arc<Echo>,
    subscribers: Subscribers,
    servers: Servers,
    hearing: Hearing,
}

/// Who must be told when something may have been lost.
#[derive(Clone, Default)]
struct Subscribers(Arc<Mutex<Vec<Weak<mpsc::Sender<Delivery>>>>>);

impl Subscribers {
    fn add(&self, sender: &Arc<mpsc::Sender<Delivery>>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| known.strong_count() > 0);
        all.push(Arc::downgrade(sender));
    }

    /// Tells all. One whose queue is full learns it when there is room.
    fn tell_lost(&self) {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for sender in all.iter().filter_map(Weak::upgrade) {
            tokio::spawn(async move {
                // Without a receiver there is nobody to tell.
                let _ = sender.send(Delivery::Lost).await;
            });
        }
    }
}

impl NatsBus {
    /// Connects to the servers of `url` (`nats://USER:PASSWORD@HOST:PORT`, several separated by commas, `tls://` for TLS).
    /// Answers when one is connected, or after two seconds: while none can be reached, events stay in the outbox.
    pub async fn connect(url: &Secret<String>, name: &str) -> Result<Self, BusError> {
        let subscribers = Subscribers::default();
        let told = subscribers.clone();
        let servers = Servers::new(url, name);
        // Whoever subscribes after the first connection need not be told that something was before it.
        let client = servers.connect(move |event| on_connection(event, &told)).await?;
        let echo = Echo::start(client.clone()).await?;
        Ok(Self {
            client,
            echo: Arc::new(echo),
            subscribers,
            servers,
            hearing: Hearing::default(),
        })
    }

    /// Whether a server is connected.
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Has other processes hear that the services of this one publish, and hears them, until `shutdown`. Without it nobody is
    /// heard.
    pub fn keep_hearing(
        &self,
        services: Vec<Service>,
        shutdown: CancellationToken,
    ) -> impl Future<Output = ()> + Send + 'static {
        let channel = Between::new(self.client.clone(), Arc::clone(&self.echo));
        self.hearing.clone().keep(Arc::new(channel), services, shutdown)
    }

    async fn publish_event(&self, event: Arc<Event>) -> Result<(), BusError> {
        if !self.is_connected() {
            return Err(BusError("NATS is not connected".to_owned()));
        }
        let json = serde_json::to_vec(&*event).map_err(|error| BusError(error.to_string()))?;
        let publishing = self.client.publish(subjects::of(&event), json.into());
        match tokio::time::timeout(PUBLISH_WITHIN, publishing).await {
            Ok(published) => published.map_err(|error| BusError(error.to_string())),
            Err(_elapsed) => Err(BusError("NATS takes nothing".to_owned())),
        }
    }
}

fn on_connection(event: &async_nats::Event, told: &Subscribers) {
    use async_nats::Event as Happened;
    match event {
        // What was published before this connection never arrives.
        Happened::Connected => {
            tracing::info!("NATS is connected");
            told.tell_lost();
        }
        Happened::SlowConsumer(_) => {
            tracing::error!("events came faster than they were taken, and some were lost");
            told.tell_lost();
        }
        Happened::Disconnected => tracing::warn!("NATS has gone"),
        other => tracing::info!(nats.event = %other, "NATS"),
    }
}

impl EventBus for NatsBus {
    fn publish(&self, event: Arc<Event>) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(self.publish_event(event))
    }

    fn barrier(&self) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(async {
            if !self.is_connected() {
                return Err(BusError("NATS is not connected".to_owned()));
            }
            self.echo.round_trip().await
        })
    }

    fn subscribe(&self, topics: Topics) -> BoxFuture<'_, Result<Subscription, BusError>> {
        let subjects: &[&str] = match topics {
            Topics::Changes => &[subjects::CHANGES],
            Topics::All => &[subjects::CHANGES, subjects::MESSAGES],
            Topics::Chosen => &[subjects::PERSONAL],
        };
        Box::pin(async move {
            let (sender, receiver) = mpsc::channel(WAITING);
            let sender = Arc::new(sender);
            self.subscribers.add(&sender);
            let interest = NatsInterest::new(self.client.clone(), Arc::clone(&self.echo), sender);
            for subject in subjects {
                interest.listen(subject).await?;
            }
            // A server that is away tells when it is back that something was lost.
            if self.is_connected()
                && let Err(error) = self.echo.round_trip().await
            {
                tracing::warn!(error.detail = %error, "NATS does not say whether it has taken a subscription");
            }
            Ok(Subscription::new(NatsSubscription(receiver), Arc::new(interest)))
        })
    }

    fn hears(&self, service: Service) -> Option<u64> {
        self.hearing.of(service)
    }

    fn recent(&self, kept_for: Duration) -> Option<Arc<dyn Recent>> {
        Some(Arc::new(NatsRecent::new(self.servers.clone(), kept_for)))
    }

    fn backchannel(&self) -> Option<Arc<dyn Backchannel>> {
        Some(Arc::new(Between::new(self.client.clone(), Arc::clone(&self.echo))))
    }
}
