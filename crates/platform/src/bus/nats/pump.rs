//! From subscriptions on NATS to one queue of ours.

use std::{collections::HashMap, sync::Arc};

use async_nats::{Client, Subscriber};
use contracts::events::Event;
use futures::{StreamExt, future::BoxFuture};
use model::ServerId;
use tokio::{
    sync::{Mutex, mpsc},
    task::AbortHandle,
};

use super::{echo::Echo, subjects};
use crate::bus::{BusError, Delivery, Interest, Receive};

/// The queue.
pub(super) struct NatsSubscription(pub(super) mpsc::Receiver<Delivery>);

impl Receive for NatsSubscription {
    fn receive(&mut self) -> BoxFuture<'_, Option<Delivery>> {
        Box::pin(self.0.recv())
    }
}

/// What fills the queue.
pub(super) struct NatsInterest {
    client: Client,
    echo: Arc<Echo>,
    sender: Arc<mpsc::Sender<Delivery>>,
    shards: Arc<Mutex<Shards>>,
}

type Shards = HashMap<u32, Followed>;

/// A shard that is listened to, for so many servers.
struct Followed {
    servers: usize,
    pump: AbortHandle,
}

impl NatsInterest {
    pub(super) fn new(client: Client, echo: Arc<Echo>, sender: Arc<mpsc::Sender<Delivery>>) -> Self {
        Self {
            client,
            echo,
            sender,
            shards: Arc::default(),
        }
    }

    /// Listens to a subject until the returned handle is used, or nobody reads the queue.
    pub(super) async fn listen(&self, subject: &str) -> Result<AbortHandle, BusError> {
        let messages = self
            .client
            .subscribe(subject.to_owned())
            .await
            .map_err(|error| BusError(error.to_string()))?;
        Ok(tokio::spawn(pump(messages, Arc::clone(&self.sender))).abort_handle())
    }
}

/// Moves events from a subscription to the queue, until nobody reads that.
async fn pump(mut messages: Subscriber, queue: Arc<mpsc::Sender<Delivery>>) {
    while let Some(message) = messages.next().await {
        let delivery = serde_json::from_slice::<Event>(&message.payload).map_or_else(
            |error| {
                // Of a newer version of Beep: what it changed is read anew.
                tracing::warn!(error.detail = %error, "an event cannot be read");
                Delivery::Lost
            },
            |event| Delivery::Event(Arc::new(event)),
        );
        if queue.send(delivery).await.is_err() {
            return;
        }
    }
}

impl Interest for NatsInterest {
    fn follow(&self, server_id: ServerId) -> BoxFuture<'_, Result<(), BusError>> {
        let shard = subjects::shard(server_id);
        Box::pin(async move {
            {
                let mut shards = self.shards.lock().await;
                if let Some(followed) = shards.get_mut(&shard) {
                    followed.servers += 1;
                } else {
                    let pump = self.listen(&subjects::of_shard(shard)).await?;
                    shards.insert(shard, Followed { servers: 1, pump });
                }
            }
            self.echo.round_trip().await
        })
    }

    fn leave(&self, server_id: ServerId) {
        let shards = Arc::clone(&self.shards);
        tokio::spawn(async move {
            let shard = subjects::shard(server_id);
            let mut shards = shards.lock().await;
            if let Some(followed) = shards.get_mut(&shard) {
                followed.servers -= 1;
                if followed.servers == 0 {
                    followed.pump.abort();
                    shards.remove(&shard);
                }
            }
        });
    }
}
