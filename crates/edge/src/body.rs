//! The body of a request, lent to one attempt: it comes back untouched when the attempt never began to read it, so that no
//! body is kept in memory for a second attempt.

use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
};

use axum::body::{Body, HttpBody};
use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use platform::http::is_length_limit;

/// What has become of a lent body.
#[derive(Default)]
pub(crate) enum Fate {
    /// The attempt has it, or has read of it.
    #[default]
    Used,
    /// The attempt did not touch it.
    Untouched(Body),
    /// It is longer than a layer around us allows.
    TooLarge,
}

/// Where the fate of a lent body is told.
pub(crate) struct Lender(Arc<Mutex<Fate>>);

impl Lender {
    /// Lends the body.
    pub(crate) fn lend(body: Body) -> (Self, Body) {
        let fate = Arc::default();
        let lent = Lent {
            body: Some(body),
            fate: Arc::clone(&fate),
            begun: false,
        };
        (Self(fate), Body::new(lent))
    }

    /// What has become of the body, once the attempt is over.
    pub(crate) fn fate(&self) -> Fate {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

struct Lent {
    body: Option<Body>,
    fate: Arc<Mutex<Fate>>,
    begun: bool,
}

impl Lent {
    fn tell(&self, fate: Fate) {
        *self.fate.lock().unwrap_or_else(PoisonError::into_inner) = fate;
    }
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.begun = true;
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let frame = ready!(Pin::new(body).poll_frame(context));
        if let Some(Err(error)) = &frame
            && is_length_limit(error)
        {
            self.tell(Fate::TooLarge);
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

impl Drop for Lent {
    fn drop(&mut self) {
        if !self.begun
            && let Some(body) = self.body.take()
        {
            self.tell(Fate::Untouched(body));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use http_body_util::{BodyExt, Limited};

    use super::*;

    #[tokio::test]
    async fn an_untouched_body_comes_back() {
        let (lender, lent) = Lender::lend(Body::from("whole"));
        assert!(matches!(lender.fate(), Fate::Used), "it is on loan");
        drop(lent);
        let Fate::Untouched(body) = lender.fate() else {
            panic!("the body did not come back")
        };
        assert_eq!(body.collect().await.unwrap().to_bytes(), "whole");
    }

    #[tokio::test]
    async fn a_body_that_was_read_of_does_not() {
        let (lender, mut lent) = Lender::lend(Body::from("whole"));
        lent.frame().await.unwrap().unwrap();
        drop(lent);
        assert!(matches!(lender.fate(), Fate::Used));
    }

    #[tokio::test]
    async fn one_that_is_too_long_is_known() {
        let (lender, lent) = Lender::lend(Body::new(Limited::new(Body::from("too long"), 3)));
        assert!(lent.collect().await.is_err());
        assert!(matches!(lender.fate(), Fate::TooLarge));
    }
}
