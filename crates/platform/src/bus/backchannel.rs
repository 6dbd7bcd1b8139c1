//! What instances of one service say to each other. No events: nothing of it is kept anywhere, and whoever did not listen
//! has missed it.

use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;

use super::BusError;

/// The most bytes that an answer may have. It travels in as many parts as it needs.
pub const ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// Messages between the instances of a service. Delivery is at most once and in order of one teller.
///
/// A topic is words of letters, digits, `-` and `_` with dots between them; any other is refused.
pub trait Backchannel: Send + Sync + 'static {
    /// Says it to all who listen to the topic, this instance included, if it does. Nobody listening is no failure. What is
    /// larger than one message may be (with NATS by default 1 MiB) is refused.
    fn tell<'a>(&'a self, topic: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), BusError>>;

    /// What is told and asked on the topic from when this answers on. A listener that is too slow misses something, as
    /// does one while the bus is away; neither is told so.
    fn listen<'a>(&'a self, topic: &'a str) -> BoxFuture<'a, Result<Listener, BusError>>;

    /// Asks all who listen to the topic, and takes the answer of whoever answers first, of at most [`ANSWER_BYTES`]. That
    /// nobody listens is an error at once; that nobody answers is one after `within`. The question is one message, as with
    /// [`tell`](Self::tell).
    fn ask<'a>(&'a self, topic: &'a str, bytes: Bytes, within: Duration) -> BoxFuture<'a, Result<Bytes, BusError>>;
}

/// What one listener hears, in order of one teller.
pub struct Listener(Box<dyn Hear>);

impl Listener {
    /// A listener that takes what it hears from `hear`.
    #[must_use]
    pub fn new(hear: impl Hear + 'static) -> Self {
        Self(Box::new(hear))
    }

    /// The next message; `None` when the bus has ended.
    pub async fn next(&mut self) -> Option<Heard> {
        self.0.hear().await
    }
}

/// How a bus hands over what was said.
pub trait Hear: Send {
    /// The next message; `None` when the bus has ended.
    fn hear(&mut self) -> BoxFuture<'_, Option<Heard>>;
}

/// Something that was said.
pub struct Heard {
    /// What.
    pub bytes: Bytes,
    /// By which the listener may answer; `None` when it was told and not asked.
    pub reply: Option<Reply>,
}

type SendAnswer = Box<dyn FnOnce(Bytes) -> BoxFuture<'static, Result<(), BusError>> + Send>;

/// Answers a question. Dropped unused, the question waits for others who listen, until its time is over.
pub struct Reply(SendAnswer);

impl Reply {
    /// A reply that is sent by `send`.
    #[must_use]
    pub fn new(send: impl FnOnce(Bytes) -> BoxFuture<'static, Result<(), BusError>> + Send + 'static) -> Self {
        Self(Box::new(send))
    }

    /// Answers. More than [`ANSWER_BYTES`] are refused, and whoever asked is told so.
    pub async fn send(self, bytes: Bytes) -> Result<(), BusError> {
        (self.0)(bytes).await
    }
}
