//! A message to ourselves: when it comes back, the server has taken everything that was sent before it on the same
//! connection, subscriptions included. Core NATS has no other acknowledgement.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_nats::Client;
use futures::StreamExt;
use tokio::sync::oneshot;

use crate::bus::BusError;

/// How long the way there and back may take.
const WITHIN: Duration = Duration::from_secs(2);

type Waiting = Arc<Mutex<HashMap<u64, oneshot::Sender<()>>>>;

/// Sends messages to itself.
pub(super) struct Echo {
    client: Client,
    subject: String,
    number: AtomicU64,
    waiting: Waiting,
}

impl Echo {
    pub(super) async fn start(client: Client) -> Result<Self, BusError> {
        let subject = format!("beep.echo.{:032x}", rand::random::<u128>());
        let mut echoes = client
            .subscribe(subject.clone())
            .await
            .map_err(|error| BusError(error.to_string()))?;
        let waiting = Waiting::default();
        let told = Arc::clone(&waiting);
        tokio::spawn(async move {
            while let Some(message) = echoes.next().await {
                let number = message.payload.as_ref().try_into().map(u64::from_be_bytes);
                let waiting = number
                    .ok()
                    .and_then(|number| told.lock().unwrap_or_else(PoisonError::into_inner).remove(&number));
                if let Some(waiting) = waiting {
                    // Who waited may have given up.
                    let _ = waiting.send(());
                }
            }
        });
        Ok(Self {
            client,
            subject,
            number: AtomicU64::new(0),
            waiting,
        })
    }

    /// Answers when the server has taken everything that was sent before.
    pub(super) async fn round_trip(&self) -> Result<(), BusError> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let (sender, returned) = oneshot::channel();
        self.table().insert(number, sender);
        let trip = async {
            let bytes = number.to_be_bytes().to_vec();
            self.client
                .publish(self.subject.clone(), bytes.into())
                .await
                .map_err(|error| BusError(error.to_string()))?;
            returned.await.map_err(|_| BusError("the echo was lost".to_owned()))
        };
        let done = tokio::time::timeout(WITHIN, trip).await;
        self.table().remove(&number);
        done.unwrap_or_else(|_elapsed| Err(BusError("NATS does not answer".to_owned())))
    }

    fn table(&self) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<()>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
