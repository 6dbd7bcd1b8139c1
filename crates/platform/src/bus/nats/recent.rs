//! What NATS keeps in memory for some minutes (`JetStream`). It takes the events from the subjects that they are published
//! on anyway, so that publishing them costs nothing more.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_nats::{
    Client,
    connection::State,
    jetstream::{
        self,
        consumer::{
            DeliverPolicy,
            pull::{Ordered, OrderedConfig},
        },
        message::Message,
        stream::{Config, DiscardPolicy, StorageType},
    },
};
use bytes::Bytes;
use futures::{Stream, StreamExt, future::BoxFuture};
use model::Timestamp;
use tokio::sync::OnceCell;

use super::{Servers, subjects};
use crate::bus::{BusError, Entries, Entry, Recent, RecentEvent, RecentEvents};

const EVENTS: &str = "BEEP_EVENTS";
const JOURNALS: &str = "BEEP_JOURNALS";
/// What each of the two may need on the NATS server. The oldest goes first.
const BYTES: i64 = 256 * 1024 * 1024;
/// How long a write may take until it has left this process. A busy machine is no reason to give a journal up.
const WRITE_WITHIN: Duration = Duration::from_secs(1);
/// How long a question about what is kept may take.
const ASK_WITHIN: Duration = Duration::from_secs(2);

/// What NATS keeps. It has a connection of its own: nothing that is read there stands in the way of what is written.
pub(super) struct NatsRecent {
    servers: Servers,
    kept_for: Duration,
    connection: OnceCell<Connection>,
}

struct Connection {
    client: Client,
    context: jetstream::Context,
    /// Whether the server may be another one since the streams were made. It keeps them in memory only.
    is_new: Arc<AtomicBool>,
}

fn failed(error: impl std::fmt::Display) -> BusError {
    BusError(error.to_string())
}

async fn within<T, E: std::fmt::Display>(
    limit: Duration,
    work: impl Future<Output = Result<T, E>>,
) -> Result<T, BusError> {
    match tokio::time::timeout(limit, work).await {
        Ok(done) => done.map_err(failed),
        Err(_elapsed) => Err(BusError("NATS does not answer".to_owned())),
    }
}

impl NatsRecent {
    pub(super) const fn new(servers: Servers, kept_for: Duration) -> Self {
        Self {
            servers,
            kept_for,
            connection: OnceCell::const_new(),
        }
    }

    /// The connection, with both streams there.
    async fn connection(&self) -> Result<&Connection, BusError> {
        let connection = self.connection.get_or_try_init(|| self.connect()).await?;
        if connection.is_new.swap(false, Ordering::SeqCst)
            && let Err(error) = self.make_streams(&connection.context).await
        {
            connection.is_new.store(true, Ordering::SeqCst);
            return Err(error);
        }
        Ok(connection)
    }

    async fn connect(&self) -> Result<Connection, BusError> {
        let is_new = Arc::new(AtomicBool::new(true));
        let told = Arc::clone(&is_new);
        let on_event = move |event: &async_nats::Event| {
            if matches!(event, async_nats::Event::Connected) {
                told.store(true, Ordering::SeqCst);
            }
        };
        let client = self.servers.connect(on_event).await?;
        Ok(Connection {
            context: jetstream::new(client.clone()),
            client,
            is_new,
        })
    }

    async fn make_streams(&self, context: &jetstream::Context) -> Result<(), BusError> {
        let stream = |name: &str, subjects: String| Config {
            name: name.to_owned(),
            subjects: vec![subjects],
            storage: StorageType::Memory,
            discard: DiscardPolicy::Old,
            max_age: self.kept_for,
            max_bytes: BYTES,
            no_ack: false,
            num_replicas: 1,
            ..Config::default()
        };
        for config in [
            stream(EVENTS, subjects::ALL.to_owned()),
            stream(JOURNALS, subjects::journal("*")),
        ] {
            within(ASK_WITHIN, context.create_or_update_stream(config)).await?;
        }
        Ok(())
    }

    async fn open(&self, stream: &str, subject: String, from: DeliverPolicy) -> Result<Ordered, BusError> {
        let connection = self.connection().await?;
        let stream = within(ASK_WITHIN, connection.context.get_stream(stream)).await?;
        let config = OrderedConfig {
            filter_subject: subject,
            deliver_policy: from,
            ..OrderedConfig::default()
        };
        let consumer = within(ASK_WITHIN, stream.create_consumer(config)).await?;
        within(ASK_WITHIN, consumer.messages()).await
    }
}

impl Recent for NatsRecent {
    fn prepare(&self) -> BoxFuture<'_, Result<(), BusError>> {
        Box::pin(async { self.connection().await.map(drop) })
    }

    fn write<'a>(&'a self, journal: &'a str, entry: Bytes) -> BoxFuture<'a, Result<(), BusError>> {
        Box::pin(async move {
            // The streams are seen to elsewhere: no write waits for them.
            let connection = self.connection.get_or_try_init(|| self.connect()).await?;
            let client = &connection.client;
            if client.connection_state() != State::Connected {
                return Err(BusError("NATS is not connected".to_owned()));
            }
            within(WRITE_WITHIN, async {
                client
                    .publish(subjects::journal(journal), entry)
                    .await
                    .map_err(failed)?;
                client.flush().await.map_err(failed)
            })
            .await
        })
    }

    fn read<'a>(&'a self, journal: &'a str) -> BoxFuture<'a, Result<Entries, BusError>> {
        Box::pin(async move {
            let messages = self
                .open(JOURNALS, subjects::journal(journal), DeliverPolicy::All)
                .await?;
            let entry = |(at, _, message): (Timestamp, u64, Message)| Entry {
                at,
                bytes: message.payload.clone(),
            };
            Ok(until_broken(messages).map(entry).boxed())
        })
    }

    fn events(&self, since: Timestamp) -> BoxFuture<'_, Result<RecentEvents, BusError>> {
        Box::pin(async move {
            let nanoseconds = i128::from(since.as_millis()) * 1_000_000;
            let start_time = time::OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).map_err(failed)?;
            let from = DeliverPolicy::ByStartTime { start_time };
            let messages = self.open(EVENTS, subjects::ALL.to_owned(), from).await?;
            let event = |(at, number, message): (Timestamp, u64, Message)| RecentEvent {
                at,
                number,
                event: serde_json::from_slice(&message.payload).ok().map(Arc::new),
            };
            Ok(until_broken(messages).map(event).boxed())
        })
    }

    fn mark(&self) -> BoxFuture<'_, Result<u64, BusError>> {
        Box::pin(async move {
            let context = &self.connection().await?.context;
            let marking = async {
                let taken = context.publish(subjects::MARK, Bytes::new()).await.map_err(failed)?;
                taken.await.map_err(failed)
            };
            Ok(within(ASK_WITHIN, marking).await?.sequence)
        })
    }
}

/// What comes, with its time and number, until the stream breaks.
fn until_broken(messages: Ordered) -> impl Stream<Item = (Timestamp, u64, Message)> + Send {
    let read = |message: Result<Message, _>| {
        let message = message
            .inspect_err(|error| tracing::warn!(error.detail = %error, "what NATS keeps cannot be read"))
            .ok()?;
        let info = message.info().ok()?;
        let millis = info.published.unix_timestamp_nanos() / 1_000_000;
        let at = Timestamp::from_millis(i64::try_from(millis).ok()?);
        let number = info.stream_sequence;
        Some((at, number, message))
    };
    messages.scan((), move |(), message| std::future::ready(read(message)))
}
