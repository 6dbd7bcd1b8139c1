//! What is left of a body that nobody wanted to read to its end, because it is too large or of the wrong kind.
//!
//! A server that answers and closes while the client still sends makes the client's system throw the answer away: people
//! would see a broken connection instead of "this picture is too large". So the rest is read, within limits, and forgotten.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use tokio::runtime::Handle;

/// How long the rest may take.
const WITHIN: Duration = Duration::from_secs(5);

/// A body whose rest is read when it is dropped.
pub(crate) struct Drained {
    body: Option<Body>,
    most: usize,
}

impl Drained {
    /// `most` bytes of the rest are read, then the connection ends after all.
    pub(crate) fn new(body: Body, most: usize) -> Self {
        Self { body: Some(body), most }
    }
}

impl HttpBody for Drained {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.body = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        let body = self.body.take().filter(|body| !body.is_end_stream());
        if let (Some(body), Ok(runtime)) = (body, Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(WITHIN, forget(body, self.most)));
        }
    }
}

async fn forget(mut body: Body, most: usize) {
    let mut left = most;
    while let Some(Ok(frame)) = body.frame().await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        let Some(rest) = left.checked_sub(length) else { return };
        left = rest;
    }
}
