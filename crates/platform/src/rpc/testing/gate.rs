//! Holds the calls that reach a service, or breaks them.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use futures::future::{BoxFuture, FutureExt};
use http::{Request, Response};
use tokio::sync::watch;
use tonic::{body::Body, codegen::Service, server::NamedService};

/// What happens to a call at its service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It is answered.
    Open,
    /// It waits until the gate is open.
    Held,
    /// The service panics.
    Broken,
}

/// The gate before a service. Clones are the same.
#[derive(Clone)]
pub(super) struct Gate(Arc<Inner>);

struct Inner {
    mode: watch::Sender<Mode>,
    begun: AtomicUsize,
    inside: AtomicUsize,
}

impl Default for Gate {
    fn default() -> Self {
        Self(Arc::new(Inner {
            mode: watch::Sender::new(Mode::Open),
            begun: AtomicUsize::new(0),
            inside: AtomicUsize::new(0),
        }))
    }
}

impl Gate {
    pub(super) fn set(&self, mode: Mode) {
        self.0.mode.send_replace(mode);
    }

    /// How many calls have reached the service.
    pub(super) fn begun(&self) -> usize {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// How many calls the service works on.
    pub(super) fn inside(&self) -> usize {
        self.0.inside.load(Ordering::SeqCst)
    }

    async fn pass(&self) {
        let mut mode = self.0.mode.subscribe();
        // The sender lives as long as this gate.
        let mode = *mode.wait_for(|mode| *mode != Mode::Held).await.expect("a gate");
        if mode == Mode::Broken {
            // As a panic, but without its text in the output of the test.
            std::panic::resume_unwind(Box::new("the service breaks"));
        }
    }
}

struct Inside(Gate);

impl Inside {
    fn enter(gate: &Gate) -> Self {
        gate.0.begun.fetch_add(1, Ordering::SeqCst);
        gate.0.inside.fetch_add(1, Ordering::SeqCst);
        Self(gate.clone())
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        self.0.0.inside.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A generated server behind a gate.
#[derive(Clone)]
pub(super) struct Gated<S> {
    server: S,
    gate: Gate,
}

impl<S> Gated<S> {
    pub(super) fn new(server: S, gate: Gate) -> Self {
        Self { server, gate }
    }
}

impl<S: NamedService> NamedService for Gated<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Gated<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.server.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (inside, gate) = (Inside::enter(&self.gate), self.gate.clone());
        let answering = self.server.call(request);
        async move {
            let _inside = inside;
            gate.pass().await;
            answering.await
        }
        .boxed()
    }
}
