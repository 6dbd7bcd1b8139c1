//! A component that the operator runs beside Beep and that speaks HTTP, at its private address. (What strangers link to is
//! reached by [`crate::outbound`] alone.)

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use failsafe::{
    StateMachine,
    backoff::{self, Constant},
    failure_policy::{self, ConsecutiveFailures},
};
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::{rpc::Address, tls::Tls};

/// How long an answer may take.
const WITHIN: Duration = Duration::from_secs(8);
/// The largest answer that is read, in bytes.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// The breaker opens after so many failures in a row …
const FAILURES: u32 = 5;
/// … for this long; then one request at a time tries again.
const OPEN_FOR: Duration = Duration::from_millis(500);
/// Who gives up after so long, before the answer, was not answered, as far as the breaker is concerned.
const SLOW: Duration = Duration::from_secs(2);
/// Requests that wait for their answer at the same time; more are not sent.
const PLACES: usize = 256;
/// How often what may be asked twice is asked again.
const RETRIES: usize = 2;
/// The pause before the first of these.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Connections that nobody needs are closed before the component does so.
const IDLE: Duration = Duration::from_secs(20);

/// The component did not answer: whether it has done what it was asked for, nobody knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the component does not answer")]
pub struct Away;

/// A component. Clones share its connections and its circuit breaker.
#[derive(Clone)]
pub struct Component {
    name: &'static str,
    address: Address,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    breaker: StateMachine<ConsecutiveFailures<Constant>, ()>,
    gate: Arc<Gate>,
}

/// How many may wait for an answer.
struct Gate {
    places: Semaphore,
    /// Failures in a row. After enough of them one request at a time tries.
    failures: AtomicU32,
    trial: Semaphore,
}

/// A request that waits for its answer. One that nobody waits for any more, after a while, has failed.
struct Call<'c> {
    component: &'c Component,
    begun: Instant,
    ended: bool,
    _places: [Option<SemaphorePermit<'c>>; 2],
}

impl Call<'_> {
    fn end(mut self, answered: bool) {
        self.ended = true;
        self.component.note(answered);
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.ended && self.begun.elapsed() >= SLOW {
            self.component.note(false);
        }
    }
}

impl fmt::Debug for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.name, self.address)
    }
}

impl Component {
    /// The component at the address; with `https` it is believed by `tls`, or else as browsers believe.
    #[must_use]
    pub fn new(name: &'static str, address: Address, tls: Option<&Tls>) -> Self {
        let tls = tls.map_or_else(as_browsers, Tls::client);
        let connector = HttpsConnectorBuilder::new().with_tls_config(tls);
        let connector = connector.https_or_http().enable_http1().build();
        let policy = failure_policy::consecutive_failures(FAILURES, backoff::constant(OPEN_FOR));
        Self {
            name,
            address,
            client: Client::builder(TokioExecutor::new())
                .pool_idle_timeout(IDLE)
                .build(connector),
            breaker: failsafe::Config::new().failure_policy(policy).build(),
            gate: Arc::new(Gate {
                places: Semaphore::new(PLACES),
                failures: AtomicU32::new(0),
                trial: Semaphore::new(1),
            }),
        }
    }

    /// A place for a request, unless none is to be sent now.
    fn begin(&self) -> Option<Call<'_>> {
        let place = self.gate.places.try_acquire().ok()?;
        let trial = if self.gate.failures.load(Ordering::Relaxed) >= FAILURES {
            Some(self.gate.trial.try_acquire().ok()?)
        } else {
            None
        };
        self.breaker.is_call_permitted().then(|| Call {
            component: self,
            begun: Instant::now(),
            ended: false,
            _places: [Some(place), trial],
        })
    }

    fn note(&self, answered: bool) {
        if answered {
            self.gate.failures.store(0, Ordering::Relaxed);
            self.breaker.on_success();
        } else {
            self.gate.failures.fetch_add(1, Ordering::Relaxed);
            self.breaker.on_error();
            tracing::warn!(component = self.name, "a component does not answer");
        }
    }

    /// The address, without a slash at its end.
    #[must_use]
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether it answers at this path, for the readiness of a process; the reason if not.
    ///
    /// # Errors
    /// When it does not answer, or not with a success.
    pub async fn reach(&self, path: &str) -> Result<(), String> {
        let request = Request::get(format!("{}{path}", self.address)).body(Bytes::new());
        let answer = self.send(request.map_err(|error| error.to_string())?).await;
        match answer {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(format!("{} answers {}", self.name, answer.status().as_u16())),
            Err(Away) => Err(format!("{} does not answer", self.name)),
        }
    }

    /// Sends a request once, and reads the whole answer. An answer of 502 to 504 is none: it comes from what stands before.
    ///
    /// # Errors
    /// When no answer comes in time, or none is to be expected.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Away> {
        let call = self.begin().ok_or(Away)?;
        let answering = async {
            let response = self.client.request(request.map(Full::new)).await.map_err(|error| {
                tracing::debug!(error.detail = ?error, component = self.name, "a component does not answer");
                Away
            })?;
            let (parts, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES).collect().await.map_err(|_| Away)?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        let answered = tokio::time::timeout(WITHIN, answering).await.unwrap_or(Err(Away));
        let answered = answered.and_then(|response| match response.status().as_u16() {
            502..=504 => Err(Away),
            _ => Ok(response),
        });
        call.end(answered.is_ok());
        answered
    }

    /// The same for what may be done twice: it is tried again, a little later each time.
    ///
    /// # Errors
    /// As [`Component::send`].
    pub async fn send_again(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, Away> {
        let pauses = ExponentialBuilder::new()
            .with_min_delay(FIRST_PAUSE)
            .with_max_times(RETRIES)
            .with_jitter();
        (|| self.send(request.clone()))
            .retry(pauses)
            .sleep(tokio::time::sleep)
            .await
    }
}

#[expect(clippy::expect_used, reason = "at start-up, on constants")]
fn as_browsers() -> ClientConfig {
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let provider = tokio_rustls::rustls::crypto::ring::default_provider();
    ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .expect("the provider has the protocols")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Answers so to one connection after the other, the last for ever, and counts them.
    async fn answering(answers: &'static [&'static str]) -> (Component, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&asked);
        tokio::spawn(async move {
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let number = counted.fetch_add(1, Ordering::SeqCst);
                let mut request = [0; 1_024];
                let _ = connection.read(&mut request).await.unwrap();
                let answer = answers[number.min(answers.len() - 1)];
                connection.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        (Component::new("test", address.parse().unwrap(), None), asked)
    }

    fn request(component: &Component) -> Request<Bytes> {
        Request::get(format!("{}/x", component.address()))
            .body(Bytes::new())
            .unwrap()
    }

    const GOOD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
    const BAD: &str = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

    #[tokio::test]
    async fn what_may_be_asked_twice_is_asked_again_and_nothing_else() {
        let (component, asked) = answering(&[BAD, "", GOOD]).await;
        assert_eq!(component.send_again(&request(&component)).await.unwrap().body(), "hi");
        assert_eq!(asked.load(Ordering::SeqCst), 3);
        let (component, asked) = answering(&[BAD, GOOD]).await;
        assert_eq!(component.send(request(&component)).await.unwrap_err(), Away);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn who_fails_too_often_gets_a_pause() {
        let (component, asked) = answering(&[BAD]).await;
        for _ in 0..FAILURES + 3 {
            assert!(component.send(request(&component)).await.is_err());
        }
        assert_eq!(asked.load(Ordering::SeqCst), FAILURES as usize);
    }

    /// A component that takes connections and never answers, and how many it took.
    async fn hanging() -> (Component, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&taken);
        tokio::spawn(async move {
            let mut kept = Vec::new();
            loop {
                kept.push(listener.accept().await.unwrap());
                counted.fetch_add(1, Ordering::SeqCst);
            }
        });
        (Component::new("test", address.parse().unwrap(), None), taken)
    }

    #[tokio::test]
    async fn not_more_than_so_many_wait_for_one_that_does_not_answer() {
        let (component, taken) = hanging().await;
        let waiting: Vec<_> = (0..PLACES)
            .map(|_| {
                let component = component.clone();
                tokio::spawn(async move { component.send(request(&component)).await })
            })
            .collect();
        while taken.load(Ordering::SeqCst) < PLACES {
            tokio::task::yield_now().await;
        }
        // It does not wait: the others do, for seconds yet.
        assert_eq!(component.send(request(&component)).await.unwrap_err(), Away);
        assert!(waiting.iter().all(|one| !one.is_finished()));
        waiting.iter().for_each(tokio::task::JoinHandle::abort);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_was_not_answered_and_then_one_tries_at_a_time() {
        let (component, taken) = hanging().await;
        let give_up = |after: Duration, number: u32| {
            let all = (0..number).map(|_| tokio::time::timeout(after, component.send(request(&component))));
            futures::future::join_all(all.collect::<Vec<_>>())
        };
        // Whoever turns round at once says nothing about the component.
        give_up(Duration::from_millis(50), FAILURES * 2).await;
        assert_eq!(component.gate.failures.load(Ordering::Relaxed), 0);
        give_up(SLOW, FAILURES).await;
        let before = taken.load(Ordering::SeqCst);
        let refused = |answers: &[Result<Result<Response<Bytes>, Away>, _>]| {
            answers.iter().filter(|answer| matches!(answer, Ok(Err(Away)))).count()
        };
        assert_eq!(refused(&give_up(SLOW, 10).await), 10, "the breaker is open");
        tokio::time::sleep(OPEN_FOR).await;
        assert_eq!(refused(&give_up(SLOW, 10).await), 9, "one tries");
        assert_eq!(taken.load(Ordering::SeqCst), before + 1);
    }
}
