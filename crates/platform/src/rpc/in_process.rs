//! One call to a peer in this process: its generated server is called directly, without a socket. It has the same time and
//! the same errors as a call to a peer elsewhere.

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    task::{Context, Poll},
};

use futures::{
    FutureExt,
    future::{BoxFuture, ready},
};
use http::{Request, Response};
use tonic::{Status, body::Body, codegen::Service};
use tower::util::BoxCloneSyncService;

use super::{Peer, caller, internal, time_of, timed_out};

/// A peer in this process.
pub fn in_process<S>(server: S) -> Peer
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
{
    BoxCloneSyncService::new(InProcess(server))
}

#[derive(Clone)]
struct InProcess<S>(S);

impl<S> Service<Request<Body>> for InProcess<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Status>> {
        self.0.poll_ready(context).map_err(|never| match never {})
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let time = time_of(request.uri().path(), request.headers());
        if time.is_zero() {
            return ready(Err(timed_out())).boxed();
        }
        caller::attach(request.headers_mut());
        // A peer that breaks is no reason for its caller to break.
        let running = AssertUnwindSafe(self.0.call(request)).catch_unwind();
        async move {
            match tokio::time::timeout(time, running).await {
                Ok(Ok(Ok(response))) => Ok(response),
                Ok(Ok(Err(never))) => match never {},
                // The panic itself is logged by the process's panic hook.
                Ok(Err(_panic)) => Err(internal("the call failed")),
                Err(_elapsed) => Err(timed_out()),
            }
        }
        .boxed()
    }
}
