//! The channel between the instances of a service, on subjects of its own.

use std::{sync::Arc, time::Duration};

use async_nats::{Client, Message, StatusCode, Subject, Subscriber, connection::State};
use bytes::Bytes;
use futures::{StreamExt, future::BoxFuture};
use tokio::sync::mpsc;

use super::{
    PUBLISH_WITHIN,
    answer::{self, Arriving},
    echo::Echo,
    subjects,
};
use crate::bus::{ANSWER_BYTES, Backchannel, BusError, Hear, Heard, Listener, Reply};

/// What waits for one listener of ours. It is asked for anew what else it would miss, so that more is dropped.
const WAITING: usize = 4_096;
/// How long handing over all parts of an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// The channel. Clones share the connection.
#[derive(Clone)]
pub(super) struct Between {
    client: Client,
    echo: Arc<Echo>,
}

impl Between {
    pub(super) const fn new(client: Client, echo: Arc<Echo>) -> Self {
        Self { client, echo }
    }

    /// The subject of a topic, while it can be used.
    fn subject(&self, topic: &str) -> Result<String, BusError> {
        if self.client.connection_state() != State::Connected {
            return Err(BusError("NATS is not connected".to_owned()));
        }
        subjects::between(topic).ok_or_else(|| BusError("that is no topic".to_owned()))
    }

    async fn tell_all(&self, topic: &str, bytes: Bytes) -> Result<(), BusError> {
        let subject = self.subject(topic)?;
        within(PUBLISH_WITHIN, self.client.publish(subject, bytes)).await
    }

    async fn start_listening(&self, topic: &str) -> Result<Listener, BusError> {
        let subject = subjects::between(topic).ok_or_else(|| BusError("that is no topic".to_owned()))?;
        let messages = self.client.subscribe(subject).await.map_err(unusable)?;
        let (sender, heard) = mpsc::channel(WAITING);
        tokio::spawn(pump(self.client.clone(), messages, sender));
        // A server that is away takes the subscription when it is back.
        if self.client.connection_state() == State::Connected
            && let Err(error) = self.echo.round_trip().await
        {
            tracing::warn!(error.detail = %error, "NATS does not say whether it has taken a subscription");
        }
        Ok(Listener::new(Overheard(heard)))
    }

    async fn ask_all(&self, topic: &str, bytes: Bytes) -> Result<Bytes, BusError> {
        let subject = self.subject(topic)?;
        let inbox = self.client.new_inbox();
        let mut answers = self.client.subscribe(inbox.clone()).await.map_err(unusable)?;
        let asking = self.client.publish_with_reply(subject, inbox, bytes);
        within(PUBLISH_WITHIN, asking).await?;
        let mut arriving = Arriving::default();
        while let Some(message) = answers.next().await {
            if message.status == Some(StatusCode::NO_RESPONDERS) {
                return Err(BusError("nobody listens".to_owned()));
            }
            if let Some(answer) = arriving.take(&message.payload)? {
                return Ok(answer);
            }
        }
        Err(BusError("NATS has ended".to_owned()))
    }
}

impl Backchannel for Between {
    fn tell<'a>(&'a self, topic: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        Box::pin(self.tell_all(topic, bytes))
    }

    fn listen<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Result<Listener, BusError>> {
        Box::pin(self.start_listening(topic))
    }

    fn ask<'a>(&'a self, topic: &'a str, bytes: Bytes, within: Duration) -> BoxFuture<'a, Result<Bytes, BusError>> {
        Box::pin(async move {
            let asking = tokio::time::timeout(within, self.ask_all(topic, bytes));
            asking
                .await
                .unwrap_or_else(|_elapsed| Err(BusError("nobody answers".to_owned())))
        })
    }
}

struct Overheard(mpsc::Receiver<Heard>);

impl Hear for Overheard {
    fn hear(&mut self) -> BoxFuture<'_, Option<Heard>> {
        Box::pin(self.0.recv())
    }
}

/// Moves what is said to the listener, until nobody listens. It never waits for the listener: the client library would count
/// that as loss of events.
async fn pump(client: Client, mut messages: Subscriber, listener: mpsc::Sender<Heard>) {
    let mut is_slow = false;
    loop {
        let message = tokio::select! {
            message = messages.next() => message,
            () = listener.closed() => return,
        };
        let Some(message) = message else { return };
        let sent = listener.try_send(heard(&client, message));
        if sent.is_err() && !is_slow {
            tracing::warn!("what another instance said came faster than it was taken, and some was lost");
        }
        is_slow = sent.is_err();
    }
}

fn heard(client: &Client, message: Message) -> Heard {
    let client = client.clone();
    Heard {
        bytes: message.payload,
        reply: message
            .reply
            .map(|to| Reply::new(move |bytes| Box::pin(send_answer(client, to, bytes)))),
    }
}

async fn send_answer(client: Client, to: Subject, bytes: Bytes) -> Result<(), BusError> {
    let sending = async {
        for part in answer::split(rand::random(), &bytes) {
            client.publish(to.clone(), part).await?;
        }
        Ok(())
    };
    within::<async_nats::client::PublishError>(ANSWER_WITHIN, sending).await?;
    if bytes.len() > ANSWER_BYTES {
        return Err(BusError("the answer is too large".to_owned()));
    }
    Ok(())
}

async fn within<E: std::fmt::Display>(
    time: Duration,
    sending: impl Future<Output = Result<(), E>>,
) -> Result<(), BusError> {
    match tokio::time::timeout(time, sending).await {
        Ok(sent) => sent.map_err(unusable),
        Err(_elapsed) => Err(BusError("NATS takes nothing".to_owned())),
    }
}

fn unusable(error: impl std::fmt::Display) -> BusError {
    BusError(error.to_string())
}
