//! An instance of a service: a server of its own, that can be killed.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::Request, middleware, middleware::Next, routing::get};
use http::StatusCode;
use platform::{http::Entrance, rpc::Address, tls::Tls};
use tokio::{net::TcpStream, runtime::Runtime};
use tokio_util::sync::CancellationToken;

use crate::patience::until;

pub(crate) struct Instance {
    pub(crate) address: SocketAddr,
    served: Arc<AtomicUsize>,
    ready: Arc<AtomicBool>,
    hangs: Arc<AtomicBool>,
    scheme: &'static str,
    runtime: Option<Runtime>,
}

impl Instance {
    /// Serves the routes, and says that it is ready.
    pub(crate) fn start(routes: Router) -> Self {
        Self::start_at(([127, 0, 0, 1], 0).into(), routes)
    }

    pub(crate) fn start_at(address: SocketAddr, routes: Router) -> Self {
        Self::start_with(address, None, routes)
    }

    /// Speaks TLS with those who show a certificate of the authorities.
    pub(crate) fn encrypted(tls: &Tls, routes: Router) -> Self {
        Self::start_with(([127, 0, 0, 1], 0).into(), Some(tls), routes)
    }

    fn start_with(address: SocketAddr, tls: Option<&Tls>, routes: Router) -> Self {
        let (served, ready) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(true)));
        let (count, is_ready) = (Arc::clone(&served), Arc::clone(&ready));
        let hangs = Arc::new(AtomicBool::new(false));
        let is_hanging = Arc::clone(&hangs);
        let counting = middleware::from_fn(move |request: Request, next: Next| {
            count.fetch_add(1, Ordering::SeqCst);
            next.run(request)
        });
        let hanging = middleware::from_fn(move |request: Request, next: Next| {
            let hangs = is_hanging.load(Ordering::SeqCst);
            async move {
                if hangs {
                    std::future::pending::<()>().await;
                }
                next.run(request).await
            }
        });
        let readyz = get(async move || {
            if is_ready.load(Ordering::SeqCst) {
                StatusCode::OK
            } else {
                StatusCode::SERVICE_UNAVAILABLE
            }
        });
        let all = routes.layer(counting).route("/readyz", readyz).layer(hanging);
        let listener = TcpListener::bind(address).expect("the port is free");
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let acceptor = tls.map(Tls::acceptor);
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let entrance = Entrance::new(listener, acceptor);
            platform::http::serve(entrance, all, CancellationToken::new(), Duration::ZERO).await
        });
        Self {
            address,
            served,
            ready,
            hangs,
            scheme: if tls.is_some() { "https" } else { "http" },
            runtime: Some(runtime),
        }
    }

    /// One that answers every request of any path with its name.
    pub(crate) fn named(name: &'static str) -> Self {
        Self::start(Router::new().fallback(async move || name))
    }

    pub(crate) fn at(&self) -> Address {
        format!("{}://{}", self.scheme, self.address).parse().unwrap()
    }

    /// How many requests it was given.
    pub(crate) fn served(&self) -> usize {
        self.served.load(Ordering::SeqCst)
    }

    pub(crate) fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::SeqCst);
    }

    /// From now on it takes requests and answers none.
    pub(crate) fn hang(&self) {
        self.hangs.store(true, Ordering::SeqCst);
    }

    /// Ends all at once, with what is in flight.
    pub(crate) async fn kill(&mut self) {
        self.runtime.take().expect("it lives").shutdown_background();
        until("the killed instance refuses connections", async || {
            TcpStream::connect(self.address).await.is_err()
        })
        .await;
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
