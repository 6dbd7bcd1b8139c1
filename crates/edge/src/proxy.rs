//! How a request finds its answer: attempts on one instance after the other, as far as that does nothing twice.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, request::Parts};
use platform::{
    http::{Problem, RequestTime},
    telemetry::{Part, Span},
};
use tokio::sync::Semaphore;

use crate::{
    Settings,
    attempt::{Attempt, attempt},
    body::{Fate, Lender},
    headers,
    instance::{Health, Instance},
    tunnel::Tunnels,
    upstream::Upstream,
};

/// On how many instances a request is tried at most.
const ATTEMPTS: usize = 4;
/// How often another instance is looked for while the one that was asked is gone.
const LOOK_FOR_ANOTHER: Duration = Duration::from_millis(100);
/// When to come back after all attempts have failed.
const SOON: Duration = Duration::from_secs(1);

/// Hands requests on to one service. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Proxy {
    upstream: Arc<Upstream>,
    tunnels: Tunnels,
    /// Room for requests that wait for the service to answer.
    places: Arc<Semaphore>,
    request_timeout: Duration,
}

/// The handler of every route.
pub(crate) async fn serve(State(proxy): State<Proxy>, request: Request) -> Response {
    let Ok(_place) = proxy.places.try_acquire() else {
        return Problem::overloaded(SOON).into_response();
    };
    let (mut head, body) = request.into_parts();
    let time = head
        .extensions
        .get::<RequestTime>()
        .map_or(proxy.request_timeout, |time| time.0);
    let service = proxy.upstream.service().name();
    let mut span = Span::begin(Part::Client, service);
    headers::prepare(&mut head, &span);
    let answering = proxy.answer(head, body);
    let answered = tokio::time::timeout(time, answering).await;
    if !matches!(answered, Ok(Ok(_))) {
        span.fail();
    }
    match answered {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.into_response(),
        Err(_elapsed) => {
            tracing::error!(peer.service = service, "a service took too long to answer");
            proxy.upstream.suspect();
            Problem::unavailable(SOON).into_response()
        }
    }
}

impl Proxy {
    pub(crate) fn new(upstream: Arc<Upstream>, tunnels: Tunnels, settings: &Settings) -> Self {
        Self {
            upstream,
            tunnels,
            places: Arc::new(Semaphore::new(settings.requests_of_each_service)),
            request_timeout: settings.request_timeout,
        }
    }

    pub(crate) fn upstream(&self) -> Arc<Upstream> {
        Arc::clone(&self.upstream)
    }

    async fn answer(&self, head: Parts, mut body: Body) -> Result<Response, Problem> {
        let repeatable = body.is_end_stream() && matches!(head.method, Method::GET | Method::HEAD);
        let mut tried: Vec<SocketAddr> = Vec::new();
        while tried.len() < ATTEMPTS {
            let Some(chosen) = self.upstream.choose(&tried) else {
                break;
            };
            let instance = chosen.instance();
            tried.push(instance.address());
            let (lender, lent) = Lender::lend(body);
            let attempting = attempt(chosen, &head, lent, &self.tunnels);
            let ended = if repeatable {
                tokio::select! {
                    biased;
                    ended = attempting => ended,
                    () = self.given_up(&instance, &tried) => Attempt::Unanswered("it has gone silent".to_owned()),
                }
            } else {
                attempting.await
            };
            body = match (ended, lender.fate()) {
                (Attempt::Answered(response), _) => return Ok(response),
                (_, Fate::TooLarge) => return Err(too_large()),
                (Attempt::Unreached(why), fate) => {
                    self.failed(&instance, &why);
                    // Until it is asked again, which is now.
                    instance.set_health(Health::Gone);
                    match fate {
                        Fate::Untouched(body) => body,
                        Fate::Used | Fate::TooLarge => break,
                    }
                }
                (Attempt::Unanswered(why), _) => {
                    self.failed(&instance, &why);
                    if !repeatable {
                        break;
                    }
                    Body::empty()
                }
            };
        }
        if tried.is_empty() {
            self.upstream.suspect();
            tracing::error!(
                peer.service = self.upstream.service().name(),
                "no instance of a service answers"
            );
        }
        Err(Problem::unavailable(SOON))
    }

    /// Waits until the instance is gone and there is another. One that hangs keeps its connections, and would otherwise keep
    /// who waits for an answer.
    async fn given_up(&self, instance: &Instance, tried: &[SocketAddr]) {
        loop {
            instance.gone().await;
            if self.upstream.choose(tried).is_some() {
                return;
            }
            tokio::time::sleep(LOOK_FOR_ANOTHER).await;
        }
    }

    fn failed(&self, instance: &Instance, why: &str) {
        self.upstream.suspect();
        tracing::warn!(
            peer.service = self.upstream.service().name(),
            peer.address = %instance.address(),
            error.detail = why,
            "an instance of a service failed a request"
        );
    }
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "body_too_large",
        "The body is larger than Beep takes.",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use contracts::calls::Service;

    use super::*;
    use crate::connection::Place;

    #[tokio::test]
    async fn an_instance_that_refuses_a_connection_leaves_at_once() {
        let nobody = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let upstream = Arc::new(Upstream::new(Service::Messages));
        let place = Place::new(format!("http://{nobody}").parse().unwrap(), None).unwrap();
        upstream.set_instances(&[(nobody, &place)].into());
        upstream.instances()[0].set_health(Health::Ready);
        let proxy = Proxy::new(Arc::clone(&upstream), Tunnels::default(), &Settings::default());
        let (head, body) = Request::new(Body::from("unsent")).into_parts();
        let problem = proxy.answer(head, body).await.unwrap_err();
        assert_eq!((problem.status().as_u16(), problem.code()), (503, "unavailable"));
        assert_eq!(
            upstream.instances()[0].health(),
            Health::Gone,
            "without having been asked"
        );
        assert_eq!(upstream.instances()[0].in_flight(), 0);
    }
}
