//! What is known of the request that the present task works for: its ids, for logs, problems and calls to peers.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    fmt,
    sync::Arc,
};

use contracts::trace::Trace;
use model::UserId;

use super::{Part, Span};
use crate::auth::Secret;

/// The id of a trace (W3C Trace Context): 16 bytes, not all zero; 32 hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceId([u8; 16]);

/// The id of a span within a trace: 8 bytes, not all zero; 16 hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SpanId([u8; 8]);

macro_rules! hexadecimal {
    ($($name:ident($bytes:literal);)*) => { $(
        impl $name {
            /// A new id, from random bytes of the caller.
            #[must_use]
            pub const fn new(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// Reads the text form: lower-case hexadecimal digits that are not all zero.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                if text.bytes().any(|digit| digit.is_ascii_uppercase()) {
                    return None;
                }
                let mut bytes = [0; $bytes];
                hex::decode_to_slice(text, &mut bytes).ok()?;
                (bytes != [0; $bytes]).then_some(Self(bytes))
            }

            pub(super) const fn bytes(self) -> [u8; $bytes] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut text = [0; $bytes * 2];
                hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
                f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    )* };
}

hexadecimal! {
    TraceId(16);
    SpanId(8);
}

/// The ids of one request. It lives in the request's task; see [`RequestContext::scope`].
pub struct RequestContext {
    /// The trace that the request belongs to, across services.
    pub trace_id: TraceId,
    /// Our own part of the trace.
    pub span_id: SpanId,
    /// The id of this one request, the client's if it sent a sane one; empty for what no request does.
    pub request_id: Box<str>,
    /// The part of the trace that caused this one.
    parent: Option<SpanId>,
    span: RefCell<Span>,
    user: Cell<Option<UserId>>,
    token: RefCell<Option<Secret<Arc<str>>>>,
}

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext")
            .field("trace_id", &self.trace_id)
            .field("span_id", &self.span_id)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

tokio::task_local! {
    static CURRENT: RequestContext;
}

impl RequestContext {
    /// The context of a request whose user is not known yet.
    #[must_use]
    pub fn new(trace_id: TraceId, span_id: SpanId, request_id: Box<str>) -> Self {
        Self {
            trace_id,
            span_id,
            request_id,
            parent: None,
            span: RefCell::default(),
            user: Cell::new(None),
            token: RefCell::new(None),
        }
    }

    /// A context that begins here, with ids of its own.
    #[must_use]
    pub fn begin() -> Self {
        // All zero is no id.
        let (mut trace, mut span) = (rand::random::<[u8; 16]>(), rand::random::<[u8; 8]>());
        trace[0] |= 1;
        span[0] |= 1;
        let request_id = hex::encode(rand::random::<[u8; 12]>());
        Self::new(TraceId::new(trace), SpanId::new(span), request_id.into())
    }

    /// The same, as a part of `trace` that was caused by `parent`.
    #[must_use]
    pub fn caused_by(self, trace_id: TraceId, parent: SpanId) -> Self {
        Self {
            trace_id,
            parent: Some(parent),
            ..self
        }
    }

    /// Records this part of the trace, as a span that ends with the context.
    #[must_use]
    pub fn recorded(mut self, part: Part, name: impl Into<Cow<'static, str>>) -> Self {
        let span = Span::within(self.trace_id, self.parent, part, name);
        if let Some((trace, id)) = span.ids() {
            self.trace_id = trace;
            self.span_id = id;
        }
        *self.span.get_mut() = span;
        self
    }

    /// Lets `tell` add to the span of the present context.
    pub fn with_span(tell: impl FnOnce(&mut Span)) {
        Self::current(|context| tell(&mut context.span.borrow_mut()));
    }

    /// Runs `future` with this as the context of its task.
    pub async fn scope<F: Future>(self, future: F) -> F::Output {
        CURRENT.scope(self, future).await
    }

    /// A context that goes on from what caused an event. It is no request, and has no request's id.
    #[must_use]
    pub fn continuing(trace: Trace) -> Self {
        let mut span = rand::random::<[u8; 8]>();
        // All zero is no id.
        span[0] |= 1;
        Self::new(TraceId::new(trace.trace_id), SpanId::new(span), Box::default())
            .caused_by(TraceId::new(trace.trace_id), SpanId::new(trace.span_id))
    }

    /// Runs `future` under the trace that an event carries, if it does.
    pub async fn scope_of<F: Future>(trace: Option<Trace>, future: F) -> F::Output {
        match trace {
            Some(trace) => Self::continuing(trace).scope(future).await,
            None => future.await,
        }
    }

    /// Does `work` under the trace that an event carries, if it does.
    pub fn under<R>(trace: Option<Trace>, work: impl FnOnce() -> R) -> R {
        match trace {
            Some(trace) => CURRENT.sync_scope(Self::continuing(trace), work),
            None => work(),
        }
    }

    /// Does `work` as a recorded part of the trace that an event carries, if it does: what came of the event here.
    pub fn part_of<R>(trace: Option<Trace>, name: &'static str, work: impl FnOnce() -> R) -> R {
        match trace {
            Some(trace) => CURRENT.sync_scope(Self::continuing(trace).recorded(Part::Consumer, name), work),
            None => work(),
        }
    }

    /// Runs `future` as a recorded part of the trace, if there is one: work of a task of its own for others that wait.
    pub async fn scope_of_part<F: Future>(trace: Option<Trace>, name: &'static str, future: F) -> F::Output {
        match trace {
            Some(trace) => {
                let context = Self::continuing(trace).recorded(Part::Internal, name);
                context.scope(future).await
            }
            None => future.await,
        }
    }

    /// The part of the trace that causes what comes of this: a part that is not recorded passes on what caused it.
    pub(super) fn cause(&self) -> SpanId {
        let own = self.span.borrow().ids().map(|(_, id)| id);
        own.or(self.parent).unwrap_or(self.span_id)
    }

    /// What events that the present task causes carry.
    #[must_use]
    pub fn current_cause() -> Option<Trace> {
        Self::current(|context| Trace {
            trace_id: context.trace_id.0,
            span_id: context.cause().0,
        })
    }

    /// Asks the present context, if there is one.
    pub fn current<R>(ask: impl FnOnce(&Self) -> R) -> Option<R> {
        CURRENT.try_with(ask).ok()
    }

    /// The trace of the present task, if it works for a request.
    #[must_use]
    pub fn current_trace() -> Option<TraceId> {
        Self::current(|context| context.trace_id)
    }

    /// The `traceparent` header for a call to a peer on behalf of the present request.
    #[must_use]
    pub fn current_traceparent() -> Option<String> {
        Self::current(|context| format!("00-{}-{}-01", context.trace_id, context.cause()))
    }

    /// Remembers who makes the present request.
    pub fn set_user(user: UserId) {
        Self::current(|context| context.user.set(Some(user)));
    }

    /// Remembers the verified access token of whoever makes the present request, for calls to peers on their behalf.
    pub fn set_token(token: &str) {
        Self::current(|context| *context.token.borrow_mut() = Some(Secret::new(Arc::from(token))));
    }

    /// The access token of whoever makes the request.
    pub(crate) fn token(&self) -> Option<Arc<str>> {
        self.token.borrow().as_ref().map(|token| Arc::clone(token.expose()))
    }

    /// Who makes the request, once that is known.
    #[must_use]
    pub fn user(&self) -> Option<UserId> {
        self.user.get()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn ids_have_one_spelling() {
        let text = "0af7651916cd43dd8448eb211c80319c";
        assert_eq!(TraceId::parse(text).unwrap().to_string(), text);
        for bad in [
            "",
            "0AF7651916CD43DD8448EB211C80319C",
            "00000000000000000000000000000000",
            "0af7",
            "0af7651916cd43dd8448eb211c80319g",
        ] {
            assert_eq!(TraceId::parse(bad), None, "{bad:?}");
        }
    }

    #[tokio::test]
    async fn what_an_event_causes_belongs_to_the_trace_that_caused_it() {
        let cause = RequestContext::begin()
            .scope(async { RequestContext::current_cause() })
            .await;
        let cause = cause.unwrap();
        let seen = RequestContext::scope_of(Some(cause), async { RequestContext::current_cause() }).await;
        let seen = seen.unwrap();
        assert_eq!(seen.trace_id, cause.trace_id);
        assert_eq!(seen.span_id, cause.span_id, "what is not recorded passes on its cause");
        let within = RequestContext::under(Some(cause), RequestContext::current_trace);
        assert_eq!(within, Some(TraceId::new(cause.trace_id)));
        assert_eq!(RequestContext::under(None, RequestContext::current_trace), None);
    }

    #[tokio::test]
    async fn the_user_is_known_from_when_it_is_set() {
        assert_eq!(RequestContext::current_trace(), None);
        let context = RequestContext::new(TraceId::new([1; 16]), SpanId::new([2; 8]), "r".into());
        context
            .scope(async {
                assert_eq!(RequestContext::current(RequestContext::user), Some(None));
                RequestContext::set_user(UserId(7));
                assert_eq!(RequestContext::current(RequestContext::user), Some(Some(UserId(7))));
                let expected = format!("00-{}-{}-01", "01".repeat(16), "02".repeat(8));
                assert_eq!(RequestContext::current_traceparent(), Some(expected));
            })
            .await;
    }
}
