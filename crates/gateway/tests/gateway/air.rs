//! What gateways of one test speak through: one bus of events, and a channel between them on which the test decides what
//! is lost.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use contracts::events::Event;
use futures::future::BoxFuture;
use platform::bus::{
    Backchannel, BusError, EventBus, Hear, Heard, Listener, LocalBus, Recent, Reply, Subscription, Topics,
};
use tokio::sync::{mpsc, oneshot};

use crate::memory::Memory;

type Listening = HashMap<String, Vec<mpsc::UnboundedSender<Heard>>>;

/// Between all gateways of one test. Cheap to clone.
#[derive(Clone, Default)]
pub struct Air(Arc<Mutex<Listening>>);

impl Air {
    fn spread(&self, topic: &str, heard: impl Fn() -> Heard) -> usize {
        let mut listening = self.0.lock().unwrap();
        let listeners = listening.entry(topic.to_owned()).or_default();
        listeners.retain(|listener| listener.send(heard()).is_ok());
        listeners.len()
    }
}

/// By which one gateway speaks. Cheap to clone.
#[derive(Clone, Default)]
pub struct Voice {
    air: Air,
    lost: Arc<AtomicBool>,
}

impl Voice {
    pub fn new(air: Air) -> Self {
        Self {
            air,
            lost: Arc::default(),
        }
    }

    /// Whether what is told from now on is lost.
    pub fn lose(&self, lost: bool) {
        self.lost.store(lost, Ordering::SeqCst);
    }
}

struct Ear(mpsc::UnboundedReceiver<Heard>);

impl Hear for Ear {
    fn hear(&mut self) -> BoxFuture<'_, Option<Heard>> {
        Box::pin(self.0.recv())
    }
}

impl Backchannel for Voice {
    fn tell<'a>(&'a self, topic: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        if !self.lost.load(Ordering::SeqCst) {
            self.air.spread(topic, || Heard {
                bytes: bytes.clone(),
                reply: None,
            });
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn listen<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Result<Listener, BusError>> {
        let (sender, receiver) = mpsc::unbounded_channel();
        let mut listening = self.air.0.lock().unwrap();
        listening.entry(topic.to_owned()).or_default().push(sender);
        Box::pin(std::future::ready(Ok(Listener::new(Ear(receiver)))))
    }

    fn ask<'a>(&'a self, topic: &'a str, bytes: Bytes, within: Duration) -> BoxFuture<'a, Result<Bytes, BusError>> {
        let (sender, answer) = oneshot::channel();
        let sender = Arc::new(Mutex::new(Some(sender)));
        let listeners = self.air.spread(topic, || {
            let sender = Arc::clone(&sender);
            let reply = Reply::new(move |bytes| {
                if let Some(sender) = sender.lock().unwrap().take() {
                    let _ = sender.send(bytes);
                }
                Box::pin(std::future::ready(Ok(())))
            });
            Heard {
                bytes: bytes.clone(),
                reply: Some(reply),
            }
        });
        Box::pin(async move {
            if listeners == 0 {
                return Err(BusError("nobody listens".to_owned()));
            }
            match tokio::time::timeout(within, answer).await {
                Ok(Ok(bytes)) => Ok(bytes),
                _ => Err(BusError("nobody answers".to_owned())),
            }
        })
    }
}

/// The bus of one of several gateways.
pub struct SharedBus {
    pub events: Arc<LocalBus>,
    pub voice: Voice,
    pub memory: Memory,
}

impl EventBus for SharedBus {
    fn publish(&self, event: Arc<Event>) -> BoxFuture<'_, Result<(), BusError>> {
        self.events.publish(event)
    }

    fn barrier(&self) -> BoxFuture<'_, Result<(), BusError>> {
        self.events.barrier()
    }

    fn subscribe(&self, topics: Topics) -> BoxFuture<'_, Result<Subscription, BusError>> {
        self.events.subscribe(topics)
    }

    fn backchannel(&self) -> Option<Arc<dyn Backchannel>> {
        Some(Arc::new(self.voice.clone()))
    }

    fn recent(&self, _kept_for: Duration) -> Option<Arc<dyn Recent>> {
        Some(Arc::new(self.memory.clone()))
    }
}
